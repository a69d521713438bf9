"""Mirrors by chance (`worlds.py`): more by `FUZZ_SECONDS=3600 pytest -m nightly tests/store`."""

import os
import random
import time
from itertools import count
from pathlib import Path

import pytest

from tests.store.invariants import broken
from tests.store.worlds import World


def live(seed: int, folder: Path) -> None:
    """Fails with the whole story."""
    world = World(seed, folder)
    world.live()
    wrong = [*broken(world)]
    story = "\n".join(map(str, world.told))
    assert not wrong, f"{wrong[:5]}\nworld {seed}:\n{story}"
    world.path.unlink()


@pytest.mark.slow
def test_what_is_kept_is_what_would_be_made_anew(tmp_path: Path) -> None:
    for seed in range(30):
        live(seed, tmp_path)


@pytest.mark.nightly
def test_whatever_happens(tmp_path: Path) -> None:
    end = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "600"))
    for seed in count(random.randrange(10**9)):
        if time.monotonic() > end:
            break
        live(seed, tmp_path)
