"""REST refused, and given back, by real WordPress."""

import html
import json
import re
from collections.abc import Callable

import pytest

from mirror.content import Content
from tests.mirrored import Mirror
from tests.real.conftest import MakeSite

pytestmark = pytest.mark.real


def texts(mirror: Mirror) -> dict[int, tuple[str, str]]:
    """What a reader gets of each post: title and text."""
    return {
        row["wp_id"]: (
            html.unescape(re.sub("<[^<>]*>", "", row["title"])),
            " ".join(Content(row["content"]).text.split()),
        )
        for row in mirror.rows("SELECT wp_id, title, content FROM posts WHERE type = 'post'")
    }


@pytest.mark.parametrize("options", [{}, {"wp": "6.1"}, {"permalinks": "plain"}])
def test_feeds_give_the_posts_that_rest_gives(
    options: dict[str, str], new_site: MakeSite, new_mirror: Callable[[str], Mirror]
) -> None:
    site = new_site(seed_content="small", **options)
    whole, part = new_mirror("whole"), new_mirror("part")
    assert whole.crawl(site.url, "--no-media").exit_code == 0
    site.fault("rest", status=401)
    run = part.crawl(site.url, "--no-media")
    assert run.exit_code == 1, run.stderr
    read, held = texts(part), texts(whole)
    assert read.keys() == held.keys()
    for wp_id, (title, text) in held.items():
        assert read[wp_id][0] == title
        # Feeds show the first part of a post of several pages.
        parts = whole.value("SELECT content LIKE '%<!--nextpage-->%' FROM posts WHERE wp_id = ?",
                            wp_id)  # fmt: skip
        assert (
            read[wp_id][1] and text.startswith(read[wp_id][1])
            if parts
            else (read[wp_id][1] == text)
        )
    pages = "SELECT wp_id FROM posts WHERE type = 'page' ORDER BY 1"
    assert part.rows(pages) == whole.rows(pages)
    posts = next(r for r in run.summary["coverage"] if r["collection"] == "posts")
    assert (posts["reported"], posts["missing"]) == (len(texts(whole)), 0)


def test_a_refusal_between_two_crawls_loses_nothing_and_invents_nothing(
    new_site: MakeSite, mirror: Mirror
) -> None:
    site = new_site(seed_content="small")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    site.fault("rest", status=401)
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)
    edited = site.change("edit", type="post", seed=5)["changed"][0]["after"]["id"]
    gone = site.change("delete", type="post", seed=6)["changed"][0]["before"]["id"]
    terms = mirror.value("SELECT count(*) FROM post_terms")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (0, 1, 0)
    assert mirror.value("SELECT count(*) FROM post_terms") == terms
    (version,) = mirror.rows(
        "SELECT p.wp_id, v.changed FROM post_versions v JOIN posts p ON p.id = v.post_id"
    )
    assert version["wp_id"] == edited
    assert set(json.loads(version["changed"])) <= {"content", "excerpt", "title", "modified_gmt"}
    site.no_faults()
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    assert run.counts("new", "deleted") == (0, 1)
    assert mirror.rows("SELECT wp_id FROM posts WHERE deleted_at IS NOT NULL") == [{"wp_id": gone}]
    # What the feed showed in part has been read whole.
    assert mirror.value("SELECT count(*) FROM failures WHERE resolved_at IS NULL") == 0


def test_what_had_no_id_is_linked_when_rest_is_back(new_site: MakeSite, mirror: Mirror) -> None:
    site = new_site(seed_content="small")
    site.fault("rest", status=404)
    mirror.crawl(site.url, "--no-media")
    # The test bed's own types have feeds, but no pages that would tell an id.
    apart = mirror.value("SELECT count(*) FROM unidentified")
    assert apart > 0
    site.no_faults()
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    linked = mirror.rows(
        "SELECT u.link, p.link AS row FROM unidentified u JOIN posts p ON p.id = u.post_id"
    )
    assert len(linked) == apart
    assert all(row["link"] == row["row"] for row in linked)
