"""Differences: both texts can be read out of the pieces, which are those that a reader wants."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror import differences
from mirror.differences import Piece, compare

# Few letters, so that texts have much in common; blanks and breaks at their edges too.
TEXTS = st.text(alphabet="ab .\nä漢1", max_size=60)


def side(pieces: tuple[Piece, ...], without: str) -> str:
    return "".join(piece.text for piece in pieces if piece.operation != without)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_the_later_text_is_what_is_not_deleted(before: str, after: str) -> None:
    assert side(compare(before, after), "delete") == after


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_the_earlier_text_is_what_is_not_inserted_but_for_blanks(before: str, after: str) -> None:
    assert side(compare(before, after), "insert").replace(" ", "") == before.replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_equal_texts_are_one_equal_piece(text: str) -> None:
    pieces = compare(text, text)
    assert pieces == ((Piece(operation="equal", text=text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("It costs four euros.", "It costs five euros.", [("delete", "four"), ("insert", "five")]),
        ("1.9 million", "2.4 million", [("delete", "1.9"), ("insert", "2.4")]),
        ("Open to talks", "Open to direct talks", [("insert", "direct ")]),
        ("One.", "One.\nTwo.", [("insert", "\nTwo.")]),
        ("One.\nTwo.", "Two.", [("delete", "One.\n")]),
        ("東京は晴れ", "東京は雨", [("delete", "晴れ"), ("insert", "雨")]),
        ("", "All new", [("insert", "All new")]),
        ("All gone", "", [("delete", "All gone")]),
    ],
)
def test_changes_as_a_reader_sees_them(
    before: str, after: str, changed: list[tuple[str, str]]
) -> None:
    found = [(p.operation, p.text) for p in compare(before, after) if p.operation != "equal"]
    assert found == changed


def test_a_rewritten_sentence_is_not_cut_into_confetti() -> None:
    before = "Every evening somebody quietly counted a boat or two near the quay"
    after = "Nobody who lives here remembers a storm like that one at all"
    operations = [piece.operation for piece in compare(before, after)]
    assert operations == ["delete", "insert"]


def test_a_post_that_is_far_too_long_is_bounded() -> None:
    before = " ".join(str(n) for n in range(60_000))
    after = " ".join(str(-n) for n in range(60_000))
    started = time.monotonic()
    pieces = compare(before, after)
    assert time.monotonic() - started < 5
    assert side(pieces, "delete") == after


def post(**fields: Any) -> dict[str, Any]:
    return {"id": 1, "title": {"rendered": "T"}, "content": {"rendered": "<p>A</p>"}, **fields}


def test_other_markup_around_the_same_text_is_said_to_be_that() -> None:
    (found,) = differences.differences(post(), post(content={"rendered": "<h2>A</h2>"}))
    assert found.field == "content"
    assert found.markup_only
    assert side(found.pieces, "delete") == "<h2>A</h2>"


def test_values_are_shown_as_they_were_and_are() -> None:
    (found,) = differences.differences(post(categories=[1]), post(categories=[1, 2]))
    assert (found.field, found.before, found.after) == ("categories", [1], [1, 2])


def test_local_times_say_nothing_beside_utc() -> None:
    found = differences.differences(
        post(modified="2026-01-01T10:00:00", modified_gmt="2026-01-01T09:00:00"),
        post(modified="2026-01-02T10:00:00", modified_gmt="2026-01-02T09:00:00"),
    )
    assert [difference.field for difference in found] == ["modified_gmt"]
