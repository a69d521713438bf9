"""Columns plus `extra` rebuild the object that the API sent, key for key."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.items import Kind
from mirror.wordpress.literals import KEY, Literal
from mirror.wordpress.objects import COLUMNS, dumps, loads, rebuild, split, wp_id

KINDS: list[Kind] = ["post", "media", "term", "author", "comment"]

# Whatever the parser can give: numbers of any size, lone surrogates, NULs.
literals = st.sampled_from(["NaN", "-Infinity", "1e400", "-1E+999", "0.30000000000000004441"])
huge = st.integers(2**64) | st.integers(max_value=-(2**63) - 1)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | (huge.map(str) | literals).map(Literal)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.just(KEY), inner, max_size=3)
        | st.fixed_dictionaries({KEY: inner})
    ),
)
rendered = st.fixed_dictionaries(
    {}, optional={"rendered": values | st.text(), "protected": values, "raw": values}
)
dates = st.sampled_from(
    ["2025-04-22T12:24:09", "-0001-11-30T00:00:00", "", "２０25-01-01T00:00:00"]
)


def objects(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    keys = {column.key for column in COLUMNS[kind]} | {"date", "author", "tags", "x"}
    anything = values | rendered | dates | st.text()
    return st.fixed_dictionaries(
        {"id": st.integers(1, 2**63 - 1)}, optional=dict.fromkeys(sorted(keys), anything)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_can_be_rebuilt(kind: Kind) -> None:
    @given(objects(kind))
    def check(obj: dict[str, Any]) -> None:
        columns, extra = split(kind, obj)
        extra.encode()
        for value in columns.values():
            assert value is None or "\0" not in value.encode().decode()
        again = rebuild(kind, obj["id"], columns, extra)
        assert same(again, obj)

    check()


def same(one: Any, other: Any) -> bool:
    """Equal, and of equal types: 1, 1.0 and true are three things in JSON."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(values)
def test_dumps_gives_json_that_sqlite_can_hold(value: Any) -> None:
    text = dumps(value)
    text.encode()
    assert same(loads(text), value)

    def forbidden(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    json.loads(text, parse_constant=forbidden)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Literal("1e400"), '{"$json":"1e400"}'),
        (2**70, '{"$json":"1180591620717411303424"}'),
        (Literal("NaN"), '{"$json":"NaN"}'),
        ({"$json": "NaN"}, '{"$json":{"$json":"NaN"}}'),
        ({"$json": Literal("NaN")}, '{"$json":{"$json":{"$json":"NaN"}}}'),
        ({"$json": {"$json": 5}}, '{"$json":{"$json":{"$json":{"$json":5}}}}'),
        ({"$json": 1, "x": None}, '{"$json":1,"x":null}'),
        ({"x": '{"$json":"NaN"}'}, '{"x":"{\\"$json\\":\\"NaN\\"}"}'),
    ],
)
def test_how_numbers_that_json_cannot_hold_are_written(value: Any, text: str) -> None:
    assert dumps([value]) == f"[{text}]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (0, None),
        (-1, None),
        (2**63, None),
        ("7", None),
        (True, None),
        (None, None),
        (7.0, None),
    ],
)
def test_only_what_the_tables_can_hold_is_an_id(value: object, expected: int | None) -> None:
    assert wp_id({"id": value}) == expected


def test_a_real_post_needs_little_extra() -> None:
    obj = {
        "id": 7,
        "date_gmt": "2025-04-22T12:24:09",
        "title": {"rendered": "Salt &amp; Sea"},
        "content": {"rendered": "<p>x</p>", "protected": False},
        "author": 3,
    }
    columns, extra = split("post", obj)
    assert columns["title"] == "Salt &amp; Sea"
    assert columns["date_gmt"] == "2025-04-22T12:24:09Z"
    assert columns["shape"] == '{"content":{"protected":false}}'
    assert json.loads(extra) == {"author": 3}
