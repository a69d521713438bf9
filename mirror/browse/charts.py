"""Charts as SVG, drawn by pygal on the server: no script, and colours from the page's style sheet.

pygal brings its own style sheet and script in each chart; both are taken out again (our policy
allows no inline script, and one style sheet serves all), and its hidden descriptions become the
titles that browsers show and screen readers read.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pygal
from markupsafe import Markup

# Importing pygal puts a finder for `pygal.maps` first on this list, of a kind that Python 3.12 no
# longer knows and 3.11 warns of at every import that follows.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

MOST_SERIES = 6
# fmt: off
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart: `legend` are the names of its series in the order of their colours;
    `rows`, with `head` above them, say the same as a table."""

    title: str
    note: str
    svg: Markup
    legend: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


def posts_over_time(
    rows: Sequence[tuple[Any, ...]], periods: Sequence[str], names: Mapping[int, str]
) -> Chart:
    """`rows`: (period, site id, posts, …); periods are months, `2026-03`, or years, `2026`."""
    totals: Counter[int] = Counter()
    by_site: dict[int, Counter[str]] = defaultdict(Counter)
    for period, site, posts, *_ in rows:
        totals[site] += posts
        by_site[site][period] += posts
    largest = [site for site, _ in totals.most_common(MOST_SERIES)]
    series = {names[site]: [by_site[site][period] for period in periods] for site in largest}
    if len(totals) > MOST_SERIES:
        rest = [by_site[site] for site in totals if site not in largest]
        series["other sites"] = [sum(counts[period] for counts in rest) for period in periods]
    unit = _unit(periods)
    return _bars(f"Posts by {unit}", "By date of publication.", series,
                 [_label_of(period) for period in periods], unit.capitalize())  # fmt: skip


def changes_by_week(
    edits: Sequence[tuple[Any, ...]], deletions: Sequence[tuple[Any, ...]], today: date
) -> Chart:
    """`edits` and `deletions`: (day, number)."""
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=back) for back in range(25, -1, -1)]
    series = {
        name: _weekly(counts, weeks) for name, counts in (("edited", edits), ("gone", deletions))
    }
    labels = [f"{week.day} {_MONTHS[week.month - 1]}" for week in weeks]
    return _bars("Edits and deletions", "By week, as the mirror saw them, half a year.",
                 series, labels, "Week from")  # fmt: skip


def top_upstreams(rows: Sequence[tuple[Any, ...]]) -> Chart:
    """`rows`: (domain, name, posts), the largest first."""
    chart = _chart(pygal.HorizontalBar, height=max(90, 30 * len(rows) + 30), margin_right=24)
    # pygal draws from the bottom up.
    chart.x_labels = [_short(name) for _, name, _ in reversed(rows)]
    chart.add("posts", [posts for *_, posts in reversed(rows)])
    return Chart(
        title="Top upstreams",
        note="Who published first, by number of posts.",
        svg=_svg(chart, ["posts"], "Top upstreams", drawn=bool(rows)),
        legend=(),
        head=("Upstream", "Posts"),
        rows=[(name, posts) for _, name, posts in rows],
    )


def syndicated_share(rows: Sequence[tuple[Any, ...]], periods: Sequence[str]) -> Chart:
    """`rows`: (period, site id, posts, syndicated posts)."""
    posts: Counter[str] = Counter()
    syndicated: Counter[str] = Counter()
    for period, _, number, ours in rows:
        posts[period] += number
        syndicated[period] += ours
    shares = [
        round(100 * syndicated[period] / posts[period], 1) if posts[period] else None
        for period in periods
    ]
    labels = [_label_of(period) for period in periods]
    chart = _chart(pygal.Line, range=(0, 100), value_formatter=_percent)
    chart.show_dots = True
    chart.dots_size = 2
    _label(chart, labels)
    chart.y_labels = [0, 25, 50, 75, 100]
    chart.add("syndicated", shares)
    unit = _unit(periods)
    return Chart(
        title="Share of syndicated posts",
        note=f"Of each {unit}'s posts, how many came from somewhere else.",
        svg=_svg(chart, ["syndicated"], "Share of syndicated posts", drawn=bool(posts)),
        legend=(),
        head=(unit.capitalize(), "Share"),
        rows=[(m, _percent(s)) for m, s in zip(labels, shares, strict=True) if s is not None],
    )


