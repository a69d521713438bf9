"""A clock that was wrong during a run: nothing waits for that date, and no edit is passed over."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mirror.demo.server import serve
from mirror.demo.site import Site, sample_site
from tests.faults.conftest import POSTS
from tests.mirrored import CHECKOUT, Mirror
from tests.mockserver.behaviour import without
from tests.mockserver.server import add_posts

PROGRAM = """
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mirror import crawl
from mirror.progress import CrawlOrder
path, url, days = sys.argv[1:]
off = timedelta(days=float(days))
crawl.run([[CrawlOrder(url=url)]], db=Path(path), clock=lambda: datetime.now(UTC) + off)
"""


def crawl_with_clock(mirror: Mirror, url: str, days: float) -> None:
    """A crawl on a machine whose clock is so many days off."""
    command = [sys.executable, "-c", PROGRAM, str(mirror.path), url, str(days)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def undated() -> Iterator[Site]:
    """The site without `Date`, as caches strip it: only our own clock tells when a crawl began."""
    found = sample_site()
    add_posts(found, 300)
    answer = found.respond
    found.respond = lambda *ask: without(answer(*ask), "Date")  # type: ignore[method-assign]
    with serve(found):
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("days", [400.0, 0.5, -400.0, -20000.0])
def test_a_run_at_another_time(days: float, tmp_path: Path, site: Site) -> None:
    # Where the clock was behind, what was read then is by now due to be read again.
    check_next_run(days, Mirror(tmp_path / "mirror.db"), site, unannounced=days < -30)


@pytest.mark.slow
@pytest.mark.parametrize("days", [400.0, 20000.0])
def test_a_run_at_a_time_that_nothing_corrects(days: float, tmp_path: Path, undated: Site) -> None:
    # What was dated ahead says nothing of what has changed since: all is read.
    check_next_run(days, Mirror(tmp_path / "mirror.db"), undated, unannounced=True)


def check_next_run(days: float, mirror: Mirror, site: Site, *, unannounced: bool) -> None:
    """Crawls with a clock that is wrong by so many days, then with the right one."""
    crawl_with_clock(mirror, site.url, days)
    assert len(mirror.ids("posts")) == POSTS
    if days >= 1:
        (known,) = json.loads(mirror.run("status", "--json").stdout)
        assert known["due"]
        assert "the clock was wrong" in known["why"]
    # What happens after that run, by the site's own clock, which is right.
    site.edit(40, title="Edited by day")
    site.edit(41, title="Edited without a word", silent=True)
    number = site.add(slug="later", title="A later one", content="<p>x</p>", author=1).id
    site.trash(42)
    run = mirror.crawl(site.url)
    assert run.exit_code == 0, run.stderr
    assert (number in mirror.ids("posts"), 42 in mirror.ids("posts")) == (True, False)
    titles = {row["wp_id"]: row["title"] for row in mirror.rows("SELECT wp_id, title FROM posts")}
    assert titles[40] == "Edited by day"
    assert (titles[41] == "Edited without a word") is unannounced
    # Each version begins where the one before ends, and the next crawl finds nothing to do.
    assert mirror.run("check").exit_code == 0
    again = mirror.crawl(site.url)
    assert again.counts("new", "edited", "deleted", "failures") == (0, 0, 0, 0)
    assert again.summary["seconds"] >= 0
    later = mirror.value("SELECT max(started_at) FROM crawls")
    now = datetime.now(UTC) + timedelta(seconds=2)
    assert datetime.fromisoformat(later) <= now


@pytest.mark.slow
def test_a_clock_that_is_set_back_by_seconds(tmp_path: Path, site: Site) -> None:
    """As the network's time does: the next run reads no more than any other."""
    mirror = Mirror(tmp_path / "mirror.db")
    crawl_with_clock(mirror, site.url, 30 / 86400)
    requests = mirror.crawl(site.url).summary["requests"]
    assert abs(requests - mirror.crawl(site.url).summary["requests"]) <= 2
