"""Canned queries, feeds and metadata: complete, described, and true of the schema."""

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirror.browse import export_metadata
from mirror.browse.metadata import HIDDEN, describe, descriptions, schema
from mirror.browse.queries import QUERIES, Query, feed_name
from mirror.store.connection import connect
from tests.browse.sites import Served

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = [query.name for query in QUERIES]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("empty") / "mirror.db"
    connect(path, write=True).close()
    site = Served(path)
    yield site
    site.close()


def test_every_table_and_column_of_the_schema_is_described() -> None:
    described = descriptions()
    visible = {name for name in schema() if name not in HIDDEN}
    assert visible == set(described["tables"])
    for table in visible:
        own = described["tables"][table].get("columns", {})
        assert set(own) <= set(schema()[table]), table
        missing = [c for c in schema()[table] if c not in own and c not in described["columns"]]
        assert not missing, table
    used = {column for table in visible for column in schema()[table]}
    assert set(described["columns"]) <= used


def test_facets_sort_orders_and_labels_name_columns() -> None:
    for table, text in descriptions()["tables"].items():
        for key in ("label", "sort_desc"):
            assert text.get(key, schema()[table][0]) in schema()[table], (table, key)
        assert set(text.get("facets", ())) <= set(schema()[table]), table


def test_no_query_takes_the_name_of_a_table() -> None:
    names = [name for query in QUERIES for name in (query.name, feed_name(query))]
    assert len(names) == len(set(names))
    assert not set(names) & set(schema())


EXPECTED = {
    "recent_changes": 42,
    "late_edits": 30,
    "silent_edits": 6,
    "gone_lately": 2,
    "fastest_copies": 2,
    "upstreams_by_site": 17,
    "broken_media": 6,
    "coverage_gaps": 2,
}


@pytest.mark.parametrize("query", QUERIES, ids=NAMES)
def test_queries_find_what_the_sample_holds(served: Served, query: Query) -> None:
    rows = served.get(f"/mirror/{query.name}.json?_shape=array").json()
    assert rows
    if query.name in EXPECTED:
        assert len(rows) == EXPECTED[query.name]
    assert all(row[query.stamp] for row in rows)


def test_queries_know_what_they_say(served: Served) -> None:
    def ask(path: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = served.get(f"/mirror/{path}&_shape=array").json()
        return rows

    assert all(row["days"] > 30 for row in ask("late_edits.json?days="))  # type: ignore[operator]
    assert not ask("late_edits.json?days=9000")
    assert [row["hours"] for row in ask("fastest_copies.json?x=")] == [3.0, 26.0]
    assert len(ask("fastest_copies.json?days=0.5")) == 1
    assert len(ask("gone_lately.json?days=30")) == 3
    gaps = {(row["site"], row["collection"]) for row in ask("coverage_gaps.json?x=")}
    assert gaps == {("riverbankpost.net", "posts"), ("northvalleynews.org", "users")}


@pytest.mark.parametrize("name", NAMES)
def test_every_query_is_a_feed_even_of_nothing(served: Served, empty: Served, name: str) -> None:
    for site in (served, empty):
        reply = site.get(f"/feeds/{name}.atom?days=5", follow_redirects=True)
        assert reply.status_code == 200, reply.text[-400:]
        feed = ET.fromstring(reply.content)
        assert feed.tag == f"{ATOM}feed"
        title = feed.findtext(f"{ATOM}title")
        assert title in {query.title for query in QUERIES}
        entries = feed.findall(f"{ATOM}entry")
        assert entries
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(ids) == len(set(ids))
        for entry in entries:
            link = entry.find(f"{ATOM}link")
            assert link is not None
            assert site.get(link.get("href", "")).status_code == 200
    assert entries[0].findtext(f"{ATOM}title") == "Nothing so far"


def test_entries_of_feeds_lead_below_the_base_url(sample: Path) -> None:
    site = Served(sample)
    site.datasette._settings["base_url"] = "/it's/"
    for name in NAMES:
        feed = ET.fromstring(site.get(f"/feeds/{name}.atom?days=", follow_redirects=True).content)
        links = [link.get("href", "") for link in feed.findall(f"{ATOM}entry/{ATOM}link")]
        assert links
        assert all(link.startswith("/it's/") for link in links), name
    site.close()


@pytest.mark.parametrize(
    "path", ["/", "/search", "/changes", "/upstreams", "/stories", "/media", "/queries",
             "/media?show=broken", *(f"/mirror/{name}" for name in NAMES)]
)  # fmt: skip
def test_an_empty_mirror_has_all_its_pages(empty: Served, path: str) -> None:
    assert empty.get(path).status_code == 200


def test_exported_metadata_works_in_a_plain_datasette(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "publish"
    written = export_metadata(folder)
    assert [path.name for path in written] == ["metadata.json", "settings.json"]
    metadata = json.loads(written[0].read_text())
    assert metadata == json.loads(json.dumps(describe("mirror")))
    connection = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True)
    for query in metadata["databases"]["mirror"]["queries"].values():
        # Without any function of ours.
        connection.execute(query["sql"], {"days": ""}).fetchall()
    connection.close()
