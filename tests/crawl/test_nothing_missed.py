"""Troubles that begin and end between crawls: what was not had then is had in the end."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.crawl.comparing import differences
from tests.mirrored import Mirror
from tests.mockserver import MockServer, MockSite

pytestmark = pytest.mark.slow

OLD = "2019-05-06T07:08:09+00:00"
# Of the sample site.
DRAFT = 52
OPEN = "SELECT wp_id, kind FROM failures WHERE resolved_at IS NULL"


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(mirror: Mirror, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(mirror.path)) as db, db:
        db.execute(statement, values)


def cut_short(mirror: Mirror, site: MockSite, rows: int, *options: str) -> list[int]:
    """Crawls of posts that are broken off, each with more requests, until so many are held."""
    held: list[int] = []
    for requests in range(12, 60, 2):
        mirror.crawl(
            site.url, "--no-media", "--only", "posts", "--max-requests", str(requests), *options
        )
        held = mirror.ids("posts")
        if len(held) > rows:
            break
    assert mirror.value("SELECT watermark FROM collections WHERE name = 'posts'") is None
    return held


def posts_row(mirror: Mirror, column: str) -> object:
    return mirror.value(f"SELECT {column} FROM coverage WHERE collection = 'posts' "
                        "ORDER BY crawl_id DESC LIMIT 1")  # fmt: skip


def test_what_failed_stays_open_until_it_is_had(server: MockServer, mirror: Mirror) -> None:
    """An update at once does not try it again: it is neither resolved nor hidden."""
    site = server.site("switched", posts=90, poison=35)
    assert mirror.crawl(site.url, "--no-media").exit_code == 1
    again = mirror.crawl(site.url, "--no-media")
    assert again.exit_code == 1
    assert mirror.rows(OPEN) == [{"wp_id": 35, "kind": "server-error"}]
    assert (posts_row(mirror, "missing"), posts_row(mirror, "hidden")) == (1, 0)
    assert not posts_row(mirror, "complete")
    assert again.summary["requests"] == mirror.crawl(site.url, "--no-media").summary["requests"]
    site.call("set", poison=None)
    write(mirror, "UPDATE failures SET next_at = ?", ago(hours=1))
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert 35 in mirror.ids("posts")
    assert mirror.rows(OPEN) == []
    assert mirror.value("SELECT hidden FROM collections WHERE name = 'posts'") == 0


def test_what_failed_and_is_deleted_is_no_failure_any_more(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched", posts=90, poison=35)
    mirror.crawl(site.url, "--no-media")
    site.call("set", poison=None)
    site.call("delete", number=35)
    write(mirror, "UPDATE failures SET next_at = ?", ago(hours=1))
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert mirror.rows(OPEN) == []


@pytest.mark.parametrize("trouble", [{"poison": 35, "nameless": True}, {"bad": True}])
def test_what_has_no_id_is_tried_again_by_reading_all(
    trouble: dict[str, object], server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched", posts=90, **trouble)
    only = ("--no-media", "--only", "posts")
    assert mirror.crawl(site.url, *only).exit_code == 1
    failed = mirror.rows(OPEN)
    assert failed
    assert mirror.crawl(site.url, *only).exit_code == 1
    assert mirror.rows(OPEN) == failed
    site.call("set", poison=None, bad=False)
    write(mirror, "UPDATE failures SET next_at = ?", ago(hours=1))
    assert mirror.crawl(site.url, *only).exit_code == 0
    assert mirror.rows(OPEN) == []
    assert 35 in mirror.ids("posts")


def test_an_edit_of_what_an_earlier_part_of_a_backfill_read(
    server: MockServer, mirror: Mirror
) -> None:
    """And a draft among it that was published: days before the backfill went on."""
    site = server.site("switched", posts=900)
    held = cut_short(mirror, site, 300)
    site.call("advance", seconds=-3 * 86400)
    site.call("edit", number=held[3], title="Edited while the backfill paused")
    site.call("edit", number=DRAFT, status="publish")
    site.call("advance", seconds=0)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


def test_what_has_no_dates_is_walked_anew(server: MockServer, mirror: Mirror) -> None:
    """Nothing would tell that a tag was renamed which an earlier crawl had read before it ended."""
    site = server.site("switched", challenge="/wp/v2/posts")
    assert mirror.crawl(site.url, "--no-media").exit_code == 1
    write(mirror, "UPDATE sites SET back_off_until = NULL")
    write(mirror, "UPDATE collections SET resume = ? WHERE name = 'tags'",
          f'sweep {ago(hours=1)} {{"anchor": 13, "pos": 5, "seen": 5}}')  # fmt: skip
    site.call("rename_term", number=9, name="ferries")
    site.call("set", challenge=None)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


def test_a_row_that_was_given_up_before_a_walk_was_cut_short(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched", posts=900, poison=35)
    cut_short(mirror, site, 120)
    assert mirror.rows(OPEN) == [{"wp_id": 35, "kind": "server-error"}]
    site.call("set", poison=None)
    mirror.crawl(site.url, "--no-media")
    write(mirror, "UPDATE failures SET next_at = ? WHERE resolved_at IS NULL", ago(hours=1))
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert 35 in mirror.ids("posts")


def test_a_deletion_is_found_after_a_crawl_that_broke_off(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched", posts=90)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("delete", number=28)
    site.call("set", challenge="/wp/v2/media")
    assert mirror.crawl(site.url, "--no-media").exit_code == 1
    site.call("set", challenge=None)
    write(mirror, "UPDATE sites SET back_off_until = NULL")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert 28 not in mirror.ids("posts")


def test_what_is_published_late_under_old_dates(server: MockServer, mirror: Mirror) -> None:
    """WordPress' cron missed its schedule: id and dates are below what is known."""
    site = server.site("switched", posts=90)
    site.call("advance", seconds=-20 * 86400)
    number = site.call("schedule", at=ago(days=4).replace("Z", "+00:00"), title="Late")
    for n in range(120):
        site.call("add", title="Newer", id=number + 5 + n)
    site.call("advance", seconds=0)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("publish_due")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert number in mirror.ids("posts")
    quiet = mirror.crawl(site.url, "--no-media").summary["requests"]
    assert quiet == mirror.crawl(site.url, "--no-media").summary["requests"]


