"""Debian's cron runs the printed line, every minute, against real WordPress."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mirror.lock import locked
from tests.mirrored import Mirror
from tests.real.conftest import MakeSite

pytestmark = pytest.mark.real

MOST = 200  # seconds until two runs have ended: cron fires at the full minute


@pytest.fixture
def crontab() -> Iterator[Callable[[str], None]]:
    """Puts a line into root's crontab and runs cron on it; takes it out again."""
    if os.environ.get("CI") != "true":
        pytest.skip("changes this machine's crontab: done only where CI=true")
    assert shutil.which("cron"), "no cron: apt-get install cron"
    running: list[subprocess.Popen[bytes]] = []

    def put(line: str) -> None:
        subprocess.run(["crontab", "-"], input=f"{line}\n".encode(), check=True)
        running.append(subprocess.Popen(["cron", "-f"]))

    try:
        yield put
    finally:
        subprocess.run(["crontab", "-r"], check=False)
        for process in running:
            process.terminate()
            process.wait()


def finished(mirror: Mirror) -> int:
    """How many runs have ended well."""
    if not mirror.path.exists():
        return 0
    return int(mirror.value("SELECT count(*) FROM crawls WHERE outcome = 'complete'"))


def wait_for(mirror: Mirror, runs: int) -> None:
    """Waits until so many runs have ended well."""
    deadline = time.monotonic() + MOST
    while finished(mirror) < runs:
        assert time.monotonic() < deadline, f"{finished(mirror)} of {runs} runs have ended"
        time.sleep(1)


def test_cron_runs_the_printed_line(
    new_site: MakeSite, crontab: Callable[[str], None], tmp_path: Path
) -> None:
    site = new_site()
    folder = tmp_path / "it's a mirror"
    folder.mkdir()
    mirror = Mirror(folder / "mirror.db")
    (folder / "mirror.toml").write_text(f'[[site]]\nurl = "{site.url}"\nevery = "1m"\n')
    printed = mirror.run("schedule", "cron", "--every", "1m", named=False)
    assert printed.exit_code == 0
    line = [one for one in printed.stdout.splitlines() if not one.startswith("#")][-1]
    path = os.environ.get("PYTHONPATH")
    crontab(f"PYTHONPATH={path}\n{line}" if path else line)

    wait_for(mirror, 1)
    site.change("edit", id=mirror.value("SELECT wp_id FROM posts WHERE type = 'post' LIMIT 1"))
    wait_for(mirror, 2)
    assert mirror.value("SELECT count(*) FROM post_versions") == 1
    modes = [row["mode"] for row in mirror.rows("SELECT mode FROM crawls ORDER BY id")]
    assert modes[:2] == ["backfill", "update"]

    # While another run holds the lock, cron's runs leave at once; after it, they go on.
    with locked(mirror.path):
        before = mirror.value("SELECT count(*) FROM crawls")
        time.sleep(62)
        assert mirror.value("SELECT count(*) FROM crawls") == before
        busy = subprocess.run(
            [sys.executable, "-m", "mirror", "crawl"], cwd=folder, env=mirror.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert busy.returncode == 75
        assert "since" in busy.stderr
    wait_for(mirror, finished(mirror) + 1)
    assert mirror.integrity() == "ok"