def _bars(
    title: str, note: str, series: Mapping[str, list[int]], labels: list[str], axis: str
) -> Chart:
    chart = _chart(pygal.StackedBar, rounded_bars=1, spacing=2)
    _label(chart, labels)
    most = max((sum(column) for column in zip(*series.values(), strict=True)), default=0)
    chart.y_labels = _ticks(most)
    for name, values in series.items():
        chart.add(name, values)
    rows = [
        (label, *(values[place] for values in series.values()))
        for place, label in enumerate(labels)
    ]
    return Chart(
        title=title, note=note, svg=_svg(chart, list(series), title, drawn=most > 0),
        legend=list(series),
        head=(axis, *series), rows=[row for row in rows if any(row[1:])],
    )  # fmt: skip


def _chart(kind: Callable[..., Any], **options: Any) -> Any:
    return kind(
        **{
            "width": 440, "height": 210, "margin": 6, "margin_left": 4, "show_legend": False,
            "js": (), "css": (), "disable_xml_declaration": True, "no_prefix": True,
            "no_data_text": "Nothing yet", "truncate_label": -1, "x_label_rotation": 0,
            "show_minor_x_labels": False,
            **options,
        }
    )  # fmt: skip


def _label(chart: Any, labels: list[str]) -> None:
    """Labels for all, shown for about five, so that they can be read on a telephone."""
    chart.x_labels = labels
    step = max(1, len(labels) // 4)
    chart.x_labels_major = labels[len(labels) % step :: step] if len(labels) > 5 else labels


def _ticks(most: int) -> list[int]:
    """At most five round numbers from 0 to at least `most`.

    >>> _ticks(7), _ticks(43), _ticks(0)
    ([0, 2, 4, 6, 8], [0, 20, 40, 60], [0, 1])
    """
    step = next(
        base * 10**power
        for power in range(19)
        for base in (1, 2, 5)
        if base * 10**power * 4 >= most
    )
    return list(range(0, most + step, step)) if most else [0, 1]


def _weekly(counts: Sequence[tuple[Any, ...]], weeks: Sequence[date]) -> list[int]:
    by_week: Counter[date] = Counter()
    for text, number in counts:
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            continue
        by_week[day - timedelta(days=day.weekday())] += number
    return [by_week[week] for week in weeks]


def _svg(chart: Any, series: Sequence[str], title: str, *, drawn: bool) -> Markup:
    """The chart as markup that may stand in a page: pygal escapes every text that it is given.

    Empty where there is nothing to draw: pygal cannot label an axis of nothing.
    """
    if not drawn:
        return Markup("")

    def without_extras(root: Any) -> Any:
        for child in list(root):
            # Comments (whose tag is a function), <defs> with style and script, <title>.
            if not isinstance(child.tag, str) or child.tag in ("defs", "title"):
                root.remove(child)
        for group in list(root.iter("g")):
            kinds = (group.get("class") or "").split()
            if "tooltip-overlay" in kinds or "text-overlay" in kinds:
                group.getparent().remove(group)
            elif "series" in kinds:
                name = series[int(kinds[1].removeprefix("serie-"))] if len(series) > 1 else ""
                for mark in list(group.iter("g")):
                    _describe(mark, name)
        root.attrib.pop("id", None)
        root.set("role", "img")
        root.set("aria-label", title)
        return root

    chart.add_xml_filter(without_extras)
    return Markup(chart.render(is_unicode=True))  # noqa: S704


def _describe(mark: Any, series: str) -> None:
    """Turns pygal's `<desc>`s beside a bar or dot into one `<title>`: `Mar 26, edited: 4`."""
    said = {child.get("class", "").split()[0]: child for child in mark if child.tag == "desc"}
    if "value" not in said:
        return
    names = [said["x_label"].text if "x_label" in said else "", series]
    title = mark.makeelement("title", {})
    title.text = f"{', '.join(name for name in names if name)}: {said['value'].text}"
    mark.insert(0, title)
    for child in said.values():
        mark.remove(child)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} %"


def _unit(periods: Sequence[str]) -> str:
    return "year" if all(len(period) == 4 for period in periods) else "month"


def _label_of(period: str) -> str:
    """`Mar 26` for a month, a year as it is."""
    return f"{_MONTHS[int(period[5:7]) - 1]} {period[2:4]}" if len(period) > 4 else period


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"
