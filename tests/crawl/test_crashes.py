"""Runs that are killed, stopped, or that meet another run."""

import random
import signal
import subprocess
import sys
import time

import pytest

from tests.crawl.comparing import differences
from tests.crawl.slowly import stop
from tests.mirrored import CHECKOUT, Mirror
from tests.mockserver import MockServer

pytestmark = pytest.mark.slow


def start(mirror: Mirror, url: str) -> subprocess.Popen[str]:
    """A crawl in the background."""
    return subprocess.Popen(
        mirror.command("crawl", url, "--no-media", "--json"), cwd=mirror.path.parent,
        env=mirror.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(n, marks=pytest.mark.slow)
                                          for n in range(3, 11))])  # fmt: skip
def test_kill_9_during_a_backfill(seed: int, server: MockServer, mirror: Mirror) -> None:
    site = server.site("slow-40ms", posts=1500)
    chance = random.Random(seed)
    for _ in range(2):
        process = start(mirror, site.url)
        time.sleep(chance.uniform(0.6, 2.2))
        process.kill()
        process.communicate()
        if mirror.path.exists():
            assert mirror.integrity() == "ok"
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []
    assert mirror.versions() == 0
    unfinished = "SELECT count(*) FROM crawls WHERE finished_at IS NOT NULL AND outcome IS NULL"
    assert mirror.value(unfinished) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_in_order(
    number: signal.Signals, server: MockServer, mirror: Mirror
) -> None:
    site = server.site("slow-300ms", posts=600)
    process = start(mirror, site.url)
    deadline = time.monotonic() + 15
    while len(site.log()) < 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=15)
    assert time.monotonic() - sent < 10
    assert mirror.rows("SELECT outcome FROM crawls") == [{"outcome": "interrupted"}]
    assert mirror.integrity() == "ok"
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


@pytest.mark.parametrize(("seconds", "most"), [(0.3, 6), (3600, 14)])
def test_a_signal_while_something_is_in_the_pipelines(
    seconds: float, most: float, server: MockServer, mirror: Mirror
) -> None:
    """Scrapy, told to close its engine then, waits for ever; so it does for what does not end."""
    site = server.site("plain", posts=600)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crawl.slowly", site.url, str(mirror.path), str(seconds)],
        cwd=CHECKOUT, env=mirror.environment(), stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            sent = stop(process, site)
            out, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert out == "interrupted\n"
    assert process.returncode == 0
    assert time.monotonic() - sent < most
    assert mirror.rows("SELECT outcome FROM crawls") == [{"outcome": "interrupted"}]
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


def test_two_runs_do_not_meet(server: MockServer, mirror: Mirror) -> None:
    site = server.site("slow-300ms", posts=300)
    process = start(mirror, site.url)
    deadline = time.monotonic() + 15
    while not site.log() and time.monotonic() < deadline:
        time.sleep(0.05)
    other = mirror.crawl(site.url)
    assert other.exit_code == 75
    assert len(other.stderr.strip().splitlines()) == 1
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_an_unwritable_folder_is_one_clear_line(server: MockServer, mirror: Mirror) -> None:
    site = server.site("plain")
    (mirror.path.parent / "file").touch()  # where a folder should be
    inside = Mirror(mirror.path.parent / "file" / "mirror.db")
    run = mirror.run("crawl", site.url, MIRROR_DB=str(inside.path), named=False)
    assert run.exit_code == 3
    assert len(run.stderr.strip().splitlines()) == 1
