"""Structured data: JSON-LD that names what a text is based on; the item's own address elsewhere."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from mirror.attribution.addresses import is_article, is_opaque
from mirror.attribution.article import Article
from mirror.attribution.fields import mapping, string
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence

_DEEPEST = 6


class BasedOn:
    """schema.org's `isBasedOn` or `translationOfWork` names a page of another site."""

    name: ClassVar[str] = "based-on"
    family: ClassVar[Family] = "head"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "https://schema.org/isBasedOn; Yoast SEO's schema, Rank Math's JSON-LD"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "yoast_head_json": {
                "schema": {
                    "@graph": [
                        {"@type": "Article", "isBasedOn": "https://paper.example.com/2024/05/a/"}
                    ]
                }
            },
        },
        domain="paper.example.com",
        url="https://paper.example.com/2024/05/a/",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for graph in _graphs(article):
            for key, url in _statements(graph, _DEEPEST):
                found = article.foreign(url)
                if found is not None and is_article(found[1]):
                    yield Evidence(
                        rule=self.name,
                        quote=f"{key}: {url[:250]}",
                        confidence=0.9,
                        domain=found[0],
                        url=found[1],
                    )


def _graphs(article: Article) -> Iterator[object]:
    for name in ("yoast_head_json", "rank_math_head_json", "aioseo_head_json"):
        if name in article.post:
            yield mapping(article.post[name]).get("schema")
    excerpts = mapping(article.post.get("_head")).get("jsonld_excerpt")
    for text in excerpts[:10] if isinstance(excerpts, list) else ():
        try:
            yield json.loads(string(text)[:100_000])
        except (ValueError, RecursionError):
            continue


def _statements(node: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    if isinstance(node, list):
        for one in node[:50]:
            yield from _statements(one, depth - 1)
    elif isinstance(node, dict):
        for key, value in list(node.items())[:100]:
            if key in ("isBasedOn", "isBasedOnUrl", "translationOfWork"):
                yield from ((key, url) for url in _addresses(value))
            elif isinstance(value, dict | list):
                yield from _statements(value, depth - 1)


def _addresses(value: Any) -> Iterator[str]:
    for one in value[:10] if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield string(one.get("url") or one.get("@id"))


class LinkElsewhere:
    """The post's own `link` is on another site than the API or the feed that gives it out.

    FeedWordPress and others send readers to the source: the permalink is the original's.
    """

    name: ClassVar[str] = "item-link"
    family: ClassVar[Family] = "item link"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "FeedWordPress (`syndication_permalink` filter), RSS 2.0 item link"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://blog.rust-lang.org/2024/05/a/",
            "_rss": {"channel": {"link": "https://planet.mozilla.org/"}},
        },
        domain="blog.rust-lang.org",
        url="https://blog.rust-lang.org/2024/05/a/",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        found = article.foreign(article.link)
        if found is None or is_opaque(found[0]) or not is_article(found[1]):
            return
        yield Evidence(
            rule=self.name,
            quote=f"link: {article.link[:250]}",
            confidence=0.8,
            domain=found[0],
            url=found[1],
        )
