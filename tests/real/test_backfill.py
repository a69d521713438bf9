"""A backfill of real WordPress equals what its database holds."""

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.conftest import MakeSite
from tests.real.truth import differences

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", ["medium", "medium_plain"])
def test_everything_once_and_no_false_edits(
    name: str, request: pytest.FixtureRequest, mirror: Mirror
) -> None:
    site: WordPress = request.getfixturevalue(name)
    first = mirror.crawl(site.url, "--no-media")
    assert first.exit_code == 0, first.stdout + first.stderr
    assert differences(mirror, site.truth()) == []
    held = mirror.rows("SELECT wp_id, type, fingerprint FROM posts ORDER BY id")

    again = mirror.crawl(site.url, "--no-media", "--full")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert again.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)
    assert mirror.versions() == 0
    assert mirror.rows("SELECT wp_id, type, fingerprint FROM posts ORDER BY id") == held
    assert mirror.integrity() == "ok"


@pytest.mark.parametrize("wp", ["5.7", "6.1"])
def test_older_releases(wp: str, new_site: MakeSite, mirror: Mirror) -> None:
    site = new_site(wp=wp, seed_content=40)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.stdout + run.stderr
    assert differences(mirror, site.truth()) == []
    again = mirror.crawl(site.url, "--no-media", "--full")
    assert again.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)


def test_coverage_says_what_is_hidden(medium: WordPress, mirror: Mirror) -> None:
    run = mirror.crawl(medium.url, "--no-media", "--comments")
    truth = medium.truth()
    coverage = {row["collection"]: row for row in run.summary["coverage"]}
    for kind in truth["types"].values():
        base, namespace = kind["rest_base"], kind["namespace"]
        row = coverage.get(base) or coverage[f"{namespace}/{base}"]
        assert row["complete"]
        assert (row["reported"], row["mirrored"]) == (kind["x_wp_total"], len(kind["items"]))
        assert row["hidden"] == kind["x_wp_total"] - len(kind["items"])
    shown = {item["id"] for item in truth["comments"]["items"]}
    assert set(mirror.ids("comments")) == shown


def test_comments_are_left_out_unless_asked_for(medium: WordPress, mirror: Mirror) -> None:
    mirror.crawl(medium.url, "--no-media", "--only", "posts")
    assert mirror.ids("comments") == []
    assert not [r for r in mirror.rows("SELECT extra FROM authors") if "gravatar" in r["extra"]]


def test_a_limit_never_looks_complete_nor_like_deletion(medium: WordPress, mirror: Mirror) -> None:
    run = mirror.crawl(medium.url, "--no-media", "--limit", "15")
    posts = next(row for row in run.summary["coverage"] if row["collection"] == "posts")
    assert not posts["complete"]
    assert posts["mirrored"] <= 15
    whole = mirror.crawl(medium.url, "--no-media")
    assert whole.summary["deleted"] == 0
    assert differences(mirror, medium.truth()) == []
    mirror.crawl(medium.url, "--no-media", "--limit", "15")
    assert differences(mirror, medium.truth()) == []
