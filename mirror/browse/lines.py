"""Two texts side by side: the pieces of `mirror.differences`, cut into lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirror.differences import Operation, Piece, compare

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line before and after. Where only one side has it, the other is empty."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    both: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.operation != "equal" for piece in self.both)


def lines(before: str, after: str) -> tuple[Line, ...]:
    """The lines of two texts, in order; unchanged ones face themselves."""
    return tuple(_line(pieces) for pieces in _cut(compare(before, after)) if pieces)


def words(some: Sequence[Line], operation: Operation) -> int:
    """How many words were deleted or inserted."""
    return sum(
        len(_WORD.findall(piece.text))
        for line in some
        for piece in line.both
        if piece.operation == operation
    )


def _cut(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """A line ends where both texts break, and where what only one of them has ends in a break."""
    line: list[Piece] = []
    for place, piece in enumerate(pieces):
        following = pieces[place + 1].operation if place + 1 < len(pieces) else "equal"
        if piece.operation == "equal":
            first, *rest = piece.text.split("\n")
            line += _piece(piece.operation, first)
            for text in rest:
                yield line
                line = _piece(piece.operation, text)
        elif piece.text.startswith("\n") and not _alone(line):
            # A line that stands only here, after one that both have.
            yield line
            line = _piece(piece.operation, piece.text.strip("\n"))
        else:
            line += _piece(piece.operation, piece.text.strip("\n"))
            if piece.text.endswith("\n") and following == "equal" and _alone(line):
                yield line
                line = []
    yield line


def _alone(line: Sequence[Piece]) -> bool:
    """Whether the two sides share nothing of the line so far."""
    return all(piece.operation != "equal" for piece in line)


def _piece(operation: Operation, text: str) -> list[Piece]:
    return [Piece(operation=operation, text=text)] if text else []


def _line(pieces: Sequence[Piece]) -> Line:
    return Line(
        before=tuple(piece for piece in pieces if piece.operation != "insert"),
        after=tuple(piece for piece in pieces if piece.operation != "delete"),
        both=tuple(pieces),
    )
