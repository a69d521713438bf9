"""A post's HTML made safe to read: local pictures only, nothing active, evidence marked.

Three walls, each enough alone: what is written here comes out of nh3 (an HTML parser's idea of the
document, serialised anew, of listed elements and attributes); it is shown in a frame without
scripts; and its policy lets the frame load nothing but mirrored files.
"""

import re
from html import escape
from urllib.parse import urljoin, urlsplit

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mirror.browse.bombs import is_bomb, words_of
from mirror.media.offline import Lookup, localise

# What a page on this server is asked for: /files/<sha256>, below Datasette's base_url.
_LOCAL = re.compile(r"(?:/[\w.~-]+)*/files/[0-9a-f]{64}")
_MOST = 5_000_000

_TAG_NAMES = (
    "a abbr address article audio b bdi bdo blockquote br caption cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p "
    "pre q rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot "
    "th thead time tr u ul var video wbr"
)
TAGS = set(_TAG_NAMES.split())
# Elements that go with their text, which is no prose. (`title` and `xmp` stand here because of
# mutation XSS: nh3 would keep their text as text, and a reader gains nothing from it.)
_GONE_NAMES = (
    "script style template noscript iframe object applet svg math select option textarea title xmp "
    "noembed noframes plaintext frameset"
)
GONE = set(_GONE_NAMES.split())
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "video": {"src", "controls", "width", "height"},
    "audio": {"src", "controls"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "details": {"open"},
}
# WordPress' own classes that say how a picture stands, and ours.
CLASSES = {
    "figure": {"alignleft", "alignright", "aligncenter", "wp-block-gallery", "wp-block-quote"},
    "img": {"alignleft", "alignright", "aligncenter"},
    "div": {"wp-caption", "gallery", "alignleft", "alignright", "aligncenter"},
    "p": {"wp-caption-text"},
    "span": {"not-mirrored"},
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
    html = html[:_MOST].encode("utf-8", "replace").decode()
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

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if _LOCAL.fullmatch(value) else None
        if name == "href":
            return value if _LOCAL.fullmatch(value) else _link(value, base)
        if name in ("width", "height"):
            return value if value.isascii() and value.isdigit() and len(value) < 6 else None
        return value

    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"loading": "lazy"},
            "video": {"controls": "", "preload": "none"},
            "audio": {"controls": "", "preload": "none"},
        },
    )


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
