"""The whole pipeline without media files, beside what one could use in its place.

All read the same generated site from the same server in rounds of one run each: the real command;
the floor (the same rows without judgement); a naive spider; dlt; wpextract. `fetch` receives the
same bytes and keeps nothing: that is the server's own rate, which must not be what is measured.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench, fresh
from benchmarks.environments import CONTENDERS, python_for
from benchmarks.measuring import Failed, Run, all_of, crawl, in_turns, ratios, run, spread
from benchmarks.report import Report, Table, Target
from benchmarks.site import serving

OURS, FLOOR, SERVER = "mirror crawl", "floor: httpx, orjson, executemany", "the server alone"
NAIVE, DLT = "Scrapy, one upsert an item", "dlt `rest_api` into SQLite"
WPEXTRACT = "wpextract download (JSON files)"
OWN = {FLOOR: "floor", NAIVE: "naive_scrapy", SERVER: "fetch"}
INSTALLED = {DLT: "dlt_rest_api", WPEXTRACT: "wpextract_download"}


def measure(bench: Bench) -> Report:
    """Posts a second of each."""
    posts = bench.part(5)
    with serving(posts) as site:
        url = site["url"]
        ways: dict[str, Callable[[], Run]] = {OURS: partial(_ours, bench, url)}
        for name, file in OWN.items():
            ways[name] = partial(_other, bench, url, file, Path(sys.executable), posts)
        for name, file in INSTALLED.items():
            ways[name] = _installed(bench, url, file, posts)
        results = in_turns(ways, bench.runs)
    ours = all_of(results.pop(OURS))
    rows = [_row(OURS, posts, ours, ours)]
    remarks = []
    for name, measured in results.items():
        if isinstance(measured, Failed):
            remarks.append(f"Not measured: {name}: {str(measured).rstrip('.')}.")
        else:
            rows.append(_row(name, posts, measured, ours))
    head = ("", "posts/s", "its time / ours", "CPU s / 1,000 posts", "peak MB")
    table = Table(head=(f"{posts:,} posts", *head[1:]), rows=rows)
    return Report(tables=[table], targets=_targets(posts, ours, results), remarks=remarks)


def _ours(bench: Bench, url: str) -> Run:
    with fresh(bench) as folder:
        return crawl(url, folder / "mirror.db")


def _other(bench: Bench, url: str, file: str, python: Path, posts: int) -> Run:
    with fresh(bench) as folder:
        # -P: a contender's own folder is no place to import from.
        done = run([python, "-P", CONTENDERS / f"{file}.py", url, folder])
    if done.told["posts"] != posts:
        raise Failed(f"has {done.told['posts']:,} of {posts:,} posts")
    return Run(seconds=done.told["seconds"], cpu=done.cpu, peak=done.peak, told=done.told)


def _installed(bench: Bench, url: str, file: str, posts: int) -> Callable[[], Run]:
    def way() -> Run:
        if bench.small:
            raise Failed("nothing is installed for a quick run")
        return _other(bench, url, file, python_for(file), posts)

    return way


def _row(name: str, posts: int, measured: list[Run], ours: list[Run]) -> tuple[str, ...]:
    seconds = [one.seconds for one in measured]
    return (
        name,
        spread([posts / taken for taken in seconds]).told(",.0f"),
        ratios(seconds, [one.seconds for one in ours]).told(".3f") if measured != ours else "1",
        spread([1000 * one.cpu / posts for one in measured]).told(".2f"),
        spread([one.peak for one in measured]).told(".0f"),
    )


def _targets(posts: int, ours: list[Run], results: dict[str, list[Run] | Failed]) -> list[Target]:
    own = [one.seconds for one in ours]
    rate = spread([posts / taken for taken in own]).median
    targets = [Target(what="posts/s", value=rate, limit=2000, form=",.0f", at_least=True)]
    for name, what, limit in (
        (FLOOR, "of the floor's rate", 0.4),
        (NAIVE, "times the naive spider's rate", 2.0),
        (DLT, "times dlt's rate", 4.0),
    ):
        measured = results[name]
        if not isinstance(measured, Failed):
            value = ratios([one.seconds for one in measured], own).median
            targets.append(Target(what=what, value=value, limit=limit, at_least=True))
    server = results[SERVER]
    if not isinstance(server, Failed):
        value = ratios(own, [one.seconds for one in server]).median
        what = "the server's own rate, in ours"
        targets.append(Target(what=what, value=value, limit=5, form=".1f", at_least=True))
    return targets
