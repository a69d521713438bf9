"""The commands that read, on a mirror of three days."""

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mirror.media.names import path_of
from mirror.store.connection import connect
from mirror.store.reading.sites import sites
from tests.mirrored import KINDS

POST = "https://gazette.example/2026/01/post-1/"
ESC = "\x1b"
A_FILE = """INSERT INTO files (sha256, path, bytes, mime, first_seen_at)
    VALUES ('ab', 'ab/ab.jpg', 3, 'image/jpeg', '2026-01-01T00:00:00Z')"""


@pytest.fixture
def ask(mirrored: Path, mirror: Any) -> Any:
    """`ask(*words)`: what a command prints that must succeed; JSON parsed, where asked for."""

    def call(*words: str) -> Any:
        found = mirror(*words)
        assert (found.code, found.err) == (0, "")
        return json.loads(found.out) if "--json" in words else found.out

    return call


def test_changes_newest_first_with_what_an_edit_touched(ask: Any) -> None:
    events = ask("changes", "--json")
    assert [(e["at"][:10], e["event"], e["kind"], e["wp_id"]) for e in events[:3]] == [
        ("2026-01-03", "deleted", "post", 2),
        ("2026-01-02", "edited", "post", 3),
        ("2026-01-02", "edited", "post", 1),
    ]
    assert [e["changed"] for e in events[1:3]] == [["title"], ["content", "modified_gmt"]]
    assert [e["silent"] for e in events[1:3]] == [True, False]
    assert len(events) == 9


def test_changes_are_narrowed(ask: Any) -> None:
    assert len(ask("changes", "--since", "2026-01-02", "--json")) == 3
    assert len(ask("changes", "--event", "new", "--kind", "post", "--json")) == 4
    assert len(ask("changes", "--limit", "2", "--json")) == 2
    assert ask("changes", "--site", "gazette.example", "--since", "2026-01-03") == (
        "2026-01-03T02:00:00Z  - deleted   post     gazette.example:2  A fair is planned"
        "  (deleted (404 rest_post_invalid_id))\n"
    )


def test_more_changes_than_are_shown_are_announced(mirrored: Path, mirror: Any) -> None:
    """Wherever stderr goes: a list that is cut is not to be taken for a whole one."""
    found = mirror("changes", "--limit", "2")
    assert len(found.out.splitlines()) == 2
    assert "--limit 0" in found.err


