"""A post as the rules see it: parsed once, every field safe to read, found when first asked."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from mirror.attribution.addresses import cleaned, label, passes_on, publisher_host
from mirror.attribution.fields import host_at, mapping, rendered, string
from mirror.attribution.lazy import lazy
from mirror.attribution.site import Site
from mirror.attribution.vocabulary import credit_stems
from mirror.content import Content, Link, plain

# Credits stand at the top or at the bottom. These many characters of the plain text are read.
HEAD = 1000
TAIL = 2500
# No honest post links, or shows, more than this; what comes after is not read.
MANY = 400
# Characters of a link that says where it leads, and is not a headline.
_FEW = 120


# Not frozen, which would cost three times the time; there are dozens in every post.
@dataclass(slots=True)
class Line:
    """A line of the plain text with its place in it, and in lower case, letter for letter."""

    text: str
    lower: str
    start: int
    links: Sequence[Link]

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Article:
    """A WordPress post, the site it stands on, and its content. Nothing here raises."""

    def __init__(self, post: Mapping[str, Any], site: Site, content: Content | None = None) -> None:
        self.post = post
        self.site = site
        self.html = rendered(post.get("content"))
        self._foreign: dict[str, tuple[str, str] | None] = {}
        self.content = content if content is not None else Content(self.html)

    @property
    def raw(self) -> bytes:
        """The content's HTML in UTF-8."""
        return self.content.raw

    @lazy
    def link(self) -> str:
        return string(self.post.get("link")).strip()

    @lazy
    def guid(self) -> str:
        return plain(rendered(self.post.get("guid"))[:2048]) if self.post.get("guid") else ""

    @lazy
    def title(self) -> str:
        return plain(rendered(self.post.get("title"))[:1000])

    @lazy
    def meta(self) -> Mapping[str, Any]:
        return mapping(self.post.get("meta"))

    def foreign(self, url: str) -> tuple[str, str] | None:
        """Host and cleaned URL of an address on somebody else's site, or None.

        Raises nothing: what is no http(s) URL is nobody's.
        """
        if url not in self._foreign:
            self._foreign[url] = self._judged(url)
        return self._foreign[url]

    def _judged(self, url: str) -> tuple[str, str] | None:
        named = host_at(url)
        if named and self.site.owns(named) and not passes_on(named):
            return None
        address = cleaned(url)
        if address is None:
            return None
        host = publisher_host(address)
        return None if not host or self.site.owns(host) else (host, address)

    @lazy
    def link_words(self) -> tuple[tuple[Link, str], ...]:
        """The links with few words, and these in lower case without what surrounds them."""
        return tuple(
            [
                (link, link.text.lower().strip(" \t[](){}«»<>*-–—.:"))
                for link in self.content.links[-MANY:]
                if 2 <= len(link.text) <= _FEW
            ]
        )

    @lazy
    def linked_labels(self) -> Mapping[str, str]:
        """The foreign hosts that the content links to, by their registered word."""
        hosts = (self.foreign(link.href) for link in self.content.links[:MANY])
        return {label(found[0]).replace("-", ""): found[0] for found in hosts if found}

    @lazy
    def link_hosts(self) -> tuple[tuple[Link, str], ...]:
        """The links to some host, with that host."""
        hosts = [(link, host_at(link.href)) for link in self.content.links[:MANY]]
        return tuple([pair for pair in hosts if pair[1]])

    @lazy
    def credits(self) -> tuple[Line, ...]:
        """The lines of the head and the tail, in order, where credits can stand."""
        text = self.content.text
        if len(text) <= HEAD + TAIL:
            return tuple(self._lines(0, len(text)))
        head = text.rfind("\n", 0, HEAD) if "\n" in text[:HEAD] else HEAD
        tail = text.find("\n", len(text) - TAIL) + 1 or len(text) - TAIL
        return (*self._lines(0, head), *self._lines(tail, len(text)))

    @lazy
    def credit_text(self) -> str:
        """The lines of `credits` in lower case, for substring searches."""
        return "\n".join([line.lower for line in self.credits])

    @lazy
    def stems(self) -> Mapping[str, list[int]]:
        """The words of the vocabulary that are in `credit_text`, and where each begins."""
        return credit_stems().places(self.credit_text)

    def credit_line(self, place: int) -> int:
        """The index in `credits` of the line that holds a place in `credit_text`."""
        return bisect_right(self.credit_starts, place) - 1

    @lazy
    def credit_starts(self) -> list[int]:
        """Where in `credit_text` each line of `credits` begins."""
        return list(accumulate([len(line.lower) + 1 for line in self.credits[:-1]], initial=0))

    def in_aside(self, offset: int, kind: str) -> bool:
        """Whether a place in the plain text lies in a quotation or a caption."""
        starts, ends = self._asides[kind]
        index = bisect_right(starts, offset) - 1
        return index >= 0 and offset < ends[index]

    @lazy
    def _asides(self) -> Mapping[str, tuple[list[int], list[int]]]:
        """Starts and ends of the quotations and the captions; one within another is dropped."""
        found: dict[str, tuple[list[int], list[int]]] = {
            "blockquote": ([], []),
            "figcaption": ([], []),
        }
        for aside in sorted(self.content.asides, key=lambda one: one.start):
            starts, ends = found[aside.kind]
            if not ends or aside.end > ends[-1]:
                starts.append(aside.start)
                ends.append(aside.end)
        return found

    def _lines(self, start: int, end: int) -> list[Line]:
        text = self.content.text[start:end]
        lines = text.split("\n")
        starts = list(accumulate([len(line) + 1 for line in lines[:-1]], initial=start))
        inside: dict[int, list[Link]] = {}
        for link in self.content.links:
            if start <= link.start <= end and link.text:
                inside.setdefault(bisect_right(starts, link.start) - 1, []).append(link)
        lower = _lower(text).split("\n")
        return [
            Line(line, below, begin, inside.get(index, ()))
            for index, (line, below, begin) in enumerate(zip(lines, lower, starts, strict=True))
        ]


def _lower(text: str) -> str:
    """Lower case of the same length: `İ` alone would become two characters, and shift the rest.

    >>> _lower("İlk")
    'ilk'
    """
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower()[0] for c in text)
