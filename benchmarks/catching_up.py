"""What a crawl costs when nothing has changed, and when one post was edited, at two sizes.

Requests that the site answered and the bytes of their bodies are counts, which other work on the
machine does not change. CPU seconds are the client's: by the clock the generated site counts, too,
which goes through all its posts at each question. Beside it dlt, which asks by `modified_after`: it
sees no deletions, no changes without a date, and must be told the API's address and collections.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench, Mirrored, fresh
from benchmarks.environments import CONTENDERS, python_for
from benchmarks.measuring import Failed, Run, Spread, crawl, run, spread
from benchmarks.report import Report, Table, Target

HEAD = ("", "posts", "run", "requests", "bytes", "share of the first", "s", "CPU s")


class Visits:
    """One way of catching up, on one site; keeps what was asked of the site each time."""

    def __init__(self, made: Mirrored, way: Callable[[], Run]) -> None:
        self.made = made
        self.way = way
        self.rows: list[tuple[str, int, int, list[Run]]] = []

    def run(self, name: str, times: int = 1) -> None:
        """Runs it so many times, and counts the requests and bytes of the last."""
        runs = []
        for _ in range(times):
            self.made.command("/_requests")
            runs.append(self.way())
            told = self.made.command("/_requests")
        self.rows.append((name, told["requests"], told["bytes"], runs))


def measure(bench: Bench) -> Report:
    """First, again, and again after an edit."""
    small, large = bench.mirrored(bench.part(10)), bench.mirrored(bench.posts)
    rows, remarks, again = [], [], []
    for made in (small, large):
        visits = Visits(made, partial(crawl, made.url, made.db))
        summary = made.first.told
        visits.rows.append(("first", summary["requests"], summary["bytes"], [made.first]))
        visits.run("nothing changed", bench.runs)
        again.append(visits.rows[-1])
        _edit(made)
        visits.run("one edited post")
        rows += _rows("mirror", visits)
    try:
        rows += _dlt(bench, small)
    except Failed as failed:
        remarks.append(f"Not measured: dlt: {failed}.")
    targets = [
        Target(what=f"{what}: the large site in the small", value=of / to, limit=limit)
        for what, of, to, limit in (
            ("requests", again[1][1], again[0][1], 1.0),
            ("bytes", again[1][2], again[0][2], 1.05),
            ("CPU seconds", _cpu(again[1][3]).median, _cpu(again[0][3]).median, 1.15),
        )
    ]
    table = Table(head=HEAD, rows=rows)
    return Report(tables=[table], targets=targets, remarks=remarks)


def _dlt(bench: Bench, made: Mirrored) -> list[tuple[str, ...]]:
    if bench.small:
        raise Failed("nothing is installed for a quick run")
    python = python_for("dlt_rest_api")
    with fresh(bench) as folder:
        visits = Visits(made, partial(_load, python, made.url, folder))
        visits.run("first")
        visits.run("nothing changed", bench.runs)
        _edit(made)
        visits.run("one edited post")
    return _rows("dlt", visits)


def _load(python: Path, url: str, folder: Path) -> Run:
    return run([python, "-P", CONTENDERS / "dlt_rest_api.py", url, folder])


def _edit(made: Mirrored) -> None:
    """Edits a post that is neither among the newest nor the oldest."""
    place = f"/wp-json/wp/v2/posts?per_page=1&_fields=id&offset={made.posts // 2}"
    made.command(f"/_edit?id={made.ask(place)[0]['id']}")


def _rows(way: str, visits: Visits) -> list[tuple[str, ...]]:
    whole = visits.rows[0][2]
    return [
        (way, f"{visits.made.posts:,}", name, f"{requests:,}", f"{size:,}",
         f"{100 * size / whole:.3f} %", spread([one.seconds for one in runs]).told(".2f"),
         _cpu(runs).told(".2f"))
        for name, requests, size, runs in visits.rows
    ]  # fmt: skip


def _cpu(runs: Sequence[Run]) -> Spread:
    return spread([one.cpu for one in runs])
