"""One post as one file: opens from disk, loads nothing from anywhere, runs nothing.

Two walls: what is written comes out of nh3 (parsed, and written anew from a list of elements and
attributes), and the page's policy lets a browser load nothing but what stands in the page itself
or lies beside it. Sanitising sees short stand-ins for files; their bytes are put in afterwards.
"""

import base64
import re
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any

import nh3

from mirror.content import plain
from mirror.media.offline import Lookup, localise

MAX_EMBEDDED = 20_000_000  # bytes of one file that is written into the page
SCHEME = "mirrored"

_STAND_IN = re.compile(rf"{SCHEME}:[0-9a-f]{{64}}")
_PLACED = re.compile(rf'(?<==")({SCHEME}:[0-9a-f]{{64}})(?=")')
_EMBEDDABLE = re.compile(r"(?:image|audio|video)/[a-z0-9.+-]{1,60}")

_TAGS = (
    "a abbr article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd "
    "del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol "
    "p pre q rp rt ruby s samp section small source span strong sub summary sup table tbody td "
    "tfoot th thead time tr track u ul var video wbr"
)
# Their text is no prose, or is parsed in ways of its own: it goes with them.
_GONE = (
    "script style template noscript iframe object applet svg math select option textarea title xmp "
    "noembed noframes plaintext frameset"
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "video": {"src", "poster", "width", "height"},
    "audio": {"src"},
    "source": {"src", "type"},
    "track": {"src", "kind", "srclang", "label"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
}
_POLICY = (
    "default-src 'none'; img-src data: file:; media-src data: file:; style-src 'unsafe-inline'"
)
_STYLE = """
body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif;color:#222}
img,video{max-width:100%;height:auto}figure{margin:1.5rem 0}figcaption,header p{color:#666;
font-size:.9rem}pre{overflow:auto}@media(prefers-color-scheme:dark){body{background:#181818;
color:#ddd}a{color:#8cf}}
"""


def standalone(post: Mapping[str, Any], lookup: Lookup, embed: Callable[[str], str | None]) -> str:
    """The page of a post: its row's `title`, `content`, `link` and `date_gmt` are used.

    `lookup` gives a held file's SHA-256 by its address; `embed` gives, by SHA-256, the address that
    stands in the page (see `data_uri`), or None.
    """
    link = post.get("link") or ""
    addresses: dict[str, str] = {}

    def stand_in(url: str) -> str | None:
        sha256 = lookup(url)
        if sha256 is None:
            return None
        addresses.setdefault(f"{SCHEME}:{sha256}", url)
        return f"{SCHEME}:{sha256}"

    def placed(found: re.Match[str]) -> str:
        return escape(embed(found[0].partition(":")[2]) or "")

    body = sanitise(localise(post.get("content") or "", stand_in, link), addresses)
    title = escape(plain(post.get("title") or "")) or "Untitled"
    source = escape(link)
    page = (
        "<!doctype html>\n<html>\n<head>\n<meta charset=utf-8>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<article>\n"
        f"<header><h1>{title}</h1><p>{escape(str(post.get('date_gmt') or ''))} · "
        f'<a href="{source if link.startswith(("http://", "https://")) else ""}">{source}</a></p>'
        f"</header>\n{_PLACED.sub(placed, body)}\n</article>\n</body>\n</html>\n"
    )
    return _encodable(page)


def sanitise(html: str, addresses: Mapping[str, str] = MappingProxyType({})) -> str:
    """The HTML with listed elements only, pictures and sound from stand-ins only.

    `addresses` has the address upstream of stand-ins: links lead there, since browsers follow none
    into a page's own bytes.
    """

    def keep(tag: str, name: str, value: str) -> str | None:
        if name in ("src", "poster"):
            return value if _STAND_IN.fullmatch(value) else None
        if name in ("width", "height"):
            return value if value.isascii() and value.isdigit() and len(value) < 6 else None
        if name == "href" and value.startswith(f"{SCHEME}:"):
            return addresses.get(value)
        return value

    return nh3.clean(
        _encodable(html),
        tags=set(_TAGS.split()),
        clean_content_tags=set(_GONE.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", SCHEME},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"video": {"controls": ""}, "audio": {"controls": ""}},
    )


def embeddable(mime: str, size: int) -> bool:
    """Whether a file of this type, with so many bytes, is written into the page.

    Pictures in SVG are: in an `img` a browser runs no script of theirs.
    """
    return _EMBEDDABLE.fullmatch(mime) is not None and size <= MAX_EMBEDDED


def data_uri(content: bytes, mime: str) -> str | None:
    """A file as part of the page; None for kinds that are not shown in one, and for large ones."""
    if not embeddable(mime, len(content)):
        return None
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _encodable(text: str) -> str:
    """The text without lone surrogates, which JSON may bring and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
