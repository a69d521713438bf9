"""Every misbehaviour of the mock server has the outcome that it says it must have."""

import pytest

from tests.crawl.comparing import differences, name_of
from tests.mirrored import Mirror, Run
from tests.mockserver import MockServer
from tests.mockserver.behaviour import Behaviour
from tests.mockserver.misbehaviours import BY_URL, bodies, lies, rows

pytestmark = pytest.mark.slow

# Of memory, both processes together; a well-behaved crawl takes 115, titles of 10 MB take 464.
MOST_MB = 600

# They change the objects themselves; compared by id here, and key by key in test_lossless.
OTHER_OBJECTS = {
    url
    for url, behaviour in BY_URL.items()
    if behaviour.__module__ == rows.__name__
    or behaviour in (bodies.Surrogates, bodies.InvalidUtf8, bodies.NotANumber, lies.DatesBeyond)
}


@pytest.mark.parametrize("url", BY_URL)
def test_outcome(url: str, server: MockServer, mirror: Mirror) -> None:
    behaviour = BY_URL[url]
    site = server.site(url, posts=90)
    hurried = (
        {}
        if behaviour.patience is None
        else {
            "SCRAPY_SETTINGS_MODULE": "tests.crawl.hurry",
            "TEST_PATIENCE": str(behaviour.patience),
        }
    )
    run, peak = mirror.watched_crawl(site.url, "--no-media", **hurried)
    told = f"{run.stdout}\n{run.stderr}"
    assert run.exit_code == behaviour.exit_code, told
    assert len(site.log()) <= behaviour.most, told
    assert peak < MOST_MB
    assert mirror.integrity() == "ok"
    check_failures(behaviour, run, mirror)
    truth = site.truth()
    if behaviour.whole:
        assert differences(mirror, truth, exactly=url not in OTHER_OBJECTS) == [], told
    for row in run.summary["coverage"]:
        shown = {name_of(route): shown for route, shown in truth.items()}.get(row["collection"])
        if row["complete"] and shown:
            assert len(mirror.ids(row["collection"])) == len(shown["objects"]), "claims too much"


def check_failures(behaviour: type[Behaviour], run: Run, mirror: Mirror) -> None:
    """Whether the exit code has its reasons, where people and programs look for them."""
    kinds = {row["kind"] for row in mirror.rows("SELECT kind FROM failures")}
    assert behaviour.kinds <= kinds
    if run.exit_code == 0:
        assert run.summary["outcome"] == "complete"
        assert not mirror.value("SELECT count(*) FROM failures WHERE resolved_at IS NULL")
    elif run.exit_code == 1:
        assert run.summary["outcome"] == "partial"
        assert run.summary["message"]
    else:
        assert run.summary["outcome"] == "failed"
        assert not mirror.collections()
        assert len(run.summary["message"]) > 20, "says nothing of the reason"
