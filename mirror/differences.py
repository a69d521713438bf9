"""What differs between two versions of a post: word by word in its text, value by value elsewhere.

The alignment is `rapidfuzz`'s longest common subsequence, bit-parallel and exact; lines are aligned
first, then the words of the lines that differ, so that a long article costs little and a moved
paragraph stays whole. Where even that would be too much, the whole stretch counts as replaced.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rapidfuzz.distance import LCSseq

from mirror.content import Content, plain
from mirror.sync.fingerprint import changed_fields

Operation = Literal["equal", "delete", "insert"]

# Cells of the alignment's bit matrix: 25 MB, about 15,000 words against 15,000.
MAX_CELLS = 200_000_000

# An unchanged stretch so short, between two longer changes, only makes them harder to read.
ISLAND = 12

# A line break, or one of these with the blanks after it: a number, a character of a script without
# blanks between words, a word, a punctuation mark.
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"\n|(?:\d+(?:[.,:]\d+)+|[{_CJK}]|[^\W{_CJK}]+|\W) *")
_HTML = ("content", "excerpt")
# The same moment in local time says nothing more.
_TWINS = {"modified": "modified_gmt", "date": "date_gmt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that both versions have, or only the earlier or the later one."""

    operation: Operation
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One field that differs. `pieces` for text; `before` and `after` for other values.

    `markup_only`: the text is the same and the pieces are of the HTML.
    """

    field: str
    pieces: tuple[Piece, ...] = ()
    before: Any = None
    after: Any = None
    markup_only: bool = False


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldDifference, ...]:
    """The fields in which two versions of a WordPress post differ, volatile ones left out."""
    fields = without_twins(changed_fields("post", before, after))
    return tuple(_field(field, before.get(field), after.get(field)) for field in fields)


def without_twins(fields: Sequence[str]) -> tuple[str, ...]:
    """The fields without those that another one says too: local times beside UTC.

    >>> without_twins(["content", "modified", "modified_gmt"])
    ('content', 'modified_gmt')
    """
    return tuple(field for field in fields if _TWINS.get(field) not in fields)


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as the pieces that they share and those that they do not.

    >>> [(p.operation, p.text) for p in compare("Open to talks", "Open to direct talks")]
    [('equal', 'Open to '), ('insert', 'direct '), ('equal', 'talks')]
    """
    # Every line ends in the same way, the last one too, or it would differ from one further up.
    old_lines, new_lines = (f"{text}\n".splitlines(keepends=True) for text in (before, after))
    pieces: list[tuple[Operation, str]] = []
    for same, old, new in _aligned(old_lines, new_lines):
        if same:
            pieces.append(("equal", "".join(new)))
        else:
            pieces += _by_word("".join(old), "".join(new))
    return tuple(_without_last_break(list(_joined(pieces))))


def _without_last_break(pieces: list[Piece]) -> Iterator[Piece]:
    """Takes the line break that was added to both texts away again.

    Where only one of them goes on at the end, the break before that is its own, and moves there.
    """
    last = len(pieces) - 1
    if pieces[last].operation != "equal":
        while last and pieces[last - 1].operation != "equal":
            last -= 1
    tail = pieces[last:]
    if len(tail) == 1 and tail[0].operation != "equal" and last:
        shared, alone = pieces[last - 1], tail[0]
        pieces[last - 1] = replace(shared, text=shared.text.removesuffix("\n"))
        tail = [replace(alone, text="\n" + alone.text)]
    for piece in (*pieces[:last], *(replace(p, text=p.text.removesuffix("\n")) for p in tail)):
        if piece.text:
            yield piece


def _field(field: str, before: Any, after: Any) -> FieldDifference:
    old, new = _rendered(before), _rendered(after)
    if old is None or new is None:
        return FieldDifference(field=field, before=before, after=after)
    read = (lambda html: Content(html).text) if field in _HTML else plain
    old_text, new_text = read(old), read(new)
    if old_text == new_text:
        return FieldDifference(field=field, pieces=compare(old, new), markup_only=True)
    return FieldDifference(field=field, pieces=compare(old_text, new_text))


def _rendered(value: Any) -> str | None:
    """The HTML of a `{"rendered": …}` object; an absent one is empty."""
    if value is None:
        return ""
    rendered = value.get("rendered") if isinstance(value, Mapping) else None
    return rendered if isinstance(rendered, str) else None


def _by_word(before: str, after: str) -> Iterator[tuple[Operation, str]]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs = _without_islands(list(_aligned(old, new)))
    for same, gone, come in runs:
        if same:
            yield "equal", "".join(come)
            continue
        deleted, inserted = "".join(gone), "".join(come)
        # The blank after a replaced word did not change.
        blank = " " if deleted.endswith(" ") and inserted.endswith(" ") else ""
        yield "delete", deleted.removesuffix(blank)
        yield "insert", inserted.removesuffix(blank)
        yield "equal", blank


Run = tuple[bool, Sequence[str], Sequence[str]]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """Alternating runs: (the same?, tokens of the earlier text, tokens of the later one)."""
    old_keys, new_keys = ([token.rstrip(" ") for token in tokens] for tokens in (old, new))
    if len(old) * len(new) > MAX_CELLS:
        same = old_keys == new_keys
        yield same, old, new
        return
    a = b = 0
    for block in LCSseq.opcodes(old_keys, new_keys):
        if block.tag != "equal":
            continue
        if block.src_start > a or block.dest_start > b:
            yield False, old[a : block.src_start], new[b : block.dest_start]
        a, b = block.src_end, block.dest_end
        yield True, old[block.src_start : a], new[block.dest_start : b]
    if a < len(old) or b < len(new):
        yield False, old[a:], new[b:]


def _without_islands(runs: list[Run]) -> list[Run]:
    """Joins two changes across an unchanged stretch that is short, and shorter than either."""
    kept: list[Run] = []
    for run in runs:
        if len(kept) >= 2 and not run[0] and _is_island(kept[-2], kept[-1], run):
            _, old_island, new_island = kept.pop()
            _, old_before, new_before = kept.pop()
            old = [*old_before, *old_island, *run[1]]
            new = [*new_before, *new_island, *run[2]]
            run = (False, old, new)
        kept.append(run)
    return kept


def _is_island(before: Run, island: Run, after: Run) -> bool:
    size = _size(island)
    return size <= ISLAND and size < min(_size(before), _size(after)) and "\n" not in island[2]


def _size(run: Run) -> int:
    return max(sum(map(len, run[1])), sum(map(len, run[2])))


def _joined(pieces: Sequence[tuple[Operation, str]]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece."""
    operation: Operation | None = None
    texts: list[str] = []
    for kind, text in [*(piece for piece in pieces if piece[1]), (None, "")]:
        if kind != operation:
            if operation is not None:
                yield Piece(operation=operation, text="".join(texts))
            operation, texts = kind, []
        texts.append(text)
