"""The canonical address, as SEO plugins put it into the API: elsewhere, it names the original."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from mirror.attribution.addresses import is_article
from mirror.attribution.article import Article
from mirror.attribution.fields import mapping, string
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence

# A whole tag at a time; the attributes stand in any order.
_TAG = re.compile(r"<(?:link|meta)\b[^<>]{1,3000}>", re.IGNORECASE)
_CANONICAL = re.compile(r"""\brel\s?=\s?["']?canonical\b""", re.IGNORECASE)
_SOURCE_META = re.compile(
    r"""\bname\s?=\s?["']?(?:original-source|syndication-source)\b""", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"""\b(?:href|content)\s?=\s?["']?(https?://[^"'\s<>]{4,2000})""", re.IGNORECASE
)

# A head is no longer, and has no more tags.
_WINDOW, _MOST = 200_000, 200

# Where plugins put the canonical address in a REST object: as JSON, as the head's HTML, or alone.
_JSON_HEADS = ("yoast_head_json", "aioseo_head_json", "_head", "seo", "rank_math_head_json")
_JSON_KEYS = ("canonical", "canonical_url", "canonicalUrl", "original-source", "syndication-source")
_HTML_HEADS = ("yoast_head", "rank_math_head", "aioseo_head", "head", "seopress_head")
_META_KEYS = (
    "_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseop_custom_link",
    "_seopress_robots_canonical", "_genesis_canonical_uri", "canonical_url",
)  # fmt: skip


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
        seen = set()
        for where, url in _stated(article):
            foreign = article.foreign(url)
            if foreign is None or not is_article(foreign[1]) or foreign[1] in seen:
                continue
            seen.add(foreign[1])
            yield Evidence(
                rule=self.name,
                quote=f"{where}: {url[:250]}",
                confidence=0.96,
                domain=foreign[0],
                url=foreign[1],
            )


def _stated(article: Article) -> Iterator[tuple[str, str]]:
    for name in _JSON_HEADS:
        head = mapping(article.post.get(name))
        yield from ((f"{name}.{key}", string(head.get(key))) for key in _JSON_KEYS if head.get(key))
    for name in _HTML_HEADS:
        yield from ((name, url) for url in _in_html(string(article.post.get(name))))
    for key in _META_KEYS:
        if article.meta.get(key):
            yield f"meta.{key}", string(article.meta[key])
    # Republication code brings its own head tags along into the body (ProPublica's does).
    if "canonical" in article.html or "-source" in article.html:
        yield from (("content", url) for url in _in_html(article.html))


def _in_html(html: str) -> Iterator[str]:
    for tag in islice(_TAG.finditer(html[:_WINDOW]), _MOST):
        if _CANONICAL.search(tag[0]) or _SOURCE_META.search(tag[0]):
            address = _ADDRESS.search(tag[0])
            if address:
                yield address[1]
