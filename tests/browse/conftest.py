"""A served sample mirror, asked in-process; and, for the browser, over loopback."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browse.sample import build
from tests.browse.secretive import build_secretive
from tests.browse.sites import Served, Server, unused_port

if TYPE_CHECKING:
    # Most of these tests need no browser, nor the time that importing it takes.
    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Thumbnails of tests do not land in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample mirror: its folder holds `mirror.db` and `media/`. Not to be written."""
    return build(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def secretive(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with something to hide. Not to be written."""
    return build_secretive(tmp_path_factory.mktemp("secretive"), sample)


@pytest.fixture(scope="session")
def served(sample: Path) -> Iterator[Served]:
    site = Served(sample)
    yield site
    site.close()


@pytest.fixture
def own_sample(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    shutil.copytree(sample.parent, tmp_path / "own")
    return tmp_path / "own" / "mirror.db"


@pytest.fixture(scope="session")
def server(sample: Path) -> Iterator[Server]:
    running = Server(sample, unused_port())
    yield running
    running.stop()


CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Debian's Chromium, headless. Without it the test is skipped; where `CI` is set, it fails."""
    if not Path(CHROMIUM).exists():
        reason = f"there is no {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: "Browser") -> "Iterator[BrowserContext]":
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as opened:
        yield opened