@pytest.mark.parametrize(
    "words",
    [
        ["changes", "--since", "1h"],
        ["search", "zeppelin"],
        ["search", "harbour", "--limit", "1"],
        ["stories"],
    ],
    ids=" ".join,
)
def test_what_is_no_warning_is_not_mailed_by_cron(
    mirrored: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    piped = mirror(*words)
    assert (piped.code, piped.err) == (0, "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert mirror(*words).err != ""


@pytest.mark.parametrize(
    "name",
    ["1", "gazette.example:1", "www.gazette.example:1", POST, POST.rstrip("/"),
     "http://www.gazette.example/2026/01/post-1", "https://gazette.example/?p=1"],
)  # fmt: skip
def test_a_post_by_any_of_its_names(ask: Any, name: str) -> None:
    assert ask("history", name, "--json")[0]["wp_id"] == 1


def test_an_unknown_post_gets_its_nearest_neighbour(mirrored: Path, mirror: Any) -> None:
    found = mirror("show", "https://gazette.example/2026/01/pots-1/")
    assert found.code == 2
    assert "gazette.example:1 https://gazette.example/2026/01/post-1/" in found.err
    assert mirror("show", "99999").code == 2
    assert mirror("show", "9" * 40).code == 2
    assert mirror("show", "%_'\"; DROP TABLE posts").code == 2


def test_history_says_when_and_what(ask: Any) -> None:
    first, second = ask("history", "1", "--json")
    assert (first["valid_from"], first["valid_to"]) == (
        "2026-01-01T02:00:00Z",
        second["valid_from"],
    )
    assert (first["changed"], second["changed"]) == ([], ["content", "modified_gmt"])
    assert second["valid_to"] is None


def test_history_tells_of_a_deletion(ask: Any) -> None:
    lines = ask("history", "2").splitlines()
    assert len(lines) == 3
    assert "deleted" in lines[2]
    assert "2026-01-03T02:00:00Z" in lines[2]


def test_diff_by_word_in_a_pipe(ask: Any) -> None:
    printed = ask("diff", POST)
    assert "reopens on [-Monday-]{+next Friday+}, the council" in printed
    assert "cost [-four-]{+five+} euros" in printed
    assert ask("diff", POST, "1", "2") == printed
    assert ask("diff", POST, "1") == printed


def test_diff_of_named_versions_backwards(ask: Any) -> None:
    assert "[-next Friday-]{+Monday+}" in ask("diff", POST, "2", "1")


def test_diff_as_json(ask: Any) -> None:
    found = ask("diff", POST, "--json")
    assert (found["from"], found["to"]) == (1, 2)
    content = found["fields"][0]
    assert content["field"] == "content"
    assert {"operation": "delete", "text": "Monday"} in content["pieces"]


def test_diff_of_a_version_that_is_not_there(mirrored: Path, mirror: Any) -> None:
    found = mirror("diff", POST, "7")
    assert (found.code, found.err) == (
        2, "mirror: there is no version 7: this post has 1 to 2\n"
    )  # fmt: skip
    assert mirror("diff", "gazette.example:4").code == 0


def test_show_as_of(ask: Any) -> None:
    assert "reopens on Monday" in ask("show", POST, "--at", "2026-01-01T02:00:00Z")
    assert "reopens on Monday" in ask("show", POST, "--at", "2026-01-02T01:59:59Z")
    assert "reopens on next Friday" in ask("show", POST, "--at", "2026-01-02T02:00:00Z")
    assert "next Friday" in ask("show", POST)


def test_show_before_and_after_its_time(mirrored: Path, mirror: Any) -> None:
    early = mirror("show", POST, "--at", "2025-12-31")
    assert (early.code, "was not mirrored yet" in early.err) == (2, True)
    late = mirror("show", "gazette.example:2", "--at", "2026-01-03T02:00:00Z")
    assert (late.code, "was deleted" in late.err) == (2, True)
    assert mirror("show", "gazette.example:2", "--at", "2026-01-03T01:59:59Z").code == 0


def test_show_gives_the_object_back_as_it_was_sent(ask: Any) -> None:
    found = ask("show", "3", "--json")
    assert found["version"] == 2
    assert found["object"]["title"] == {"rendered": "Talks &#8211; a report, updated"}
    assert found["object"]["content"]["protected"] is False
    assert found["object"]["categories"] == [3]
    html = ask("show", "3", "--content", "--at", "2026-01-01T12:00")
    assert html.startswith('<p data-uri="cms.cnn.com')


def test_search_finds_current_posts_only(ask: Any) -> None:
    hits = ask("search", "harbour", "--json")
    assert [hit["wp_id"] for hit in hits] == [1]
    start, end = hits[0]["marks"][0]
    assert hits[0]["snippet"][start:end] == "harbour"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["ELYSEE"], [4]),
        (["next", "friday"], [1]),
        (['"next friday"'], [1]),
        (['"friday next"'], []),
        (["ferr*"], [1]),
        (["--", "appeared", "-talks"], []),
        (["--", "first", "-otter"], [3]),
        (["reopens AND"], []),
        (['unfinished "phrase'], []),
        (["NEAR(", "harbour"], []),
        (["title:harbour"], []),
        (["harbour' OR 1=1 --"], []),
    ],
)
def test_what_users_type_is_no_syntax(
    mirrored: Path, mirror: Any, words: list[str], found: list[int]
) -> None:
    result = mirror("search", "--json", *words)
    assert result.code == 0
    assert [hit["wp_id"] for hit in json.loads(result.out)] == found


