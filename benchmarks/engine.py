"""The whole pipeline against a loopback site: `python -m benchmarks.engine --posts 20000`.

Mirrors a generated site (benchmarks/site.py) with the real command, without media, and prints a
line of Markdown for RESULTS.md: posts a second of wall and of processor time, peak memory of the
process, bytes of the database over bytes of JSON. Then crawls again: requests and bytes of a run
without changes.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HEAD = """\
| posts | outcome | posts/s wall | posts/s CPU | peak MB | db / JSON | again: requests | bytes | s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


@contextmanager
def site(posts: int) -> Iterator[dict[str, Any]]:
    """A generated site in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.site", "--posts", str(posts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def crawl(url: str, db: Path) -> dict[str, Any]:
    """One crawl by the real command: its summary, with wall and processor seconds and peak KB."""
    command = [
        sys.executable,
        "-m",
        "mirror",
        "crawl",
        url,
        "--db",
        str(db),
        "--json",
        "--no-media",
    ]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([*command, "--quiet"], stdout=subprocess.PIPE, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout)[0], "wall": wall, "cpu": cpu, "peak": after.ru_maxrss}


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    posts: int = parser.parse_args().posts
    with site(posts) as served, tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "mirror.db"
        first = crawl(served["url"], db)
        size = db.stat().st_size / served["json_bytes"]
        again = crawl(served["url"], db)
    print(HEAD)
    print(
        f"| {posts:,} | {first['outcome']} | {posts / first['wall']:,.0f} "
        f"| {posts / first['cpu']:,.0f} | {first['peak'] / 1024:.0f} | {size:.2f} "
        f"| {again['requests']} | {100 * again['bytes'] / first['bytes']:.2f} % "
        f"| {again['wall']:.1f} |"
    )


if __name__ == "__main__":
    main()
