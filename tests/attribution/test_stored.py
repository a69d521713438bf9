"""Attribution of what is stored: judged again, clustered, led back to the mirrored original."""

import json
import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from mirror.attribution import RULES_VERSION
from mirror.cli.app import run
from mirror.lock import locked
from mirror.store.connection import connect
from mirror.store.migrations import migrations
from mirror.store.reading.upstreams import judged_by_older_rules, upstreams
from mirror.store.stories import refresh
from mirror.wordpress.feeds import MARK
from tests.attribution.mirrors import post, rows, write

GAZETTE, PAPER, COURIER = "gazette.org", "paper.com", "courier.net"
WORDS = [f"{a}{b}" for a in "bcdfgklmnprstvz" for b in ("ata", "eno", "iru", "ola", "ume", "yx")]


def text(seed: int) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(200))


def html(seed: int, credit: str = "") -> str:
    return f"<p>{text(seed)}</p>\n<p>{credit}</p>"


def first_on(host: str, wp_id: int | None = None) -> str:
    link = f"https://{host}/2026/post-{wp_id}/" if wp_id else f"https://{host}/"
    return f'This article was first published on <a href="{link}">{host}</a>.'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


@pytest.fixture
def ask(path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """`ask(*words)`: what a command that must succeed prints; JSON parsed."""

    def call(*words: str) -> Any:
        capsys.readouterr()
        code = run([*words, "--db", str(path)])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return json.loads(printed.out) if "--json" in words else printed.out + printed.err

    return call


def test_the_stored_posts_are_judged_again(path: Path, ask: Callable[..., Any]) -> None:
    write(path, GAZETTE, post(GAZETTE, 1, html(1), "2026-02-01T10:00:00"))
    copy = post(COURIER, 1, html(1, first_on(PAPER, 9)), "2026-02-02T10:00:00")
    write(path, COURIER, copy, judged=False)
    found = ask("attribute", "--all", "--json")
    assert (found["rules"], found["judged"], found["found"], found["same"]) == (
        RULES_VERSION, 2, 1, 1,
    )  # fmt: skip
    (change,) = found["changes"]
    assert (change["outcome"], change["host"], change["before"]) == ("found", COURIER, None)
    assert change["after"]["domain"] == PAPER
    assert change["after"]["url"] == f"https://{PAPER}/2026/post-9/"
    assert ask("explain", f"{COURIER}:1", "--json")["upstream_domain"] == PAPER
    again = ask("attribute", "--all", "--json")
    assert (again["same"], again["changes"]) == (2, [])
    assert "nothing changed" in ask("attribute", "--all")


def test_what_each_outcome_is_called(path: Path, ask: Callable[..., Any]) -> None:
    numbers = range(1, 6)
    write(
        path,
        COURIER,
        *(post(COURIER, n, html(n, first_on(PAPER, n)), f"2026-02-0{n}T10:00:00") for n in numbers),
        post(COURIER, 6, html(6), "2026-02-06T10:00:00"),
    )
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO upstreams (domain) VALUES ('x.com')")
        other = db.execute("SELECT id FROM upstreams WHERE domain = 'x.com'").fetchone()[0]
        db.execute("DELETE FROM judgements WHERE post_id = 1")
        db.execute("UPDATE judgements SET upstream_id = ? WHERE post_id = 2", [other])
        db.execute("UPDATE judgements SET url = NULL WHERE post_id = 3")
        db.execute("UPDATE judgements SET confidence = 0.5 WHERE post_id = 4")
        db.execute("INSERT INTO judgements VALUES (6, 1, ?, NULL, 0.9)", [other])
    db.close()
    printed = ask("attribute", "--all")
    assert [line[2:10].strip() for line in printed.splitlines()[:4]] == [
        "found", "upstream", "address", "lost",
    ]  # fmt: skip
    assert "6 posts judged" in printed
    assert "1 with other evidence or confidence only" in printed


def test_names_of_authors_and_categories_are_known_by_now(
    path: Path, ask: Callable[..., Any]
) -> None:
    by_agency = post(COURIER, 1, html(1), "2026-02-02T10:00:00", author=7, categories=[3])
    by_hand = post(COURIER, 2, html(2), "2026-02-02T10:00:00", author=8, categories=["x", 2**70])
    write(path, COURIER, by_agency, by_hand)
    with sqlite3.connect(path) as db:
        for wp_id, name in ((7, "Associated Press"), (8, "Ada Post")):
            db.execute(
                "INSERT INTO authors (site_id, wp_id, collection, name, extra, fingerprint, "
                "valid_from, first_seen_at, crawl_id) "
                "VALUES (1, ?, 'users', ?, '{}', '', '', '', 1)",
                [wp_id, name],
            )
    db.close()
    found = ask("attribute", "--all", "--json")
    assert [change["wp_id"] for change in found["changes"]] == [1]
    assert ask("explain", f"{COURIER}:1", "--json")["evidence"][0]["rule"] == "author"


def test_the_judgement_of_an_earlier_version_stays(path: Path, ask: Callable[..., Any]) -> None:
    write(path, COURIER, post(COURIER, 1, html(1, first_on(PAPER)), "2026-02-02T10:00:00"))
    edited = post(COURIER, 1, html(1, first_on(GAZETTE)), "2026-02-02T10:00:00")
    write(path, COURIER, {**edited, "modified_gmt": "2026-02-03T10:00:00"})
    ask("attribute", "--all")
    judged = "SELECT version, domain FROM judgements j JOIN upstreams u ON u.id = j.upstream_id"
    assert rows(path, f"{judged} ORDER BY version") == [
        {"version": 1, "domain": PAPER},
        {"version": 2, "domain": GAZETTE},
    ]


def test_posts_judged_by_older_rules_are_counted(path: Path, ask: Callable[..., Any]) -> None:
    write(path, COURIER, post(COURIER, 1, html(1, first_on(PAPER)), "2026-02-02T10:00:00"))
    assert "older rules" not in ask("upstreams")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE judged SET rules = 0")
    db.close()
    assert "judged by older rules: 1 post (" in ask("upstreams")
    ask("attribute", "--all")
    assert "older rules" not in ask("upstreams")


def test_what_was_judged_before_versions_were_noted_counts_as_older() -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m050_stories")
    db.execute("INSERT INTO sites (id, url, host, first_seen_at) VALUES (1, '', '', '')")
    db.execute("INSERT INTO crawls (id, site_id, mode, started_at) VALUES (1, 1, 'full', '')")
    db.execute(
        "INSERT INTO posts (id, site_id, wp_id, collection, extra, fingerprint, valid_from, "
        "first_seen_at, crawl_id) VALUES (5, 1, 1, 'posts', '{}', '', '', '', 1)"
    )
    migrations.apply(db)
    assert judged_by_older_rules(db, RULES_VERSION) == 1


def test_a_file_and_the_stored_posts_are_not_both_judged(path: Path, tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("{}")
    assert run(["attribute", str(tmp_path / "posts.jsonl"), "--all", "--db", str(path)]) == 2


def test_a_story_is_told_from_its_first_copy(path: Path, ask: Callable[..., Any]) -> None:
    write(path, COURIER, post(COURIER, 1, html(1, first_on(PAPER)), "2026-02-02T10:00:00"))
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"),
          post(PAPER, 2, html(2), "2026-02-01T11:00:00"))  # fmt: skip
    (story,) = ask("stories", "--json")
    assert (story["posts"], story["sites"], story["first_at"]) == (2, 2, "2026-02-01T10:00:00Z")
    first, copy = story["copies"]
    assert (first["host"], first["similarity"], first["added"]) == (PAPER, 1.0, 0)
    assert (copy["host"], copy["added"], copy["removed"]) == (COURIER, 8, 0)
    assert 0.9 < copy["similarity"] < 1
    assert copy["upstream_domain"] == PAPER
    printed = ask("stories")
    assert "2 copies on 2 sites" in printed
    assert "+8 −0 words" in printed
    assert "\nThis article was first published on paper.com.+}" in ask("stories", f"{PAPER}:1")
    assert "no other post here" in ask("stories", f"{PAPER}:2")
    write(path, GAZETTE, post(GAZETTE, 3, html(3), "2026-02-01T12:00:00"))
    assert ask("stories", "--site", GAZETTE, "--json") == []
    assert len(ask("stories", "--site", COURIER, "--json")) == 1
    assert ask("stories", "--since", "2026-02-03", "--json") == []


def test_stories_grow_and_shrink_with_the_posts(path: Path, ask: Callable[..., Any]) -> None:
    def members() -> list[list[tuple[str, int]]]:
        found = ask("stories", "--sites", "1", "--json")
        return [[(c["host"], c["wp_id"]) for c in story["copies"]] for story in found]

    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"))
    assert members() == []
    write(path, COURIER, post(COURIER, 1, html(1), "2026-02-02T10:00:00"))
    assert members() == [[(PAPER, 1), (COURIER, 1)]]
    write(path, GAZETTE, post(GAZETTE, 1, html(1), "2026-01-31T10:00:00"))
    assert members() == [[(GAZETTE, 1), (PAPER, 1), (COURIER, 1)]]
    edited = post(PAPER, 1, html(77), "2026-02-01T10:00:00")
    write(path, PAPER, {**edited, "modified_gmt": "2026-02-05T10:00:00"})
    assert members() == [[(GAZETTE, 1), (COURIER, 1)]]
    page = post(PAPER, 5, html(1), "2026-02-01T10:00:00", type="page")
    write(path, PAPER, page)
    assert members() == [[(GAZETTE, 1), (COURIER, 1)]]
    db = connect(path, write=True)
    assert refresh(db).signed == 0
    db.close()


def test_a_post_that_became_a_page_has_no_story(path: Path, ask: Callable[..., Any]) -> None:
    """Pages are compared with nothing: nor is what was signed while it was a post."""
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"))
    became = post(GAZETTE, 1, html(1), "2026-02-01T09:00:00")
    write(path, GAZETTE, became)
    assert len(ask("stories", "--json")) == 1
    write(path, GAZETTE, {**became, "type": "page", "modified_gmt": "2026-02-03T00:00:00"})
    assert ask("stories", "--json") == []
    write(path, GAZETTE, {**became, "modified_gmt": "2026-02-04T00:00:00"})
    assert len(ask("stories", "--json")) == 1


def test_a_post_that_is_completed_is_compared_as_it_is(path: Path, ask: Callable[..., Any]) -> None:
    """Of many posts a feed shows the first lines alone; the whole text is no new version."""
    whole = post(GAZETTE, 1, html(1), "2026-02-01T10:00:00")
    first_lines = {key: whole[key] for key in whole.keys() - {"content", "date_gmt"}}
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-02T10:00:00"))
    write(path, GAZETTE, {**first_lines, MARK: {"author": None, "categories": []}})
    assert ask("stories", "--json") == []
    write(path, GAZETTE, whole)
    (story,) = ask("stories", "--json")
    assert [copy["host"] for copy in story["copies"]] == [GAZETTE, PAPER]


def test_while_another_run_is_at_work_stories_are_shown_as_they_were(
    path: Path, ask: Callable[..., Any]
) -> None:
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"))
    write(path, COURIER, post(COURIER, 1, html(1), "2026-02-02T10:00:00"))
    with locked(path):
        assert "as of the last time" in ask("stories")
    assert ask("stories", "--stored", "--json") == []
    assert len(ask("stories", "--json")) == 1


def test_a_chain_is_followed_to_its_end(path: Path, ask: Callable[..., Any]) -> None:
    """The courier took it from the gazette, by its plugin; the gazette had it from the paper."""
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"))
    gazette = post(GAZETTE, 4, html(1, first_on(PAPER, 1)), "2026-02-01T12:00:00")
    write(path, GAZETTE, gazette)
    copy = post(COURIER, 7, html(1), "2026-02-02T10:00:00",
                meta={"dt_original_post_url": f"http://www.{GAZETTE}/2026/post-4"})  # fmt: skip
    write(path, COURIER, copy)
    steps = ask("explain", f"{COURIER}:7", "--json")["chain"]
    assert [(s["host"], s["wp_id"], s["how"]) for s in steps] == [
        (GAZETTE, 4, "url"),
        (PAPER, 1, "url"),
    ]
    assert [s["contradiction"] for s in steps] == [None, None]
    assert [s["lead_seconds"] for s in steps] == [22 * 3600, 2 * 3600]
    assert steps[0]["upstream_domain"] == PAPER
    assert steps[0]["similarity"] is None
    ask("stories")
    assert rows(path, "SELECT how, similarity > 0.9 AS alike FROM upstream_posts") == [
        {"how": "url", "alike": 1},
        {"how": "url", "alike": 1},
    ]
    printed = ask("explain", f"{COURIER}:7")
    assert f"1. {GAZETTE}:4  found by its url, " in printed
    assert f"names {PAPER} in turn" in printed
    assert f"2. {PAPER}:1" in printed


def found_by(ask: Callable[..., Any], name: str) -> tuple[str, str | None]:
    (step, *_) = ask("explain", name, "--json")["chain"]
    return step["how"], step["contradiction"]


def test_the_upstream_post_is_found_by_its_guid_or_its_text(
    path: Path, ask: Callable[..., Any]
) -> None:
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-01T10:00:00"),
          post(PAPER, 2, html(2), "2026-02-01T10:00:00"),
          post(PAPER, 3, html(3), "2026-02-01T10:00:00"))  # fmt: skip
    guid = {"rendered": f"https://{PAPER}/?p=2"}
    short = f"<p>An excerpt.</p><p>{first_on(PAPER)}</p>"
    write(path, COURIER, post(COURIER, 1, html(1, first_on(PAPER)), "2026-02-02T10:00:00"),
          post(COURIER, 2, short, "2026-02-02T10:00:00", guid=guid),
          post(COURIER, 3, html(33, first_on(PAPER)), "2026-02-02T10:00:00"))  # fmt: skip
    ask("stories")
    assert found_by(ask, f"{COURIER}:1") == ("text", None)
    assert found_by(ask, f"{COURIER}:2") == ("guid", None)
    assert ask("explain", f"{COURIER}:3", "--json")["chain"] == []


