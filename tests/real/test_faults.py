"""With each fault of the test bed: what can be had is had, the rest is a failure with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.truth import differences

pytestmark = pytest.mark.real

POSTS = "/wp/v2/posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and what a crawl must make of it.

    `whole`: everything is mirrored; else the types named in `lost` may be lacking. `kinds`: one of
    them must be among the recorded failures.
    """

    fault: str
    options: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0
    whole: bool = True
    lost: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The fault and its options, as a test's name."""
        return "-".join([self.fault, *(f"{k}={v}" for k, v in self.options.items())])


CASES = (
    Case(fault="per_page", options={"max": 20}),
    Case(fault="ratelimit", options={"every": 5, "retry_after": 1, "times": 4}),
    Case(fault="ratelimit", options={"every": 6, "date": 1, "times": 2}),
    Case(fault="slow", options={"ms": 400}),
    Case(fault="error", options={"status": 502, "every": 4}),
    Case(
        fault="error", options={"match": POSTS}, exit_code=1, whole=False, lost=("post",),
        kinds=frozenset({"server-error"}),
    ),
    Case(fault="truncate", options={"keep": 0.5, "every": 3}),
    Case(
        fault="truncate", options={"keep": 0.5, "match": POSTS}, exit_code=1, whole=False,
        lost=("post",), kinds=frozenset({"truncated"}),
    ),
    Case(fault="noise", options={"text": "warning"}),
    Case(fault="noise", options={"text": "bom"}),
    Case(fault="noise", options={"text": "comment"}),
    Case(fault="noise", options={"text": "warning", "lost_headers": 1}),
    Case(fault="maintenance", exit_code=3, whole=False),
    Case(fault="maintenance", options={"status": 200}, exit_code=3, whole=False),
    Case(fault="challenge", exit_code=3, whole=False),
    Case(fault="users", whole=False, lost=()),
    Case(fault="totals"),
    Case(
        fault="redirect", options={"match": POSTS}, exit_code=1, whole=False, lost=("post",),
        kinds=frozenset({"redirected-away"}),
    ),
    Case(
        fault="redirect", options={"grow": 1, "match": POSTS}, exit_code=1, whole=False,
        lost=("post",), kinds=frozenset({"redirected-away"}),
    ),
    Case(fault="drop", options={"at": "body", "every": 4}),
    Case(fault="drop", options={"at": "headers", "every": 4}),
    Case(fault="gzip"),
    Case(fault="gzip", options={"broken": 1, "every": 4}),
)  # fmt: skip


@pytest.fixture
def site(faulty: WordPress) -> Iterator[WordPress]:
    """The site, free of faults before and after."""
    faulty.no_faults()
    yield faulty
    faulty.no_faults()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_backfill(case: Case, site: WordPress, mirror: Mirror) -> None:
    site.fault(case.fault, **case.options)
    run = mirror.crawl(site.url, "--no-media")
    told = run.stdout + run.stderr
    assert run.exit_code == case.exit_code, told
    assert mirror.integrity() == "ok"
    kinds = {row["kind"] for row in mirror.rows("SELECT kind FROM failures")}
    truth = site.truth()
    if case.exit_code == 3:
        assert not mirror.collections()
        assert run.summary["message"]
        return
    if case.whole:
        assert differences(mirror, truth) == [], told
    else:
        others = [name for name in truth["types"] if name not in case.lost]
        # Authors may be unknown where they are refused; their ids are kept with the posts.
        lacking = [d for d in differences(mirror, truth, types=others) if ": author is" not in d]
        assert lacking == [], told
    assert (kinds & case.kinds) if case.kinds else not kinds, told

    site.no_faults()
    healed = mirror.crawl(site.url, "--no-media")
    assert healed.summary["deleted"] == 0, "a fault looked like a deletion"
    full = mirror.crawl(site.url, "--no-media", "--full")
    assert full.exit_code == 0, full.stdout + full.stderr
    assert differences(mirror, truth) == []
    assert mirror.versions() == 0, "a fault looked like an edit"


def test_a_poison_post_costs_one_post(site: WordPress, mirror: Mirror) -> None:
    poison = site.special["shared_1"]
    site.fault("poison", id=poison)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1
    assert differences(mirror, site.truth(), without=[poison]) == []
    failures = mirror.rows("SELECT wp_id, kind, status FROM failures WHERE resolved_at IS NULL")
    assert failures == [{"wp_id": poison, "kind": "server-error", "status": 500}]
    posts = next(row for row in run.summary["coverage"] if row["collection"] == "posts")
    assert (posts["missing"], posts["complete"]) == (1, 0)

    site.no_faults()
    healed = mirror.crawl(site.url, "--no-media", "--full")
    assert healed.exit_code == 0
    assert differences(mirror, site.truth()) == []
    assert not mirror.value("SELECT count(*) FROM failures WHERE resolved_at IS NULL")


def test_lost_totals_are_had_in_the_body(site: WordPress, mirror: Mirror) -> None:
    site.fault("totals")
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.stdout + run.stderr
    reported = {row["collection"]: row["reported"] for row in run.summary["coverage"]}
    for kind in site.truth()["types"].values():
        base = kind["rest_base"]
        assert reported.get(base, reported.get(f"{kind['namespace']}/{base}")) == kind["x_wp_total"]


def test_refused_users_are_recorded_and_the_rest_goes_on(site: WordPress, mirror: Mirror) -> None:
    site.fault("users")
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    users = next(row for row in run.summary["coverage"] if row["collection"] == "users")
    assert not users["complete"]
    assert "401" in users["how"]
    assert differences(mirror, site.truth(), types=["page", "book"]) is not None
    assert mirror.ids("posts") == [item["id"] for item in site.truth()["types"]["post"]["items"]]


def test_a_challenge_is_reported_and_not_fought(site: WordPress, mirror: Mirror) -> None:
    site.fault("challenge")
    before = len(site.access_log())
    run = mirror.run("crawl", site.url)
    assert run.exit_code == 3
    assert len(site.access_log()) - before <= 4
