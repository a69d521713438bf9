"""A whole backfill of real WordPress, beside plain parallel GETs of the same pages.

WordPress renders posts far more slowly than anybody stores them: what a mirror adds to that is
what counts. The pages are the lists of objects that a crawl asked for, as they stand in the
server's log; they are fetched with as many connections, and thrown away. The crawl's time is that
of the whole command, finding the API and starting Python included.

WordPress and its database run on this machine. Once they and the client may use all of its cores,
and on few cores what the client computes is taken from WordPress; once each of the two has a core
to itself, as where the site is another machine.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench, fresh
from benchmarks.environments import CONTENDERS
from benchmarks.measuring import Command, Failed, Run, all_of, crawl, in_turns, ratios, run, spread
from benchmarks.report import Report, Table, Target
from tests.real.bed import BedError, WordPress, lack

RELEASE = "latest"
OURS, PLAIN = "mirror crawl", "plain GETs of the same pages"
# WordPress keeps a core busy for each; the last is what a crawl uses unless told otherwise.
CONNECTIONS = (1, 2, 4)
MOST = max(CONNECTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """Who may use which of the machine's cores."""

    told: str
    server: frozenset[int]
    client: frozenset[int]


def arrangements() -> list[Cores]:
    """All together; and one each, where there are two."""
    cores = frozenset(os.sched_getaffinity(0))
    shared = Cores(told="shared", server=cores, client=cores)
    if len(cores) == 1:
        return [shared]
    apart = Cores(told="one each", server=frozenset({min(cores)}), client=frozenset({max(cores)}))
    return [shared, apart]


@contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """What is started in the block runs on these cores, for as long as it lives."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure(bench: Bench) -> Report:
    """Seconds of both, by connections. Raises Failed where there is no test bed."""
    reason = "real WordPress is not part of a quick run" if bench.small else lack(RELEASE)
    if reason:
        raise Failed(reason)
    posts = min(5000, bench.part(20))
    rows: list[tuple[str, ...]] = []
    targets: list[Target] = []
    for cores in arrangements():
        told, aims = _arranged(bench, cores, posts)
        rows += told
        targets += aims
    head = (f"{posts:,} posts", "cores", "connections", "s", "of the plain GETs", "client's CPU s")
    return Report(tables=[Table(head=head, rows=rows)], targets=targets)


def _arranged(bench: Bench, cores: Cores, posts: int) -> tuple[list[tuple[str, ...]], list[Target]]:
    folder = bench.folder / cores.told.replace(" ", "-")
    folder.mkdir()
    try:
        with on(cores.server):
            site = WordPress(folder / "site", wp=RELEASE, seed_content=posts)
    except BedError as error:
        raise Failed(str(error)) from None
    try:
        with on(cores.client):
            return _measure(bench, site, folder, cores.told)
    finally:
        site.remove()


def _measure(
    bench: Bench, site: WordPress, folder: Path, cores: str
) -> tuple[list[tuple[str, ...]], list[Target]]:
    # The first crawl tells the pages, and warms PHP's and the database's caches for both.
    _crawl(bench, site.url, MOST)
    paths = folder / "paths"
    paths.write_text("\n".join(_lists(site)))
    rows, targets = [], []
    for connections in CONNECTIONS:
        told, ratio = _beside(bench, site.url, paths, connections)
        rows += [(name, cores, str(connections), *figures) for name, *figures in told]
        what = f"a backfill in plain GETs, {connections} connection{'s' * (connections > 1)}"
        targets.append(Target(what=f"{what}, cores {cores}", value=ratio, limit=1.1))
    return rows, targets


def _beside(
    bench: Bench, url: str, paths: Path, connections: int
) -> tuple[list[tuple[str, ...]], float]:
    """What a crawl and plain GETs took with so many connections; the median of the ratios."""
    fetch: Command = [
        sys.executable, "-P", CONTENDERS / "fetch.py", url, bench.folder, paths, str(connections)
    ]  # fmt: skip
    results = in_turns(
        {OURS: lambda: _crawl(bench, url, connections), PLAIN: lambda: run(fetch)}, bench.runs
    )
    ours, plain = all_of(results[OURS]), all_of(results[PLAIN])
    own, other = [one.seconds for one in ours], [one.told["seconds"] for one in plain]
    ratio = ratios(own, other)
    cpu = [spread([one.cpu for one in runs]).told(".1f") for runs in (ours, plain)]
    rows: list[tuple[str, ...]] = [
        (OURS, spread(own).told(".1f"), ratio.told(".2f"), cpu[0]),
        (PLAIN, spread(other).told(".1f"), "1", cpu[1]),
    ]
    return rows, ratio.median


def _crawl(bench: Bench, url: str, connections: int) -> Run:
    with fresh(bench) as folder:
        return crawl(url, folder / "mirror.db", "--connections", str(connections))


def _lists(site: WordPress) -> list[str]:
    """The lists of objects that the crawl has asked for and was given, each once."""
    time.sleep(1)  # nginx writes its log shortly after the answer
    asked = [
        one["uri"] for one in site.access_log()
        if "mirror" in one["agent"] and one["status"] == 200 and "per_page=" in one["uri"]
    ]  # fmt: skip
    return list(dict.fromkeys(asked))
