"""What changed between two versions of a text, word by word, by rapidfuzz's edit operations.

`difflib` was tried: its junk heuristics make better prose of some changes, but its time is
quadratic on repetitive text, and the text is a stranger's. rapidfuzz's bit-parallel LCS bounds the
work by (words × words / 64); above `_MAX_CELLS` lines are compared instead of words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

# A word with its apostrophes and hyphens; a character of a script without spaces; else a sign.
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|"
    r"\w+(?:['’\-.,]\w+)*|[^\s]"
)
_MAX_CELLS = 100_000_000
# An unchanged stretch shorter than this between two changes is noise: "the", a comma.
_ISLAND = 2

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the text, before and after; `changed` if the two differ."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    changed: bool

    @property
    def inline(self) -> tuple[Piece, ...]:
        """Both in one: what was removed and what was added, in the order of reading."""
        if not self.changed:
            return self.after
        merged: list[Piece] = []
        left, right = iter(self.before), iter(self.after)
        for piece in left:
            if piece.kind == "removed":
                merged.append(piece)
                continue
            for other in right:
                if other.kind == "same":
                    merged.append(other)
                    break
                merged.append(other)
        merged += right
        return tuple(merged)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, the white space in front of it, and whether it is the first of its line.

    White space does not count in the comparison, the beginning of a line does: so a line that was
    put in or taken out is found as such, whatever words it shares with its neighbours.
    """

    gap: str
    word: str
    first: bool

    @property
    def key(self) -> str:
        return f"\n{self.word}" if self.first else self.word


def compare(before: str, after: str) -> tuple[Line, ...]:
    """The lines of two texts side by side, aligned where they are the same."""
    left, right = _tokens(before), _tokens(after)
    if len(left) * len(right) > _MAX_CELLS:
        left, right = _whole_lines(before), _whole_lines(after)
    if len(left) * len(right) > _MAX_CELLS:
        runs: list[_Run] = [("removed", left), ("added", right)]
    else:
        runs = _without_islands(_operations(left, right))
    return tuple(_lines([run for run in runs if run[1]]))


def counts(lines: Sequence[Line]) -> tuple[int, int]:
    """How many words were removed, and how many added."""
    removed = sum(len(p.text.split()) for line in lines for p in line.before if p.kind == "removed")
    added = sum(len(p.text.split()) for line in lines for p in line.after if p.kind == "added")
    return removed, added


_Run = tuple[Kind, list[_Token]]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    for match in _TOKEN.finditer(text):
        gap = text[place : match.start()]
        tokens.append(_Token(gap, match.group(), not tokens or "\n" in gap))
        place = match.end()
    return tokens


def _whole_lines(text: str) -> list[_Token]:
    return [_Token("\n", line, True) for line in text.split("\n") if line.strip()]


def _operations(left: list[_Token], right: list[_Token]) -> list[_Run]:
    runs: list[_Run] = []
    keys = [token.key for token in left], [token.key for token in right]
    for op in Indel.opcodes(*keys):
        if op.tag == "equal":
            runs.append(("same", right[op.dest_start : op.dest_end]))
        else:
            if op.src_start < op.src_end:
                runs.append(("removed", left[op.src_start : op.src_end]))
            if op.dest_start < op.dest_end:
                runs.append(("added", right[op.dest_start : op.dest_end]))
    return runs


def _without_islands(runs: list[_Run]) -> list[_Run]:
    """Joins changes that only a short unchanged stretch separates: they read as one change."""
    joined: list[_Run] = []
    removed: list[_Token] = []
    added: list[_Token] = []

    def close() -> None:
        if removed:
            joined.append(("removed", removed.copy()))
        if added:
            joined.append(("added", added.copy()))
        removed.clear()
        added.clear()

    for number, (kind, tokens) in enumerate(runs):
        if kind == "removed":
            removed += tokens
        elif kind == "added":
            added += tokens
        elif (
            removed
            and added
            and number + 1 < len(runs)
            and len(tokens) <= _ISLAND
            and not any(token.first for token in (*tokens, runs[number + 1][1][0]))
        ):
            removed += tokens
            added += tokens
        else:
            close()
            joined.append(("same", tokens))
    close()
    return joined


def _lines(runs: Sequence[_Run]) -> Iterator[Line]:
    """Cuts the runs into rows: a new one where a line begins that both texts have, or where a
    change begins with a line of its own."""
    before: list[Piece] = []
    after: list[Piece] = []
    last: Kind = "same"
    for kind, tokens in runs:
        # What was added beside something removed stands in the same row.
        beside = kind == "added" and last == "removed"
        for part in _parts(tokens) if kind == "same" else [tokens]:
            if part[0].first and not beside and (before or after):
                yield _line(before, after)
                before, after = [], []
            piece = Piece(kind, "".join(token.gap + token.word for token in part).lstrip("\n"))
            if kind != "added":
                before.append(piece)
            if kind != "removed":
                after.append(piece)
        last = kind
    if before or after:
        yield _line(before, after)


def _parts(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """The tokens, line by line."""
    start = 0
    for place in range(1, len(tokens)):
        if tokens[place].first:
            yield tokens[start:place]
            start = place
    yield tokens[start:]


def _line(before: list[Piece], after: list[Piece]) -> Line:
    changed = any(piece.kind != "same" for piece in (*before, *after))
    return Line(before=tuple(before), after=tuple(after), changed=changed)
