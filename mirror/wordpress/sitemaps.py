"""What a sitemap's own address says it lists: posts of a type, terms, users, pictures.

Core (5.5, `WP_Sitemaps_Registry`): `wp-sitemap-posts-page-1.xml`, or, without pretty permalinks,
`?sitemap=posts&sitemap-subtype=page&paged=1`. Yoast SEO, Rank Math and All in One SEO:
`page-sitemap2.xml` below `sitemap_index.xml`. Jetpack: `sitemap-1.xml`, `image-sitemap-1.xml`.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urljoin, urlsplit

# In this order; the last is core's without pretty permalinks.
PLACES = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml", "?sitemap=index")
# An index of 50,000 files may name 2,500,000,000 addresses (sitemaps.org): these are ours.
MOST_FILES = 500
MOST_ADDRESSES = 500_000

Shown = Literal["post", "term", "author", "other"]

_CORE = re.compile(r"wp-sitemap-(posts|taxonomies|users)-(?:([a-z0-9_-]{1,32})-)?\d{1,6}\.xml")
_PLUGIN = re.compile(r"([a-z0-9_-]{1,32})-sitemap(?:-?\d{1,6})?\.xml")
_TAXONOMIES = re.compile(r"(?:\w+_)?(?:category|tag|cat)|post_format|(?:pa_|\w*taxonomy).*")
_OTHER = frozenset({
    "image", "video", "news", "local", "locations", "addl", "author-archive", "date", "archive",
    "bp-members", "misc",
})  # fmt: skip
_KINDS: dict[str, Shown] = {"posts": "post", "taxonomies": "term", "users": "author"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sitemap lists: `slug` names the post type or taxonomy, None where it is not said."""

    kind: Shown
    slug: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that a sitemap lists; `modified_gmt` (UTC, as REST writes it) where it says so."""

    url: str
    subject: Subject
    modified_gmt: str | None = None


def subject_of(url: str) -> Subject:
    """What the sitemap at an address lists, as far as the address tells.

    >>> subject_of("https://example.org/wp-sitemap-posts-page-1.xml")
    Subject(kind='post', slug='page')
    >>> subject_of("https://example.org/post_tag-sitemap2.xml")
    Subject(kind='term', slug='post_tag')
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # an address that is none
        return Subject("post", None)
    name = parts.path.rpartition("/")[2].removesuffix(".gz")
    query = dict(parse_qsl(parts.query))
    if query.get("sitemap") in _KINDS:
        return Subject(_KINDS[query["sitemap"]], query.get("sitemap-subtype"))
    if match := _CORE.fullmatch(name):
        return Subject(_KINDS[match[1]], match[2])
    match = _PLUGIN.fullmatch(name)
    if match is None:
        return Subject("post", None)
    if match[1] in ("author", "users"):
        return Subject("author", None)
    if match[1] in _OTHER or match[1].startswith(("image", "video", "news")):
        return Subject("other", match[1])
    if _TAXONOMIES.fullmatch(match[1]):
        return Subject("term", match[1])
    return Subject("post", match[1])


def places(home: str, robots: list[str]) -> list[str]:
    """Where to look for a site's sitemaps: what robots.txt names, then the usual places."""
    usual = [urljoin(home, place) for place in PLACES]
    return list(dict.fromkeys([*robots[:20], *usual]))
