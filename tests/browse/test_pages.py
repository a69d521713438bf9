"""Every page on the sample mirror: what a visitor finds, what is refused, what no reply lacks."""

import html
import json
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.browse.sites import Served

PAGES = (
    "/",
    "/sites/harbourgazette.com",
    "/sites/riverbankpost.net",
    "/posts/1",
    "/posts/5",
    "/posts/5?version=1",
    "/posts/5?at=2026-01-01",
    "/posts/12",
    "/posts/5/content",
    "/posts/5/compare",
    "/posts/5/compare?a=1&b=4&view=inline",
    "/posts/1/compare",
    "/posts/5/compare?revision=9001&view=inline",
    "/search",
    "/search?q=harbour",
    "/search?q=harbour&site=harbourgazette.com&type=post&since=2025&until=2027-01-01&only=edited",
    "/search?upstream=cnn.com&only=gone",
    "/changes",
    "/changes?event=edited&site=riverbankpost.net",
    "/changes?event=deleted",
    "/changes?event=restored",
    "/upstreams",
    "/upstreams/cnn.com",
    "/upstreams/northvalleynews.org",
    "/stories",
    "/stories/109",
    "/stories/109/compare?with=111",
    "/media",
    "/media?show=others",
    "/media?show=broken&site=harbourgazette.com",
    "/queries",
    "/mirror/posts",
    "/mirror/posts/5",
    "/mirror/silent_edits",
    "/mirror?sql=select+1",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_quietly(served: Served, path: str) -> None:
    reply = served.get(path)
    assert reply.status_code == 200, reply.text[-500:]
    assert reply.headers["x-robots-tag"] == "noindex"
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    # No inline script would run under that policy, so there must be none to miss.
    assert not re.search(r"<script(?![^>]*\bsrc=)", reply.text)
    assert not re.search(r"\son\w+=", reply.text.partition("<main")[0])
    loaded = re.findall(
        r"""<(?:img|script|iframe|link rel="(?:style|icon))[^>]+//[^>]+""", reply.text
    )
    assert not loaded


@pytest.mark.parametrize(
    "path",
    [
        "/posts/999999",
        "/posts/5?version=9",
        "/posts/5/compare?a=1&b=77",
        "/posts/999999/content",
        "/posts/999999.json",
        "/sites/nowhere.example",
        "/upstreams/nowhere.example",
        "/stories/999999",
        "/stories/109/compare?with=999999",
        "/media/" + "0" * 64,
        "/files/" + "0" * 64,
        "/thumbnails/" + "0" * 64,
        "/feeds/nothing.atom",
        "/nowhere",
        "/mirror/nowhere",
    ],
)
def test_what_is_not_there_is_404_in_our_clothes(
    served: Served, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    reply = served.get(path)
    assert reply.status_code == 404
    assert reply.headers["x-robots-tag"] == "noindex"
    if path.endswith(".json"):
        assert json.loads(reply.text)["status"] == 404
    else:
        assert "mirror.css" in reply.text
    # Datasette alone would print a traceback with all local variables.
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%22",
        "/search?q=*",
        "/search?q=NEAR(",
        "/search?q=a+AND+-b+OR+%22c",
        "/search?q=" + "x" * 5000,
        "/search?q=%00%ff",
        "/search?since=soon&until=later&only=strange&type=%27&page=-3",
        "/search?page=99999999999999999999",
        "/changes?before=%27;--&event=x&site=y",
        "/posts/5?version=-1",
        "/posts/5?at=yesterday",
        "/posts/5/compare?a=x&b=%F0%9F%98%80",
        "/media?page=1e9&show=x&site=%27",
        "/upstreams/cnn.com?page=0",
    ],
)
def test_odd_arguments_are_taken_calmly(served: Served, path: str) -> None:
    assert served.get(path).status_code in (200, 404)


def test_home_tells_the_week_and_the_sites(served: Served) -> None:
    text = served.get("/").text
    assert "3 sites, 111 posts" in text
    assert ">3 of these posts</a>" in text
    assert text.count('class="panel site"') == 3
    assert "partial" in text
    for title in ("Posts by month", "Edits and deletions", "Top upstreams", "Share of syndicated"):
        assert f"<h3>{title}" in text
    assert text.count("<svg xmlns") == 4
    assert "The library that lends out bicycles" in text


def test_a_post_shows_its_history_and_what_it_was(served: Served) -> None:
    text = served.get("/posts/5").text
    assert "after long debate</h1>" in text
    assert re.search(r"Version 4</a>\s*.*silent", text)
    assert "/posts/5/compare?a=3&amp;b=4" in text
    old = served.get("/posts/5?version=1").text
    assert "after long debate" not in old.partition("<aside")[0]
    assert "Version 1 of 4" in old


def test_as_of_a_date_gives_the_version_that_held(served: Served) -> None:
    steps = served.get("/mirror/post_versions.json?post_id=5&_shape=array").json()
    second = next(step for step in steps if step["version"] == 2)
    text = served.get(f"/posts/5?at={second['valid_from'][:10]}").text
    assert "Version 2 of 4" in text
    assert "did not know this post yet" in served.get("/posts/5?at=1999-12-31").text


