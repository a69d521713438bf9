"""A post's HTML with its media taken from here: what browsing and exports show.

Only addresses change, and what would contradict them (`srcset`, lazy loading's placeholders, the
`noscript` double of a picture). What is not held keeps its address, made absolute. Pure; the result
is as trustworthy as what came in: sanitise it before it is shown (`mirror.media.page`).
"""

import re
from collections.abc import Callable, Iterable

from selectolax.lexbor import LexborNode

from mirror.content import Content
from mirror.content_media import BACKGROUND, LAZY_SRC, LAZY_SRCSET, ORIGINAL, candidates
from mirror.media_urls import canonical

# From an address upstream to where the file is now, or None if it is not held.
Lookup = Callable[[str], str | None]

_TOUCHED = (
    "img, source, video, audio, track, embed[src], object[data], input[src], a[href], [style], "
    "noscript, " + ", ".join(f"[{name}]" for name in BACKGROUND)
)
# What chooses between addresses at reading time, or replaces them by script.
_CHOICES = ("srcset", "sizes", "loading", *LAZY_SRCSET, *LAZY_SRC, *ORIGINAL, "data-sizes")
_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"'()\s]{1,4096})\1\s*\)""", re.IGNORECASE)


def localise(html: str, lookup: Lookup, base: str) -> str:
    """The HTML with every address that `lookup` knows replaced by what it gives.

    `base` is the post's permalink; `lookup` is asked for canonical addresses.
    """
    if "<" not in html:
        return html
    tree = Content(html).tree
    if tree.body is None:
        return ""
    shown = _Shown(lookup, base)
    for node in tree.body.css(_TOUCHED):
        shown.rewrite(node)
    for node in reversed(shown.doubles):  # inner ones before those around them
        node.decompose()
    return tree.body.inner_html or ""


class _Shown:
    """The rewriting of one document."""

    def __init__(self, lookup: Lookup, base: str) -> None:
        self._lookup = lookup
        self._base = base
        self._lazy: set[str] = set()
        self.doubles: list[LexborNode] = []

    def rewrite(self, node: LexborNode) -> None:
        match node.tag:
            case "img":
                self._picture(node)
            case "source":
                self._source(node)
            case "noscript":
                self._noscript(node)
            case "a":
                self._link(node)
            case "video" | "audio" | "track" | "embed" | "input":
                self._attribute(node, "src", [node.attrs.get("src"), node.attrs.get("data-src")])
                self._attribute(node, "poster", [node.attrs.get("poster")])
            case "object":
                self._attribute(node, "data", [node.attrs.get("data")])
        self._backgrounds(node)

    def _picture(self, node: LexborNode) -> None:
        wanted = candidates(node.attributes)
        is_lazy = any(name in node.attrs for name in (*LAZY_SRC, *LAZY_SRCSET))
        found = self._first(wanted)
        if found is None:
            # Nothing of it is held: it stays as it was, but for addresses that need the page.
            self._attribute(node, "src", [node.attrs.get("src")])
            return
        for name in _CHOICES:
            if name in node.attrs:
                del node.attrs[name]
        node.attrs["src"] = found
        if is_lazy:
            self._lazy.add(found)

    def _source(self, node: LexborNode) -> None:
        parent = node.parent
        if parent is not None and parent.tag == "picture":
            for name in ("srcset", "data-srcset", "data-lazy-srcset"):
                if name in node.attrs:  # the `img` beside it has what is held
                    del node.attrs[name]
            return
        self._attribute(node, "src", [node.attrs.get("src"), node.attrs.get("data-src")])

    def _noscript(self, node: LexborNode) -> None:
        """What lazy loaders write for readers without scripts: the same picture once more."""
        pictures = node.css("img")[:4]
        if any(self._first(candidates(picture.attributes)) in self._lazy for picture in pictures):
            self.doubles.append(node)

    def _link(self, node: LexborNode) -> None:
        local = self._local(node.attrs.get("href"))
        if local is not None:
            node.attrs["href"] = local

    def _backgrounds(self, node: LexborNode) -> None:
        style = node.attrs.get("style")
        if style and "url(" in style.lower():
            node.attrs["style"] = _CSS_URL.sub(self._css_url, style)
        for name in BACKGROUND:
            local = self._local(node.attrs.get(name))
            if local is not None:
                node.attrs[name] = local

    def _css_url(self, found: re.Match[str]) -> str:
        local = self._local(found[2])
        return f'url("{local}")' if local is not None else found[0]

    def _attribute(self, node: LexborNode, name: str, wanted: list[str | None]) -> None:
        known = [value for value in wanted if value]
        if not known:
            return
        value = self._first(known) or canonical(known[-1], self._base)
        if value is not None:
            node.attrs[name] = value

    def _first(self, wanted: Iterable[str]) -> str | None:
        return next((local for url in wanted if (local := self._local(url)) is not None), None)

    def _local(self, url: str | None) -> str | None:
        absolute = canonical(url, self._base) if url else None
        return self._lookup(absolute) if absolute is not None else None
