"""A year of a site: two hundred changes of every kind, and a crawl after each ten."""

import pytest

from tests.mirrored import Mirror
from tests.real.conftest import MakeSite
from tests.real.editors import YEAR, Editors
from tests.real.ledger import Ledger
from tests.real.truth import differences

pytestmark = pytest.mark.real

ROUNDS, CHANGES = 20, 10
# Every so often everything is read again, which finds what WordPress does not announce.
FULL_EVERY = 4


@pytest.mark.parametrize("seed", [1])
def test_a_scripted_year(seed: int, new_site: MakeSite, mirror: Mirror) -> None:
    site = new_site(seed_content="medium", seed=seed)
    url = site.url
    first = mirror.crawl(url, "--no-media", "--comments")
    assert first.exit_code == 0, first.stdout + first.stderr
    ledger = Ledger.begin(mirror, site.truth())
    editors = Editors(site, seed, YEAR)
    assert len(editors.deck) == ROUNDS * CHANGES
    for number in range(1, ROUNDS + 1):
        editors.done.clear()
        editors.work(CHANGES)
        full = number % FULL_EVERY == 0
        run = mirror.crawl(url, "--no-media", "--comments", *(["--full"] if full else []))
        expected, wrong = ledger.settle(site.truth(), full=full)
        told = f"round {number}, after {editors.done}: {run.summary}"
        assert run.exit_code == 0, told
        assert wrong == [], told
        assert differences(mirror, expected) == [], told
    assert mirror.integrity() == "ok"
