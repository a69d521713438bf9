"""Which media a WordPress object uses: what its HTML shows and links, and what it names beside it.

Pure, linear, bounded: any JSON object gives a tuple. Of alternatives for one picture the best one
is named (the original that a gallery plugin keeps in an attribute, else the widest of `srcset`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from mirror.content import Content
from mirror.items import JsonObject, MediaUse, Role
from mirror.media_urls import canonical, variant

MAX_USES = 2_000  # of one object; the longest real galleries have some hundred
MAX_CANDIDATES = 64  # of one `srcset`; WordPress writes at most one a size
PICTURE_SIBLINGS = 16  # between a `source` and the `img` of its `picture`
GALLERY_DEPTH = 8  # how far above a picture its gallery's element may be

# Where plugins keep the uploaded file (Jetpack carousels, the gallery block, WooCommerce) ...
ORIGINAL = ("data-orig-file", "data-full-url", "data-large_image", "data-large-file")
# ... and where lazy loaders keep what they show later, with a placeholder in `src`.
LAZY_SRCSET = ("data-lazy-srcset", "data-srcset", "data-ll-srcset")
LAZY_SRC = ("data-lazy-src", "data-src", "data-original", "data-ll-src")
BACKGROUND = ("data-bg", "data-background-image", "data-background", "data-bg-image")

# Links to files of these kinds are part of a post: pictures, sound, film, documents, office,
# e-books, archives.
_KINDS = """
    jpg jpeg jpe png gif webp avif heic bmp tif tiff svg ico
    mp3 m4a m4b ogg oga opus wav flac aac wma mid midi
    mp4 m4v mov webm ogv avi mpg mpeg wmv 3gp mkv vtt srt
    pdf ps rtf txt csv doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps ppsx
    odt ods odp odg key numbers pages epub mobi azw azw3 djvu
    zip gz tgz bz2 xz 7z rar tar
"""
LINKED = frozenset(_KINDS.split())

_ELEMENTS = "img,source,video,audio,track,a[href],object[data],embed[src],input[src]"
_STYLED = frozenset(("style", *BACKGROUND))
_SHOWING = ",".join((_ELEMENTS, *(f"[{name}]" for name in ("style", *BACKGROUND))))
# Without any of these nothing is shown: most excerpts are plain paragraphs.
_MARKS = (
    b"<a", b"<img", b"<source", b"<vi", b"<tr", b"<obj", b"<emb", b"<inp", b"style", b"data-b",
)  # fmt: skip
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')\s]{1,4096})""", re.IGNORECASE)
_DESCRIPTOR = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([wx])", re.ASCII)


def uses(obj: JsonObject, base_url: str, content: Content | None = None) -> tuple[MediaUse, ...]:
    """The media of a post, page or other readable object, each (address, role) once.

    Relative addresses are those of the object's own page, or else of the site at `base_url`.
    `content` is its content, if the caller has parsed it already.
    """
    link = obj.get("link")
    base = canonical(link, base_url) if isinstance(link, str) else None
    found: dict[tuple[str, Role], MediaUse] = {}
    for url, role in _of_object(obj, content):
        if len(found) >= MAX_USES:
            break
        absolute = canonical(url, base or base_url)
        if absolute is not None and (absolute, role) not in found:
            found[absolute, role] = _use(absolute, role)
    unique = {(use.url, use.role): use for use in found.values()}
    return tuple(unique.values())


def of_attachment(
    obj: JsonObject, base_url: str, *, every_size: bool = False
) -> tuple[MediaUse, ...]:
    """The files of an object of `/media`: the full one, the upload behind a `-scaled` one, and,
    if asked for, every size."""
    full = _address(obj.get("source_url"), base_url)
    if full is None:
        return ()
    details = obj.get("media_details")
    details = details if isinstance(details, dict) else {}
    original = _beside(full, details.get("original_image"))
    family = original or variant(full).url
    files = {full: "full"}
    if original is not None:
        files.setdefault(original, "original")
    sizes = details.get("sizes")
    if every_size and isinstance(sizes, dict):
        for name, size in list(sizes.items())[:MAX_CANDIDATES]:
            url = _address(size.get("source_url"), base_url) if isinstance(size, dict) else None
            if url is not None:
                files.setdefault(url, str(name)[:64])
    return tuple(
        MediaUse(url=url, role="attached", size=size, original=family)
        for url, size in files.items()
    )


def shown(content: Content) -> Iterator[tuple[str, Role]]:
    """The addresses that HTML shows or links, as they are written, in the order of the page."""
    html = content.raw.lower()
    for mark in _MARKS:
        if mark in html:
            break
    else:
        return
    galleries: dict[int, bool] = {}
    for node in content.tree.css(_SHOWING):
        yield from _of_node(node, galleries)


def candidates(attributes: Mapping[str, str | None]) -> list[str]:
    """All addresses that an `img` or `source` has in its attributes, the best first."""
    originals = [value for name in ORIGINAL if (value := attributes.get(name))]
    srcset = [
        pair
        for name in (*LAZY_SRCSET, "srcset")
        if (value := attributes.get(name))
        for pair in parse_srcset(value)
    ]
    srcset.sort(key=lambda pair: -pair[1])
    single = [value for name in (*LAZY_SRC, "src") if (value := attributes.get(name))]
    return list(dict.fromkeys([*originals, *(url for url, _ in srcset), *single]))


