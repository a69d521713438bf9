"""What is mirrored of a site without REST, and that it is never more than was said."""

import json
from collections.abc import Iterator

import pytest

from tests.fallback.site import Post, Site, serving
from tests.mirrored import Mirror

pytestmark = pytest.mark.slow  # a crawl or two each


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that refuses REST: seven posts, a page, two books."""
    with serving() as made:
        made.posts = [
            Post(id=10 + n, slug=f"post-{n}", date=f"2024-01-0{n}T00:00:00",
                 modified=f"2024-01-0{n}T00:00:00", guid=f"{made.url}/?p={10 + n}")
            for n in range(1, 8)
        ]  # fmt: skip
        made.posts += [Post(id=30, slug="about", type="page", content="<p>About</p>")]
        made.posts += [Post(id=40 + n, slug=f"book-{n}", type="book") for n in (1, 2)]
        yield made


def ids(mirror: Mirror) -> set[tuple[str, int]]:
    return {(row["type"], row["wp_id"]) for row in mirror.rows("SELECT type, wp_id FROM posts")}


EVERYTHING = {("post", 10 + n) for n in range(1, 8)} | {("page", 30), ("book", 41), ("book", 42)}


@pytest.mark.parametrize("sitemap", ["core", "yoast", "robots"])
@pytest.mark.parametrize("rest", [401, 403, 404])
def test_feeds_and_sitemaps_give_what_is_public(
    sitemap: str, rest: int, site: Site, mirror: Mirror
) -> None:
    site.sitemap, site.rest = sitemap, rest
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1, run.stderr
    assert ids(mirror) == EVERYTHING
    assert run.summary["outcome"] == "partial"
    assert "REST API" in run.summary["message"]
    assert "Atom feed" in run.summary["message"]
    cover = {row["collection"]: row for row in run.summary["coverage"]}
    assert (cover["posts"]["reported"], cover["posts"]["mirrored"]) == (7, 7)
    assert cover["pages"]["missing"] == 0
    assert not any(row["complete"] for row in run.summary["coverage"])
    assert "out of reach" in cover["media"]["how"]
    if rest != 404:
        assert site.asked("rest_route") == 0


def test_the_rows_have_what_was_said_and_no_more(site: Site, mirror: Mirror) -> None:
    mirror.crawl(site.url, "--no-media")
    (row,) = mirror.rows("SELECT * FROM posts WHERE wp_id = 13")
    assert (row["title"], row["content"]) == ("A title", "<p>Some text</p>")
    assert (row["date_gmt"], row["modified_gmt"]) == ("2024-01-03T00:00:00Z",) * 2
    assert (row["slug"], row["author_id"], row["collection"]) == (None, None, "posts")
    (page,) = mirror.rows("SELECT content, date_gmt, modified_gmt FROM posts WHERE wp_id = 30")
    assert page == {
        "content": "<p>About</p>", "date_gmt": None, "modified_gmt": "2024-01-01T00:00:00Z",
    }  # fmt: skip


def test_nothing_new_costs_one_conditional_request(site: Site, mirror: Mirror) -> None:
    mirror.crawl(site.url, "--no-media")
    site.log.clear()
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1
    assert run.counts("new", "edited", "deleted") == (0, 0, 0)
    assert site.asked("/feed/") == 1
    assert site.asked("sitemap") == site.asked("paged") == 0
    assert {row["collection"] for row in run.summary["coverage"]} >= {"posts", "pages", "book"}


def test_edits_and_new_posts_are_found_and_nothing_is_marked_as_gone(
    site: Site, mirror: Mirror
) -> None:
    mirror.crawl(site.url, "--no-media")
    by_id = {post.id: post for post in site.posts}
    by_id[11].content, by_id[11].modified = "<p>Other text</p>", "2030-02-01T00:00:00"
    by_id[30].content, by_id[30].modified = "<p>About us</p>", "2030-02-02T00:00:00"
    site.posts.remove(by_id[13])
    site.posts.append(Post(id=50, slug="new", modified="2030-02-03T00:00:00"))
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted") == (1, 2, 0)
    changed = mirror.rows("SELECT p.wp_id, v.changed FROM post_versions v "
                          "JOIN posts p ON p.id = v.post_id ORDER BY 1")  # fmt: skip
    assert changed == [
        {"wp_id": 11, "changed": '["content", "modified_gmt"]'},
        {"wp_id": 30, "changed": '["content", "modified_gmt"]'},
    ]
    assert mirror.value("SELECT count(*) FROM posts WHERE deleted_at IS NOT NULL") == 0


def test_without_atom_rss_is_read(site: Site, mirror: Mirror) -> None:
    site.feeds = ("rss2",)
    run = mirror.crawl(site.url, "--no-media")
    assert "RSS feed" in run.summary["message"]
    assert ids(mirror) == EVERYTHING
    again = mirror.crawl(site.url, "--full", "--no-media")
    assert again.counts("new", "edited") == (0, 0)


def test_without_feeds_pages_are_read(site: Site, mirror: Mirror) -> None:
    site.feeds = ()
    assert mirror.crawl(site.url, "--no-media").exit_code == 1
    assert ids(mirror) == EVERYTHING


def test_without_a_sitemap_it_is_not_known_how_much_there_is(site: Site, mirror: Mirror) -> None:
    site.sitemap = None
    run = mirror.crawl(site.url, "--no-media")
    assert ids(mirror) == {("post", 10 + n) for n in range(1, 8)}
    (posts,) = [row for row in run.summary["coverage"] if row["collection"] == "posts"]
    assert posts["reported"] is None
    assert "not known" in posts["how"]


def test_who_wants_no_feeds_reads_none(site: Site, mirror: Mirror) -> None:
    text = f'[[site]]\nurl = "{site.url}"\nfallbacks = false\nmedia = false\n'
    (mirror.path.parent / "mirror.toml").write_text(text)
    assert mirror.run("crawl", "--json").exit_code == 3
    assert ids(mirror) == set()


def test_a_site_with_neither_is_refused(site: Site, mirror: Mirror) -> None:
    site.feeds, site.sitemap = (), None
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 3
    assert "refuses its REST API" in run.summary["message"]


def test_what_has_no_id_is_kept_apart(site: Site, mirror: Mirror) -> None:
    site.tells_ids = False
    for post in site.posts:
        post.guid = None
    site.posts[0].guid = "https://elsewhere.example/?p=13"  # an id of another site
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1
    assert ids(mirror) == set()
    kept = mirror.rows("SELECT link, version, valid_to, post_id FROM unidentified")
    assert {row["link"] for row in kept} == {f"{site.url}/{post.slug}/" for post in site.posts}
    assert "without a WordPress id" in run.summary["message"]
    (posts,) = [row for row in run.summary["coverage"] if row["collection"] == "posts"]
    assert (posts["mirrored"], posts["missing"]) == (0, 0)
    assert "7 kept apart" in posts["how"]


def test_an_edit_of_what_has_no_id_is_a_version_of_it(site: Site, mirror: Mirror) -> None:
    site.tells_ids = False
    site.posts[0].guid = None
    mirror.crawl(site.url, "--no-media")
    site.posts[0].title, site.posts[0].modified = "Other", "2030-02-01T00:00:00"
    mirror.crawl(site.url, "--no-media")
    rows = mirror.rows("SELECT version, title, valid_to IS NULL AS now FROM unidentified "
                       "WHERE link = ? ORDER BY version", f"{site.url}/post-1/")  # fmt: skip
    assert [(row["version"], row["title"], row["now"]) for row in rows] == [
        (1, "A title", 0), (2, "Other", 1),
    ]  # fmt: skip


def test_two_posts_of_one_guid_are_two_posts(site: Site, mirror: Mirror) -> None:
    site.posts[0].guid = site.posts[1].guid
    mirror.crawl(site.url, "--no-media")
    assert ids(mirror) == EVERYTHING


def test_a_challenge_is_not_answered_by_asking_for_feeds(site: Site, mirror: Mirror) -> None:
    site.front = "<html><head><title>Just a moment...</title></head></html>"
    assert mirror.crawl(site.url, "--no-media").exit_code == 3
    assert site.asked("feed") == site.asked("sitemap") == 0


def test_no_wordpress_is_not_searched(site: Site, mirror: Mirror) -> None:
    site.front, site.rest = "<html><body>A shop</body></html>", 404
    assert mirror.crawl(site.url, "--no-media").exit_code == 3
    assert site.asked("feed") == site.asked("sitemap") == 0


def test_only_what_was_asked_for_is_read(site: Site, mirror: Mirror) -> None:
    mirror.crawl(site.url, "--no-media", "--only", "pages")
    assert ids(mirror) == {("page", 30)}
    mirror.crawl(site.url, "--no-media", "--full", "--limit", "2", "--only", "posts")
    assert len(ids(mirror)) == 3


def test_a_try_out_says_so_and_puts_nothing_off(site: Site, mirror: Mirror) -> None:
    config = mirror.path.parent / "mirror.toml"
    config.write_text(f'[[site]]\nurl = "{site.url}"\nmedia = false\n')
    trial = mirror.crawl(site.url, "--no-media", "--limit", "2")
    assert len(ids(mirror)) < len(EVERYTHING)
    assert all(row["how"].startswith("limited to 2; ") for row in trial.summary["coverage"])
    assert mirror.run("crawl", "--json").summary["mode"] == "backfill"  # it was due
    assert ids(mirror) == EVERYTHING
    again = mirror.crawl(site.url, "--no-media", "--limit", "2")
    assert "nothing was published" in again.summary["message"]
    assert all(row["how"].startswith("limited to 2; ") for row in again.summary["coverage"])
    assert json.loads(mirror.run("crawl", "--json").stdout) == []  # the one before still counts


def test_a_feed_that_breaks_off_is_read_again_and_says_so(site: Site, mirror: Mirror) -> None:
    site.sitemap, site.broken = None, "paged=3"
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 1
    assert "broke off" in run.summary["message"]
    assert len(ids(mirror)) == 6
    site.broken = ""
    run = mirror.crawl(site.url, "--no-media")
    assert "broke off" not in run.summary["message"]
    assert len(ids(mirror)) == 7


def test_the_home_page_counts_where_it_is_a_page(site: Site, mirror: Mirror) -> None:
    site.posts.append(Post(id=60, slug="", type="page", content="<p>Welcome</p>"))
    run = mirror.crawl(site.url, "--no-media")
    pages = next(row for row in run.summary["coverage"] if row["collection"] == "pages")
    assert (pages["reported"], pages["missing"]) == (1, 0)
    site.front = (
        '<html><head><link type="application/rss+xml"></head><body class="home page page-id-60">'
        '<div class="entry-content"><p>Welcome</p></div></body></html>'
    )
    run = mirror.crawl(site.url, "--full", "--no-media")
    pages = next(row for row in run.summary["coverage"] if row["collection"] == "pages")
    assert (pages["reported"], pages["missing"]) == (2, 0)
    assert ("page", 60) in ids(mirror)
