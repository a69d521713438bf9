"""What all tests share: the checkout on the import path, and mirrors to be filled and asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mirror import project

project.find()

from tests.mirrored import Mirror  # noqa: E402  (needs the line above)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An empty mirror in a folder of its own."""
    return Mirror(tmp_path / "mirror.db")


@pytest.fixture
def new_mirror(tmp_path: Path) -> Callable[[str], Mirror]:
    """Makes further empty mirrors, by name."""
    return lambda name: Mirror(tmp_path / f"{name}.db")
