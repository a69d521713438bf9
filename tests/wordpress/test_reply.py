from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.reply import http_date
from tests.wordpress.replies import reply

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_the_three_forms_of_an_http_date(text: str) -> None:
    assert http_date(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "1", ",,,"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert http_date(text) is None


def test_the_servers_clock_is_date_less_age() -> None:
    assert reply(date=DATE).date == NOON
    assert reply(date=DATE, age="3600").date == datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
    assert reply(date=DATE, age="-5").date == NOON
    assert reply(age="5").date is None


@pytest.mark.parametrize(
    ("value", "total"),
    [
        ("0", 0), ("1234", 1234), (" 7 ", 7), ("7, 7", 7), ("7, 8", None), ("-1", None),
        ("1.5", None), ("1000000000000", None), ("9" * 5000, None), ("١٢", None), ("", None),
    ],
)  # fmt: skip
def test_a_total_is_sane_or_none(value: str, total: int | None) -> None:
    assert reply(x_wp_total=value).total == total


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0), ("0", 0.0), ("99999999999", 99999999999.0), ("-1", None), ("soon", None),
        ("1.5", None), ("Sun, 01 Mar 2026 12:10:00 GMT", 600.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0), ("", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert reply(retry_after=value).retry_after(NOON) == seconds


def test_a_retry_after_date_is_compared_with_the_servers_own_clock() -> None:
    answer = reply(date=DATE, retry_after="Sun, 01 Mar 2026 12:00:30 GMT")
    assert answer.retry_after() == 30.0


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_raises(date: str, age: str, total: str, wait: str) -> None:
    answer = reply(date=date, age=age, x_wp_total=total, x_wp_totalpages=total, retry_after=wait)
    assert answer.date is None or answer.date.tzinfo is not None
    assert answer.total is None or answer.total >= 0
    assert answer.pages == answer.total
    assert (answer.retry_after(NOON) or 0.0) >= 0
