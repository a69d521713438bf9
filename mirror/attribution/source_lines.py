"""Source lines: "Source:", "Sumber:", "Quelle:", "来源：" with a link, an address or a name."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.article import Article, Line
from mirror.attribution.credit import Object, object_of
from mirror.attribution.phrases_copy import ORIGINAL_LABELS, SOURCE_LABELS, SOURCE_PLURALS
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.sentences import quoted
from mirror.items import Evidence

# What may stand before a label in its line: nothing, or the end of something else.
_BEFORE = re.compile(r"(?:^|[|•·\])>*»。])\s*$")
_WORDS = re.compile(r"[^|/•·(\[\]).!?。–—>*»\"”’:：]{1,40}$")
# A source of figures, a picture or a study is not one of the text.
_OTHER_SOURCE = re.compile(
    r"\b(?:photos?|image|picture|foto|bild|grafik|graphic|chart|infographic|data|daten|datos|"
    r"calculations?|estimates?|survey|poll|own|eigene|elaboración|university|study|journal|census|"
    r"screenshot|video|getty|shutterstock|unsplash|pixabay|code|github)\b"
)
# How far from the end of the text, in characters and in share of it, a source line may stand.
_LAST = 1500
_LABELS = SOURCE_LABELS | SOURCE_PLURALS | ORIGINAL_LABELS


class SourceLine:
    """A line of its own that says where the text is from, at the head or at the end.

    Not where the label is in a caption or a quotation, where it speaks of a picture or of data, or
    where a plural heads a list of several sites: that is a bibliography.
    """

    name: ClassVar[str] = "source-line"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
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
        if ":" not in article.credit_text and "：" not in article.credit_text:
            return
        lines = article.credits
        for index, line in enumerate(lines):
            label = _label(line)
            if label is None or not _may_stand(article, line, label[1]):
                continue
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


def _label(line: Line) -> tuple[str, int, int] | None:
    """The label of a source line with its place, or None."""
    lower = line.lower
    if len(lower) > 4000:
        return None
    for colon in re.finditer(r"\s?[:：]", lower):
        words = _WORDS.search(lower, max(0, colon.start() - 40), colon.start())
        if words is None:
            continue
        word = words[0].strip()
        if word in _LABELS or word.endswith((" originale", " original", " оригинал")):
            start = colon.start() - len(words[0].lstrip())
            before = lower[:start]
            if not before.strip(" \t([*–—-") or _BEFORE.search(before[-8:]):
                return word, start, colon.end()
    return None


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
