"""Links to the whole: "Read the original article", "Read full story", "继续阅读全文"."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from mirror.attribution.addresses import is_article, is_opaque
from mirror.attribution.article import MANY, Article
from mirror.attribution.credit import NOT_PUBLISHERS
from mirror.attribution.phrases_copy import READ_ON
from mirror.attribution.publishers import named
from mirror.attribution.rule import Example, Family, Role
from mirror.content import Link
from mirror.items import Evidence

_ORIGINAL = re.compile(r"original|source|оригинал|原文|元記事|원문|asli|gốc|الأصلي")
_NEXT = re.compile(r"next page|full article")
_MORE = re.compile(r"(?:read|continue|see|view) ?(?:more|on|reading)?\s?(?:»+|›+|→|>+|…|\.{3})*")
_LONGEST = 120


class ReadOn:
    """A link says that the whole, or the original, is on another site.

    A bare "Read more" counts only with WordPress's own `#more-` anchor, or as the last words of a
    short text; else it leads to a related page as often as to the source.
    """

    name: ClassVar[str] = "read-on"
    family: ClassVar[Family] = "links"
    role: ClassVar[Role] = "origin"
    source: ClassVar[str] = "wp-includes/post-template.php (more link); aggregators' excerpts"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": "<p>The beginning.</p>"
                '<p><a href="https://paper.example.com/2018/12/18/dream">Read full story here…</a></p>'
            },
        },
        domain="paper.example.com",
        url="https://paper.example.com/2018/12/18/dream",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for link in article.content.links[-MANY:]:
            if 2 <= len(link.text) <= _LONGEST:
                worth = self._worth(article, link)
                found = article.foreign(link.href) if worth else None
                if found is not None and found[0] not in NOT_PUBLISHERS:
                    yield from self._evidence(link, found, worth)

    def _worth(self, article: Article, link: Link) -> float:
        words = link.text.lower().strip(" \t[](){}«»<>*-–—.:")
        if _MORE.fullmatch(words):
            return 0.85 if "#more" in link.href else self._closing_worth(article, link)
        if not READ_ON.fullmatch(words):
            return 0.0
        if _ORIGINAL.search(words):
            return 0.9
        return 0.8 if _NEXT.match(words) else 0.85

    def _closing_worth(self, article: Article, link: Link) -> float:
        text = article.content.text
        return 0.6 if len(text) < 1500 and link.end > len(text) - 40 else 0.0

    def _evidence(self, link: Link, found: tuple[str, str], worth: float) -> Iterator[Evidence]:
        host, url = found
        if is_opaque(host):
            known = named(link.text.rsplit(" on ", 1)[-1].rsplit(" at ", 1)[-1])
            if known is None:
                return
            host = known.domain
        article_url = url if is_article(url) and urlsplit(url).path not in ("", "/") else None
        yield Evidence(
            rule=self.name,
            quote=f"{link.text} ({link.href[:200]})",
            confidence=worth if article_url else worth - 0.35,
            domain=host,
            url=article_url,
            offset=link.start,
        )
