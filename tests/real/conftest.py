"""Sites of real WordPress, made when a test first asks for one.

Without the test bed these tests are skipped, and say why; where `CI` is set they fail instead.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.bed import WordPress, lack

MakeSite = Callable[..., WordPress]


def need(wp: str) -> None:
    """Skips the test, or fails it in CI, if this release cannot be had."""
    reason = lack(wp)
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@contextlib.contextmanager
def sites(folder: Path) -> Iterator[MakeSite]:
    """Gives a function that makes sites below a folder; removes them all in the end."""
    made: list[WordPress] = []

    def make(wp: str = "latest", **options: object) -> WordPress:
        need(wp)
        made.append(WordPress(folder / f"site-{len(made)}", wp=wp, **options))
        return made[-1]

    try:
        yield make
    finally:
        for site in made:
            site.remove()


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Makes sites that a test may change."""
    with sites(tmp_path) as make:
        yield make


@pytest.fixture(scope="session")
def medium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """A site with medium content and pretty permalinks, to be read only."""
    with sites(tmp_path_factory.mktemp("medium")) as make:
        yield make(seed_content="medium")


@pytest.fixture(scope="session")
def medium_plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """The same with plain permalinks."""
    with sites(tmp_path_factory.mktemp("plain")) as make:
        yield make(seed_content="medium", permalinks="plain")


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """A site with medium content for faults; whoever uses it switches them off again."""
    with sites(tmp_path_factory.mktemp("faulty")) as make:
        yield make(seed_content="medium", wp="6.1")
