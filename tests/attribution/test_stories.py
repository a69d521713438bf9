"""Stories: copies are found whatever was changed in them a little, and others are left apart."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.attribution.stories import changed, grouped, signature, similarity, words

WORDS = [f"{a}{b}" for a in "bcdfgklmnprstvz" for b in ("ata", "eno", "iru", "ola", "ume", "yx")]


def text(seed: int, words: int = 300) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(words))


def signed(*texts: str) -> dict[int, bytes]:
    """The signatures of some texts, numbered from 1."""
    found = {number: signature(text) for number, text in enumerate(texts, 1)}
    assert all(found.values())
    return {number: one for number, one in found.items() if one}


def stories(*texts: str) -> list[list[int]]:
    found = signed(*texts)
    return list(grouped(found, found).values())


def test_a_copy_with_a_credit_line_belongs_to_the_story() -> None:
    copy = text(7) + " This post appeared first on Paper."
    assert stories(text(7), text(8), copy) == [[1, 3]]
    one, _, other = signed(text(7), text(8), copy).values()
    assert similarity(one, other) > 0.9


@pytest.mark.parametrize(
    ("cut", "joined"), [(0, True), (30, True), (60, True), (200, False), (260, False)]
)
def test_a_cut_copy(cut: int, joined: bool) -> None:
    shorter = " ".join(text(5).split()[: 300 - cut])
    assert (stories(text(5), shorter) == [[1, 2]]) == joined


def test_unlike_texts_stay_apart() -> None:
    assert stories(*(text(n) for n in range(200))) == []


def test_a_text_between_two_makes_them_one_story() -> None:
    """The first and the last have less in common than is asked for."""
    whole = text(3).split()
    ends = [" ".join(whole[:240]), " ".join(whole), " ".join(whole[50:])]
    assert stories(*ends) == [[1, 2, 3]]


def test_a_new_copy_joins_what_is_together_already() -> None:
    found = signed(text(1), text(1), text(2), text(2), text(1) + " and more")
    assert grouped(found, [5], [[1, 2], [3, 4]]) == {1: [1, 2, 5], 3: [3, 4]}
    assert grouped(found, [], [[1, 2], [3, 4]]) == {1: [1, 2], 3: [3, 4]}


def test_many_copies_and_much_boilerplate() -> None:
    """Texts that share their second half (a site's footer) are compared, and found unlike."""
    footer = text(99, 300)
    texts = [f"{text(n, 300)} {footer}" for n in range(80)] + [text(5, 600)] * 150
    assert stories(*texts) == [list(range(81, 231))]


def test_what_a_copy_changed_is_counted() -> None:
    first = words("The harbour reopens on Monday, the council said.")
    copy = words("The harbour reopens on Friday, the city council said. Read on!")
    assert changed(first, copy) == (4, 1)
    assert changed(first, first) == (0, 0)
    assert changed(["a"] * 20_000, ["a"] * 19_000 + ["b"] * 5) == (5, 1_000)


def test_short_texts_have_no_signature() -> None:
    assert signature("A caption, and no more.") is None
    assert signature("") is None


def test_scripts_without_spaces() -> None:
    chinese = (
        "市议会在三小时辩论后于周二批准了该计划居民曾要求更多时间阅读报告"
        "但是议员们认为时间已经足够了"
    )
    assert stories(chinese, chinese + "本文转自某报") == [[1, 2]]


def test_a_signature_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="512 bytes"):
        grouped({1: b"short"}, [1])


def test_a_signature_is_the_same_for_ever() -> None:
    """Stored signatures are compared with new ones: a change needs a new SIGNATURE_VERSION."""
    found = signature(" ".join(f"word{n}" for n in range(50)))
    assert found is not None
    assert found[:8].hex() == PINNED


PINNED = "8e32d4c5dbafd80e"


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4)), max_size=30), st.data())
@settings(max_examples=60, deadline=None)
def test_arriving_in_parts_comes_to_the_same(
    arrivals: list[tuple[int, int]], data: st.DataObject
) -> None:
    found = signed(*(text(seed, 120) + f" added{site}" for seed, site in arrivals))
    late = set(data.draw(st.lists(st.sampled_from(sorted(found)), unique=True)) if found else [])
    early = {key: one for key, one in found.items() if key not in late}
    before = grouped(early, early)
    assert grouped(found, late, before.values()) == grouped(found, found)


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_signature_or_none(anything: str) -> None:
    found = signature(anything)
    assert found is None or len(found) == 512
