"""Lines face each other, and both texts can be read out of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.browse.lines import lines, words

TEXTS = st.lists(st.sampled_from(["one", "two", "three", "four five", "six"]), max_size=6).map(
    "\n".join
)


def faces(before: str, after: str) -> list[tuple[str, str]]:
    return [
        ("".join(p.text for p in line.before), "".join(p.text for p in line.after))
        for line in lines(before, after)
    ]


def test_a_line_that_only_one_has_faces_nothing() -> None:
    assert faces("a\nb\nc", "a\nc") == [("a", "a"), ("b", ""), ("c", "c")]
    assert faces("a\nc", "a\nb\nc") == [("a", "a"), ("", "b"), ("c", "c")]
    assert faces("", "x") == [("", "x")]
    assert faces("same\nold words", "same\nold words\nnew") == [
        ("same", "same"), ("old words", "old words"), ("", "new"),
    ]  # fmt: skip


def test_changed_words_stand_in_one_line() -> None:
    (line,) = lines("It cost four pounds.", "It cost six pounds.")
    assert [(p.operation, p.text) for p in line.both if p.operation != "equal"] == [
        ("delete", "four"), ("insert", "six"),
    ]  # fmt: skip
    assert words([line], "delete") == words([line], "insert") == 1


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_again(before: str, after: str) -> None:
    rows = faces(before, after)
    assert "\n".join(left for left, _ in rows if left) == before
    assert "\n".join(right for _, right in rows if right) == after


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_the_same_faces_itself(text: str) -> None:
    assert not any(line.changed for line in lines(text, text))
