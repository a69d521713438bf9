"""Source lines: "Source:", "Sumber:", "Quelle:", "来源：" with a link, an address or a name."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.article import Article, Line
from mirror.attribution.credit import Object, object_of
from mirror.attribution.phrases_copy import ORIGINAL_LABELS, SOURCE_PLURALS
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.sentences import quoted
from mirror.attribution.vocabulary import LABELS
from mirror.items import Evidence

# What may stand before a label in its line: nothing, or the end of something else.
_BEFORE = re.compile(r"(?:^[\s(\[*–—-]*|[|•·\])>*»。]\s*)$")
# Before "original" also a word or two: "appello originale:".
_WORDS = re.compile(r"^\s*(?:\w{1,20} ){1,3}$")
_NOUNLESS = frozenset(one for one in ORIGINAL_LABELS if " " not in one)
_COLON = re.compile(r" ?[:：]")
# A source of figures, a picture or a study is not one of the text.
_OTHER_SOURCE = re.compile(
    r"\b(?:photos?|image|picture|foto|bild|grafik|graphic|chart|infographic|data|daten|datos|"
    r"calculations?|estimates?|survey|poll|own|eigene|elaboración|university|study|journal|census|"
    r"screenshot|video|getty|shutterstock|unsplash|pixabay|code|github)\b"
)
# How far from the end of the text, in characters and in share of it, a source line may stand.
_LAST = 1500


class SourceLine:
    """A line of its own that says where the text is from, at the head or at the end.

    Not where the label is in a caption or a quotation, where it speaks of a picture or of data, or
    where it names several sites: that is a bibliography.
    """

    name: ClassVar[str] = "source-line"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "credit lines in the labelled collection, 30 languages"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://salinan.example/a/",
            "content": {
                "rendered": "<p>Teks.</p><p>Sumber: https://www.kompas.com/read/2018/01/10/plan</p>"
            },
        },
        domain="kompas.com",
        url="https://www.kompas.com/read/2018/01/10/plan",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        lines = article.credits
        for index, label in _labels(article):
            if _may_stand(article, lines[index], label[1]):
                found = self._named(article, lines[index : index + 6], label)
                if found is not None:
                    yield found

    def _named(
        self, article: Article, lines: tuple[Line, ...], label: tuple[str, int, int]
    ) -> Evidence | None:
        line, (word, start, end) = lines[0], label
        rest = line.text[end:].strip()
        if _OTHER_SOURCE.search(line.lower, end):
            return None
        if rest and len(_hosts(article, line)) > 1:
            return None
        if rest:
            objects = [object_of(article, line, start, end)]
        else:
            objects = [_alone(article, one) for one in lines[1:]]
        named = [one for one in objects if one is not None and one.host and not one.own]
        if not named or (word in SOURCE_PLURALS and len({one.host for one in named}) > 1):
            return None
        best = next((one for one in named if one.url), named[0])
        worth = 0.85 if best.url else 0.7
        return Evidence(
            rule=self.name,
            quote=quoted(f"{line.text[start:]} {'' if rest else best.url or best.name or ''}"),
            confidence=0.93 if best.url and word in ORIGINAL_LABELS else worth,
            domain=best.host,
            url=best.url,
            offset=line.start + start,
        )


def _labels(article: Article) -> Iterator[tuple[int, tuple[str, int, int]]]:
    """The labels before a colon: index of the line, then the word and its place in the line.

    Of labels that overlap ("original article", "article") the longest is taken.
    """
    found: dict[tuple[int, int], tuple[str, int, int]] = {}
    for word, places in article.stems.items():
        for place in places if word in LABELS else ():
            colon = _COLON.match(article.credit_text, place + len(word))
            if colon is None:
                continue
            index = article.credit_line(place)
            line, start = article.credits[index], place - article.credit_starts[index]
            before = line.lower[:start] if start < 60 else line.lower[start - 60 : start]
            if _BEFORE.search(before) or (word in _NOUNLESS and _WORDS.match(before)):
                end = colon.end() - article.credit_starts[index]
                known = found.get((index, end))
                if known is None or known[1] > start:
                    found[index, end] = (word, start, end)
    for (index, _), label in sorted(found.items()):
        yield index, label


def _hosts(article: Article, line: Line) -> set[str]:
    found = (article.foreign(link.href) for link in line.links)
    return {one[0] for one in found if one}


def _may_stand(article: Article, line: Line, start: int) -> bool:
    offset = line.start + start
    text = len(article.content.text)
    if article.in_aside(offset, "figcaption"):
        return False
    if article.in_aside(offset, "blockquote") and offset < text - len(line.text) - 200:
        return False
    near_end = offset > text - _LAST
    return near_end or line.start < 200


def _alone(article: Article, line: Line) -> Object | None:
    """What a line below an empty label names: it must be no more than a link or an address."""
    if not line.text or len(line.text) > 300 or " " in line.text.strip(" -•*"):
        return None
    return object_of(article, line, 0, 0)
