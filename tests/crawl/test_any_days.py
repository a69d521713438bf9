"""Stories by chance (`days.py`): more by `FUZZ_SECONDS=3600 pytest -m nightly -n 0 tests/crawl`."""

import os
import random
import time
from collections.abc import Callable
from itertools import count

import pytest

from tests.crawl.days import Days
from tests.mirrored import Mirror
from tests.mockserver import MockServer


def live(seed: int, server: MockServer, mirror: Mirror) -> None:
    """Fails with the whole story."""
    days = Days(seed, server, mirror)
    try:
        days.live()
    except Exception as error:
        story = "\n".join(map(str, days.told))
        raise AssertionError(f"{error}\nstory {seed}:\n{story}") from error


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_few_quiet_crawls_later_the_mirror_is_as_the_site(
    seed: int, server: MockServer, mirror: Mirror
) -> None:
    live(seed, server, mirror)


@pytest.mark.nightly
def test_whatever_happens(server: MockServer, new_mirror: Callable[[str], Mirror]) -> None:
    end = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "600"))
    first = random.randrange(10**9)
    for seed in count(first):
        if time.monotonic() > end:
            break
        live(seed, server, new_mirror(str(seed)))
