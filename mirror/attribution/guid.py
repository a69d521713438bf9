"""The GUID: WordPress makes it from the site's address and never changes it; importers keep it."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.addresses import (
    is_article,
    is_domain,
    is_opaque,
    is_staging,
    publisher_host,
)
from mirror.attribution.article import Article
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence
from mirror.urls import host_of, is_global_host

# `?p=12`, the GUID that WordPress gives since 2.5: short for "post 12 of the site that made it".
_PLAIN = re.compile(r"[?&](?:p|page_id|attachment_id)=(\d{1,12})(?:$|&)")
# RFC 4151: `tag:authority,date:specific`; Blogger's and Tumblr's entry ids are such.
_TAG_URI = re.compile(r"^tag:(?:[^@,]{1,64}@)?([a-z0-9.-]{4,253}),\d{4}")


class GuidElsewhere:
    """The GUID is an address on another registrable domain.

    Alone this is weak: sites move to new domains and keep their GUIDs, and of `?p=12` nobody can
    tell a copy from a move. An address like an article's, which WordPress has not made since 2.5
    but aggregators copy, is worth more. Staging hosts, addresses and names like the site's own
    are the site's.
    """

    name: ClassVar[str] = "guid"
    family: ClassVar[Family] = "guid"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "wp-includes/post.php (wp_insert_post); RSS 2.0, element guid"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "guid": {"rendered": "https://writer.substack.com/p/a-plan"},
        },
        domain="writer.substack.com",
        url="https://writer.substack.com/p/a-plan",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        guid = article.guid
        tag = _TAG_URI.match(guid)
        if tag is not None and is_domain(tag[1]) and not article.site.owns(tag[1]):
            yield Evidence(rule=self.name, quote=guid[:300], confidence=0.6, domain=tag[1])
            return
        foreign = article.foreign(guid) if guid.startswith("http") else None
        if foreign is None:
            return
        host, url = foreign
        if not is_global_host(host_of(url)) or is_opaque(host) or is_staging(host_of(url)):
            return
        if not any(c.isalpha() for c in publisher_host(url).rsplit(".", 1)[-1]):
            return
        plain = _PLAIN.search(url)
        confidence = 0.3 if plain else 0.6
        if is_article(url):
            yield Evidence(
                rule=self.name, quote=guid[:300], confidence=confidence, domain=host, url=url
            )
