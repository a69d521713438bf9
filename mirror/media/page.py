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

from mirror.content import flattened, plain
from mirror.media.offline import Lookup, localise
from mirror.media.prose import FETCHING, clean

MAX_EMBEDDED = 20_000_000  # bytes of one file that is written into the page
SCHEME = "mirrored"

_STAND_IN = re.compile(rf"{SCHEME}:[0-9a-f]{{64}}")
_PLACED = re.compile(rf'(?<==")({SCHEME}:[0-9a-f]{{64}})(?=")')
_EMBEDDABLE = re.compile(r"(?:image|audio|video)/[a-z0-9.+-]{1,60}")

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

    content = flattened(post.get("content") or "")
    body = sanitise(localise(content, stand_in, link), addresses)
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

    def address(name: str, value: str) -> str | None:
        if name in FETCHING:
            return value if _STAND_IN.fullmatch(value) else None
        return addresses.get(value) if value.startswith(f"{SCHEME}:") else value

    return clean(
        _encodable(html),
        address=address,
        schemes=frozenset((SCHEME,)),
        fixed={"video": {"controls": ""}, "audio": {"controls": ""}},
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
