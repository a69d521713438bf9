"""The whole pipeline against a loopback site: `python -m benchmarks.engine --posts 20000`.

Mirrors a generated site (benchmarks/site.py) with the real command, without media, and prints a
line of Markdown for RESULTS.md: posts a second of wall and of processor time, peak memory of its
processes together, bytes of the database over bytes of JSON. Then crawls again: requests and bytes
of a run without changes.
"""

import argparse
import contextlib
import json
import re
import resource
import subprocess
import sys
import tempfile
import threading
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
    peaks: dict[int, int] = {}
    with subprocess.Popen([*command, "--quiet"], stdout=subprocess.PIPE, text=True) as process:
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
        watch.start()
        printed, _ = process.communicate()
        wall = time.perf_counter() - start
        ended.set()
        watch.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(printed)[0], "wall": wall, "cpu": cpu, "peak": sum(peaks.values())}


def _watch(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    """Notes the peak memory, in KB, of a process and of those that it started."""
    while not ended.wait(0.1):
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for one in (pid, *map(int, children)):
                status = Path(f"/proc/{one}/status").read_text()
                if found := re.search(r"VmHWM:\s+(\d+)", status):
                    peaks[one] = int(found[1])


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