def test_of_upstream_posts_with_one_guid_the_first_written_is_meant(
    path: Path, ask: Callable[..., Any]
) -> None:
    """Whichever was read first."""
    guid = {"rendered": f"https://{PAPER}/?p=1"}
    for number in (2, 1):
        date = f"2026-02-0{number}T10:00:00"
        write(path, PAPER, post(PAPER, number, html(number), date, guid=guid))
    short = f"<p>An excerpt.</p><p>{first_on(PAPER)}</p>"
    write(path, COURIER, post(COURIER, 1, short, "2026-02-03T10:00:00", guid=guid))
    (step,) = ask("explain", f"{COURIER}:1", "--json")["chain"]
    assert (step["how"], step["wp_id"]) == ("guid", 1)


def test_what_the_upstream_s_mirror_contradicts_is_flagged(
    path: Path, ask: Callable[..., Any]
) -> None:
    write(path, PAPER, post(PAPER, 1, html(1), "2026-02-09T10:00:00"),
          post(PAPER, 2, html(2, first_on(COURIER, 2)), "2026-02-01T10:00:00"),
          post(PAPER, 3, html(3, first_on("wire.net", 3)), "2026-02-01T10:00:00"))  # fmt: skip
    write(path, COURIER, *(post(COURIER, n, html(n, first_on(PAPER, n)), "2026-02-02T10:00:00")
                           for n in (1, 2, 3)))  # fmt: skip
    ask("stories")
    assert found_by(ask, f"{COURIER}:1") == ("url", "later")
    assert found_by(ask, f"{COURIER}:2") == ("url", "mutual")
    assert found_by(ask, f"{COURIER}:3") == ("url", "elsewhere")
    assert "published later than the copy" in ask("explain", f"{COURIER}:1")
    assert found_by(ask, f"{PAPER}:2") == ("url", "later, mutual")
    assert len(ask("explain", f"{PAPER}:2", "--json")["chain"]) == 1


def test_upstreams_have_a_trend(path: Path, ask: Callable[..., Any]) -> None:
    dates = ["2026-02-20", "2026-01-20", "2025-11-20", "2024-11-20"]
    write(path, COURIER, *(post(COURIER, n, html(n, first_on(PAPER, n)), f"{day}T10:00:00")
                           for n, day in enumerate(dates, 1)))  # fmt: skip
    (row,) = upstreams(connect(path), now=datetime(2026, 3, 1, tzinfo=UTC))
    assert (row.posts, row.recent, row.before, row.share) == (4, 2, 1, 1.0)
    assert "trend" in ask("upstreams")
