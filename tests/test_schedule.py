"""When a site is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.schedule import AUTO_LEAST, AUTO_MOST, LONGEST_BACK_OFF, PastRun, due, observed

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def run(ago: timedelta, outcome: str | None = "complete", changes: int = 0) -> PastRun:
    return PastRun(started_at=NOW - ago, outcome=outcome, mode="update", changes=changes)


def test_a_site_that_was_never_mirrored_is_due_now() -> None:
    assert due("a.de", DAY, [], NOW).at == NOW


@given(st.text(max_size=30), st.sampled_from([HOUR, 6 * HOUR, DAY, 7 * DAY]))
def test_a_timer_of_the_same_interval_finds_it_due_each_time(host: str, every: timedelta) -> None:
    # The last run began when the timer fired, or some time after, when other sites were done.
    for late in (timedelta(0), every / 30):
        found = due(host, every, [run(every - late)], NOW)
        assert NOW - every * 0.15 <= found.at + late / 1 <= NOW + late
        assert found.at <= NOW


def test_a_run_of_the_future_keeps_no_site_from_being_due() -> None:
    """The clock was a year ahead, and so was what the site's back-off was counted from."""
    ahead = [run(-365 * DAY)]
    assert due("a.de", DAY, ahead, NOW, back_off_until=NOW + 370 * DAY).at == NOW
    assert "the clock was wrong" in due("a.de", DAY, ahead, NOW).why
    assert due("a.de", DAY, [run(-timedelta(seconds=30))], NOW).at > NOW


def test_it_is_not_due_twice_in_an_interval() -> None:
    assert due("a.de", DAY, [run(0.8 * DAY)], NOW).at > NOW


def test_hosts_drift_apart_and_each_keeps_its_place() -> None:
    moments = {due(f"{n}.de", DAY, [run(HOUR)], NOW).at for n in range(50)}
    assert len(moments) == 50
    assert due("a.de", DAY, [run(HOUR)], NOW) == due("a.de", DAY, [run(HOUR)], NOW)


@pytest.mark.parametrize("outcome", [None, "interrupted"])
def test_what_was_cut_short_is_due_at_once(outcome: str | None) -> None:
    found = due("a.de", DAY, [run(HOUR, outcome)], NOW)
    assert (found.at, found.resumes) == (NOW, True)


@pytest.mark.parametrize(
    ("failed", "days"), [(1, 1), (2, 2), (3, 4), (4, 7), (15, 7)]
)  # fmt: skip
def test_a_failing_site_is_asked_less_and_less(failed: int, days: int) -> None:
    runs = [run(HOUR, "failed") for _ in range(failed)] + [run(30 * DAY)]
    found = due("a.de", DAY, runs, NOW)
    wait = found.at - (NOW - HOUR)
    assert 0.85 * days * DAY <= wait <= 0.95 * days * DAY
    assert found.failed_in_a_row == failed


def test_a_weekly_site_is_not_asked_more_often_because_it_fails() -> None:
    found = due("a.de", 4 * LONGEST_BACK_OFF, [run(HOUR, "failed")] * 9, NOW)
    assert found.at > NOW + 3 * LONGEST_BACK_OFF


def test_a_site_that_asked_to_wait_is_left_alone() -> None:
    until = NOW + 2 * HOUR
    found = due("a.de", DAY, [run(3 * DAY)], NOW, back_off_until=until)
    assert (found.at, found.why) == (until, "it asked to wait")
    assert due("a.de", DAY, [run(3 * DAY)], NOW, back_off_until=NOW - HOUR).at < NOW


def test_a_failed_run_between_good_ones_changes_nothing() -> None:
    runs = [run(HOUR), run(2 * HOUR, "failed"), run(3 * HOUR, "failed")]
    assert due("a.de", DAY, runs, NOW).failed_in_a_row == 0


def test_auto_follows_the_changes() -> None:
    busy = [run(n * 2 * HOUR, changes=5) for n in range(1, 20)]
    quiet = [run(n * DAY, changes=0) for n in range(1, 20)]
    weekly = [run(n * DAY, changes=int(n % 7 == 0)) for n in range(1, 20)]
    assert observed(busy, NOW) == HOUR
    assert observed(quiet, NOW) == AUTO_MOST
    assert 3 * DAY < observed(weekly, NOW) < 6 * DAY


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 3)), max_size=20))
def test_auto_stays_within_its_bounds(past: list[tuple[int, int]]) -> None:
    runs = [run(timedelta(minutes=m), changes=c) for m, c in sorted(past)]
    assert AUTO_LEAST <= observed(runs, NOW) <= AUTO_MOST
