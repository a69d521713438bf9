"""Differences as people read them: in colour on a terminal, `[-old-]{+new+}` in a pipe.

The marks are those of `git diff --word-diff` and `wdiff`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from mirror.cli.output import console
from mirror.cli.text import clean, one_line
from mirror.differences import FieldDifference, Piece

DELETED, INSERTED, ELIDED = "red strike", "green bold", "dim"
# Unchanged characters shown on each side of a change.
CONTEXT = 160
_MARKS = {"delete": ("[-", "-]"), "insert": ("{+", "+}")}
_STYLES = {"equal": "", "delete": DELETED, "insert": INSERTED}


def render(differences: Sequence[FieldDifference], *, colour: bool | None = None) -> Iterator[Text]:
    """One text a field, its name first. `colour` None: as stdout can; where it cannot, marks."""
    if colour is None:
        out = console()
        colour = out.is_terminal and out.color_system is not None and not out.no_color
    for difference in differences:
        yield _field(difference, colour)


def _field(difference: FieldDifference, colour: bool) -> Text:
    text = Text()
    text.append(difference.field, style="bold cyan")
    if difference.markup_only:
        text.append(" (markup only; the text is the same)", style="dim")
    if not difference.pieces:
        text.append(": ")
        _append(text, Piece(operation="delete", text=_value(difference.before)), colour)
        text.append(" ")
        _append(text, Piece(operation="insert", text=_value(difference.after)), colour)
        return text
    text.append("\n")
    last = len(difference.pieces) - 1
    for place, piece in enumerate(difference.pieces):
        if piece.operation == "equal":
            text.append_text(_context(piece.text, first=place == 0, last=place == last))
        else:
            _append(text, piece, colour)
    return text


def _append(text: Text, piece: Piece, colour: bool) -> None:
    shown = clean(piece.text)
    if colour:
        text.append(shown, style=_STYLES[piece.operation])
        return
    body = shown.rstrip("\n")
    before, after = _MARKS[piece.operation]
    text.append(f"{before}{body}{after}{shown[len(body) :]}")


def _context(unchanged: str, *, first: bool, last: bool) -> Text:
    """What did not change, cut to the words next to a change."""
    shown = clean(unchanged)
    room = CONTEXT * (1 if first or last else 2)
    if len(shown) <= room + 20 and not (first and last):
        return Text(shown)
    head = "" if first else shown[:CONTEXT].rsplit(" ", 1)[0]
    tail = "" if last else shown[-CONTEXT:].split(" ", 1)[-1]
    text = Text(head)
    text.append(" […] ", style=ELIDED)
    return text.append(tail)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return one_line(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
