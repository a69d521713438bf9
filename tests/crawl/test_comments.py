"""Comments in the crawls after the first: they tell when they were written, and nothing else."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.crawl.comparing import differences
from tests.mirrored import Mirror, Run
from tests.mockserver import MockServer, MockSite

OLD = "2019-05-06T07:08:09+00:00"
POST = 23


@pytest.fixture
def site(server: MockServer, mirror: Mirror) -> MockSite:
    """A site with 120 old comments and a new one, mirrored once with its comments."""
    made = server.site("switched", posts=30)
    for _ in range(120):
        made.call("comment", post=POST, at=OLD)
    made.call("comment", post=24)
    assert crawl(made, mirror).exit_code == 0
    return made


def crawl(site: MockSite, mirror: Mirror, *options: str) -> Run:
    """Mirrors the site with its comments."""
    return mirror.crawl(site.url, "--no-media", "--comments", *options)


def wrong(site: MockSite, mirror: Mirror) -> list[str]:
    """What the mirror has otherwise than the site."""
    return differences(mirror, site.truth(), comments=True)


def hidden_post(site: MockSite) -> int:
    """A draft with a comment and a picture; all are old."""
    draft: int = site.call("add", status="draft", at=OLD)
    site.call("comment", post=draft, at=OLD)
    site.call("add", type="attachment", parent=draft, at=OLD, file="2019/05/harbour.jpg")
    return draft


def asked(site: MockSite, since: int) -> list[dict[str, Any]]:
    """The requests for lists of comments, but for the first so many of all."""
    return [request for request in site.log()[since:] if request["route"] == "/wp/v2/comments"]


def test_old_comments_are_not_read_again(site: MockSite, mirror: Mirror) -> None:
    before = len(site.log())
    run = crawl(site, mirror)
    assert run.exit_code == 0
    assert run.counts("new", "edited", "deleted") == (0, 0, 0)
    # Those of the last days, the newest id, and the ones of the last days whole.
    assert len(asked(site, before)) == 3
    how = mirror.value(
        "SELECT how FROM coverage WHERE collection = 'comments' ORDER BY crawl_id DESC"
    )
    assert how.startswith("asked what was written since ")


def test_what_is_written_edited_and_deleted_lately_is_found(site: MockSite, mirror: Mirror) -> None:
    (recent,) = (row["wp_id"] for row in mirror.rows("SELECT max(wp_id) AS wp_id FROM comments"))
    site.call("moderate", number=recent, content="<p>On second thoughts, no.</p>")
    site.call("comment", post=25)
    assert crawl(site, mirror).counts("new", "edited", "deleted") == (1, 1, 0)
    site.call("delete_comment", number=recent)
    assert crawl(site, mirror).counts("new", "edited", "deleted") == (0, 0, 1)
    assert not wrong(site, mirror)


@pytest.mark.slow
def test_answers_to_a_deleted_comment_move_up(site: MockSite, mirror: Mirror) -> None:
    question = site.call("comment", post=25)
    answer = site.call("comment", post=25, parent=question)
    site.call("comment", post=25, parent=answer, at=OLD)
    assert crawl(site, mirror).counts("new") == (3,)
    site.call("delete_comment", number=answer)
    assert crawl(site, mirror).counts("edited", "deleted") == (1, 1)
    assert not wrong(site, mirror)


@pytest.mark.slow
def test_one_that_is_approved_late_is_found_by_the_count(site: MockSite, mirror: Mirror) -> None:
    number = site.call("comment", post=POST, at=OLD, approved=False)
    site.call("comment", post=POST)  # so that it is not the newest
    assert crawl(site, mirror).counts("new") == (1,)
    site.call("moderate", number=number, approved=True)
    assert crawl(site, mirror).counts("new") == (1,)
    site.call("moderate", number=number, approved=False)
    assert crawl(site, mirror).counts("deleted") == (1,)
    assert not wrong(site, mirror)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hide", "show"),
    [
        (("trash", {}), ("restore", {})),
        (("edit", {"status": "draft"}), ("edit", {"status": "publish"})),
        (("edit", {"password": "open sesame"}), ("edit", {"password": ""})),
    ],
)
def test_comments_are_shown_and_hidden_with_their_post(
    hide: tuple[str, dict[str, Any]],
    show: tuple[str, dict[str, Any]],
    site: MockSite,
    mirror: Mirror,
) -> None:
    hidden = ("--accept-deletions",)
    site.call(hide[0], number=POST, **hide[1])
    assert crawl(site, mirror, *hidden).exit_code == 0
    assert not wrong(site, mirror)
    assert crawl(site, mirror).counts("deleted", "restored") == (0, 0)
    site.call(show[0], number=POST, **show[1])
    assert crawl(site, mirror).exit_code == 0
    assert not wrong(site, mirror)


def test_a_password_hides_the_comments_of_no_other_post(site: MockSite, mirror: Mirror) -> None:
    for number in (POST, 24, 25):
        late = site.call("comment", post=number, at=OLD, approved=False)
        site.call("edit", number=number, title="Another title")
        site.call("moderate", number=late, approved=True)
    site.call("edit", number=24, password="open sesame")
    assert crawl(site, mirror).exit_code == 0
    assert not wrong(site, mirror)


@pytest.mark.slow
def test_what_is_below_a_post_is_found_after_a_crawl_of_posts_alone(
    site: MockSite, mirror: Mirror
) -> None:
    draft = hidden_post(site)
    assert crawl(site, mirror).exit_code == 0
    site.call("edit", number=draft, status="publish")
    site.call("edit", number=POST, password="open sesame")
    assert crawl(site, mirror, "--only", "posts").counts("new", "edited") == (1, 1)
    run = crawl(site, mirror, "--accept-deletions")
    assert run.counts("new", "deleted") == (2, 120)
    assert not wrong(site, mirror)
    before = len(site.log())
    assert crawl(site, mirror).exit_code == 0
    assert not [request for request in site.log()[before:] if "parent=" in request["query"]]


@pytest.mark.slow
@pytest.mark.parametrize("route", ["/wp/v2/comments", "/wp/v2/media"])
def test_what_is_below_a_post_and_cannot_be_listed_is_owed(
    route: str, site: MockSite, mirror: Mirror
) -> None:
    draft = hidden_post(site)
    assert crawl(site, mirror).exit_code == 0
    site.call("edit", number=draft, status="publish")
    site.call("set", childless=route)
    run = crawl(site, mirror)
    assert run.exit_code == 1
    (failure,) = mirror.rows("SELECT * FROM failures WHERE resolved_at IS NULL")
    assert f"of posts {draft} to {draft}" in failure["message"]
    site.call("set", childless=None)
    with closing(sqlite3.connect(mirror.path)) as db, db:
        db.execute("UPDATE failures SET next_at = first_at")
    assert crawl(site, mirror).exit_code == 0
    assert not wrong(site, mirror)
    assert mirror.value("SELECT count(*) FROM failures WHERE resolved_at IS NULL") == 0
