"""Addresses: comparing them, and the hosts that name no one in particular."""

import html
import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

# RFC 2606, RFC 6761, and what development set-ups use.
PRIVATE_SUFFIXES = (
    "localhost", "local", "test", "example", "invalid", "internal", "lan", "home.arpa",
    "example.com", "example.org", "example.net",
)  # fmt: skip


def host_of(url: str) -> str:
    """The host in lower case without `www.` and port; empty where there is none.

    >>> host_of("https://WWW.Example.com:8080/a")
    'example.com'
    """
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def site_key(url: str) -> str:
    """An address in the form in which two of one site are the same.

    >>> site_key("http://www.Example.com/blog/") == site_key("https://example.com/blog")
    True
    """
    rest = url.split("://", 1)[-1]
    host, slash, path = rest.partition("/")
    return host.lower().removeprefix("www.") + slash.join(("", path)).rstrip("/")


def names_site(text: str, url: str) -> bool:
    """Whether a user who gives `text` means the site at `url`: by its host, or by its address.

    >>> fr = "https://www.example.com/fr/"
    >>> [names_site(text, fr) for text in ("Example.com", "example.com/fr", "https://example.com")]
    [True, True, False]
    """
    bare = "://" not in text and site_key(text) == host_of(url)
    return bare or site_key(text) == site_key(url)


@lru_cache(1000)
def is_global_host(host: str) -> bool:
    """Whether a host name means the same machine everywhere.

    >>> [is_global_host(h) for h in ("cnn.com", "localhost", "192.168.0.4", "wp.local", "8.8.8.8")]
    [True, False, False, False, True]
    """
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    if any(host == suffix or host.endswith("." + suffix) for suffix in PRIVATE_SUFFIXES):
        return False
    return "." in host


def guid_key(guid: str | None) -> str | None:
    """A GUID in the form in which two of them are compared, or None if it cannot be global.

    Scheme, `www.` and a final slash do not distinguish; `&` and `&#038;` are the same
    (`wp_insert_post` writes the escaped one on the first update). A GUID on `localhost`, a private
    address or an example host, or a bare number, says nothing outside its own site.

    >>> guid_key("http://www.example.de/?p=1&#038;x=2/") == guid_key("https://example.de/?p=1&x=2")
    True
    >>> guid_key("http://localhost/?p=1"), guid_key("4711")
    (None, None)
    """
    if not guid:
        return None
    text = html.unescape(guid).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        host = host_of(text)
        if not is_global_host(host):
            return None
        query = f"?{parts.query}" if parts.query else ""
        path = f"{parts.path}{query}".rstrip("/")
        # A GUID that is only a host names a site, not a post.
        return f"{host}{path}" if path else None
    if text.startswith(("tag:", "urn:")) and len(text) > 8:
        return text
    return None
