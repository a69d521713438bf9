"""Backfills of a site that changes between the requests: one catch-up run later all is there."""

from collections.abc import Iterator

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.churn import Churn, steps
from tests.real.conftest import sites
from tests.real.truth import differences

pytestmark = pytest.mark.real

SEEDS = range(1, 21)
# More than the backfill needs, with pages of twenty.
REQUESTS = 60
# What the plan must have come to, so that a walk of few requests proves nothing.
LEAST = 25


@pytest.fixture(scope="module")
def restless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """A site of some three hundred posts, one for all seeds: each changes it further."""
    with sites(tmp_path_factory.mktemp("restless")) as make:
        yield make(seed_content=300)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_missed(seed: int, restless: WordPress, mirror: Mirror) -> None:
    churn = Churn(restless)
    churn.plan(steps(seed, restless.truth(), REQUESTS))
    first = mirror.crawl(restless.url, "--no-media")
    assert REQUESTS - churn.left() >= LEAST
    churn.plan([])
    again = mirror.crawl(restless.url, "--no-media")
    told = f"{first.stdout}\n{again.stdout}\n{again.stderr}"
    # A menu lists pages, a gallery depends on what was rendered before it in the same reply: these
    # are other texts each time, and WordPress dates them not anew.
    found = [d for d in differences(mirror, restless.truth()) if not d.partition("(")[2].startswith(
        ("Navigation)", "Classic &amp; shortcodes)"))]  # fmt: skip
    assert found == [], told
    assert again.exit_code == 0, told
    assert first.exit_code == 0, told
    assert mirror.integrity() == "ok"
