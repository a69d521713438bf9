"""A media server in its own process, and a mirror with a site that lives on it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media.sites import Server, Site

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, str(HERE / "hostile.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    yield Server(f"http://127.0.0.1:{process.stdout.readline().strip()}")
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def server(shared_server: Server) -> Server:
    shared_server.get("/log/clear")
    return shared_server


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Iterator[Site]:
    site = Site(tmp_path, server.url)
    yield site
    site.db.close()
