"""The HTML of `content.rendered` as values: plain text, links, sources, the parsed tree.

One parse and one walk serve the full-text index, the attribution rules and the media extraction.
Nothing here raises, whatever the HTML: a parser of the HTML standard has an answer for everything.
"""

import html as entities
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mirror.wordpress.objects import storable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Elements whose text no reader sees in place.
_UNSEEN = _words(
    "script style template noscript iframe object textarea select svg head title audio video"
)
# Elements that start and end a line (the HTML standard's rendering section: display block,
# list-item or table-row), and `br`.
_BLOCKS = _words(
    "address article aside blockquote body br center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu "
    "nav ol optgroup option p plaintext pre search section summary table tbody tfoot thead tr ul "
    "xmp caption"
)
_CELLS = frozenset(("td", "th"))
_SOURCES = _words("img iframe script embed source video audio")
_ASIDES = frozenset(("blockquote", "figcaption"))
# Lexbor numbers the elements it knows at compile time below this; others get addresses, which mean
# something else in the next document.
_KNOWN_TAGS = 512

# Browsers flatten what nests deeper (Chromium: 512); a parser's time grows with its square.
_DEEPEST = 512
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?", re.DOTALL)
# Elements that have no end tag, or that the next one of their kind closes: they do not nest.
_FLAT = _words(
    "a area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "tbody thead tfoot option caption colgroup"
)
# Where there are both kinds, these do nest, in each other: `<li><dd><li><dd>`.
_ITEMS = _words("li dt dd")
# Each option is compared with all before it in its `select`, whose text nobody sees.
_MOST_OPTIONS = 1_000
_OPTION = re.compile(r"<option(?![a-z0-9])[^<>]*>?", re.IGNORECASE)
# What is open of these is opened again in every block that follows (the HTML standard's "active
# formatting elements"): hundreds of them, and each block weighs as much as a page.
_FORMATTING = _words("b big code em font i nobr s small strike strong tt u")
_MOST_FORMATTING = 8
# Each attribute is compared with all before it in its tag.
_LONG = 10_000
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_LONG}}}")
_MOST_ATTRIBUTES = 3_000

# Roles; what comes from _HIDDEN on has no text in place, and is not entered.
_SEEN, _TEXT, _LINK, _BLOCK, _ASIDE, _CELL, _HIDDEN, _SOURCE = range(1, 9)


# Links and sources are not frozen, which would cost three times the time: a page has hundreds.
@dataclass(slots=True, kw_only=True)
class Link:
    """An `<a href>`: `text` as a reader sees it, `start` and `end` its place in the plain text."""

    href: str
    text: str
    rel: str
    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Source:
    """A `src` that a browser would fetch: of an `img`, `iframe`, `script`; `start` as above."""

    tag: str
    src: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A stretch of the plain text that is not the post's own voice: a quotation or a caption."""

    kind: Literal["blockquote", "figcaption"]
    start: int
    end: int


