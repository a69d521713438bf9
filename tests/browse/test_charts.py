"""Charts: what they say, and that nothing in them runs."""

import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from mirror.browse import charts
from mirror.browse.pages.home import draw

MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def titles(chart: charts.Chart) -> list[str]:
    root = ET.fromstring(str(chart.svg))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]


def test_each_bar_says_what_it_is() -> None:
    rows = [("2026-03", 1, 4, 1), ("2026-03", 2, 2, 0), ("2026-05", 1, 1, 1)]
    chart = charts.posts_over_time(rows, MONTHS, {1: "One", 2: "Two"})
    assert "Mar 26, One: 4" in titles(chart)
    assert "Mar 26, Two: 2" in titles(chart)
    assert list(chart.rows) == [("Mar 26", 4, 2), ("May 26", 1, 0)]
    assert chart.legend == ["One", "Two"]


def test_many_sites_share_the_last_colour() -> None:
    rows = [("2026-03", site, 20 - site, 0) for site in range(1, 12)]
    chart = charts.posts_over_time(rows, MONTHS, {site: f"S{site}" for site in range(1, 12)})
    assert len(chart.legend) == charts.MOST_SERIES + 1
    assert chart.legend[-1] == "other sites"
    assert sum(next(iter(chart.rows))[1:]) == sum(20 - site for site in range(1, 12))


def test_weeks_begin_on_monday_and_odd_dates_are_left_out() -> None:
    edits = [("2026-03-02", 1), ("2026-03-08", 2), ("2026-03-09", 4), ("soon", 9), (None, 9)]
    chart = charts.changes_by_week(edits, [("2026-03-10", 1)], date(2026, 3, 12))
    assert list(chart.rows) == [("2 Mar", 3, 0), ("9 Mar", 4, 1)]


def test_shares_are_of_each_month() -> None:
    chart = charts.syndicated_share([("2026-03", 1, 4, 1), ("2026-03", 2, 4, 3)], MONTHS)
    assert list(chart.rows) == [("Mar 26", "50 %")]
    assert "Mar 26: 50 %" in titles(chart)


def test_nothing_to_draw_is_no_drawing() -> None:
    for chart in (
        charts.posts_over_time([], MONTHS, {}),
        charts.changes_by_week([], [], date(2026, 3, 12)),
        charts.top_upstreams([]),
        charts.syndicated_share([], MONTHS),
    ):
        assert not chart.svg
        assert not chart.rows


def test_names_are_text_and_nothing_is_active() -> None:
    name = '"><script>alert(1)</script>'
    for chart in (
        charts.posts_over_time([("2026-03", 1, 4, 1), ("2026-03", 2, 4, 1)], MONTHS,
                              {1: name, 2: "x"}),
        charts.top_upstreams([("a.example", name, 3), ("b.example", "x" * 500, 2)]),
    ):  # fmt: skip
        assert not re.search(r"<(script|style|a|image|foreignObject)\b", str(chart.svg))
        assert not re.search(r"\s(on\w+|style|id|href)=", re.sub(r">[^<]*<", "><", str(chart.svg)))
        assert "&lt;script" in str(chart.svg)


def test_old_posts_are_counted_by_year() -> None:
    rows = [("2019", 1, 4, 1), ("2021", 1, 2, 2)]
    chart = charts.posts_over_time(rows, ["2019", "2020", "2021"], {1: "One"})
    assert (chart.title, chart.head[0]) == ("Posts by year", "Year")
    assert list(chart.rows) == [("2019", 4), ("2021", 2)]
    share = charts.syndicated_share(rows, ["2019", "2020", "2021"])
    assert list(share.rows) == [("2019", "25 %"), ("2021", "100 %")]


def test_the_periods_are_those_that_most_posts_lie_in(own_sample: Path) -> None:
    with sqlite3.connect(own_sample) as db:
        db.row_factory = sqlite3.Row
        now = datetime.now(UTC)
        assert draw(db, now)[0].title == "Posts by month"
        db.execute("UPDATE posts SET date_gmt = '20' || printf('%02d', id % 20) || '-05-05T00:00Z'")
        db.execute("UPDATE posts SET date_gmt = '-0001-11-30T00:00:00' WHERE id = 1")
        db.execute("UPDATE posts SET date_gmt = '9999-01-01T00:00:00' WHERE id = 2")
        chart = draw(db, now)[0]
        assert chart.title == "Posts by year"
        assert sum(sum(row[1:]) for row in chart.rows) <= 109
        db.rollback()
    db.close()
