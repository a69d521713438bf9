"""No page and no question reads a large table from end to end.

Every statement that the pages run is recorded and explained. There are no statistics in the
database, so SQLite assumes what is true of a large mirror: that tables are big.
"""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.database import Database

from mirror.browse.queries import QUERIES, feed_name
from tests.browse.sites import Served
from tests.browse.test_pages import PAGES

LARGE = {
    "posts", "post_versions", "media", "media_versions", "media_files", "media_file_versions",
    "files", "post_media", "post_media_versions", "post_terms", "attributions", "judgements",
    "comments", "comment_versions", "story_posts",
}  # fmt: skip
# Indexes of the few rows that are special: walking them is walking the answer.
PARTIAL = {
    "posts_original", "posts_edited", "posts_gone", "posts_deleted_at", "post_versions_silent",
    "media_files_broken", "posts_upstream_site", "posts_upstream_date",
    "judgements_url",
}  # fmt: skip
_SCAN = re.compile(r"SCAN (\w+)(?: USING (COVERING )?INDEX (\w+))?")
_ALIAS = re.compile(
    r"\b(?:FROM|JOIN)\s+\[?(\w+)\]?(?:\s+(?:AS\s+)?(?!WHERE|ON|JOIN|ORDER|LEFT|GROUP)(\w+))?", re.I
)
# How many rows a table has is asked of its smallest index, or of the table where there is none.
_COUNT = re.compile(r"select count\(\*\) from \[?\w+\]?\s*", re.I)


@pytest.fixture(scope="module")
def statements(sample: Path) -> Iterator[set[str]]:
    """What SQLite was asked for all pages, with the values in place."""
    seen: set[str] = set()
    connect = Database.connect

    def listening(database: Database, write: bool = False) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(database, write=write)
        connection.set_trace_callback(seen.add)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "connect", listening)
        site = Served(sample)
        for path in PAGES:
            assert site.get(path).status_code == 200
        for query in QUERIES:
            for name in (query.name, feed_name(query)):
                assert site.get(f"/mirror/{name}.json").status_code == 200
        for table in (*LARGE, "crawls"):
            assert site.get(f"/mirror/{table}").status_code == 200
        for row in (
            "posts/5",
            "authors/1",
            "media/1",
            "terms/1",
            "upstreams/1",
            "crawls/1",
            "sites/1",
        ):
            assert site.get(f"/mirror/{row}").status_code == 200
    yield {statement for statement in seen if re.match(r"\s*(SELECT|WITH)", statement, re.I)}
    site.close()


def scans(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a statement's plan that read a large table whole, in no useful order."""
    names = {alias or table: table for table, alias in _ALIAS.findall(statement)}
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    sorts = any("TEMP B-TREE FOR ORDER BY" in step for step in steps)
    bounded = re.search(r"\bLIMIT\b", statement, re.I) and not sorts
    found = []
    for step in steps:
        scan = _SCAN.match(step)
        if not scan or names.get(scan[1], scan[1]) not in LARGE:
            continue
        _, covering, index = scan.groups()
        if covering or index in PARTIAL or bounded:
            continue
        found.append(step)
    return found


def test_no_statement_of_a_page_scans_a_large_table(
    sample: Path, statements: set[str], tmp_path: Path
) -> None:
    assert len(statements) > 100
    assert any("posts_fts MATCH" in statement for statement in statements)
    # A copy without statistics: those of a hundred rows would make any scan look cheap.
    copy = sqlite3.connect(tmp_path / "copy.db")
    source = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True)
    source.backup(copy)
    source.close()
    copy.execute("DROP TABLE IF EXISTS sqlite_stat4")
    copy.execute("DELETE FROM sqlite_stat1")
    copy.commit()
    copy.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    failures = []
    for statement in statements:
        if re.search(r"sqlite_master|pragma|in \(\)", statement, re.I) or _COUNT.fullmatch(
            statement
        ):
            continue
        try:
            found = scans(copy, statement)
        except sqlite3.OperationalError:
            # A statement of Datasette's with parameters that the trace leaves out.
            continue
        if found:
            failures.append((found, statement[:1500]))
    copy.close()
    assert not failures, "\n\n".join(f"{found}\n{statement}" for found, statement in failures)


def test_a_scan_would_be_noticed(sample: Path) -> None:
    connection = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True)
    assert scans(connection, "SELECT p.content FROM posts p WHERE p.slug = 'x'")
    assert scans(connection, "SELECT v.changed FROM post_versions v WHERE v.slug = 'x'")
    assert not scans(connection, "SELECT count(*) FROM posts p")
    connection.close()