@pytest.mark.parametrize("words", ["***", '""', "-", "()", "\u0000"])
def test_nothing_to_search_for_is_said(mirrored: Path, mirror: Any, words: str) -> None:
    found = mirror("search", "--", words)
    assert found.code == 2
    assert "nothing to search for" in found.err


def test_explain_shows_the_words(ask: Any) -> None:
    printed = ask("explain", "3")
    assert "first published by cnn.com" in printed
    assert "Talks went on. This post appeared first on cnn.com" in printed
    found = ask("explain", "3", "--json")
    assert found["syndicated"] is True
    assert {e["rule"] for e in found["evidence"]} >= {"first-published", "cms-address"}
    assert ask("explain", "1", "--json")["evidence"] == []


def test_upstreams(ask: Any) -> None:
    (row,) = ask("upstreams", "--json")
    assert (row["domain"], row["posts"], row["share"]) == ("cnn.com", 1, 1 / 3)
    assert row["sites"] == [{"host": "gazette.example", "posts": 1}]
    assert ask("upstreams", "--site", "gazette.example", "--json") == [row]


def test_status(ask: Any) -> None:
    (site,) = ask("status", "--json")
    assert site["rows"]["posts"] == 3
    assert (site["gone"], site["versions"], site["open_failures"]) == (1, 2, 1)
    assert site["last"]["outcome"] == "complete"
    assert {row["collection"]: row["complete"] for row in site["coverage"]} == {
        "posts": True,
        "users": False,
    }
    assert site["due"] is True
    printed = ask("status")
    assert "2 missing" in printed
    assert "rest_user_cannot_view" in ask("status", "gazette.example")


def test_status_counts_rows_without_reading_them(mirrored: Path) -> None:
    db = connect(mirrored)
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    sites(db)
    db.conn.set_trace_callback(None)
    tables = "|".join(KINDS.values())
    counts = [sql for sql in asked if re.match(rf"SELECT count\(\*\) FROM ({tables}) ", sql)]
    assert len(counts) >= len(KINDS)
    for sql in counts:
        (plan,) = db.query(f"EXPLAIN QUERY PLAN {sql}")
        assert re.search(r"COVERING INDEX|_deleted_at", plan["detail"]), (sql, plan["detail"])


def test_no_control_character_of_upstream_reaches_the_terminal(ask: Any) -> None:
    for words in (("changes",), ("show", "4"), ("history", "4"), ("search", "Evil"),
                  ("changes", "--json"), ("show", "4", "--json"), ("explain", "4")):  # fmt: skip
        printed = ask(*words)
        text = printed if isinstance(printed, str) else json.dumps(printed, ensure_ascii=False)
        if isinstance(printed, str):
            assert ESC not in text
            assert "\u202e" not in text
            assert "\x07" not in text
    assert "[red]title[/red]" in ask("show", "4")


def test_json_escapes_what_a_terminal_would_obey(mirrored: Path, mirror: Any) -> None:
    printed = mirror("show", "4", "--json").out
    assert ESC not in printed
    assert "\u202e" not in printed
    assert "Élysée" in printed
    assert ESC in json.loads(printed)["object"]["title"]["rendered"]


@pytest.mark.parametrize("command", [["changes"], ["search", "a"], ["upstreams"], ["stories"]])
def test_a_site_that_is_not_there_is_an_error(
    mirrored: Path, mirror: Any, command: list[str]
) -> None:
    found = mirror(*command, "--site", "typo.example")
    assert found.code == 2
    assert "there is no site 'typo.example'" in found.err
    known = sqlite3.connect(mirrored).execute("SELECT host FROM sites").fetchone()[0]
    assert mirror(*command, "--site", f"https://www.{known}/").code == 0


