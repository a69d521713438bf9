"""Runs after the first one: what is found, what it costs, and what is never believed."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from mirror.demo.server import serve
from mirror.demo.site import sample_site
from tests.crawl.comparing import differences
from tests.mirrored import Mirror
from tests.mockserver import MockServer, MockSite

EVENTS = "SELECT event, wp_id, silent, reason FROM changes WHERE event <> 'new' "
EVENTS += "ORDER BY wp_id, version"
# Long before what an update asks about again.
OLD = "2019-05-06T07:08:09+00:00"


@pytest.fixture
def site(server: MockServer, mirror: Mirror) -> MockSite:
    """A well-behaved site, mirrored once."""
    return mirrored(server, mirror)


def mirrored(server: MockServer, mirror: Mirror, **settings: object) -> MockSite:
    """A site that has been mirrored once."""
    made = server.site("plain", posts=90, **settings)
    assert mirror.crawl(made.url, "--no-media").exit_code == 0
    return made


def test_the_rules_are_loaded_only_where_there_is_something_to_judge(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("plain")
    first, again = (
        mirror.crawl(site.url, "--no-media", PYTHONPROFILEIMPORTTIME="1") for _ in range(2)
    )
    assert again.counts("new", "edited") == (0, 0)
    assert "mirror.attribution" in first.stderr
    assert "mirror.attribution" not in again.stderr


def test_nothing_new_costs_next_to_nothing(site: MockSite, mirror: Mirror) -> None:
    before = len(site.log())
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    assert run.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)
    assert mirror.versions() == 0
    # Per post type three filters and the newest id; the sweeps of terms and users; discovery.
    assert len(site.log()) - before <= 30


def test_an_edit_becomes_a_version(site: MockSite, mirror: Mirror) -> None:
    site.call("edit", number=23, title="Council mends the harbour wall")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 1, 0)
    old = mirror.rows("SELECT title, changed FROM post_versions")
    assert len(old) == 1
    assert old[0]["title"].startswith("Council votes")
    assert '"title"' in old[0]["changed"]
    assert differences(mirror, site.truth()) == []


def test_a_silent_edit_is_found_by_a_full_run_and_called_so(site: MockSite, mirror: Mirror) -> None:
    site.call("edit", number=37, silent=True, content="<p>Something else.</p>")
    run = mirror.crawl(site.url, "--no-media", "--full")
    assert run.counts("new", "edited", "deleted") == (0, 1, 0)
    assert mirror.rows(EVENTS) == [{"event": "edited", "wp_id": 37, "silent": 1, "reason": None}]


def test_deleted_and_unpublished_are_told_apart(site: MockSite, mirror: Mirror) -> None:
    site.call("delete", number=28)
    site.call("trash", number=41)
    site.call("edit", number=43, status="draft")
    run = mirror.crawl(site.url, "--no-media")
    assert run.summary["deleted"] == 3
    reasons = {row["wp_id"]: row["reason"] for row in mirror.rows(EVENTS)}
    assert reasons == {28: "deleted", 41: "unpublished", 43: "unpublished"}
    assert differences(mirror, site.truth()) == []


def test_a_post_that_returns_continues_its_history(site: MockSite, mirror: Mirror) -> None:
    site.call("trash", number=41)
    mirror.crawl(site.url, "--no-media")
    site.call("restore", number=41)
    run = mirror.crawl(site.url, "--no-media")
    assert run.summary["restored"] == 1
    assert [row["event"] for row in mirror.rows(EVENTS)] == ["deleted", "restored"]
    row = mirror.rows("SELECT version, deleted_at FROM posts WHERE wp_id = 41")[0]
    assert row["version"] >= 2
    assert row["deleted_at"] is None


@pytest.mark.slow
def test_scheduled_and_backdated_posts_are_found(site: MockSite, mirror: Mirror) -> None:
    """Cron publishes without touching the modification date; an import keeps an old one."""
    soon = datetime.now(UTC) + timedelta(seconds=2)
    scheduled = site.call("schedule", at=soon.isoformat(), title="Tomorrow's tide")
    backdated = site.call("add", at="2011-05-05T10:00:00+00:00", title="From the archive")
    mirror.crawl(site.url, "--no-media")
    assert backdated in mirror.ids("posts")
    assert scheduled not in mirror.ids("posts")
    site.call("advance", seconds=60)
    site.call("publish_due")
    mirror.crawl(site.url, "--no-media")
    assert scheduled in mirror.ids("posts")
    assert differences(mirror, site.truth()) == []


def test_media_become_visible_with_their_parent(site: MockSite, mirror: Mirror) -> None:
    """Attachment 15 hangs on the draft 52: its dates and the total of media do not change."""
    assert 15 not in mirror.ids("media")
    site.call("edit", number=52, status="publish")
    mirror.crawl(site.url, "--no-media")
    assert 15 in mirror.ids("media")


def test_a_renamed_term_is_an_edit(site: MockSite, mirror: Mirror) -> None:
    site.call("rename_term", number=9, name="ferries")
    run = mirror.crawl(site.url, "--no-media")
    assert run.summary["edited"] == 1
    assert mirror.rows("SELECT name FROM term_versions") == [{"name": "ferry"}]


def test_a_mass_deletion_is_not_believed(site: MockSite, mirror: Mirror) -> None:
    for number in mirror.ids("posts")[-40:]:
        site.call("delete", number=number)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1
    assert run.summary["deleted"] == 0
    assert "--accept-deletions" in run.summary["message"]
    accepted = mirror.crawl(site.url, "--no-media", "--accept-deletions")
    assert accepted.summary["deleted"] == 40
    assert differences(mirror, site.truth()) == []


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["America/Santiago", "Asia/Kathmandu", "Pacific/Kiritimati"])
def test_filters_are_in_the_sites_own_time(zone: str, server: MockServer, mirror: Mirror) -> None:
    try:
        ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database")
    site = mirrored(server, mirror, timezone=zone)
    site.call("edit", number=23, title="Edited in another time zone")
    added = site.call("add", title="Added in another time zone")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited") == (1, 1)
    assert added in mirror.ids("posts")


@pytest.mark.slow
def test_a_site_that_changes_its_time_zone(server: MockServer, mirror: Mirror) -> None:
    site = mirrored(server, mirror, timezone="+13")
    site.call("set", timezone="-11")
    site.call("edit", number=23, title="Edited a day earlier")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited") == (0, 1)


@pytest.mark.slow
def test_releases_without_modified_after(server: MockServer, mirror: Mirror) -> None:
    site = server.site("wordpress-5-6", posts=90)
    mirror.crawl(site.url, "--no-media")
    site.call("edit", number=23, title="Edited on an old release")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 1, 0)


@pytest.mark.slow
def test_what_differs_at_every_reading_writes_no_versions(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("volatile")
    for _ in range(3):
        assert mirror.crawl(site.url, "--no-media", "--full").exit_code == 0
    assert mirror.versions() == 0


@pytest.mark.slow
def test_silent_edits_one_after_another_are_no_noise(site: MockSite, mirror: Mirror) -> None:
    """Each full reading finds another text, as of a menu that is changed again and again."""
    for number in range(1, 8):
        site.call("edit", number=37, silent=True, content=f"<p>Menu of week {number}</p>")
        run = mirror.crawl(site.url, "--no-media", "--full")
        assert run.counts("new", "edited") == (0, 1), number
    assert mirror.versions() == 7
    assert differences(mirror, site.truth()) == []


@pytest.mark.slow
def test_what_nobody_edits_fills_no_history(site: MockSite, mirror: Mirror) -> None:
    """A text that is another one at each request, two of a crawl included."""
    words = [
        {"method": "edit", "arguments": {"number": 37, "silent": True, "content": f"<p>{n}</p>"}}
        for n in range(400)
    ]
    site.churn(1, words)
    for _ in range(7):
        assert mirror.crawl(site.url, "--no-media", "--full").exit_code == 0
    assert mirror.versions() == 4
    assert "content" in mirror.value("SELECT volatile FROM posts WHERE wp_id = 37")
    site.churn(1, [])
    site.call("edit", number=37, content="<p>The real text.</p>")
    assert mirror.crawl(site.url, "--no-media").counts("new", "edited") == (0, 1)


@pytest.mark.slow
def test_a_site_with_new_addresses_is_read_again(site: MockSite, mirror: Mirror) -> None:
    """WordPress dates no post anew when the site moves or its permalinks change."""
    site.call("move", url=site.url.replace("127.0.0.1", "localhost"))
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    assert run.counts("new", "deleted") == (0, 0)
    assert differences(mirror, site.truth()) == []
    assert mirror.crawl(site.url, "--no-media").counts("new", "edited") == (0, 0)


@pytest.mark.slow
def test_pages_below_a_renamed_or_deleted_one_are_read_again(
    server: MockServer, mirror: Mirror
) -> None:
    """Their addresses change with its own, their dates do not; too old to be among the newest."""
    site = server.site("plain")
    about = site.call("add", type="page", slug="about-us", title="About us", at=OLD)
    team = site.call("add", type="page", slug="team", title="Team", parent=about, at=OLD)
    site.call("add", type="page", slug="boats", title="Boats", parent=team, at=OLD)
    for number in range(120):
        site.call("add", type="page", slug=f"page-{number}", title=f"Page {number}", at=OLD)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("edit", number=about, slug="who-we-are")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 3, 0)
    assert differences(mirror, site.truth()) == []
    site.call("delete", number=about)
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 2, 1)
    assert differences(mirror, site.truth()) == []


@pytest.mark.slow
def test_pictures_of_a_deleted_post_are_read_again(server: MockServer, mirror: Mirror) -> None:
    """Their addresses began with its own; too old to be among the newest."""
    site = server.site("plain")
    about = site.call("add", type="page", slug="about-us", title="About us", at=OLD)
    picture = site.call("add", type="attachment", slug="harbour", parent=about, at=OLD)
    for number in range(120):
        site.call("add", type="attachment", slug=f"picture-{number}", at=OLD)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("delete", number=about)
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 1, 1)
    assert differences(mirror, site.truth()) == []
    link = mirror.rows("SELECT link FROM media WHERE wp_id = ?", picture)
    assert link == [{"link": f"{site.url}/harbour/"}]


@pytest.mark.slow
def test_the_rate_that_a_site_tolerates_is_remembered(server: MockServer, mirror: Mirror) -> None:
    site = server.site("rate-limit-10-a-second", posts=90)

    def complaints() -> int:
        assert mirror.crawl(site.url, "--no-media").exit_code == 0
        return sum(entry["status"] == 429 for entry in site.log())

    first = complaints()
    assert first > 1
    learned = mirror.value("SELECT delay FROM sites")
    assert 0.05 <= learned <= 1
    assert complaints() - first <= 1, "the next crawl begins with what this one learned"


@pytest.mark.slow
def test_a_crawl_that_finds_no_site_forgets_no_rate(mirror: Mirror) -> None:
    with serve(sample_site()) as served:
        assert mirror.crawl(served.url, "--no-media").exit_code == 0
    with closing(sqlite3.connect(mirror.path)) as db, db:
        db.execute("UPDATE sites SET delay = 0.5")
    assert mirror.crawl(served.url, "--no-media").exit_code == 3
    assert mirror.value("SELECT delay FROM sites") == 0.5
