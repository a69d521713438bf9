"""Lines that name the first publisher: "The post … appeared first on …", in any language."""

from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.article import Article, Line
from mirror.attribution.credit import Object, object_of, sentence
from mirror.attribution.phrases import FIRST, SUBJECT
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence

QUOTE = 300


def quoted(text: str) -> str:
    """A quote of bearable length.

    >>> len(quoted("x" * 1000))
    300
    """
    text = text.strip()
    return text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"


class FirstPublished:
    """A sentence says who published this text first, with a link, an address or a known name.

    The site's own feed footer is the most frequent of these sentences: an object that is the site
    itself is no evidence. In English the sentence must also be about this text: "emails first
    published by The Daily Beast" is a citation.
    """

    name: ClassVar[str] = "first-published"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    source: ClassVar[str] = "Yoast SEO and Jetpack feed footers, republication notes of publishers"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {"rendered": "<p>Text.</p><div>This post appeared first on cnn.com</div>"},
        },
        domain="cnn.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for line in article.credits:
            yield from self._in(article, line)

    def _in(self, article: Article, line: Line) -> Iterator[Evidence]:
        for phrase in FIRST:
            if not any(stem in line.lower for stem in phrase.stems):
                continue
            for mark in phrase.pattern.finditer(line.lower):
                first, last = sentence(line, mark.start(), mark.end())
                if phrase.language == "en" and not _is_about_this(line.lower, first, mark.start()):
                    continue
                found = object_of(article, line, mark.start(), mark.end())
                if found is not None and not found.own and found.host is not None:
                    yield _evidence(self.name, line, first, last, found)


def _is_about_this(lower: str, first: int, start: int) -> bool:
    before = lower[first:start].strip(" \t([*–—-\"'“”’")
    return not before or len(before) <= 4 or bool(SUBJECT.search(before))


def _evidence(rule: str, line: Line, first: int, last: int, found: Object) -> Evidence:
    return Evidence(
        rule=rule,
        quote=quoted(line.text[first:last]),
        confidence=0.95,
        domain=found.host,
        url=found.url,
        offset=line.start + first,
    )
