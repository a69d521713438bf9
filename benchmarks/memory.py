"""Peak memory of a first crawl, both of its processes together, at three sizes.

The largest is crawled once; the others as often as everything is.
"""

from benchmarks.bench import Bench, fresh
from benchmarks.measuring import crawl, spread
from benchmarks.report import Report, Table, Target


def measure(bench: Bench) -> Report:
    """The peak at each size."""
    sizes = (bench.part(20), bench.part(5), bench.posts)
    rows, medians = [], []
    for posts in sizes:
        made = bench.mirrored(posts)
        peaks = [made.first.peak]
        for _ in range(bench.runs - 1 if posts < bench.posts else 0):
            with fresh(bench) as folder:
                peaks.append(crawl(made.url, folder / "mirror.db").peak)
        found = spread(peaks)
        medians.append(found.median)
        rows.append((f"{posts:,}", str(len(peaks)), found.told(".0f")))
    targets = [
        Target(what="MB at the largest", value=medians[-1], limit=200, form=".0f"),
        Target(what="the largest in the smallest", value=medians[-1] / medians[0], limit=1.15),
    ]
    return Report(tables=[Table(head=("posts", "runs", "peak MB"), rows=rows)], targets=targets)
