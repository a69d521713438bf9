"""Sites whose API shows one of their languages at a time, as WPML has it."""

import json
from typing import Any

import pytest

from tests.crawl.comparing import differences
from tests.mirrored import Mirror
from tests.mockserver import MockServer, MockSite

OLD = "2019-05-06T07:08:09+00:00"
LANGUAGES = ["de", "en", "fr"]
COVERAGE = "SELECT reported, mirrored, hidden, missing, complete, how FROM coverage "
COVERAGE += "WHERE collection = ? ORDER BY crawl_id DESC"


@pytest.fixture
def site(server: MockServer) -> MockSite:
    """German first; 195 posts are English, 50 French, 5 in all; a page and a tag are French."""
    made = server.site("switched", posts=250, languages=LANGUAGES)
    posts = made.truth()["/wp/v2/posts"]["objects"]
    written = {str(titled(posts, f"Small news {n}")): _language_of(n) for n in range(250)}
    page = made.call("add", type="page", title="Une page")
    tag = made.truth()["/wp/v2/tags"]["objects"][0]["id"]
    made.call("set", in_language={**written, str(page): "fr", str(tag): "fr"})
    return made


def _language_of(n: int) -> str:
    """`*`: a post that is shown in all languages, since it is not translated."""
    return "*" if n % 50 == 1 else "fr" if n % 5 == 0 else "en"


def titled(posts: list[dict[str, Any]], title: str) -> int:
    """The id of the post with a title."""
    return next(row["id"] for row in posts if row["title"]["rendered"] == title)


def translate(site: MockSite, number: int, code: str) -> None:
    """Says in which language a post is written."""
    site.call("translate", number=number, code=code)


def test_all_languages_are_mirrored(site: MockSite, mirror: Mirror) -> None:
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.summary
    assert not differences(mirror, site.truth())
    (posts, media, *_) = (mirror.rows(COVERAGE, name)[0] for name in ("posts", "media"))
    shown = len(site.truth()["/wp/v2/posts"]["objects"])
    assert (posts["reported"], posts["mirrored"], posts["hidden"]) == (shown + 2 * 5, shown, 2 * 5)
    assert (posts["missing"], posts["complete"]) == (0, 1)
    # Pictures are in no language: each of the three lists shows all.
    assert media["reported"] == 3 * site.truth()["/wp/v2/media"]["total"]
    assert (media["hidden"], media["missing"]) == (media["reported"] - media["mirrored"], 0)
    assert media["how"].endswith("; in 3 languages, and counted in each that lists it")
    before = len(site.log())
    again = mirror.crawl(site.url, "--no-media")
    assert again.exit_code == 0
    assert again.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)
    assert len(site.log()) - before < 80


def test_what_happens_in_any_language_is_found(site: MockSite, mirror: Mirror) -> None:
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    posts = site.truth()["/wp/v2/posts"]["objects"]
    french = titled(posts, "Small news 5")
    english = titled(posts, "Small news 6")
    gone = titled(posts, "Small news 10")
    site.call("edit", number=french, title="Un autre titre")
    site.call("edit", number=english, title="Another title")
    site.call("delete", number=gone)
    new = site.call("add", title="Nouveau")
    translate(site, new, "fr")
    late = site.call("add", title="Ancien", at=OLD)
    translate(site, late, "fr")
    run = mirror.crawl(site.url, "--no-media")
    assert run.counts("new", "edited", "deleted", "restored") == (2, 2, 1, 0)
    assert run.exit_code == 0
    assert not differences(mirror, site.truth())


@pytest.mark.slow
def test_a_crawl_that_is_cut_short_goes_on_in_all_languages(site: MockSite, mirror: Mirror) -> None:
    for most in (14, 16, 18, 20, 22):
        mirror.crawl(site.url, "--no-media", "--max-requests", str(most))
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert not differences(mirror, site.truth())


@pytest.mark.slow
def test_a_post_that_cannot_be_rendered_costs_no_other(site: MockSite, mirror: Mirror) -> None:
    posts = site.truth()["/wp/v2/posts"]["objects"]
    french = titled(posts, "Small news 5")
    site.call("set", poison=french)
    assert mirror.crawl(site.url, "--no-media").exit_code == 1
    assert {row["id"] for row in posts} - {*mirror.ids("posts")} == {french}
    (failure,) = mirror.rows("SELECT wp_id FROM failures WHERE resolved_at IS NULL")
    assert failure["wp_id"] == french


@pytest.mark.slow
def test_a_mirror_of_one_language_gets_the_others(site: MockSite, mirror: Mirror) -> None:
    site.call("set", languages=["de"])
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert len(mirror.ids("posts")) < 50
    site.call("set", languages=LANGUAGES)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.summary
    assert not differences(mirror, site.truth())


def test_a_plan_counts_all_languages(site: MockSite, mirror: Mirror) -> None:
    planned = json.loads(mirror.run("plan", site.url, "--json").stdout)
    (posts,) = (one for one in planned["collections"] if one["name"] == "posts")
    assert posts["reported"] == len(site.truth()["/wp/v2/posts"]["objects"]) + 2 * 5
