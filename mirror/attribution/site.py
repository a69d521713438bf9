"""The mirrored site, and which hosts are its own: naming oneself is no syndication."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mirror.attribution.addresses import is_opaque, is_staging, label, registrable
from mirror.attribution.fields import host_at, mapping, string
from mirror.urls import host_of, is_global_host

# A registered word this long is somebody's name: two domains that share it have one owner.
_NAME_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Site:
    """A mirrored site: its host, its name, other hosts of the same owner (`site_of` finds some)."""

    host: str
    name: str | None = None
    aliases: frozenset[str] = frozenset()

    def owns(self, host: str) -> bool:
        """Whether a host belongs to the site's owner, as far as names tell.

        >>> site = Site("breakpoverty.com", aliases=frozenset({"api.example.net"}))
        >>> [site.owns(h) for h in ("www.breakpoverty.com", "breakpoverty.fr", "cnn.com")]
        [True, True, False]
        """
        if _one_owner(host, self.host):
            return True
        return bool(self.aliases) and any(_one_owner(host, own) for own in self.aliases)

    def is_named(self, name: str) -> bool:
        """Whether a name in the text is the site's own, or made of the words of its host."""
        key = condensed(name)
        if not key:
            return False
        if self.name and key == condensed(self.name):
            return True
        return any(
            key == condensed(label(own)) or condensed(own) == key
            for own in (self.host, *self.aliases)
        )


@lru_cache(maxsize=8192)
def condensed(name: str) -> str:
    """A name as it would stand in a domain: letters and digits in lower case.

    >>> condensed("The Kwee-Jack Fish Co.")
    'kweejackfishco'
    """
    key = "".join(c for c in name.lower() if c.isalnum())
    return key.removeprefix("the") if len(key) > 6 else key


@lru_cache(maxsize=16384)
def _one_owner(host: str, own: str) -> bool:
    host, own = host.removeprefix("www."), own.removeprefix("www.")
    if host == own or registrable(host) == registrable(own):
        return True
    return len(label(own)) >= _NAME_LENGTH and label(host) == label(own)


def site_of(post: Mapping[str, Any]) -> Site:
    """The site of a post that stands alone: who gave it out, and what else is his own.

    That is the host of its `link`, unless the feed's channel or the API (`_links.self`) that gave
    it out belongs to somebody else: then the link leads to the source, and the giver is the site.
    A feed proxy's link names no one, so that the GUID and FeedBurner's `origLink` are asked too.
    """
    host = host_of(string(post.get("link")))
    own = {host_at(mapping(post.get("_head")).get("og:url"))}
    giver = _giver(post)
    if is_opaque(host):
        own |= {
            giver,
            host_at(mapping(post.get("_rss")).get("feedburner:origLink")),
            host_at(mapping(post.get("guid")).get("rendered")),
        }
    elif is_global_host(giver) and is_global_host(host) and not _one_owner(host, giver):
        host = giver
    return Site(host, _name(post), frozenset(own) - {host, ""})


def _name(post: Mapping[str, Any]) -> str | None:
    """Yoast's and Open Graph's site name; or a feed channel's title."""
    for found in (
        mapping(post.get("yoast_head_json")).get("og_site_name"),
        mapping(post.get("_head")).get("og:site_name"),
        mapping(mapping(post.get("_rss")).get("channel")).get("title"),
    ):
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def _giver(post: Mapping[str, Any]) -> str:
    """The host of the feed's channel or of the API; '' if unknown or a set-up's technical name."""
    channel = host_at(mapping(mapping(post.get("_rss")).get("channel")).get("link"))
    links = mapping(post.get("_links")).get("self")
    first = links[0] if isinstance(links, list) and links else None
    host = channel or host_at(mapping(first).get("href"))
    if is_opaque(host) or is_staging(host) or host == "public-api.wordpress.com":
        return ""
    return host
