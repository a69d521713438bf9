"""A post's HTML made safe to read: local pictures only, nothing active, evidence marked.

Three walls, each enough alone: what is written here comes out of nh3 (an HTML parser's idea of the
document, serialised anew, of listed elements and attributes); it is shown in a frame without
scripts; and its policy lets the frame load nothing but mirrored files.
"""

import re
from html import escape
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mirror.browse.bombs import is_bomb, words_of
from mirror.content import flattened
from mirror.media.offline import Lookup, localise
from mirror.media.prose import clean

# What a page on this server is asked for: /files/<sha256>, below Datasette's base_url.
_LOCAL = re.compile(r"(?:/[\w.~-]+)*/files/[0-9a-f]{64}")
_MOST = 5_000_000

# WordPress' own classes that say how a picture stands, and ours.
CLASSES = {
    "figure": {"alignleft", "alignright", "aligncenter", "wp-block-gallery", "wp-block-quote"},
    "img": {"alignleft", "alignright", "aligncenter"},
    "div": {"wp-caption", "gallery", "alignleft", "alignright", "aligncenter"},
    "p": {"wp-caption-text"},
    "span": {"not-mirrored"},
}
FIXED = {
    "a": {"target": "_blank"},
    "img": {"loading": "lazy"},
    "video": {"controls": "", "preload": "none"},
    "audio": {"controls": "", "preload": "none"},
}
_EMBEDS = "iframe, embed, object"
_FETCHING = "img, video, audio, source"
# Where lazy loading keeps the true address; `src` then holds a placeholder.
_SOURCES = ("data-lazy-src", "data-src", "data-orig-file", "src")


def readable(html: str, *, base: str, lookup: Lookup) -> str:
    """The HTML of a post, as it may stand in the reading frame.

    `base` is the post's permalink, against which addresses are resolved. `lookup` gives the local
    address of a file (`/files/…`) by its address upstream, None where it is not mirrored: then its
    place says so. Never raises; text beyond five million characters is left out, and markup that
    is made to keep parsers busy is shown as text.
    """
    html = flattened(html[:_MOST].encode("utf-8", "replace").decode())
    if is_bomb(html):
        return f"<p>{escape(words_of(html))}</p>"
    tree = LexborHTMLParser(localise(html, lookup, base))
    if tree.body is None:
        return ""
    for node in tree.body.css(_FETCHING):
        if not _LOCAL.fullmatch(node.attrs.get("src") or ""):
            _without_source(tree, node, base)
    for node in tree.body.css(_EMBEDS):
        _say_missing(tree, node, "Embedded page", _address(node, ("src", "data"), base))
    return sanitise(tree.body.inner_html or "", base)


def sanitise(html: str, base: str) -> str:
    """The last word on what reaches a reader."""

    def address(name: str, value: str) -> str | None:
        if _LOCAL.fullmatch(value):
            return value
        return _link(value, base) if name == "href" else None

    return clean(html, address=address, classes=CLASSES, fixed=FIXED)


def _without_source(tree: LexborHTMLParser, node: LexborNode, base: str) -> None:
    """Says that a file is missing, or leaves it to the other sources of a film to say so."""
    if node.tag == "source" or (node.tag == "video" and node.css("source")):
        if "src" in node.attrs:
            del node.attrs["src"]
        return
    kind = {"img": "Picture", "audio": "Sound", "video": "Video"}[node.tag or ""]
    _say_missing(tree, node, kind, _address(node, _SOURCES, base))


def _say_missing(tree: LexborHTMLParser, node: LexborNode, kind: str, address: str | None) -> None:
    note = tree.create_node("span")
    note.attrs["class"] = "not-mirrored"
    text = f"{kind} not mirrored"
    note.inner_html = escape(f"{text}: {address[:400]}" if address else text)
    node.replace_with(note)


def _address(node: LexborNode, names: tuple[str, ...], base: str) -> str | None:
    """The first address among some attributes, made absolute; None for none, or for `data:`."""
    for name in names:
        value = (node.attrs.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return _absolute(value, base)
    return None


def _absolute(address: str, base: str) -> str | None:
    try:
        return urljoin(base, address)
    except ValueError:
        return None


def _link(value: str, base: str) -> str | None:
    """Where a link leads: to the web, a mail program, or a place in the text."""
    if value.startswith("#"):
        return value
    address = _absolute(value.strip(), base) or ""
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in ("http", "https", "mailto") else None
