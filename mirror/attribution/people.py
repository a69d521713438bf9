"""Authors and categories that are agencies: who the post's own record says wrote it."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import ClassVar

from mirror.attribution.article import Article
from mirror.attribution.fields import mapping, objects, string
from mirror.attribution.publishers import Publisher, agencies, named
from mirror.attribution.rule import Example, Family, Role
from mirror.content import plain
from mirror.items import Evidence

_FOLDER = re.compile(r"https?://[^/]{1,255}/([^/?#]{2,40})/")
_PARTS = re.compile(r"\s*(?:,|\||/|;|\s[-–—]\s|\s(?:and|with|for|via|&|in|at)\s|\(|\))\s*")


class AuthorIsPublisher:
    """The author's name is that of a known publisher: "Associated Press", "admin, Reuters"."""

    name: ClassVar[str] = "author"
    family: ClassVar[Family] = "byline"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "REST _embedded.author; Yoast's `author`; RSS dc:creator"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "_embedded": {"author": [{"name": "Associated Press"}]},
        },
        domain="apnews.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for name in dict.fromkeys(_author_names(article)):
            for part in _PARTS.split(name[:200]):
                known = named(part) if len(part) >= 3 or part in agencies() else None
                if known is not None and not article.site.owns(known.domain):
                    yield Evidence(
                        rule=self.name,
                        quote=f"author: {name[:200]}",
                        confidence=0.8 if known.agency else 0.7,
                        domain=known.domain,
                    )
                    return


def _author_names(article: Article) -> Iterator[str]:
    post = article.post
    for author in objects(mapping(post.get("_embedded")).get("author")):
        yield plain(string(author.get("name"))[:300])
    for where, key in (("_head", "byline"), ("_head", "author"), ("yoast_head_json", "author"),
                       ("_rss", "creator")):  # fmt: skip
        name = string(mapping(post.get(where)).get(key))
        if name:
            yield plain(name[:300])


class CategoryIsAgency:
    """A category, or the first folder of the permalink, is a news agency's name.

    Weak: such a category can also be about the agency.
    """

    name: ClassVar[str] = "category"
    family: ClassVar[Family] = "category"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "REST _embedded['wp:term']; RSS categories; permalinks with %category%"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://kopie.example/a/",
            "_embedded": {"wp:term": [[{"taxonomy": "category", "name": "dpa"}]]},
        },
        domain="dpa.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for name in _category_names(article):
            known = _agency_names().get(name.lower())
            if known is not None and not article.site.owns(known.domain):
                yield Evidence(
                    rule=self.name,
                    quote=f"category: {name}",
                    confidence=0.55,
                    domain=known.domain,
                )
                return


@lru_cache(maxsize=1)
def _agency_names() -> Mapping[str, Publisher]:
    return {mark.lower(): found for mark, found in agencies().items() if len(mark) >= 3}


def _category_names(article: Article) -> Iterator[str]:
    for term in objects(mapping(article.post.get("_embedded")).get("wp:term")):
        if term.get("taxonomy") == "category":
            yield plain(string(term.get("name"))[:200])
    categories = mapping(article.post.get("_rss")).get("categories")
    if isinstance(categories, list):
        yield from (plain(name[:200]) for name in categories[:1] if isinstance(name, str))
    folder = _FOLDER.match(article.link)
    if folder:
        yield folder[1].replace("-", " ")
