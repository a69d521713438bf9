"""Every parser of upstream input, driven by inputs that no site should send.

A minute of it runs with the slow tests. `pytest -m nightly -n 0 tests/fuzz` drives them for ten
minutes; FUZZ_SECONDS says otherwise. What it finds becomes a test where the parser's own are.
"""

import os
import random
import time
import traceback
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.inputs import smallest
from tests.fuzz.targets import TARGETS, Target

SMOKE_SECONDS = 60.0
NIGHTLY_SECONDS = float(os.environ.get("FUZZ_SECONDS") or 600)
# Of a processor, for an input of at most 20,000 characters: the most that any parser may take.
MOST_SECONDS = 2.0


def drive(name: str, seconds: float) -> int:
    """Gives a target new inputs for so long; how many it got. Fails with what fails, made small."""
    target = TARGETS[name]
    until = time.monotonic() + seconds
    count = 0

    @settings(
        max_examples=1000, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(target.inputs)
    def once(value: Any) -> None:
        nonlocal count
        if count and time.monotonic() > until:
            return
        count += 1
        if (trouble := trouble_with(target, value)) is None:
            return
        if isinstance(value, str | bytes):
            value = smallest(value, lambda less: trouble_with(target, less) == trouble)
        pytest.fail(f"{trouble}\n{value!r}")

    while not count or time.monotonic() < until:
        seed(random.getrandbits(64))(once)()
    return count


def trouble_with(target: Target, value: Any) -> str | None:
    """What goes wrong with an input, and where; None if nothing does."""
    begun = time.thread_time()
    try:
        target.check(value)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} in {where.filename}:{where.lineno}"[:300]
    took = time.thread_time() - begun
    return f"takes more than {MOST_SECONDS} s" if took > MOST_SECONDS else None


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_for_a_moment(name: str) -> None:
    assert drive(name, SMOKE_SECONDS / len(TARGETS)) > 0


@pytest.mark.nightly
@pytest.mark.parametrize("name", TARGETS)
def test_for_long(name: str) -> None:
    assert drive(name, NIGHTLY_SECONDS / len(TARGETS)) > 100
