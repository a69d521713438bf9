"""Finding the sentences of a post that carry a phrase, and whom each names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mirror.attribution.article import Article, Line
from mirror.attribution.credit import Object, object_of, sentence
from mirror.attribution.fields import words
from mirror.attribution.phrases import ENGLISH_SUBJECT, OTHER_SUBJECT, Phrase, Phrases
from mirror.items import Evidence

QUOTE = 300
# A line that says it more often says it to no reader.
_MOST = 8
# A sentence about a picture, a chart or a recording says nothing about the text.
_PICTURE = words(
    "photo photos photograph photographs image images picture pictures illustration illustrations "
    "graphic graphics chart charts map maps video videos cover screenshot screenshots logo logos "
    "foto fotos bild bilder abbildung grafik imagen imágenes imagem immagine gambar фото song "
    "lyrics table figure"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A phrase in a sentence, and whom the sentence names; `lead`: the characters before it."""

    phrase: Phrase
    quote: str
    offset: int
    lead: int
    found: Object


def quoted(text: str) -> str:
    """A quote of bearable length.

    >>> len(quoted("x" * 1000))
    300
    """
    text = text.strip()
    return text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"


def credits(
    article: Article, phrases: Phrases, *, strict: bool = False, backwards: bool = True
) -> Iterator[Credit]:
    """Every sentence of the credits that has one of the phrases and names somebody.

    `strict`: the sentence must be about this text, not about something that it reports.
    `backwards`: whom it names may stand before the phrase.
    """
    lines = article.credits
    by_stem = phrases.by_stem
    places: set[tuple[int, int]] = set()
    for stem, found in article.stems.items():
        if numbers := by_stem.get(stem):
            for index in map(article.credit_line, found):
                places.update([(number, index) for number in numbers])
    for number, index in sorted(places):
        following = lines[index + 1] if index + 1 < len(lines) else None
        yield from _in(article, lines[index], following, phrases[number], strict, backwards)


def _in(
    article: Article,
    line: Line,
    following: Line | None,
    phrase: Phrase,
    strict: bool,
    backwards: bool,
) -> Iterator[Credit]:
    for mark in islice(phrase.pattern.finditer(line.lower), _MOST):
        first, last = sentence(line, mark.start(), mark.end())
        before = line.lower[first : mark.start()]
        if not _PICTURE.isdisjoint(_WORD.findall(before)) or article.in_aside(
            line.start + mark.start(), "figcaption"
        ):
            continue
        if strict and not _is_about_this(line, phrase, first, mark.start()):
            continue
        bounds = (first, last)
        found = object_of(
            article, line, mark.start(), mark.end(), backwards=backwards, bounds=bounds
        )
        if (found is None or not found.host) and following and line.text.endswith((":", "：")):
            found = object_of(article, following, 0, 0) or found
        if found is not None:
            yield Credit(
                phrase=phrase,
                quote=quoted(line.text[first:last]),
                offset=line.start + first,
                lead=len(before.strip()),
                found=found,
            )


def _is_about_this(line: Line, phrase: Phrase, first: int, start: int) -> bool:
    """Whether a sentence speaks of this text: by its subject, or by beginning with the phrase.

    The line is asked from its beginning, since a title in the sentence may have full stops of its
    own. A link right before the phrase is that title ("<a>A plan</a> appeared first on …").
    """
    before = line.lower[first:start].strip(" \t([*_–—-\"'“”’:")
    if len(before) <= 4:
        return True
    if any(0 <= line.start + start - link.end <= 4 for link in line.links):
        return True
    subject = ENGLISH_SUBJECT if phrase.language == "en" else OTHER_SUBJECT
    return bool(subject.search(before) or subject.match(line.lower[:80].lstrip(" \t([*–—-\"'“”’")))


def evidence(rule: str, credit: Credit, confidence: float) -> Evidence | None:
    """The credit as evidence; None where it names the site itself or nobody that can be found."""
    if credit.found.own or credit.found.host is None:
        return None
    return Evidence(
        rule=rule,
        quote=credit.quote,
        confidence=confidence,
        domain=credit.found.host,
        url=credit.found.url,
        offset=credit.offset,
    )
