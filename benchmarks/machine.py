"""The machine that is measured on, and whether it has anything else to do."""

import importlib.metadata
import os
import platform
import re
import sqlite3
import time
from pathlib import Path

from benchmarks.report import Table

PACKAGES = (
    "scrapy", "twisted", "sqlite-utils", "orjson", "selectolax", "rapidfuzz", "ahocorasick-rs",
    "datasette", "httpx",
)  # fmt: skip


def described() -> str:
    """Processor, memory, and the versions of what matters for speed, as a table."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    total = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    rows = [
        ("processor", f"{cpu[1] if cpu else platform.processor()}, {_cpus()} CPUs"),
        ("memory", f"{int(total[1]) / 2**20:.0f} GB" if total else "unknown"),
        ("system", f"{_distribution()}, Linux {platform.release()}"),
        ("Python, SQLite", f"{platform.python_version()}, {sqlite3.sqlite_version}"),
        ("packages", ", ".join(versions)),
    ]
    return Table(head=("", ""), rows=rows).markdown().replace("---:", "---")


def _cpus() -> int:
    return len(os.sched_getaffinity(0))


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def others(seconds: float) -> float:
    """The share of all CPUs that other work takes, 0…1, while this process waits so long."""
    busy, total = _times()
    time.sleep(seconds)
    later_busy, later_total = _times()
    return (later_busy - busy) / max(1, later_total - total)


def _times() -> tuple[int, int]:
    """Busy and total time of all CPUs since the start, in ticks (proc(5), /proc/stat)."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]
    user, nice, system, idle, iowait, *rest = map(int, fields)
    busy = user + nice + system + sum(rest)
    return busy, busy + idle + iowait
