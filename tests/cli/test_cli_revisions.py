"""What WordPress itself kept of a post, among the versions that the mirror saw."""

import json
from pathlib import Path
from typing import Any

import pytest

from mirror.store.connection import connect, transaction

# (WordPress' id, when it was saved, title, content). The post was modified at 10:00 on the last day
# of 2025, which is its version 1.
REVISIONS = (
    (51, "2025-12-30T08:00:00Z", "Harbour to reopen", "<p>Soon.</p>"),
    (52, "2025-12-31T10:00:00Z", "Harbour reopens", "<p>Soon.</p>"),
)


@pytest.fixture
def revised(mirrored: Path) -> Path:
    db = connect(mirrored, write=True)
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO post_revisions (post_id, wp_id, author_id, crawl_id, first_seen_at, "
            "date_gmt, title, content, excerpt, extra) "
            "VALUES (1, ?, 1, 1, '2026-01-01T02:00:00Z', ?, ?, ?, '', '{}')",
            REVISIONS,
        )
    db.close()
    return mirrored


@pytest.fixture
def ask(revised: Path, mirror: Any) -> Any:
    """`ask(*words)`: the JSON that a command prints."""
    return lambda *words: json.loads(mirror(*words, "--json").out)


def test_history_has_both_in_order(revised: Path, mirror: Any) -> None:
    lines = mirror("history", "1").out.splitlines()
    assert [line.split()[0] for line in lines[-4:]] == ["r51", "r52", "1", "2"]
    assert "saved in WordPress by Ada Post" in lines[-4]
    assert "seen as version 1" in lines[-3]


def test_history_as_json_says_where_from(ask: Any) -> None:
    found = ask("history", "1")
    assert [row["origin"] for row in found] == ["wordpress", "wordpress", "observed", "observed"]
    assert [row.get("revision") for row in found] == [51, 52, None, None]
    assert [row.get("copy_of") for row in found] == [None, 1, None, None]
    assert (found[1]["changed"], found[1]["author"]) == (["title"], "Ada Post")


def test_diff_of_revisions(mirror: Any, ask: Any) -> None:
    assert ask("diff", "1", "r51", "r52")["fields"][0]["field"] == "title"
    one = ask("diff", "1", "r52", "1")
    assert (one["from"], one["to"]) == ("r52", 1)
    assert [field["field"] for field in one["fields"]] == ["content"]
    assert "WordPress' revision 51" in mirror("diff", "1", "r51", "2").out
    missing = mirror("diff", "1", "r99")
    assert (missing.code, missing.err) == (
        2, "mirror: there is no revision r99 of WordPress' own; known are r51, r52\n"
    )  # fmt: skip


def test_the_first_revision_has_none_before_it(revised: Path, mirror: Any) -> None:
    assert mirror("diff", "1", "2").code == 0
    first = mirror("diff", "2", "1")
    assert first.code == 0
