import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.problems import (
    Listing,
    Problem,
    ProblemKind,
    absence,
    classify,
    read_list,
    read_object,
)
from mirror.wordpress.reply import Reply
from tests.wordpress.replies import reply, wp_error

PAGE = "<!DOCTYPE html><html><head><title>A blog</title></head></html>"
CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"
POSTS = "https://example.org/wp-json/wp/v2/posts"
HOME = "https://example.org/"


def says(code: str, status: int, **more: Any) -> Reply:
    return reply(wp_error(code, status, **more), status=status)


# Section 6 of the protocol notes, row by row, and what else sites do.
TABLE: list[tuple[Reply, str, str]] = [
    (says("rest_cannot_access", 401), "refused", "final"),
    (says("itsec_rest_api_access_restricted", 401), "refused", "final"),
    (says("rest_disabled", 403), "refused", "final"),
    (says("rest_disabled", 404), "refused", "final"),
    (says("rest_not_logged_in", 400), "refused", "final"),
    (says("rest_user_cannot_view", 401), "refused", "final"),
    (says("rest_forbidden_context", 401), "refused", "final"),
    (reply(PAGE, status=403), "refused", "final"),
    (reply(PAGE, status=451), "refused", "final"),
    (says("rest_no_route", 404), "not-found", "final"),
    (reply(PAGE, status=404), "not-found", "final"),
    (reply(PAGE, status=410), "not-found", "final"),
    (reply(CHALLENGE, status=403, cf_mitigated="challenge"), "challenge", "final"),
    (reply(b"", status=503, cf_mitigated="challenge"), "challenge", "final"),
    (reply(CHALLENGE, status=429), "challenge", "final"),
    (reply(CHALLENGE, status=200), "challenge", "final"),
    (reply(PAGE, status=202, sg_captcha="challenge"), "challenge", "final"),
    (reply(PAGE, status=429, retry_after="7"), "rate-limited", "wait"),
    (reply(b"", status=429), "rate-limited", "wait"),
    (reply(PAGE, status=503, retry_after="600"), "maintenance", "wait"),
    (reply(PAGE, status=503), "server-error", "smaller"),
    (says("internal_server_error", 500), "server-error", "smaller"),
    (says("rest_encode_error", 500), "server-error", "smaller"),
    (reply(PAGE, status=502), "server-error", "smaller"),
    (reply(b"", status=504), "server-error", "smaller"),
    (reply(PAGE, status=524), "server-error", "smaller"),
    (reply(b""), "empty", "smaller"),
    (reply(b"", status=204), "empty", "smaller"),
    (reply(b'[{"id": 1}, {"id": 2, "ti'), "truncated", "smaller"),
    (reply(PAGE), "unreadable", "smaller"),
    (reply("<br />\n<b>Fatal error</b>: Allowed memory size exhausted"), "unreadable", "smaller"),
    (reply(wp_error("rest_no_route", 404)), "not-a-list", "again"),
    (reply({"some": "object"}), "not-a-list", "again"),
    (says("rest_post_invalid_page_number", 400), "past-end", "again"),
    (says("rest_revision_invalid_offset_number", 400), "past-end", "again"),
    (says("rest_search_invalid_page_number", 400), "past-end", "again"),
    (says("rest_invalid_param", 400, params={"per_page": "x"}), "bad-parameter", "smaller"),
    (says("rest_invalid_param", 400, params={"orderby": "x"}), "bad-parameter", "final"),
    (says("rest_missing_callback_param", 400, params=["per_page"]), "bad-parameter", "smaller"),
    (reply(PAGE, status=400), "bad-parameter", "smaller"),
    (reply(PAGE, status=414), "bad-parameter", "smaller"),
    (reply(PAGE, status=408), "timeout", "smaller"),
    (reply(error="Getting / took longer than 60.0 seconds."), "timeout", "smaller"),
    (reply(error="User timeout caused connection failure"), "timeout", "smaller"),
    (reply(error="Connection refused"), "network", "again"),
    (reply(error=""), "network", "again"),
    (reply(b"", status=301, location=HOME), "redirected-away", "final"),
    (reply(PAGE, url=HOME, redirected_from=(POSTS,)), "redirected-away", "final"),
    (reply([], url="https://b.example/", redirected_from=(POSTS,)), "redirected-away", "final"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "remedy"), TABLE)
def test_each_signature_has_its_kind_and_its_remedy(answer: Reply, kind: str, remedy: str) -> None:
    problem = read_list(answer)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.remedy) == (kind, remedy)
    assert problem.code == (
        json.loads(answer.body).get("code", "") if b'"code"' in answer.body else ""
    )
    assert problem.message
    assert problem.status == answer.status
    assert problem.stops_site == (kind == "challenge")