def test_revisions_that_wordpress_kept_are_compared_too(served: Served) -> None:
    assert "1 revision that WordPress kept itself" in served.get("/posts/5").text
    text = served.get("/posts/5/compare?revision=9001").text
    assert "<del>Draft: </del>" in text
    assert "WordPress’ revision" in text
    assert served.get("/posts/5/compare?revision=77").status_code == 404


def test_files_that_a_version_used_are_compared(own_sample: Path) -> None:
    db = sqlite3.connect(own_sample)
    with db:
        db.execute(
            "INSERT INTO post_media_versions (post_id, version, url, role) "
            "SELECT post_id, 3, replace(url, 'coast', 'shore'), role FROM post_media "
            "WHERE post_id = 5 AND role = 'inline'"
        )
        db.execute("UPDATE post_versions SET featured_media_id = 2 WHERE post_id = 5")
    url, before, after = db.execute(
        "SELECT u.url, o.source_url, n.source_url FROM post_media u JOIN posts p ON p.id = 5 "
        "JOIN media o ON o.id = 2 JOIN media n ON n.id = p.featured_media_id WHERE u.post_id = 5"
    ).fetchone()
    db.close()
    site = Served(own_sample)
    text = site.get("/posts/5/compare?a=3&b=4").text
    assert f"<del>{url.replace('coast', 'shore')} (inline)</del>" in text
    assert f"<ins>{url} (featured, inline)</ins>" in text
    assert f"<del>{before}</del>" in text
    assert f"<ins>{after}</ins>" in text
    assert "<h2>Files</h2>" not in site.get("/posts/5/compare?a=2&b=4").text
    site.close()


def test_a_deleted_post_says_so_and_stays_readable(served: Served) -> None:
    gone = served.get("/mirror/gone.json?_shape=array").json()[0]
    text = served.get(f"/posts/{gone['post_id']}").text
    assert "This post is gone" in text
    assert gone["deleted_reason"] in text
    assert "<p>" in served.get(f"/posts/{gone['post_id']}/content").text


def test_the_evidence_is_quoted_and_marked_in_place(served: Served) -> None:
    text = served.get("/posts/4").text
    assert "Reuters</a> had it first" in text
    assert "97 % sure" in text
    assert "originally published by Reuters and is republished here" in text
    content = served.get("/posts/4/content").text
    assert '<mark class="evidence" id="evidence-0">originally published by </mark>' in content


def test_the_original_that_is_mirrored_too_is_linked(served: Served) -> None:
    text = served.get("/posts/110").text
    assert 'href="/posts/109">Read the original in this mirror' in text
    assert "<span>3 hours earlier</span>" in text
    assert "3 places carry this story" in text


def test_the_raw_object_is_what_the_api_sent(served: Served) -> None:
    reply = served.get("/posts/5.json?version=1")
    assert reply.headers["content-type"] == "application/json"
    obj = reply.json()
    assert obj["id"] == 126
    assert obj["content"]["protected"] is False
    assert set(obj) >= {"title", "guid", "categories", "tags", "date_gmt", "sticky"}


def test_what_the_original_says_against_the_copy_is_told(own_sample: Path) -> None:
    db = sqlite3.connect(own_sample)
    with db:
        db.execute("UPDATE upstream_posts SET contradiction = 'later, mutual' WHERE post_id = 110")
    db.close()
    site = Served(own_sample)
    text = site.get("/posts/110").text
    assert "But it says that it was published later." in text
    assert "But it names this site as its own source." in text
    site.close()


def test_stories_stand_in_order_of_appearance(served: Served) -> None:
    assert "2 copies" in served.get("/stories").text
    for post in (109, 110, 111):
        text = served.get(f"/stories/{post}").text
        order = [text.index(f'href="/posts/{n}"') for n in (109, 110, 111)]
        assert order == sorted(order)
        assert "3 hours later" in text
        assert "26 hours later" in text
        assert re.search(r"5\d % alike</span>.*−18</span> .*\+17</span> words", text)


def test_search_finds_marks_and_filters(served: Served) -> None:
    text = served.get("/search?q=swing+bridge").text
    assert "Council votes to reopen the old swing bridge" in text
    assert "<mark>harbour</mark>" in served.get("/search?q=harbour").text
    edited = served.get("/search?only=edited&site=harbourgazette.com").text
    assert edited.count('<li class="card') == 4
    assert served.get("/search?only=gone").text.count('<li class="card is-gone') == 3
    assert "No post is like that" in served.get("/search?q=zeppelin").text
    phrase = served.get('/search?q="nearly six hours"').text
    assert "nearly six hours" in phrase.replace("<mark>", "").replace("</mark>", "")


