"""Replies in envelopes are the replies that would have come without."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.envelope import is_wrapped, opened, wrapped
from mirror.wordpress.problems import Listing, Problem, read_list
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import Api

URL = "https://example.org/wp-json/wp/v2/posts?_envelope=1&per_page=2"
HEADERS = {"X-WP-Total": 7, "X-WP-TotalPages": "4"}


def reply(body: bytes, url: str = URL) -> Reply:
    return Reply(url=url, status=200, headers={"date": "now"}, body=body)


def envelope(body: Any, status: Any = 200, headers: Any = HEADERS) -> bytes:
    return json.dumps(
        {"body": body, "status": status, "headers": headers}, separators=(",", ":")
    ).encode()


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("https://example.org/wp-json/", "https://example.org/wp-json/wp/v2/tags?_envelope=1&a=2"),
        (
            "https://example.org/?rest_route=/",
            "https://example.org/?rest_route=/wp/v2/tags&_envelope=1&a=2",
        ),
    ],
)
def test_every_address_of_a_wrapped_api_asks_for_an_envelope(root: str, expected: str) -> None:
    api = wrapped(Api(root))
    assert api.url("/wp/v2/tags", {"a": 2}) == expected
    assert is_wrapped(api.root)
    assert not is_wrapped(root)


def test_totals_are_found_in_the_envelope() -> None:
    outcome = read_list(opened(reply(envelope([{"id": 1}, {"id": 2}]))))
    assert isinstance(outcome, Listing)
    assert (outcome.rows, outcome.total, outcome.pages) == ([{"id": 1}, {"id": 2}], 7, 4)
    assert outcome.noise == ()


def test_the_body_stays_as_it_was_sent() -> None:
    body = b'[{"id":1,"n":[NaN,1e999,"\\ud83d"],"x":"caf\xe9"}]'
    sent = b'\xef\xbb\xbf<b>Warning</b>{"body":' + body + b',"status":200,"headers":[]}<!-- x -->'
    assert opened(reply(sent)).body == b"\xef\xbb\xbf<b>Warning</b>" + body + b"<!-- x -->"


def test_an_error_in_an_envelope_is_one() -> None:
    error = {"code": "rest_forbidden", "message": "No.", "data": {"status": 401}}
    outcome = read_list(opened(reply(envelope(error, 401, []))))
    assert isinstance(outcome, Problem)
    assert (outcome.kind, outcome.status) == ("refused", 401)


@pytest.mark.parametrize(
    "body",
    [
        envelope([{"id": 1}])[:-30],
        envelope([{"id": 1}])[:12],
        envelope([], status="200"),
        envelope([], status=7),
        b'{"body":',
        b'{"body":1}',
        b"[]",
        b"",
        b"<html>",
        b'{"body":' + b"[" * 100_000,
    ],
)
def test_what_holds_no_envelope_stays_as_it_is(body: bytes) -> None:
    assert opened(reply(body)) == reply(body)


def test_what_did_not_ask_for_one_is_not_opened() -> None:
    plain = reply(envelope([]), url="https://example.org/wp-json/wp/v2/posts")
    assert opened(plain) is plain


@given(st.binary(max_size=60), st.sampled_from([b"", b'{"body":', b'{"body":[],']))
def test_any_body_is_opened_or_left(body: bytes, before: bytes) -> None:
    assert opened(reply(before + body)).url == URL