def test_every_kind_occurs_in_the_table() -> None:
    assert {row[1] for row in TABLE} == set(get_args(ProblemKind))


def test_what_a_server_asks_to_wait_is_told_uncapped() -> None:
    problem = classify(reply(PAGE, status=503, retry_after="86400"))
    assert problem is not None
    assert problem.retry_after == 86400.0
    date = "Sun, 01 Mar 2026 12:00:00 GMT"
    until = "Sun, 01 Mar 2026 12:00:30 GMT"
    problem = classify(reply(PAGE, status=429, date=date, retry_after=until))
    assert problem is not None
    assert problem.retry_after == 30.0


def test_a_post_about_challenge_pages_is_no_challenge() -> None:
    row = {"id": 1, "content": {"rendered": CHALLENGE}}
    assert isinstance(read_list(reply([row])), Listing)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (POSTS, "http://example.org/wp-json/wp/v2/posts"),
        ("https://www.example.org/wp-json/wp/v2/posts", POSTS),
        (POSTS + "/", POSTS),
    ],
)
def test_a_redirect_within_the_site_that_answers_json_is_no_problem(url: str, asked: str) -> None:
    assert isinstance(read_list(reply([], url=url, redirected_from=(asked,))), Listing)


@pytest.mark.parametrize(
    ("body", "ids", "bad"),
    [
        ([], [], 0),
        ([{"id": 1}, {"id": 2}], [1, 2], 0),
        ([{"id": 1}, None, "x", [], {"id": 2}], [1, 2], 3),
        ({"0": {"id": 1}, "2": {"id": 3}}, [1, 3], 0),
        ({"0": {"id": 1}, "1": False}, [1], 1),
    ],
)
def test_the_rows_of_a_list_and_what_is_no_row(body: Any, ids: list[int], bad: int) -> None:
    listing = read_list(reply(body, x_wp_total="5", x_wp_totalpages="3"))
    assert isinstance(listing, Listing)
    assert [row["id"] for row in listing.rows] == ids
    assert (listing.bad_entries, listing.total, listing.pages) == (bad, 5, 3)


def test_an_empty_object_is_not_an_empty_list() -> None:
    assert isinstance(read_list(reply({})), Problem)


def test_noise_is_handed_on() -> None:
    listing = read_list(reply(b"\xef\xbb\xbf[]<!-- c -->"))
    assert isinstance(listing, Listing)
    assert len(listing.noise) == 2


def test_an_object_is_read_and_phps_empty_map_is_one() -> None:
    assert read_object(reply({"a": 1})) == {"a": 1}
    assert read_object(reply([])) == {}
    assert isinstance(read_object(reply([1])), Problem)
    assert isinstance(read_object(reply(PAGE)), Problem)


@pytest.mark.parametrize(
    ("answer", "absent"),
    [
        (says("rest_post_invalid_id", 404), "deleted"),
        (says("rest_term_invalid", 404), "deleted"),
        (says("rest_user_invalid_id", 404), "deleted"),
        (says("rest_comment_invalid_id", 404), "deleted"),
        (says("rest_forbidden", 401), "hidden"),
        (says("rest_forbidden", 403), "hidden"),
        (says("rest_cannot_read", 401), "hidden"),
        (says("rest_cannot_read_post", 401), "hidden"),
        (says("rest_no_route", 404), None),
        (reply(wp_error("rest_post_invalid_id", 404), status=200), None),
        (says("rest_disabled", 401), None),
        (reply(PAGE, status=404), None),
        (reply({"id": 3}), None),
        (reply(error="Connection refused"), None),
        (says("internal_server_error", 500), None),
    ],
)
def test_only_wordpress_own_words_tell_of_an_absence(answer: Reply, absent: str | None) -> None:
    assert absence(answer) == absent


@given(
    st.integers(100, 599),
    st.binary(max_size=60) | st.builds(lambda v: json.dumps(v).encode(), st.recursive(
        st.none() | st.text(max_size=3) | st.integers(),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "message", "data", "params", "0"]), inner),
        max_leaves=8,
    )),
)  # fmt: skip
def test_no_reply_raises(status: int, body: bytes) -> None:
    answer = reply(body, status=status)
    assert isinstance(read_list(answer), Listing | Problem)
    assert isinstance(read_object(answer), dict | Problem)
    absence(answer)
    problem = classify(answer)
    assert (problem is None) == isinstance(read_object(answer), dict) or 200 <= status < 300
