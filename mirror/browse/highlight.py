"""Marking quoted words in sanitised HTML, at text level: no tag is moved, none is broken.

The input is what nh3 writes: every attribute in double quotes, every `<` and `&` of the text
escaped. So tags and text can be told apart by a linear pattern, which would be wrong for a
stranger's HTML.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r'<[^">]*(?:"[^"]*"[^">]*)*>')
_ENTITY = re.compile(r"&[^;&\s<]{1,32};")
_MAX_PLACES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words to mark. `number` names the mark (`id="evidence-3"`); `at` is their offset in the plain
    text, which chooses between several places; None takes the last, where credits stand."""

    number: int
    words: str
    at: int | None = None


def highlight(markup: str, quotes: Sequence[Quote]) -> tuple[str, frozenset[int]]:
    """The markup with the quotes marked, and the numbers of those that were found.

    White space and case do not count. Where two quotes overlap, the earlier in the list is marked.
    """
    text = _Text(markup)
    spans: list[tuple[int, int, int]] = []
    found = set()
    for quote in quotes:
        span = text.find(quote)
        if span is None:
            continue
        found.add(quote.number)
        if all(span[1] <= start or end <= span[0] for start, end, _ in spans):
            spans.append((*span, quote.number))
    return text.marked(sorted(spans)), frozenset(found)


class _Text:
    """The text between the tags, without white space, each letter with its place in the source."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.runs: list[tuple[int, int]] = []
        letters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        place = 0
        for tag in _TOKEN.finditer(markup):
            self._run(place, tag.start(), letters)
            place = tag.end()
        self._run(place, len(markup), letters)
        self.letters = "".join(letters)

    def _run(self, start: int, end: int, letters: list[str]) -> None:
        if start == end:
            return
        self.runs.append((start, end))
        place = start
        while place < end:
            entity = _ENTITY.match(self.markup, place, end) if self.markup[place] == "&" else None
            after = entity.end() if entity else place + 1
            for letter in html.unescape(self.markup[place:after]):
                if not letter.isspace():
                    # `lower` may lengthen a letter (İ); its first one keeps the places in step.
                    letters.append(letter.lower()[0])
                    self.starts.append(place)
                    self.ends.append(after)
            place = after

    def find(self, quote: Quote) -> tuple[int, int] | None:
        """From where to where in the source the words stand, or None."""
        words = "".join(letter.lower()[0] for letter in quote.words if not letter.isspace())
        if not words:
            return None
        places: list[int] = []
        at = self.letters.find(words)
        while at >= 0 and len(places) < _MAX_PLACES:
            places.append(at)
            at = self.letters.find(words, at + 1)
        if not places:
            return None
        if quote.at is None:
            chosen = places[-1]
        else:
            # Offsets count white space, `letters` does not: about a sixth of a text in English.
            wanted = quote.at * 5 // 6
            chosen = min(places, key=lambda place: abs(place - wanted))
        return self.starts[chosen], self.ends[chosen + len(words) - 1]

    def marked(self, spans: Sequence[tuple[int, int, int]]) -> str:
        """The markup with a `<mark>` around each piece of text that a span covers."""
        first_runs = [start for start, _ in self.runs]
        pieces: list[str] = []
        done = 0
        for start, end, number in spans:
            identity = f' id="evidence-{number}"'
            place = max(0, bisect_right(first_runs, start) - 1)
            for run_start, run_end in self.runs[place:]:
                if run_start >= end:
                    break
                left, right = max(run_start, start), min(run_end, end)
                if left >= right or not self.markup[left:right].strip():
                    continue
                pieces += [self.markup[done:left], f'<mark class="evidence"{identity}>',
                           self.markup[left:right], "</mark>"]  # fmt: skip
                done, identity = right, ""
        return "".join([*pieces, self.markup[done:]])