@pytest.mark.parametrize("words", [["status", "typo"], ["changes", "--site", "typo"]])
def test_an_unknown_site_is_told_which_there_are(
    mirrored: Path, mirror: Any, words: list[str]
) -> None:
    assert "there is no site 'typo': there is gazette.example;" in mirror(*words).err
    with closing(sqlite3.connect(mirrored)) as db, db:
        for n in range(9):
            db.execute(
                "INSERT INTO sites (url, host, first_seen_at) VALUES (?, ?, '2026-01-01')",
                [f"https://s{n}.example", f"s{n}.example"],
            )
    assert "(`mirror sites` lists them)" in mirror(*words).err


def test_sites_of_one_host_are_told_apart(mirrored: Path, mirror: Any) -> None:
    with closing(sqlite3.connect(mirrored)) as db, db:
        (host,) = db.execute("SELECT host FROM sites").fetchone()
        db.execute(
            "INSERT INTO sites (url, host, first_seen_at) VALUES (?, ?, '2026-01-01T00:00:00Z')",
            [f"https://{host}/news", host],
        )
        other = db.execute("SELECT max(id) FROM sites").fetchone()[0]
        db.execute(
            "INSERT INTO crawls (site_id, mode, started_at) "
            "VALUES (?, 'backfill', '2026-01-01T00:00:00Z')",
            [other],
        )
        db.execute(
            "INSERT INTO failures (crawl_id, site_id, url, kind, message, first_at, last_at) "
            "VALUES ((SELECT max(id) FROM crawls), ?, 'x', 'network', 'Its own trouble', "
            "'2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
            [other],
        )
    assert f"{host}/news" in mirror("status").out
    assert "Its own trouble" in mirror("status", host).out
    alone = mirror("status", f"https://{host}/news").out
    assert "Its own trouble" in alone
    assert alone.count(host) == 1


def test_what_no_crawl_looks_after_is_said(mirrored: Path, mirror: Any) -> None:
    (mirrored.parent / "mirror.toml").write_text('[[site]]\nurl = "https://b.de"\n')
    assert "not in the config" in mirror("status").out


def test_check_is_content_with_a_sound_mirror(ask: Any) -> None:
    assert ask("check").startswith("all is well: 4 posts, 1 term, 1 author, 2 post_versions")
    assert ask("check", "--json")["faults"] == []


@pytest.mark.parametrize(
    ("damage", "check", "message"),
    [
        ("DELETE FROM post_versions WHERE post_id = 1", "history", "stands at version 2"),
        ("UPDATE post_versions SET valid_to = '2026-01-09T00:00:00Z' WHERE post_id = 1",
         "history", "the next one from 2026-01-02T02:00:00Z"),
        ("UPDATE posts SET author_id = 99 WHERE id = 1", "references", "missing row of authors"),
        ("DELETE FROM posts_fts_docsize WHERE id = 3", "search", "is not in the full-text index"),
        (A_FILE,
         "media", "is missing"),
    ],
)  # fmt: skip
def test_check_finds_what_is_wrong(
    mirrored: Path, mirror: Any, damage: str, check: str, message: str
) -> None:
    db = sqlite3.connect(mirrored)
    db.execute(damage)
    db.commit()
    db.close()
    found = mirror("check", "--json")
    assert found.code == 1
    faults = json.loads(found.out)["faults"]
    assert any(fault["check"] == check and message in fault["message"] for fault in faults)
    assert mirror("check").code == 1


