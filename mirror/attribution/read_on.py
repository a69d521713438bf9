"""Links to the whole: "Read the original article", "Read full story", "继续阅读全文"."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.addresses import is_article, is_opaque, label
from mirror.attribution.article import Article
from mirror.attribution.credit import NOT_PUBLISHERS
from mirror.attribution.fields import host_at
from mirror.attribution.phrases_copy import READ_FIRST, READ_ON
from mirror.attribution.publishers import identity, named
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.site import condensed
from mirror.content import Link
from mirror.items import Evidence

_ORIGINAL = re.compile(r"original|source|оригинал|原文|元記事|원문|asli|gốc|الأصلي")
_NEXT = re.compile(r"next page|full article")
_MORE_FIRST = frozenset(("read", "cont", "see ", "view", "next", "full"))
# The arrows one by one: rows of rows would be tried in every way of cutting them.
_MORE = re.compile(r"(?:read|continue|see|view) ?(?:more|on|reading)?\s?(?:[»›→>…]|\.{3})*")
# "Read more on X", of which X must be where the link leads.
_PLACE = re.compile(
    r"(?:read|see)(?: more| it| this| on| here)?(?: it| this)? "
    r"(?:at|on|in|from|over at) (?:the )?([^»›→>…]{1,60}?)[ »›→>….]*"
)
# A noun without a verb; what may come before it: "read the", "lire l'".
_NOUN = re.compile(r"(?:the )?(?:full|complete|original|source)\b(?! link).{0,40}")
_LEAD = 22
# A link that says nothing itself.
_AT = frozenset((" at ", " on ", "via ", "rom "))
_POINTERS = frozenset(
    (
        "here", "click here", "link", "this link", "aquí", "hier", "ici", "qui", "aqui", "тут",
        "здесь", "di sini", "这里", "點此", "点击这里", "こちら",
    )
)  # fmt: skip
_SENTENCE_END = re.compile(r"[\n.!?]")
_ADDRESS = re.compile(r"https?://\S{4,110}")


class ReadOn:
    """A link says that the whole text, or the original, is on another site."""

    name: ClassVar[str] = "read-on"
    family: ClassVar[Family] = "links"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "aggregators' excerpts; The Conversation's and Undark's notes"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": "<p>The beginning.</p>"
                '<p><a href="https://paper.example.com/2018/dream">Read full story here…</a></p>'
            },
        },
        domain="paper.example.com",
        url="https://paper.example.com/2018/dream",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        text = article.content.text
        for link, words in article.link_words:
            if words in _POINTERS or (words[:4] == "http" and _ADDRESS.fullmatch(words)):
                before = _words_before(article, link)
                words = before if READ_ON.fullmatch(before) else _words_after(article, link)
            elif text[link.start - 4 : link.start] in _AT:
                words = f"{_words_before(article, link)} {words}"
            else:
                first = words.split(" ", 1)[0]
                if first not in READ_FIRST and first.isascii():
                    continue
            if not READ_ON.fullmatch(words) or _NEXT.match(words) or link.href.endswith(".pdf"):
                continue
            if _is_of_this(article, link, words):
                worth = 0.9 if _ORIGINAL.search(words) else 0.85
                yield from _evidence(self.name, article, link, worth)


def _is_of_this(article: Article, link: Link, words: str) -> bool:
    """Whether the link means this text, and not something that it speaks of.

    "Read more on X" must name the site that it leads to; "the original post" within a sentence is
    some post or other, unless nothing but "read the" comes before.
    """
    place = _PLACE.fullmatch(words)
    if place is not None:
        host = host_at(link.href)
        known = named(place[1])
        own_name = condensed(place[1]) in (label(host).replace("-", ""), condensed(host))
        return own_name or (known is not None and identity(host) == known.domain)
    return not _NOUN.fullmatch(words) or len(_words_before(article, link)) <= _LEAD


class MoreLink:
    """The teaser's own "Read more" or "Next page" leads to where this copy was taken from.

    A bare "Read more" counts only with WordPress's and Blogger's `#more` anchor, or as the last
    words of a short text; else it leads to a related page as often as to the source.
    """

    name: ClassVar[str] = "more-link"
    family: ClassVar[Family] = "links"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "wp-includes/post-template.php (more link); Blogger's jump breaks"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": "<p>The beginning.</p>"
                '<a href="https://blog.example.com/2016/10/message.html#more">Read more »</a>'
            },
        },
        domain="blog.example.com",
        url="https://blog.example.com/2016/10/message.html",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for link, words in article.link_words:
            worth = 0.0
            if words[:4] not in _MORE_FIRST:
                continue
            if _NEXT.match(words):
                worth = 0.8
            elif _MORE.fullmatch(words):
                worth = 0.85 if "#more" in link.href else _closing_worth(article, link)
            if worth:
                yield from _evidence(self.name, article, link, worth)


def _words_before(article: Article, link: Link) -> str:
    """What stands before a link that says only "here", in its line or as the line above."""
    text = article.content.text
    line = text[max(0, link.start - 90) : link.start].lower().rstrip()
    return _SENTENCE_END.split(line)[-1].strip(" \t[](){}«»<>*-–—.:")


def _words_after(article: Article, link: Link) -> str:
    """What follows "here": "Click here to read the original article."."""
    line = article.content.text[link.end : link.end + 90].lower()
    words = _SENTENCE_END.split(line, 1)[0].strip(" \t[](){}«»<>*-–—.:,")
    return words.removeprefix("to ").removeprefix("for ")


def _closing_worth(article: Article, link: Link) -> float:
    text = article.content.text
    return 0.6 if len(text) < 1500 and link.end > len(text) - 40 else 0.0


def _evidence(rule: str, article: Article, link: Link, worth: float) -> Iterator[Evidence]:
    found = article.foreign(link.href)
    if found is None or found[0] in NOT_PUBLISHERS:
        return
    host, url = found
    if is_opaque(host):
        known = named(link.text.rsplit(" on ", 1)[-1].rsplit(" at ", 1)[-1])
        if known is None:
            return
        host = known.domain
    page = is_article(url)
    yield Evidence(
        rule=rule,
        quote=f"{link.text} ({link.href[:200]})",
        confidence=worth if page else round(worth - 0.35, 2),
        domain=host,
        url=url if page else None,
        offset=link.start,
    )
