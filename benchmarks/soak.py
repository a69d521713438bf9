"""A year of nightly runs over five changing sites: `python -m benchmarks.soak --nights 365`.

Time is compressed: sites and crawler are told that a day has passed, and the next night begins.
All nights run in one process, which is harder on memory than a process a night. Each night every
site has up to six posts written, edited, binned or taken out of the bin. Prints, for each month,
the changes made, the bytes that the database grew by, its bytes a change, seconds and requests a
night, and the memory of the process; then whether the mirror equals the sites, and `mirror check`.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mirror import crawl
from mirror.progress import CrawlOrder
from tests.crawl.comparing import differences
from tests.mirrored import KINDS, Mirror
from tests.mockserver import MockSite, mock_servers

SITES, POSTS, MOST_CHANGES = 5, 120, 6
DAY = timedelta(days=1)
WORDS = (
    "harbour",
    "council",
    "ferry",
    "market",
    "storm",
    "bridge",
    "school",
    "library",
    "vote",
    "film",
)


class Night:
    """The nights, one after the other: what changes before each, and what each run cost."""

    def __init__(self, sites: list[MockSite], db: Path, nights: int) -> None:
        self.sites, self.db, self.nights = sites, db, nights
        self.random = random.Random(7)
        self.passed = timedelta()
        self.shown = {site.url: sorted(_posts(site)) for site in sites}
        self.binned: dict[str, list[int]] = {site.url: [] for site in sites}
        self.changes = 0
        self.costs: list[tuple[int, float, int, int]] = []

    def clock(self) -> datetime:
        """The time, as crawler and sites have it."""
        return datetime.now(UTC) + self.passed

    def rounds(self) -> Iterator[list[CrawlOrder]]:
        """An order a site and night; the day that precedes it passes when it is asked for."""
        for night in range(self.nights + 1):
            if night:
                self._day()
            begun, before = time.monotonic(), self.changes
            yield [CrawlOrder(url=site.url, media=False) for site in self.sites]
            size = Mirror(self.db).value(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
            made = before - (self.costs[-1][3] if self.costs else 0)
            self.costs.append((made, time.monotonic() - begun, size, before))

    def _day(self) -> None:
        self.passed += DAY
        for site in self.sites:
            site.call("advance", seconds=self.passed.total_seconds())
            for _ in range(self.random.randint(0, MOST_CHANGES)):
                self._change(site)
                self.changes += 1

    def _change(self, site: MockSite) -> None:
        shown, binned = self.shown[site.url], self.binned[site.url]
        text = "<p>" + " ".join(self.random.choices(WORDS, k=300)) + "</p>"
        kind = self.random.choices(("edit", "add", "trash", "restore"), (6, 3, 1, 1))[0]
        if kind == "add" or (kind == "restore" and not binned):
            shown.append(site.call("add", title=f"Story {self.changes}", content=text))
        elif kind == "edit":
            site.call("edit", number=self.random.choice(shown), content=text)
        elif kind == "trash":
            binned.append(shown.pop(self.random.randrange(len(shown))))
            site.call("trash", number=binned[-1])
        else:
            shown.append(binned.pop())
            site.call("restore", number=shown[-1])


class OneSite(Mirror):
    """One site of a mirror of several, for comparing."""

    def __init__(self, path: Path, url: str) -> None:
        super().__init__(path)
        self.site = self.value("SELECT id FROM sites WHERE url LIKE ?", f"{url}%")

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        for table in KINDS.values():
            own = f"(SELECT * FROM {table} WHERE site_id = {self.site})"
            sql = sql.replace(f"FROM {table} ", f"FROM {own} ")
        return super().rows(sql, *values)


def _posts(site: MockSite) -> list[int]:
    return [row["id"] for row in site.truth()["/wp/v2/posts"]["objects"]]


def _memory() -> int:
    """What this process holds now, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def main() -> None:
    """Runs the year, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=365)
    nights: int = parser.parse_args().nights
    hosts = [f"127.0.0.{61 + n}" for n in range(SITES)]
    with tempfile.TemporaryDirectory() as folder, mock_servers(hosts) as servers:
        db = Path(folder) / "mirror.db"
        sites = [server.site("plain", posts=POSTS) for server in servers]
        year = Night(sites, db, nights)
        memory: list[int] = []

        def rounds() -> Iterator[list[CrawlOrder]]:
            for orders in year.rounds():
                memory.append(_memory())
                yield orders

        summaries = crawl.run(rounds(), db=db, clock=year.clock)
        report(year, memory, [s.requests for s in summaries])
        worst = {s.outcome for s in summaries}
        drift = [d for s in sites for d in differences(OneSite(db, s.url), s.truth())]
        print(f"\noutcomes: {', '.join(sorted(worst))}; differences from the sites: {len(drift)}")
        print("\n".join(one[:200] for one in drift[:5]))
        subprocess.run([sys.executable, "-m", "mirror", "check", "--db", str(db)], check=False)


def report(year: Night, memory: list[int], requests: list[int]) -> None:
    """A line a month."""
    print("| nights | changes | database grew by | a change | s a night | requests | memory MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for first in range(1, len(year.costs), 30):
        month = year.costs[first : first + 30]
        grew = month[-1][2] - year.costs[first - 1][2]
        made = sum(cost[0] for cost in month)
        asked = requests[first * SITES : (first + 30) * SITES]
        print(
            f"| {first}-{first + len(month) - 1} | {made} | {grew / 1e6:.2f} MB "
            f"| {grew / max(made, 1) / 1000:.1f} kB "
            f"| {statistics.median(cost[1] for cost in month):.2f} "
            f"| {SITES * statistics.mean(asked):.0f} | {memory[first]} |"
        )


if __name__ == "__main__":
    main()
