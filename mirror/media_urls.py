"""Addresses of media: one form for comparing, and which are variants of one original.

WordPress writes `name-300x200.jpg` beside `name.jpg` for every size (`image_resize` and
`WP_Image_Editor::generate_filename`), and `name-scaled.jpg`, `name-rotated.jpg` for what it serves
in place of a large or turned upload (`wp_create_image_subsizes`, since 5.3). Jetpack's Photon
serves `https://i0.wp.com/HOST/PATH?w=300&ssl=1`, wordpress.com
`HOST.files.wordpress.com/PATH?w=300`.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

# At either end of an address they are no part of it (URL Standard, 4.4: C0 control or space).
_STRIPPED = "".join(map(chr, range(0x21)))
MAX_URL = 4096  # longer ones are built by accident, or to be a burden

_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9_./~%+,=&?:@-]*", re.ASCII)
# What most addresses are: nothing to encode, to resolve or to strip.
_CANONICAL = re.compile(
    r"https?://[a-z0-9.-]+(?::[1-5]?\d{1,4})?/[A-Za-z0-9_./~%+,=&:@-]*", re.ASCII
)
_SIZE = re.compile(r"-(\d{1,5}x\d{1,5})(?=\.[A-Za-z0-9]{2,5}$)", re.ASCII)
_SERVED = re.compile(r"-(scaled|rotated)(?=\.[A-Za-z0-9]{2,5}$)", re.ASCII)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
_PHOTON = frozenset({"i0.wp.com", "i1.wp.com", "i2.wp.com", "i3.wp.com"})
# The audio and video shortcodes number their players by `?_=1`; the others ask for a size.
_COUNTER = frozenset({"_"})
_RESIZING = frozenset({"w", "h", "fit", "resize", "crop", "quality", "strip", "zoom", "ssl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What an address stands for.

    `url` is the file on its own host; `size` is `full`, or what of the original it is (`300x200`,
    `scaled`). `original` is the address that all variants of one picture share. `proxy` is the
    address as written, where that was a proxy's.
    """

    url: str
    original: str
    size: str = "full"
    proxy: str | None = None


def canonical(url: str, base: str) -> str | None:
    """The address as it is asked for: absolute, percent-encoded, without fragment.

    None for what cannot be fetched: other schemes, no host, credentials, too long.

    >>> canonical("../größe.jpg#x", "https://a.example/2024/post/")
    'https://a.example/2024/gr%C3%B6%C3%9Fe.jpg'
    >>> canonical("data:image/gif;base64,R0", "https://a.example/") is None
    True
    """
    url = url.strip().strip(_STRIPPED)
    if not url or len(url) > MAX_URL:
        return None
    if _CANONICAL.fullmatch(url):
        return url
    try:
        if not _PLAIN.fullmatch(url):
            url = _encoded(urljoin(base, url))
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
        _ = parts.port
    except ValueError:  # bad brackets, ports out of range, hosts that IDNA refuses
        return None
    if len(url) > MAX_URL or not url.isascii():  # a host that IDNA refuses stays as it was
        return None
    query = _without(parts.query, _COUNTER) if "_=" in parts.query else parts.query
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", query, ""))


def _encoded(url: str) -> str:
    """Percent-encoded, as browsers do it; raises ValueError where that cannot be done."""
    # Here, because w3lib loads urllib.request and ssl: `mirror status` compares addresses, too.
    from w3lib.url import safe_url_string

    return safe_url_string(url)


def variant(url: str) -> Variant:
    """What a canonical address stands for.

    >>> found = variant("https://i0.wp.com/a.example/u/b-300x200.jpg?w=150&ssl=1")
    >>> found.url, found.original, found.size
    ('https://a.example/u/b-300x200.jpg', 'https://a.example/u/b.jpg', '300x200')
    """
    if "?" not in url and ".wp.com/" not in url:
        # What most addresses are: they end with their path, and no proxy serves them.
        own, size = _original(url)
        return Variant(url=url, original=own, size=size)
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path
    proxy = None
    if host in _PHOTON:
        behind, _, rest = path.lstrip("/").partition("/")
        if _HOST.fullmatch(behind) and rest:
            query = dict(parse_qsl(parts.query[:MAX_URL], max_num_fields=None))
            scheme = "https" if query.get("ssl") == "1" else "http"
            proxy, path = url, f"/{rest}"
            url = urlunsplit((scheme, behind, path, query.get("q", ""), ""))
    elif host.endswith(".files.wordpress.com") and parts.query:
        plain = urlunsplit(parts._replace(query=_without(parts.query, _RESIZING)))
        proxy, url = (url, plain) if plain != url else (None, url)
    original, size = _original(path)
    if original == path:
        return Variant(url=url, original=url, proxy=proxy)
    whole = urlunsplit(urlsplit(url)._replace(path=original))
    return Variant(url=url, original=whole, size=size, proxy=proxy)


def _original(path: str) -> tuple[str, str]:
    """The path of the original of a file, and which size of it the file is."""
    sized = _SIZE.search(path)
    stem = path[: sized.start()] + path[sized.end() :] if sized else path
    original = _SERVED.sub("", stem)
    if sized:
        return original, sized[1]
    return original, "full" if original == path else "scaled"


def _without(query: str, names: frozenset[str]) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in names]
    return urlencode(kept) if len(kept) < len(pairs) else query
