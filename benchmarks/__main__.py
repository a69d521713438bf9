"""All that is measured of speed, memory and size, by one command: `python -m benchmarks`.

Runs the benchmarks and writes what they find into benchmarks/RESULTS.md, each in its place between
two markers; the text around them stays. `--quick` runs all that needs neither WordPress nor the
network at tiny sizes, and prints it instead: it shows that the benchmarks work, and no more.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import catching_up, engine, machine, memory, size, startup, wordpress
from benchmarks.bench import Bench, bench
from benchmarks.measuring import Failed
from benchmarks.report import RESULTS, Report, write

# In the order in which they run: catching up comes before the edits that `size` makes.
BENCHMARKS: Mapping[str, Callable[[Bench], Report]] = {
    "engine": engine.measure,
    "wordpress": wordpress.measure,
    "memory": memory.measure,
    "catching_up": catching_up.measure,
    "size": size.measure,
    "startup": startup.measure,
}
POSTS, QUICK_POSTS = 100_000, 600
RUNS, QUICK_RUNS = 5, 2
QUIET = 0.05  # of all CPUs: more, and the machine has something else to do


def main() -> int:
    """Measures, and writes."""
    chosen = _arguments()
    if chosen.list:
        for name, measure in BENCHMARKS.items():
            told = (sys.modules[measure.__module__].__doc__ or "").partition("\n")[0]
            print(f"{name:12} {told}")
        return 0
    posts = chosen.posts or (QUICK_POSTS if chosen.quick else POSTS)
    runs = chosen.runs or (QUICK_RUNS if chosen.quick else RUNS)
    results = None if chosen.quick or chosen.print_only else RESULTS
    _publish(results, "machine", machine.described())
    failed = False
    with bench(posts, runs, small=chosen.quick) as shared:
        for name, measure in BENCHMARKS.items():
            if chosen.only and name not in chosen.only:
                continue
            print(f"{name} …", file=sys.stderr, flush=True)
            told = _conditions(name, posts, runs, chosen.quick)
            try:
                report = measure(shared)
            except Failed as reason:
                failed = failed or not chosen.quick
                print(f"{name}: not measured: {reason}", file=sys.stderr, flush=True)
                continue
            _publish(results, name, f"{told}\n\n{report.markdown()}")
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHMARKS, metavar="NAME")
    parser.add_argument("--posts", type=int, help=f"of the largest site (default {POSTS:,})")
    parser.add_argument("--runs", type=int, help=f"rounds of what varies (default {RUNS})")
    parser.add_argument("--list", action="store_true", help="name the benchmarks")
    parser.add_argument("--quick", action="store_true", help="tiny sizes; prints only")
    parser.add_argument("--print-only", action="store_true", help="leave RESULTS.md as it is")
    return parser.parse_args()


def _conditions(name: str, posts: int, runs: int, quick: bool) -> str:
    """How, when and beside what: the line above a benchmark's tables."""
    busy = machine.others(0.2 if quick else 3.0)
    beside = "nothing else ran" if busy < QUIET else f"**other work took {busy:.0%} of the CPUs**"
    command = f"python -m benchmarks --only {name} --posts {posts} --runs {runs}"
    command += " --quick" if quick else ""
    return f"`{command}`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; before it began, {beside}."


def _publish(path: Path | None, name: str, text: str) -> None:
    """Prints it, and puts it in its place in the file if there is one."""
    print(f"## {name}\n\n{text}\n", flush=True)
    if path:
        write(path, name, text)


if __name__ == "__main__":
    sys.exit(main())
