"""The canonical address, as SEO plugins put it into the API: elsewhere, it names the original."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import ClassVar

from mirror.attribution.addresses import is_article
from mirror.attribution.article import Article
from mirror.attribution.fields import mapping, string
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence

# One of these words is in the tag, of which the attributes stand in any order.
_WORD = re.compile(r"canonical|Canonical|CANONICAL|original-source|syndication-source")
_TAG = re.compile(r"<(?:link|meta)\b[^<>]{1,3000}>", re.IGNORECASE)
_CANONICAL = re.compile(r"""\brel\s?=\s?["']?canonical\b""", re.IGNORECASE)
_SOURCE_META = re.compile(
    r"""\bname\s?=\s?["']?(?:original-source|syndication-source)\b""", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"""\b(?:href|content)\s?=\s?["']?(https?://[^"'\s<>]{4,2000})""", re.IGNORECASE
)

# A head is no longer, and says it no more often.
_WINDOW, _MOST = 200_000, 50
_LONGEST_TAG = 3000

# Where plugins put the canonical address in a REST object: as JSON, as the head's HTML, or alone.
_JSON_HEADS = ("yoast_head_json", "aioseo_head_json", "_head", "seo", "rank_math_head_json")
_JSON_KEYS = ("canonical", "canonical_url", "canonicalUrl", "original-source", "syndication-source")
_HTML_HEADS = ("yoast_head", "rank_math_head", "aioseo_head", "head", "seopress_head")
_META_KEYS = (
    "_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseop_custom_link",
    "_seopress_robots_canonical", "_genesis_canonical_uri", "canonical_url",
)  # fmt: skip
_META_NAMES = frozenset(_META_KEYS)


class CanonicalElsewhere:
    """The canonical link, or Google's `original-source`, points to a page of another site.

    Differences of scheme, `www.` or a final slash are none; neither is a former domain of the same
    name, nor a front page, which says nothing of one post.
    """

    name: ClassVar[str] = "canonical"
    family: ClassVar[Family] = "head"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "RFC 6596; Yoast SEO, Rank Math, AIOSEO, SEOPress REST fields"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "yoast_head_json": {"canonical": "https://www.paper.example.com/2024/05/a/"},
        },
        domain="paper.example.com",
        url="https://www.paper.example.com/2024/05/a/",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        return _elsewhere(self.name, article, _stated(article))


class CanonicalInContent:
    """The content itself has a canonical link or a source tag: another page's head came along.

    Publishers' republication code brings such tags into the body (ProPublica's does).
    """

    name: ClassVar[str] = "canonical-in-content"
    family: ClassVar[Family] = "head"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset(
        ("canonical", "original-source", "syndication-source")
    )
    source: ClassVar[str] = "https://www.propublica.org/steal-our-stories"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<link rel="canonical" href="https://paper.example.com/2024/a">'
                "<p>Text.</p>"
            },
        },
        domain="paper.example.com",
        url="https://paper.example.com/2024/a",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        stated = (("content", url) for url in _in_html(article.html))
        return _elsewhere(self.name, article, stated)


def _elsewhere(
    rule: str, article: Article, stated: Iterable[tuple[str, str]]
) -> Iterator[Evidence]:
    seen = set()
    for where, url in stated:
        foreign = article.foreign(url)
        if foreign is None or not is_article(foreign[1]) or foreign[1] in seen:
            continue
        seen.add(foreign[1])
        yield Evidence(
            rule=rule,
            quote=f"{where}: {url[:250]}",
            confidence=0.96,
            domain=foreign[0],
            url=foreign[1],
        )


def _stated(article: Article) -> Iterator[tuple[str, str]]:
    post, meta = article.post, article.meta
    for name in _JSON_HEADS:
        if head := mapping(post.get(name)):
            for key in _JSON_KEYS:
                if head.get(key):
                    yield f"{name}.{key}", string(head[key])
    for name in _HTML_HEADS:
        if name in post:
            yield from ((name, url) for url in _in_html(string(post[name])))
    if not _META_NAMES.isdisjoint(meta):
        yield from ((f"meta.{key}", string(meta[key])) for key in _META_KEYS if meta.get(key))


def _in_html(html: str) -> Iterator[str]:
    for word in islice(_WORD.finditer(html, 0, _WINDOW), _MOST):
        start = html.rfind("<", max(0, word.start() - _LONGEST_TAG), word.start())
        tag = _TAG.match(html, start) if start >= 0 else None
        if tag and (_CANONICAL.search(tag[0]) or _SOURCE_META.search(tag[0])):
            address = _ADDRESS.search(tag[0])
            if address:
                yield address[1]
