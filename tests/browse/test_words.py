"""How values are said, and the pure functions' own examples."""

import doctest
import importlib
import pkgutil
from datetime import UTC, datetime, timedelta

import pytest

import mirror.browse
from mirror.browse import words

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [m.name for m in pkgutil.walk_packages(mirror.browse.__path__, "mirror.browse.")],
)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=50), "5 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=80), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago(before: timedelta, said: str) -> None:
    stamp = (NOW - before).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert f">{said}</time>" in words.ago(stamp, NOW)


@pytest.mark.parametrize("odd", [None, "", "soon", "0000-00-00T00:00:00", "<b>", "-0001-11-30T00"])
def test_what_is_no_time_is_said_as_it_is(odd: str | None) -> None:
    for say in (words.day, words.clock, words.ago):
        assert "<b>" not in say(odd)
        assert "<time" not in say(odd)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "", None, "/x", "ftp://x"]
)
def test_only_the_web_is_linked(address: str | None) -> None:
    assert "<a" not in words.outward(address)
    assert words.outward('https://x.example/"><b>').count("<b>") == 0


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("A &amp; <em>B</em>", "A & B"),
        ("", "Untitled"),
        (None, "Untitled"),
        ("<script>x", "Untitled"),
    ],
)
def test_a_title_is_text(title: str | None, text: str) -> None:
    assert words.titled(title) == text
