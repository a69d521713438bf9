"""Revisions: read once, whatever a site makes of them, and again after a failure."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.credentials.guarded import PASSWORD, USER, Guarded, guarded
from tests.mirrored import Mirror, Run

pytestmark = pytest.mark.slow  # two crawls or three each


@pytest.fixture
def site() -> Iterator[Guarded]:
    with guarded() as running:
        yield running


def crawl(mirror: Mirror, site: Guarded, *options: str) -> Run:
    config = f'[[site]]\nurl = "{site.url}"\ncredentials = "env:NEWS"\n'
    (mirror.path.parent / "mirror.toml").write_text(config, encoding="utf-8")
    only = ("--no-media", "--only", "posts,users")
    return mirror.crawl(site.url, *only, *options, NEWS=f"{USER}:{PASSWORD}")


def ids(mirror: Mirror) -> list[int]:
    return [row["wp_id"] for row in mirror.rows("SELECT wp_id FROM post_revisions ORDER BY wp_id")]


def asked(site: Guarded) -> int:
    return sum("/revisions" in told.path for told in site.told)


def a_post(site: Guarded) -> int:
    posts = site.site.posts.items()
    return max(number for number, post in posts if (post.type, post.status) == ("post", "publish"))


def test_once_and_then_only_what_is_new(site: Guarded, mirror: Mirror) -> None:
    post = a_post(site)
    for number in range(5000, 5250):
        site.revise(post, number)
    assert crawl(mirror, site).exit_code == 0
    assert ids(mirror) == list(range(5000, 5250))
    first = asked(site)
    assert first <= 6
    crawl(mirror, site, "--full")
    assert asked(site) == first
    site.revise(post, 6000)
    site.site.edit(number=post, content="<p>New.</p>")
    crawl(mirror, site)
    assert ids(mirror)[-1] == 6000
    assert asked(site) == first + 1


def test_what_is_no_revision_of_the_post_is_left_out(site: Guarded, mirror: Mirror) -> None:
    post = a_post(site)
    site.revise(post, 5000)
    site.revise(post, 5001, parent=post + 1)
    site.revise(post, 5002, slug=f"{post}-autosave-v1")
    site.revise(post, 5003, author="Ana", date_gmt=None, title=None, content=[], link=7)
    run = crawl(mirror, site)
    assert run.exit_code == 0, run.stdout
    assert ids(mirror) == [5000, 5003]
    odd = mirror.rows("SELECT * FROM post_revisions WHERE wp_id = 5003")[0]
    assert (odd["author_wp_id"], odd["date_gmt"], odd["title"]) == (None, None, None)
    assert '"author":"Ana"' in odd["extra"]
    assert mirror.value("SELECT a.slug FROM authors a JOIN post_revisions r ON r.author_id = a.id")
    assert mirror.integrity() == "ok"


def test_a_failure_is_recorded_and_tried_again_when_it_is_due(
    site: Guarded, mirror: Mirror
) -> None:
    post = a_post(site)
    site.revise(post, 5000)
    site.broken = True
    run = crawl(mirror, site)
    assert run.exit_code == 1
    assert "the revisions of 1 post could not be had" in run.summary["message"]
    failure = mirror.rows("SELECT wp_id, collection, resolved_at FROM failures")
    assert failure == [{"wp_id": post, "collection": "posts/revisions", "resolved_at": None}]
    site.broken = False
    before = asked(site)
    assert crawl(mirror, site).exit_code == 0
    assert asked(site) == before  # not before it is due
    with closing(sqlite3.connect(mirror.path)) as db, db:
        db.execute("UPDATE failures SET next_at = '2000-01-01T00:00:00Z'")
    assert crawl(mirror, site).exit_code == 0
    assert ids(mirror) == [5000]
    assert mirror.value("SELECT count(*) FROM failures WHERE resolved_at IS NULL") == 0


def test_one_that_could_not_be_had_is_asked_for_though_newer_ones_are_held(
    site: Guarded, mirror: Mirror
) -> None:
    post = a_post(site)
    for number in range(5000, 5030):
        site.revise(post, number)
    site.poison = 5003
    assert crawl(mirror, site).exit_code == 1
    assert 5003 not in ids(mirror)
    assert len(ids(mirror)) == 29
    site.poison = None
    with closing(sqlite3.connect(mirror.path)) as db, db:
        db.execute("UPDATE failures SET next_at = '2000-01-01T00:00:00Z'")
    assert crawl(mirror, site).exit_code == 0
    assert 5003 in ids(mirror)
