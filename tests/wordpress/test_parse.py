import json
import time
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.literals import Literal
from mirror.wordpress.objects import dumps, loads
from mirror.wordpress.parse import MOST_DEEP, Unreadable, decode

ROW = {"id": 7, "title": {"rendered": "A & B [1] {2}"}}
LIST = json.dumps([ROW, {"id": 8}]).encode()

NOTICE = (
    b"<br />\n<b>Warning</b>: Undefined array key [foo] in <b>/wp/x.php</b> on line <b>5</b><br />"
)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (b"\xef\xbb\xbf", b"", "byte order mark"),
        (b"\xef\xbb\xbf\xef\xbb\xbf", b"", "byte order mark"),
        (NOTICE, b"", "before the JSON"),
        (NOTICE * 3 + b"\xef\xbb\xbf", b"", "before the JSON"),
        (b"Notice: []\n", b"", "before the JSON"),
        (b'<script>var a = {"b": [1]};</script>', b"", "before the JSON"),
        (b'<style>{}</style><!-- {"c": 1} -->', b"", "before the JSON"),
        (b"<!-- never closed ", b"", "before the JSON"),
        (b"", b"\n<!-- Cached by some plugin, [1] {2} -->", "after the JSON"),
        (b"", b"0", "after the JSON"),
        (b"", b'{"code":"late","message":"x"}', "after the JSON"),
        (b"PHP Deprecated: x\n", b"<br /><b>Fatal error</b>", "before the JSON"),
        (b"\xff", b"", "not UTF-8"),
    ],
)
def test_what_stands_around_the_json_is_cut_away_and_named(
    before: bytes, after: bytes, named: str
) -> None:
    decoded = decode(before + LIST + after)
    assert decoded.value == json.loads(LIST)
    assert any(named in noise for noise in decoded.noise)


@pytest.mark.parametrize("body", [LIST, b" \n" + LIST + b"\n ", b"[]", b"{}", b' {"a": 1}'])
def test_clean_json_has_no_noise(body: bytes) -> None:
    assert decode(body).noise == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!DOCTYPE html><title>Hi</title><script>{\"@context\": 1}</script>", "html"),
        (b"\n <html lang=en>[]", "html"),
        (b"<h1>Error establishing a database connection</h1>", "html"),
        (b"Error establishing a database connection", "not-json"),
        (b"null", "not-json"),
        (b'"a string"', "not-json"),
        (b"42", "not-json"),
        (b"[{'id': 1}]", "not-json"),
        (b'[{"id": 1,}]', "not-json"),
        (b'[{"id": 1}, {"id": 2,}]', "not-json"),
        (b"\x1f\x8b\x08\x00binary", "not-json"),
        (LIST[:-1], "truncated"),
        (LIST[:-5], "truncated"),
        (LIST[:20], "truncated"),
        (b"[", "truncated"),
        (b'{"a": "b', "truncated"),
        (b'{"a": "b\\', "truncated"),
        (NOTICE + LIST[:-3], "truncated"),
        (b"[" * 100_000, "too-deep"),
        (b"[" * 500 + b"]" * 500, "too-deep"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "too-deep"),
        (b"\xef\xbb\xbf" + b"[" * 500 + b"]" * 500, "too-deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(body)
    assert caught.value.kind == kind
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


def test_every_truncation_of_a_list_is_truncated_and_never_shorter_rows() -> None:
    for length in range(1, len(LIST)):
        with pytest.raises(Unreadable) as caught:
            decode(LIST[:length])
        assert caught.value.kind == "truncated"


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551616", Literal("18446744073709551616")),
        ("-9223372036854775809", Literal("-9223372036854775809")),
        ("1" * 40, Literal("1" * 40)),
        ("9" * 5000, Literal("9" * 5000)),
        ("1e999", Literal("1e999")),
        ("-1e999", Literal("-1e999")),
        ("1e99999999999999999999", Literal("1e99999999999999999999")),
        ("1.5e3", 1500.0),
        ("0.30000000000000004", 0.1 + 0.2),
        ("0.3000000000000000400", 0.1 + 0.2),
        ("0.30000000000000004441", Literal("0.30000000000000004441")),
        ("9007199254740993.0", Literal("9007199254740993.0")),
        ("NaN", Literal("NaN")),
        ("-Infinity", Literal("-Infinity")),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\ud83d"', "\ud83d"),
        ('"\\ude00\\ud83d"', "\ude00\ud83d"),
        ('"\\\\ud83d"', "\\ud83d"),
        ('"a\\u0000b"', "a\x00b"),
        ('"a\nb"', "a\nb"),
    ],
)
def test_what_is_no_plain_json_comes_as_it_was_sent(literal: str, value: Any) -> None:
    """Alone, and beside something that makes the slow path read it. The store gives it back."""
    for more in ("", ', "x": "\\ud800"', ', "x": 12345678901234567'):
        decoded = decode(f'{{"a": {literal}{more}}}'.encode())
        assert decoded.value["a"] == value
        assert type(decoded.value["a"]) is type(value)
        assert decoded.noise == ()
        again = loads(dumps(decoded.value))
        assert again == decoded.value
        assert type(again["a"]) is type(value)


def test_levels_up_to_the_limit_are_read() -> None:
    body = b'{"a":' * (MOST_DEEP - 1) + b"[]" + b"}" * (MOST_DEEP - 1)
    for noisy in (body, b"\xef\xbb\xbf" + body):
        orjson.dumps(decode(noisy).value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
OBJECTS = st.dictionaries(st.text(), JSON, min_size=1, max_size=5)
NOISE = st.text(st.characters(exclude_characters='{}[]"<', exclude_categories=("Cs",)), max_size=40)


@given(st.lists(OBJECTS, min_size=1, max_size=3) | OBJECTS, NOISE, NOISE)
def test_any_value_comes_out_of_any_noise(value: Any, before: str, after: str) -> None:
    body = before.encode() + orjson.dumps(value) + after.encode()
    assert decode(body).value == value


@given(st.binary(max_size=300) | st.text(alphabet="[]{}\",:\\u'd8<!-/ab1 \n").map(str.encode))
def test_no_body_raises_anything_but_unreadable(body: bytes) -> None:
    try:
        decoded = decode(body)
    except Unreadable:
        return
    assert isinstance(decoded.value, list | dict)
    assert loads(dumps(decoded.value)) == decoded.value


@pytest.mark.parametrize(
    "body",
    [
        b'[{"a' * 200_000, b"<script>" * 200_000, b'[{"x}]' * 200_000, b'[""x' * 200_000,
        b'{"' * 300_000, b'[{"":[x]}]' * 100_000, b"x[]" * 300_000, b"<!--" * 200_000,
        b'["a"]' * 200_000, b'"\\' * 300_000,
    ],
)  # fmt: skip
def test_hostile_megabytes_take_no_more_than_a_moment(body: bytes) -> None:
    start = time.process_time()
    with suppress(Unreadable):
        decode(body)
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "body",
    [b"<html>" + b"<title" * 20_000, "😀".encode() + b"x" * 6_000_000 + b"[]" * 1000],
    ids=["titles that do not end", "lists that are none, behind much else"],
)
def test_nothing_is_read_again_for_each_try(body: bytes) -> None:
    start = time.process_time()
    with suppress(Unreadable):
        decode(body)
    assert time.process_time() - start < 0.75
