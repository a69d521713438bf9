"""Where a page says that its REST root is: Link headers, link elements, RSD.

Nothing here is trusted: what is found is a hint for a path, to be asked on the origin that
answered (`pinned`).
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from mirror.wordpress.reply import Reply

API_REL = "https://api.w.org/"
# `wp_head` stands near the top; a page is read no further than this many bytes.
MOST_BYTES = 1_000_000

_LINK_VALUE = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,]+))""", re.IGNORECASE)
_ELEMENT = re.compile(r"<(link|api)\s([^<>]{1,4000})>", re.IGNORECASE)
# A name is tried whole and once: a page may be all name.
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def in_header(reply: Reply) -> str | None:
    """The root in `Link: <root>; rel="https://api.w.org/"` (RFC 8288)."""
    for target, parameters in _LINK_VALUE.findall(reply.header("link")[:20_000]):
        rel = _REL.search(parameters)
        if rel and API_REL in "".join(rel.groups(default="")).split():
            return absolute(reply.url, target)
    return None


def in_head(reply: Reply) -> str | None:
    """The root in `<link rel="https://api.w.org/">`, or before `/wp/v2/` in the page's own item.

    Since WordPress 5.5 a page links its item as `rel="alternate" type="application/json"`.
    """
    item = None
    for attributes in _elements(reply.body, "link"):
        rel = attributes.get("rel", "").split()
        href = attributes.get("href", "")
        if API_REL in rel and href:
            return absolute(reply.url, href)
        if "alternate" in rel and attributes.get("type", "").lower() == "application/json":
            item = item or _root_of_item(absolute(reply.url, href))
    return item


def rsd_link(reply: Reply) -> str | None:
    """The address of the RSD document: `<link rel="EditURI">`."""
    for attributes in _elements(reply.body, "link"):
        if attributes.get("rel", "").lower() == "edituri" and attributes.get("href"):
            return absolute(reply.url, attributes["href"])
    return None


def in_rsd(reply: Reply) -> str | None:
    """The root in RSD: `<api name="WP-API" apiLink="…">` (`rest_output_rsd`)."""
    for attributes in _elements(reply.body, "api"):
        if attributes.get("name") == "WP-API" and attributes.get("apilink"):
            return absolute(reply.url, attributes["apilink"])
    return None


def feed_home(reply: Reply) -> str | None:
    """The home address that a page's feed link shows: what stands before `feed/` or `?feed=`."""
    for attributes in _elements(reply.body, "link"):
        kind = attributes.get("type", "").lower()
        if "alternate" in attributes.get("rel", "").split() and kind == "application/rss+xml":
            address = absolute(reply.url, attributes.get("href", ""))
            if address and (match := re.fullmatch(r"([^?#]*/)(?:feed/?|\?feed=rss2)", address)):
                return match[1]
    return None


def pinned(address: str, to: str) -> str | None:
    """An address with scheme, host and port of another; None if it is no web address.

    Behind a proxy a site advertises its inner host or scheme. Only path and query are taken.
    """
    try:
        parts, origin = urlsplit(address), urlsplit(to)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return urlunsplit((origin.scheme, origin.netloc, parts.path or "/", parts.query, ""))


def _elements(body: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each such element, their names in lower case."""
    text = body[:MOST_BYTES].decode(errors="replace")
    for element, attributes in _ELEMENT.findall(text):
        if element.lower() == name:
            yield {
                key.lower(): html.unescape(double or single or bare).strip()
                for key, double, single, bare in _ATTRIBUTE.findall(attributes)
            }


def absolute(base: str, address: str) -> str | None:
    """An address as a page means it; None if it is none."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return None


def _root_of_item(address: str | None) -> str | None:
    """`…/wp-json/wp/v2/posts/5` and `…/?rest_route=/wp/v2/posts/5` without their routes."""
    if not address:
        return None
    before, found, _ = unquote(address).partition("/wp/v2/")
    return before + "/" if found else None
