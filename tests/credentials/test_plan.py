"""`mirror plan` of a site whose password is known: what a crawl would see, and who is told it."""

import json
from collections.abc import Iterator

import pytest

from tests.credentials.guarded import PASSWORD, TOKEN, USER, Guarded, guarded
from tests.credentials.test_wire import configure
from tests.mirrored import Mirror, Run


@pytest.fixture
def site() -> Iterator[Guarded]:
    with guarded() as running:
        yield running


def plan(mirror: Mirror, site: Guarded, password: str = PASSWORD) -> Run:
    return mirror.run("plan", site.url, "--json", NEWS=f"{USER}:{password}")


def test_a_plan_counts_what_the_password_shows(site: Guarded, mirror: Mirror) -> None:
    configure(mirror, site.url)
    found = plan(mirror, site)
    assert found.exit_code == 0, found.stderr
    assert {t.authorization for t in site.told if t.authorization} == {f"Basic {TOKEN}"}
    counted = {t.path.rpartition("/")[2]: t for t in site.told if "per_page=1&" in t.query}
    assert "status=any" in counted["posts"].query, "drafts count too"
    assert counted["users"].authorization is None, "users are listed as anybody sees them"
    assert not json.loads(found.stdout)["warnings"]


def test_a_locked_site_is_planned_with_its_password_alone(site: Guarded, mirror: Mirror) -> None:
    site.locked = True
    assert plan(mirror, site).exit_code == 3
    configure(mirror, site.url)
    assert plan(mirror, site).exit_code == 0


def test_a_plan_with_a_wrong_password_says_so(site: Guarded, mirror: Mirror) -> None:
    configure(mirror, site.url)
    site.accepts = False
    found = plan(mirror, site)
    assert found.exit_code == 3
    assert "does not accept the credentials of env:NEWS" in found.stderr.splitlines()[0]
    assert PASSWORD not in found.stderr
