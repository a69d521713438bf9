"""How houses present themselves below a text: "Stateline is a nonprofit news network …"."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.article import Article, Line
from mirror.attribution.credit import Object, by_name, object_of
from mirror.attribution.publishers import named
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.sentences import quoted
from mirror.attribution.vocabulary import HOUSE
from mirror.items import Evidence

_HOUSE = re.compile(
    r"^[\s*_–—-]{0,3}(?:about )?.{2,60}? is (?:an? |the |part of )[^.\n]{0,140}?\b(?:newsroom|"
    r"news (?:organi[sz]ation|service|network|site|outlet|website|agency)|investigative outlet|"
    r"wire service|journalism organi[sz]ation)\b"
)
_WRITES = re.compile(
    r"\bis an? (?:[\w’'-]+ ){0,5}(?:reporter|correspondent|editor|columnist|writer|journalist) "
    r"(?:for|at|with) (?:the )?|\b(?:writes|reports) for (?:the )?"
)
_STAFF = re.compile(
    r"^([^\n']{2,40}?)['’]s? [^\n]{3,120}\bcontributed to this (?:report|story|article)"
)
_LAST_LINES = 12


class HouseStatement:
    """The text ends with a publisher's description of itself, or of its own staff's author.

    "ProPublica is a nonprofit newsroom" closes republished stories by the publisher's own terms.
    A biography ("is a reporter for FoxNews.com") is weak: writers write for several.
    """

    name: ClassVar[str] = "house"
    family: ClassVar[Family] = "house"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "republishing terms of ProPublica, KFF Health News and States Newsroom"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p>Text.</p><p><a href="https://stateline.org">Stateline</a> is part '
                "of States Newsroom, a nonprofit news network.</p>"
            },
        },
        domain="stateline.org",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        places = [p for word in article.stems.keys() & HOUSE for p in article.stems[word]]
        indexes = sorted({article.credit_line(place) for place in places})
        for index in indexes:
            if index < len(article.credits) - _LAST_LINES:
                continue
            line = article.credits[index]
            for found, worth in _stated(article, line):
                if found.host and not found.own:
                    yield Evidence(
                        rule=self.name,
                        quote=quoted(line.text),
                        confidence=worth,
                        domain=found.host,
                        offset=line.start,
                    )


def _stated(article: Article, line: Line) -> Iterator[tuple[Object, float]]:
    if " is " in line.lower and _HOUSE.match(line.lower):
        subject = line.text[: line.lower.index(" is ")].strip(" *_–—-")
        found = by_name(article, subject) if len(subject) < 60 else None
        first = line.links[0] if line.links else None
        if first is not None and first.text.strip() == subject:
            found = object_of(article, line, 0, 0)
        if found is not None:
            yield found, 0.75
    writes = _WRITES.search(line.lower) if " for " in line.lower or " at " in line.lower else None
    if writes:
        found = object_of(article, line, writes.start(), writes.end())
        if found is not None:
            yield found, 0.25
    staff = _STAFF.match(line.text) if "contributed to this" in line.lower else None
    known = named(staff[1]) if staff else None
    if known is not None:
        yield Object(host=known.domain, own=article.site.owns(known.domain)), 0.5
