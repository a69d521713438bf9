"""What all tests share: the checkout on the import path, and mirrors to be filled and asked."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from mirror import project

project.find()

from tests.mirrored import Mirror  # noqa: E402  (needs the line above)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a laptop lacks and skips must run in CI: there a skip is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but this is CI: {report.longrepr}"
    return report


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An empty mirror in a folder of its own."""
    return Mirror(tmp_path / "mirror.db")


@pytest.fixture
def new_mirror(tmp_path: Path) -> Callable[[str], Mirror]:
    """Makes further empty mirrors, by name."""
    return lambda name: Mirror(tmp_path / f"{name}.db")


@pytest.fixture
def reading_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that may read everything and write nothing. Root, made up as one, may write."""
    monkeypatch.setattr(
        "mirror.store.still.os.access", lambda path, mode: mode == os.R_OK and Path(path).exists()
    )