class Content:
    """An HTML fragment, parsed when first asked.

    >>> Content('<p>One <b>two</b>.</p><script>x</script><p>See <a href="/a">three</a></p>').text
    'One two.\\nSee three'
    """

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def raw(self) -> bytes:
        """The HTML in UTF-8. Lone surrogates, which that cannot hold, become `?`."""
        return self.html.encode("utf-8", "replace")

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed document."""
        flat = flattened(self.html)
        same = flat is self.html
        return LexborHTMLParser(self.raw if same else flat.encode("utf-8", "replace"))

    @cached_property
    def _walk(self) -> "_Walk":
        return _Walk(self.tree.body) if self.html else _Walk(None)

    @property
    def text(self) -> str:
        """What a reader sees: a line a block, white space collapsed. Deterministic."""
        return self._walk.text

    @property
    def links(self) -> tuple[Link, ...]:
        return self._walk.links

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._walk.sources

    @property
    def asides(self) -> tuple[Aside, ...]:
        return self._walk.asides


def plain(html: str) -> str:
    """The text of a title, a term's or a user's name: entities unescaped once, tags left out.

    WordPress sends these as HTML (`wptexturize`, `esc_html`): `AT&amp;T`, `5 &lt; 6`, `<em>x</em>`.

    >>> plain("AT&amp;T &#8211; <em>the</em>  story")
    'AT&T – the story'
    """
    if "<" in html:
        return " ".join(Content(html).text.split())
    return " ".join(entities.unescape(html).split())


def searchable(
    title: str | None, html: str | None, content: Content | None = None
) -> tuple[str, str]:
    """Title and plain text of a post's columns, as the full-text index takes them.

    `content` is the HTML, if the caller has parsed it already.
    """
    if content is None or content.html != html:
        content = Content(html or "")
    return storable(plain(title or "")), storable(content.text)


def flattened(html: str) -> str:
    """The HTML without the tags that would nest too deep; in itself nothing else is changed.

    An end tag closes what is open between its start tag and itself; one without a start tag
    closes nothing, nor does what stands in a comment. What has too few tags to nest so is returned
    as it is.
    """
    if html.count("<") <= _DEEPEST and not _LONG_TAG.search(html):
        return html
    lower = html.lower()
    flat = _FLAT
    if "<li" in lower and ("<dd" in lower or "<dt" in lower):
        flat -= _ITEMS
    if lower.count("<option") > _MOST_OPTIONS:
        html = _with_few_options(html)
    above: list[str] = []  # what is open, and kept
    often: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    formatting = 0

    def keep(mark: re.Match[str]) -> str:
        nonlocal formatting
        name = (mark[2] or "").lower()
        if name and len(mark[0]) > _LONG and _is_crowded(mark[0]):
            return " "
        if not name or name in flat:
            return mark[0]
        if mark[1]:
            if left_out[name]:  # the end of what is not there
                left_out[name] -= 1
                return " "
            while often[name]:
                closed = above.pop()
                often[closed] -= 1
                formatting -= closed in _FORMATTING
                if closed == name:
                    break
            return mark[0]
        if len(above) >= _DEEPEST or (name in _FORMATTING and formatting >= _MOST_FORMATTING):
            left_out[name] += 1
            return " "
        above.append(name)
        often[name] += 1
        formatting += name in _FORMATTING
        return mark[0]

    return _TAG.sub(keep, html)


def _with_few_options(html: str) -> str:
    last = next(islice(_OPTION.finditer(html), _MOST_OPTIONS - 1, None), None)
    return html if last is None else html[: last.end()] + _OPTION.sub(" ", html[last.end() :])


def _is_crowded(tag: str) -> bool:
    """Whether a tag may have more attributes than any that somebody wrote."""
    return len(tag.split()) + tag.count("/") + tag.count('"') // 2 > _MOST_ATTRIBUTES


class _Walk:
    """One pass over the tree in document order, without recursion: nesting costs no stack.

    Half of a page's nodes are the empty lines between its blocks, and most others are paragraphs:
    for these the loop calls next to nothing.
    """

    def __init__(self, body: LexborNode | None) -> None:
        self._pieces: list[str] = []
        self._length = 0
        # What stands between the last piece and the next one: nothing, a space, a line's end.
        self._gap = ""
        self._links: list[Link] = []
        self._sources: list[Source] = []
        self._asides: list[Aside] = []
        # The link that is open, with the piece that it began at; where the open asides began.
        self._link: tuple[LexborNode, int] | None = None
        self._open: list[int] = []
        if body is not None:
            self._run(body)
        self.text = "".join(self._pieces)
        self.links = tuple(self._links)
        self.sources = tuple(self._sources)
        self.asides = tuple(self._asides)

    def _run(self, body: LexborNode) -> None:
        known = _ROLES.get
        above: list[tuple[LexborNode, int]] = []
        node: LexborNode | None = body.child
        while node is not None:
            role = known(node.tag_id) or _role(node)
            if role == _TEXT:
                raw = node.text_content
                if raw:
                    if raw.isspace():
                        self._gap = self._gap or " "
                    else:
                        self._write(raw)
            elif role < _HIDDEN:
                if role == _BLOCK:
                    self._gap = "\n" if self._length else ""
                elif role != _SEEN:
                    self._enter(node, role)
                if (below := node.child) is not None:
                    above.append((node, role))
                    node = below
                    continue
                self._leave(node, role)
            elif role == _SOURCE:
                self._note_source(node)
            node = node.next
            while node is None and above:
                parent, role = above.pop()
                self._leave(parent, role)
                node = parent.next

    def _write(self, raw: str) -> None:
        # What is printable has no white space but U+0020: mostly there is nothing to collapse.
        line = raw.strip() if raw.isprintable() and "  " not in raw else " ".join(raw.split())
        if self._length:
            line = (self._gap or (" " if raw[0].isspace() else "")) + line
        self._pieces.append(line)
        self._length += len(line)
        self._gap = " " if raw[-1].isspace() else ""

    def _enter(self, node: LexborNode, role: int) -> None:
        if role == _CELL:
            self._gap = self._gap or " "
        elif role == _LINK:
            # A link ends the one that is open, as in HTML. What gets past the parser, in tables,
            # would else have the same text hundreds of times.
            self._close_link()
            self._link = (node, len(self._pieces))
        else:
            self._gap = "\n" if self._length else ""
            self._open.append(self._length)

    def _leave(self, node: LexborNode, role: int) -> None:
        if role == _BLOCK:
            self._gap = "\n" if self._length else ""
        elif role == _LINK:
            self._close_link()
        elif role == _CELL:
            self._gap = self._gap or " "
        elif role == _ASIDE:
            self._gap = "\n" if self._length else ""
            self._close_aside(node, self._open.pop())

    def _close_link(self) -> None:
        if self._link is None:
            return
        node, piece = self._link
        self._link = None
        attributes = node.attributes
        href = attributes.get("href")
        if href:
            text = "".join(self._pieces[piece:]).lstrip()
            self._links.append(
                Link(
                    href=href.strip(),
                    text=text,
                    rel=attributes.get("rel") or "",
                    start=self._length - len(text),
                    end=self._length,
                )
            )

    def _close_aside(self, node: LexborNode, start: int) -> None:
        kind: Literal["blockquote", "figcaption"]
        kind = "blockquote" if node.tag == "blockquote" else "figcaption"
        self._asides.append(Aside(kind=kind, start=start, end=self._length))

    def _note_source(self, node: LexborNode) -> None:
        src = node.attributes.get("src")
        if src:
            self._sources.append(Source(tag=node.tag or "", src=src.strip(), start=self._length))


def _role(node: LexborNode) -> int:
    """What an element means for the text; remembered if its number means the same everywhere."""
    tag = node.tag or ""
    if tag == "-text":
        role = _TEXT
    elif tag == "a":
        role = _LINK
    elif tag in _ASIDES:
        role = _ASIDE
    elif tag in _BLOCKS:
        role = _BLOCK
    elif tag in _CELLS:
        role = _CELL
    elif tag in _SOURCES:
        role = _SOURCE
    elif tag in _UNSEEN or tag.startswith(("-", "!")):
        role = _HIDDEN
    else:
        role = _SEEN
    if node.tag_id < _KNOWN_TAGS:
        _ROLES[node.tag_id] = role
    return role


_ROLES: dict[int, int] = {}