def test_what_was_hidden_for_a_day_comes_back(server: MockServer, mirror: Mirror) -> None:
    """Behind a wall for members, then public again: no date moves."""
    site = server.site("switched", posts=90)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("set", locked=[28, 37, 41])
    assert mirror.crawl(site.url, "--no-media").counts("deleted") == (3,)
    site.call("set", locked=[])
    assert mirror.crawl(site.url, "--no-media").counts("restored") == (3,)


def test_an_edit_that_no_list_shows(server: MockServer, mirror: Mirror) -> None:
    """A stale list, a replica: asked for by id it is left out, by its own address it is there."""
    site = server.site("switched", posts=90)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("edit", number=37, title="Edited once")
    new = site.call("add", title="New, and left out")
    site.call("set", unanswered=[37, new])
    site.call("delete", number=28)  # the new one must not make up for it
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    assert run.counts("new", "edited", "deleted") == (1, 1, 1)


def test_what_was_to_be_read_again_is_not_skipped_by_a_crawl_cut_short(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched", posts=900)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("edit", number=37, silent=True, content="<p>Silent.</p>")
    write(mirror, "UPDATE collections SET reread_at = ?, watermark = ?", *[ago(days=16)] * 2)
    only = ("--no-media", "--only", "posts", "--max-requests")
    for requests in range(6, 40):
        mirror.crawl(site.url, *only, str(requests))
        if mirror.value("SELECT reread_from FROM collections WHERE name = 'posts'"):
            break
    assert requests > 6
    assert mirror.value("SELECT content FROM posts WHERE wp_id = 37") == "<p>Silent.</p>"


def test_media_of_a_post_that_a_crawl_of_posts_alone_found_gone(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("switched")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.call("trash", number=33)
    assert mirror.crawl(site.url, "--no-media", "--only", "posts").counts("deleted") == (1,)
    assert 14 in mirror.ids("media")
    assert mirror.crawl(site.url, "--no-media").counts("deleted") == (1,)
    assert differences(mirror, site.truth()) == []
    quiet = [mirror.crawl(site.url, "--no-media").summary["requests"] for _ in range(2)]
    assert quiet[0] == quiet[1]


def test_a_picture_that_is_gone_is_gone_from_its_posts(server: MockServer, mirror: Mirror) -> None:
    """Wherever the crawl that finds it is cut short: WordPress does not date the posts anew."""
    site = server.site("switched", posts=90)
    site.call("edit", number=37, featured_media=14)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    usual = mirror.crawl(site.url, "--no-media").summary["requests"]
    site.call("delete", number=14)
    for requests in range(usual, usual + 20):
        mirror.crawl(site.url, "--no-media", "--max-requests", str(requests))
        if 14 not in mirror.ids("media"):
            break
    assert differences(mirror, site.truth()) == []


def test_media_of_a_great_many_posts_that_changed(server: MockServer, mirror: Mirror) -> None:
    """An old picture becomes visible with its post, the last of six hundred."""
    site = server.site("switched", posts=700)
    for n in range(130):
        site.call("add", type="attachment", slug=f"a{n}", at=OLD)
    late = site.call("add", title="late", at=OLD, status="draft")
    picture = site.call("add", type="attachment", slug="hidden", parent=late, at=OLD)
    for n in range(130):
        site.call("add", type="attachment", slug=f"b{n}", at=OLD)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert picture not in mirror.ids("media")
    for number in mirror.ids("posts")[:600]:
        site.call("edit", number=number, title="Edited all at once")
    site.call("edit", number=late, status="publish")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert picture in mirror.ids("media")