def parse_srcset(text: str) -> list[tuple[str, float]]:
    """(address, weight) pairs of a `srcset`; weights compare within one set only.

    An address may contain commas, but neither begins nor ends with one (HTML, 4.8.4.2.1).

    >>> parse_srcset("a.jpg 300w, b,c.jpg 1024w, d.jpg")
    [('a.jpg', 300.0), ('b,c.jpg', 1024.0), ('d.jpg', 1.0)]
    """
    pairs: list[tuple[str, float]] = []
    url = None
    for token in text[: 64 * 4096].split():
        if url is None:
            url = token.lstrip(",")
            if url.endswith(","):
                pairs.append((url.rstrip(","), 1.0))
                url = None
            elif not url:
                url = None
        else:
            descriptor = _DESCRIPTOR.match(token)
            if descriptor:
                pairs.append((url, float(descriptor[1])))
                url = None
            elif token.endswith(","):
                pairs.append((url, 1.0))
                url = None
        if len(pairs) >= MAX_CANDIDATES:
            return pairs
    if url:
        pairs.append((url, 1.0))
    return pairs


def _of_object(obj: JsonObject, content: Content | None) -> Iterator[tuple[str, Role]]:
    for url in _featured(obj):
        yield url, "featured"
    for field in ("content", "excerpt"):
        value = obj.get(field)
        html = value.get("rendered") if isinstance(value, dict) else value
        if content is not None and field == "content":
            yield from shown(content)
        elif isinstance(html, str):
            yield from shown(Content(html))
    for url in _enclosures(obj):
        yield url, "enclosure"


def _of_node(node: LexborNode, galleries: dict[int, bool]) -> Iterator[tuple[str, Role]]:
    attributes, tag = node.attributes, node.tag
    if tag == "img":
        best = next((url for url in candidates(attributes) if not _is_placeholder(url)), None)
        if best is not None:
            yield best, "gallery" if _in_gallery(node, galleries) else "inline"
    elif tag == "source":
        if not _of_picture_with_img(node):
            yield from ((url, "inline") for url in candidates(attributes)[:1])
    elif tag == "a":
        href = attributes.get("href") or ""
        if extension(href) in LINKED:
            yield href, "gallery" if _in_gallery(node, galleries) else "inline"
    elif tag in ("video", "audio", "track", "embed", "object", "input"):
        for name in ("src", "data-src", "poster", "data"):
            value = attributes.get(name)
            if value and (name != "data" or tag == "object"):
                yield value, "inline"
    if _STYLED.isdisjoint(attributes):
        return
    for name in BACKGROUND:
        if value := attributes.get(name):
            urls = _CSS_URL.findall(value)[:MAX_CANDIDATES]
            yield from ((url, "inline") for url in urls or [value])
    if style := attributes.get("style"):
        yield from ((url, "inline") for url in _CSS_URL.findall(style)[:MAX_CANDIDATES])


def extension(url: str) -> str:
    """The extension that an address' path ends in, in lower case; empty if none.

    >>> extension("https://a.example/b.tar.GZ?x=1#y")
    'gz'
    """
    path = url.partition("#")[0].partition("?")[0]
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _featured(obj: JsonObject) -> Iterator[str]:
    """What other fields say of the featured image; its id is settled by the store."""
    embedded = obj.get("_embedded")
    media = embedded.get("wp:featuredmedia") if isinstance(embedded, dict) else None
    for entry in media[:1] if isinstance(media, list) else ():
        if isinstance(entry, dict) and isinstance(url := entry.get("source_url"), str):
            yield url
            return
    url = obj.get("jetpack_featured_media_url")
    if isinstance(url, str) and url:
        yield url


def _enclosures(obj: JsonObject) -> Iterator[str]:
    """Podcast files: the `enclosure` meta is `URL\\nLENGTH\\nTYPE` (`do_enclose`); Seriously Simple
    Podcasting has `audio_file`."""
    meta = obj.get("meta")
    for holder in (obj, meta):
        if not isinstance(holder, dict):
            continue
        for name in ("enclosure", "audio_file"):
            value = holder.get(name)
            for entry in value[:MAX_CANDIDATES] if isinstance(value, list) else [value]:
                if isinstance(entry, str) and entry.strip():
                    yield entry.strip().partition("\n")[0]


def _use(url: str, role: Role) -> MediaUse:
    found = variant(url)
    return MediaUse(
        url=found.url, role=role, size=found.size, original=found.original, proxy=found.proxy
    )


def _in_gallery(node: LexborNode, known: dict[int, bool]) -> bool:
    """`known`: which elements are galleries. What stands above each picture is looked at once."""
    above: LexborNode | None = node
    for _ in range(GALLERY_DEPTH):
        if above is None:
            return False
        if (number := above.mem_id) not in known:
            known[number] = _is_gallery(above.attributes.get("class") or "")
        if known[number]:
            return True
        above = above.parent
    return False


def _is_gallery(names: str) -> bool:
    return "gallery" in names or names.startswith("wp-block-jetpack-slideshow")


def _of_picture_with_img(node: LexborNode) -> bool:
    """A `source` that only offers a picture's other formats: its `img` names the original."""
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return False
    following = node.next
    for _ in range(PICTURE_SIBLINGS):
        if following is None:
            return False
        if following.tag == "img":
            return True
        following = following.next
    return False


def _is_placeholder(url: str) -> bool:
    return url.lstrip()[:5].lower() in ("data:", "about", "blob:")


def _address(value: Any, base: str) -> str | None:
    return canonical(value, base) if isinstance(value, str) else None


def _beside(url: str, name: Any) -> str | None:
    """The address of a file in the same folder, if `name` is a mere file name."""
    if not isinstance(name, str) or not name or "/" in name or "\\" in name:
        return None
    folder = url.rpartition("/")[0]
    found = canonical(urljoin(f"{folder}/", f"./{name}"), url)
    is_beside = found is not None and found.rpartition("/")[0] == folder and found[-1] != "/"
    return found if is_beside else None
