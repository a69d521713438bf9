"""`kill -9` at any moment: no half file has a final name, nothing whole is fetched twice."""

import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from mirror.media.names import sha256_of
from tests.media.hostile import numbered
from tests.media.sites import Server, Site

ROOT = Path(__file__).parents[2]


def start(folder: Path, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.media.fetching", str(folder), url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def named(site: Site) -> dict[str, bytes]:
    return {name: (site.store.path / name).read_bytes() for name in site.kept()}


@pytest.mark.slow
def test_killed_again_and_again(site: Site, server: Server) -> None:
    total = 250
    site.want(*(f"/slow/{n}.jpg" for n in range(total)))
    digests = {
        hashlib.sha256(numbered(f"{n}.jpg", 50_000)).hexdigest(): f"/slow/{n}.jpg"
        for n in range(total)
    }
    whole_when_killed: set[str] = set()
    for killed_after in (0.25, 0.4, 0.55):
        before = len(site.kept())
        process = start(site.path, site.url)
        deadline = time.monotonic() + 20
        while len(site.kept()) == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(killed_after)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        server.get("/log/clear")
        for name, content in named(site).items():
            assert sha256_of(name) == hashlib.sha256(content).hexdigest()
        whole_when_killed = {digests[sha256_of(name) or ""] for name in site.kept()}
    assert 5 < len(whole_when_killed) < total
    process = start(site.path, site.url)
    output, _ = process.communicate(timeout=60)
    asked = Counter(entry["path"] for entry in server.log())
    assert set(asked) & whole_when_killed == set()
    assert int(output.split()[0]) == total - len(whole_when_killed)
    assert len(site.kept()) == total
    rows = site.db.execute("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL").fetchone()
    assert rows == (total,)


@pytest.mark.slow
def test_a_large_file_goes_on_after_a_kill(site: Site, server: Server) -> None:
    site.want("/pausing.jpg")
    process = start(site.path, site.url)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        parts = list(site.store.incoming.glob("*.part")) if site.store.incoming.is_dir() else []
        if parts and parts[0].stat().st_size > 1_500_000:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert site.kept() == []
    process = start(site.path, site.url)
    output, _ = process.communicate(timeout=60)
    assert output.split()[0] == "1"
    ranges = [entry["headers"].get("range") for entry in server.log()]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert int(ranges[1].removeprefix("bytes=").rstrip("-")) >= 1_500_000


@pytest.mark.slow
def test_a_gigabyte_passes_through_little_memory(site: Site) -> None:
    site.want("/huge.jpg")
    output, _ = start(site.path, site.url).communicate(timeout=300)
    fetched, megabytes = (int(word) for word in output.split())
    assert fetched == 1
    assert site.db.execute("SELECT bytes FROM files").fetchone()[0] == 1_000_000_000
    assert megabytes < 300, f"{megabytes} MB"
    print(f"1 GB at {megabytes} MB")
