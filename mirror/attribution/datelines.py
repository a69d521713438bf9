"""Datelines, desk credits, bylines: "LONDON (Reuters) –", "/PRNewswire/ --", "By X, Reuters"."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.addresses import label
from mirror.attribution.article import Article, Line
from mirror.attribution.credit import NOT_PUBLISHERS
from mirror.attribution.publishers import Publisher, agencies, named
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.sentences import quoted
from mirror.attribution.site import condensed
from mirror.attribution.vocabulary import DESK
from mirror.items import Evidence

# Where a dateline can stand: the first lines, each of which it must begin.
_FIRST_LINES = 8
_WINDOW = 220
# "Place, 15 May 2024 (AGENCY) –", "(ANSA) - ROMA": up to ten words without a full stop before it.
_PARENTHESIS = re.compile(r"^([^()|\n]{0,90}?)[-–—\s]{0,4}\(\s{0,2}([^()\n]{2,60}?)\s{0,2}\)")
_DASH = re.compile(r"^\s{0,2}(?:\.\s?)?(?:[-–—]|[:.]\s)")
# "/PRNewswire/", "/ ACCESSWIRE /", "/ТАСС/".
_SLASHES = re.compile(r"/\s?([^/\n]{2,30}?)\s?/")
# "新华社北京5月15日电", "【共同】".
_CHINESE = re.compile(
    r"(新华社|新華社|中新社|中新网|法新社|路透社|美联社|共同社)[^。\n]{1,20}\d{1,2}日电"
)
_BRACKETS = re.compile(r"[【\[]([^】\]\n]{2,20})[】\]]")
_CHINESE_NAMES = {"法新社": "AFP", "路透社": "Reuters", "美联社": "Associated Press"}
_PLACE_WORDS = 10
# A line without one of these has no agency's mark.
_OPENING = re.compile(r"[(/【\[新中法路美共]")


class Dateline:
    """The text begins with a place and an agency, or a publisher's tag that links its site.

    An acronym in brackets within a sentence is none ("UPI" is also a payment system): the bracket
    must follow a place and a dash, or stand first in the line.
    """

    name: ClassVar[str] = "dateline"
    family: ClassVar[Family] = "byline"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "the agencies' style books; press wires' release formats"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {"rendered": "<p>LONDON (Reuters) – A source has dismissed a report.</p>"},
        },
        domain="reuters.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for line in article.credits[:_FIRST_LINES]:
            head = line.text[:_WINDOW]
            if not _OPENING.search(head):
                continue
            found = _agency(head)
            if found is not None and not article.site.owns(found.domain):
                yield self._evidence(line, head, found.domain, 0.85)
                return
            tag = _tag(article, line, head)
            if tag is not None:
                yield self._evidence(line, head, tag, 0.8)
                return

    def _evidence(self, line: Line, head: str, domain: str, worth: float) -> Evidence:
        return Evidence(
            rule=self.name,
            quote=quoted(head),
            confidence=worth,
            domain=domain,
            offset=line.start,
        )


def _agency(head: str) -> Publisher | None:
    known = agencies()
    chinese = _CHINESE.match(head)
    if chinese:
        return named(_CHINESE_NAMES.get(chinese[1], chinese[1]))
    brackets = _BRACKETS.match(head)
    if brackets and named(brackets[1]):
        return named(brackets[1])
    for slashes in _SLASHES.finditer(head) if "/" in head else ():
        if slashes[1] in known and _is_place(head[: slashes.start()].rstrip(". ")):
            return known[slashes[1]]
    bracket = _PARENTHESIS.match(head) if "(" in head else None
    if bracket is None:
        return None
    place, mark, after = bracket[1], bracket[2], head[bracket.end() :]
    mark = mark.split(" - ")[0].strip()
    if mark not in known or not (_is_place(place) or not place.strip()):
        return None
    if _DASH.match(after) or (place.strip() and len(place.split()) <= 4 and after[:2].strip()):
        return known[mark]
    return None


def _is_place(text: str) -> bool:
    """Whether the words before an agency can be a place and a date: few, the first a capital."""
    words = text.replace("--", " ").split()
    if not words or len(words) > _PLACE_WORDS or ". " in text.replace(". ", "", 1):
        return False
    return words[0][:1].isupper() or not words[0][:1].isascii()


def _tag(article: Article, line: Line, head: str) -> str | None:
    """`( National Sentinel ) Horror: …`: a name in brackets at the start that links its site."""
    bracket = _PARENTHESIS.match(head) if line.links and "(" in head else None
    if bracket is None or len(bracket[1].split()) > 4:
        return None
    start, end = line.start + bracket.start(2), line.start + bracket.end(2)
    for link in line.links:
        if link.start <= start + 2 and link.end >= end - 2:
            found = article.foreign(link.href)
            if found and found[0] not in NOT_PUBLISHERS and _alike(bracket[2], found[0]):
                return found[0]
    return None


def _alike(name: str, host: str) -> bool:
    key, word = condensed(name), label(host).replace("-", "")
    return key in (word, condensed(host)) or (
        word.removeprefix("the").startswith(key) and len(key) > 4
    )


# "(Reporting by A; Editing by B)": Reuters' desk closes every item so.
_DESK = re.compile(
    r"\((?:additional )?(?:reporting|writing|compiled)(?: and writing)? by [^()\n]{3,250}"
    r"(?:editing|writing) by\b"
)
# "© AFP", "© 2024 The Associated Press", "© dpa-infocom, dpa:240515-99".
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)(?:\s?(?:copyright|\d{4}|by|the))*[\s,]+([^\n,.;:|()©\d]{2,40})", re.I
)
_BY = re.compile(
    r"^(?:by|von|par|por|di|oleh|от|autor:?|author:?|written by|story by)[:\s]\s*(.{2,160})$", re.I
)
_PARTS = re.compile(r"\s*(?:,|\||/|\s[-–—]\s|\s(?:for|of|via|and|&|in|at|with)\s|\(|\))\s*")
_JOB = re.compile(
    r"[\s,]+(?:staff(?: writer| reporter)?|reporters?|editors?|correspondents?|contributors?|"
    r"writers?|news|\d[\d./-]*|mitarbeiter|redaktion)\b.*$",
    re.I,
)
_SPECIAL = re.compile(r"\bspecial to (?:the )?([^\n,.;|]{2,50})", re.I)
_LONGEST_BYLINE = 180


class Byline:
    """A byline or a desk credit names another house: "By A. Writer, Reuters", "© AFP".

    Only names of known publishers count here, or a name that is the domain that it links.
    """

    name: ClassVar[str] = "byline"
    family: ClassVar[Family] = "byline"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "Reuters Handbook of Journalism; bylines in the labelled collection"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {"rendered": "<p>By Philip Pullella, Reuters</p><p>Pope Francis said.</p>"},
        },
        domain="reuters.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        seen: set[str] = set()
        for line, domain, worth in self._named(article):
            if domain not in seen and not article.site.owns(domain):
                seen.add(domain)
                yield Evidence(
                    rule=self.name,
                    quote=quoted(line.text),
                    confidence=worth,
                    domain=domain,
                    offset=line.start,
                )

    def _named(self, article: Article) -> Iterator[tuple[Line, str, float]]:
        for line in article.credits[:_FIRST_LINES]:
            if 4 < len(line.text) <= _LONGEST_BYLINE:
                for found in _in_byline(article, line):
                    yield line, found, 0.75
        for line in article.credits[-25:] if article.stems.keys() & DESK else ():
            if "ing by " in line.lower and _DESK.search(line.lower):
                yield line, "reuters.com", 0.8
            if "©" in line.text or "(c)" in line.lower or "copyright" in line.lower:
                mark = _COPYRIGHT.search(line.text[:300])
                known = (
                    named(mark[1].strip().split(" — ")[0].split(" - ")[0].strip()) if mark else None
                )
                if known is not None and (known.agency or "all rights" in line.lower):
                    yield line, known.domain, 0.7


def _in_byline(article: Article, line: Line) -> Iterator[str]:
    special = _SPECIAL.search(line.text) if "special to" in line.lower else None
    if special:
        known = named(special[1].strip())
        if known is not None:
            yield known.domain
        return
    by = _BY.match(line.text)
    if by is None:
        return
    for part in _PARTS.split(by[1]):
        name = _JOB.sub("", f" {part}").strip()
        known = named(name) if len(name) >= 3 else None
        if known is not None:
            yield known.domain
            return
    for link in line.links:
        found = article.foreign(link.href)
        if found and found[0] not in NOT_PUBLISHERS and _alike(link.text, found[0]):
            yield found[0]
            return
