"""A whole backfill of real WordPress, beside plain parallel GETs of the same pages.

WordPress renders posts far more slowly than anybody stores them: what a mirror adds to that is
what counts. The pages are the lists of objects that a crawl asked for, as they stand in the
server's log; they are fetched with as many connections, and thrown away. The crawl's time is that
of the whole command, finding the API and starting Python included. WordPress, its database and the
crawler share the machine: on few cores, what the crawler computes is taken from WordPress.
"""

import sys
import time
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


def measure(bench: Bench) -> Report:
    """Seconds of both, by connections. Raises Failed where there is no test bed."""
    reason = "real WordPress is not part of a quick run" if bench.small else lack(RELEASE)
    if reason:
        raise Failed(reason)
    posts = min(5000, bench.part(20))
    try:
        site = WordPress(bench.folder / "wordpress", wp=RELEASE, seed_content=posts)
    except BedError as error:
        raise Failed(str(error)) from None
    try:
        return _measure(bench, site, posts)
    finally:
        site.remove()


def _measure(bench: Bench, site: WordPress, posts: int) -> Report:
    # The first crawl tells the pages, and warms PHP's and the database's caches for both.
    _crawl(bench, site.url, MOST)
    paths = bench.folder / "paths"
    paths.write_text("\n".join(_lists(site)))
    rows, targets = [], []
    for connections in CONNECTIONS:
        told, target = _beside(bench, site.url, paths, connections)
        rows += told
        targets.append(target)
    head = (f"{posts:,} posts", "connections", "s", "of the plain GETs", "the client's CPU s")
    return Report(tables=[Table(head=head, rows=rows)], targets=targets)


def _beside(
    bench: Bench, url: str, paths: Path, connections: int
) -> tuple[list[tuple[str, ...]], Target]:
    """What a crawl and plain GETs took with so many connections."""
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
    number = str(connections)
    rows: list[tuple[str, ...]] = [
        (OURS, number, spread(own).told(".1f"), ratio.told(".2f"), cpu[0]),
        (PLAIN, number, spread(other).told(".1f"), "1", cpu[1]),
    ]
    what = f"a backfill in plain GETs, {connections} connection{'s' * (connections > 1)}"
    return rows, Target(what=what, value=ratio.median, limit=1.1)


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