def test_pages_lead_through_all_posts_once(served: Served) -> None:
    seen: list[str] = []
    for page in range(1, 8):
        text = served.get(f"/search?page={page}").text
        seen += re.findall(r'<h3><a href="(/posts/\d+)"', text)
    assert len(seen) == len(set(seen)) == 111


def test_changes_page_by_time(served: Served) -> None:
    seen: list[str] = []
    path = "/changes"
    while path:
        text = served.get(path).text
        seen += re.findall(r"state is-(new|edited|deleted|restored)", text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        path = "/changes" + older[1].replace("&amp;", "&") if older else ""
    assert seen.count("deleted") == 3
    assert seen.count("edited") == 30
    assert seen.count("new") == 111


def test_a_picture_is_shown_from_the_mirror_or_said_to_be_missing(served: Served) -> None:
    shown = served.get("/posts/1/content").text
    assert re.search(r'<img src="/files/[0-9a-f]{64}"', shown)
    broken = served.get("/mirror/broken_media.json?_shape=array").json()[0]
    missing = served.get(f"/posts/{broken['post_id']}/content").text
    assert f"Picture not mirrored: {broken['url']}" in missing
    assert "<img" not in missing


def test_the_reading_frame_has_a_policy_of_its_own(served: Served) -> None:
    policy = served.get("/posts/1/content").headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin allow-popups" in policy
    assert "allow-scripts" not in policy
    frame = re.search(r"<iframe[^>]+>", served.get("/posts/1").text)
    assert frame
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in frame[0]


def test_the_databases_page_is_that_of_the_questions(served: Served) -> None:
    assert served.get("/mirror").headers["location"] == "/queries"
    assert "sql-editor" in served.get("/queries").text
    assert served.get("/mirror.json").json()["database"] == "mirror"
    assert served.get("/mirror?sql=select+41%2B1+as+n&_shape=array").status_code == 200


def test_a_bomb_in_a_post_holds_up_no_page(own_sample: Path) -> None:
    bomb = "<div>" * 200_000 + "harbour"
    writer = sqlite3.connect(own_sample)
    with writer:
        writer.execute("UPDATE posts SET content = ?, excerpt = ? WHERE id = 5", [bomb, bomb])
    writer.close()
    site = Served(own_sample)
    started = time.process_time()
    for path in ("/posts/5", "/posts/5/content", "/posts/5/compare?a=1&b=4", "/search",
                 "/search?only=edited", "/posts/5.json", "/mirror/posts/5"):  # fmt: skip
        assert site.get(path).status_code == 200
    assert time.process_time() - started < 10
    site.close()


def test_a_row_has_a_page_where_it_can_be_read_whole(own_sample: Path) -> None:
    long = "<p>" + "seaweed " * 60 + "at last</p>"
    with closing(sqlite3.connect(own_sample)) as db, db:
        db.execute("UPDATE posts SET content = ? WHERE id = 7", [long])
    site = Served(own_sample)
    assert html.escape(long) in site.get("/mirror/posts/7").text
    assert html.escape(long) not in site.get("/mirror/posts?id=7").text
    site.close()


def test_a_row_that_is_longer_than_a_page_says_where_the_rest_is(own_sample: Path) -> None:
    with closing(sqlite3.connect(own_sample)) as db, db:
        db.execute("UPDATE posts SET content = ? WHERE id = 7", ["x" * 200_000 + "end"])
    site = Served(own_sample)
    text = site.get("/mirror/posts/7").text
    site.close()
    assert "x" * 200_000 + "… <em>The rest is in the row's JSON</em>" in text
    assert text.count("The rest is") == 1


def test_a_site_tells_what_its_visitors_do_not_see(own_sample: Path) -> None:
    """Else `4 of 5`, and complete, is a riddle."""
    with closing(sqlite3.connect(own_sample)) as db, db:
        db.execute(
            "UPDATE coverage SET mirrored = mirrored - 1, hidden = 1 WHERE collection = 'posts'"
        )
    site = Served(own_sample)
    text = site.get("/sites/harbourgazette.com").text
    site.close()
    assert text.count("1 hidden from visitors") == 1
    assert "0 hidden" not in text


def test_values_are_named_on_a_telephone_with_and_without_scripts(served: Served) -> None:
    """There the head of the table is out of sight."""
    names = re.findall(r'td:nth-of-type\(\d+\):before { content: "(\w+)"; }',
                       served.get("/mirror/posts").text)  # fmt: skip
    assert names[:3] == ["id", "site_id", "wp_id"]
    assert "shape_id" in names


def test_a_shape_is_named_by_its_number(served: Served) -> None:
    """Not by all that it says: a row would fill the screen."""
    labelled = served.get("/-/metadata.json").json()["databases"]["mirror"]["tables"]["shapes"]
    assert labelled["label_column"] == "id"


def test_tables_speak_of_sites_and_posts_not_of_numbers(served: Served) -> None:
    text = served.get("/mirror/posts?_sort=id").text
    assert "harbourgazette.com" in text
    assert re.search(r'<td class="col-title[^>]+><a href="/posts/1">', text)
    assert 'data-column-description="The permalink"' in text