def media_file(mirrored: Path, content: bytes) -> Path:
    """A file in the media folder and its row, named by its hash; not used by anything."""
    sha256 = hashlib.sha256(content).hexdigest()
    name = path_of(sha256, "txt")
    db = sqlite3.connect(mirrored)
    db.execute(
        "INSERT INTO files (sha256, path, bytes, mime, first_seen_at) "
        "VALUES (?, ?, ?, 'text/plain', '2026-01-01T00:00:00Z')",
        [sha256, name, len(content)],
    )
    db.commit()
    db.close()
    file = mirrored.with_name("media") / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_check_reads_the_media_files(mirrored: Path, mirror: Any) -> None:
    file = media_file(mirrored, b"abc")
    for content, code in ((b"abc", 0), (b"abd", 1), (b"abcd", 1)):
        file.write_bytes(content)
        assert mirror("check").code == code
    file.write_bytes(b"abd")
    assert mirror("check", "--quick").code == 0
    file.rename(file.with_name("0" * 62 + ".txt"))
    printed = mirror("check", "--quick").out
    assert "is missing" in printed
    assert "that no row names" in printed


def test_check_has_what_is_missing_fetched_again(mirrored: Path, mirror: Any) -> None:
    file = media_file(mirrored, b"abc")
    file.unlink()
    with closing(sqlite3.connect(mirrored)) as db, db:
        db.execute(
            "INSERT INTO media_files (site_id, url, size, original, sha256, etag, next_at) VALUES "
            "(1, 'https://a.de/a.txt', 'full', 'a', (SELECT sha256 FROM files WHERE path LIKE ?), "
            "'x', '2099-01-01T00:00:00Z')",
            [f"%{file.name}"],
        )
    found = mirror("check", "--repair")
    assert found.code == 1
    assert "1 of 1 file will be fetched again" in found.err
    with closing(sqlite3.connect(mirrored)) as db:
        ((etag, due),) = db.execute(
            "SELECT etag, next_at < '2099' FROM media_files WHERE url = 'https://a.de/a.txt'"
        )
    assert (etag, due) == (None, 1)


def test_gc_lists_first_and_removes_when_told_to(mirrored: Path, mirror: Any) -> None:
    file = media_file(mirrored, b"abc")
    stray = file.with_name("0" * 62 + ".txt")
    stray.write_bytes(b"12345")
    listed = mirror("gc")
    assert (listed.code, listed.out.splitlines()[-1]) == (
        0, "2 files, 8 B: could go (--delete removes them)"
    )  # fmt: skip
    assert (file.exists(), stray.exists()) == (True, True)
    assert mirror("gc", "--delete").out.endswith("2 files, 8 B: removed\n")
    assert (file.exists(), stray.exists()) == (False, False)
    assert mirror("check").code == 0
    assert mirror("gc").out == "0 files, 0 B: could go (--delete removes them)\n"


def test_gc_as_json(mirrored: Path, mirror: Any) -> None:
    stray = media_file(mirrored, b"abc").with_name("0" * 62 + ".txt")
    stray.write_bytes(b"12345")
    listed = json.loads(mirror("gc", "--json").out)
    assert [(file["bytes"], file["why"]) for file in listed["files"]] == [
        (3, "no post uses it"), (5, "no row names it"),
    ]  # fmt: skip
    assert listed["removed"] is False
    assert json.loads(mirror("gc", "--delete", "--json").out) == {**listed, "removed": True}
    assert json.loads(mirror("gc", "--json").out) == {"files": [], "removed": False}


def test_show_as_a_page_of_its_own(ask: Any) -> None:
    page = ask("show", "3", "--html")
    assert page.startswith("<!doctype html>")
    assert "Content-Security-Policy" in page
    assert "This post appeared first on" in page
    assert ESC in ask("show", "4", "--content")  # to a file, as it was sent


def test_a_damaged_file_is_said_to_be_one(mirrored: Path, mirror: Any) -> None:
    size = mirrored.stat().st_size
    with mirrored.open("r+b") as file:
        file.seek(size // 3)
        file.write(b"\xff" * 20_000)
    found = mirror("check")
    assert (found.code, found.err) == (1, "")
    assert "database" in found.out
    faults = json.loads(mirror("check", "--json").out)["faults"]
    assert {fault["check"] for fault in faults} == {"database"}
    assert "Traceback" not in found.err
