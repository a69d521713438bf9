"""Writing: rows, versions, tombstones, links, the full-text index; seen by plain SQL."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from mirror.content_media import of_attachment, uses
from mirror.errors import StoreError
from mirror.items import Attribution, Collection, Evidence, Item, Kind
from mirror.store import collections, crawls, files, links, objects, shapes, text
from mirror.store.apply import apply
from mirror.store.connection import connect, transaction
from mirror.store.reading.sites import sites
from mirror.sync.decide import decide
from mirror.sync.fingerprint import fingerprint
from mirror.urls import guid_key
from mirror.wordpress.feeds import MARK
from mirror.wordpress.objects import rebuild, split

DAY = "2026-01-{:02}T00:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = connect(tmp_path / "mirror.db", write=True)
    for host in ("a.de", "b.de"):
        site = crawls.site_id(found, f"https://{host}", DAY.format(1))
        crawls.begin(found, site, "backfill", DAY.format(1))
    yield found
    found.close()


def test_failures_in_a_row_are_counted_however_many(db: Database) -> None:
    """`crawls` of a site's row has the latest; what is counted is in the whole table."""
    for n in range(1, 60):
        db.execute(
            "INSERT INTO crawls (site_id, mode, started_at, finished_at, outcome) "
            "VALUES (1, 'update', ?1, ?1, ?2)",
            [f"2026-03-01T00:{n:02}:00Z", "complete" if n == 1 else "failed"],
        )
    found = sites(db)[0]
    assert (found.failed_in_a_row, found.last_complete) == (58, "2026-03-01T00:01:00Z")


def post(wp_id: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": wp_id,
        "type": "post",
        "link": f"https://a.de/{wp_id}/",
        "guid": {"rendered": f"https://a.de/?p={wp_id}"},
        "title": {"rendered": f"Title {wp_id}"},
        "content": {"rendered": f"<p>Words {wp_id}</p>", "protected": False},
        "date_gmt": "2025-12-01T00:00:00",
        "modified_gmt": "2025-12-01T00:00:00",
        "author": 5,
        "categories": [8, 9],
        **fields,
    }


def item(
    obj: dict[str, Any], kind: Kind = "post", site: int = 1, verdict: Attribution | None = None
) -> Item:
    columns, extra = split(kind, obj)
    return Item(
        site_id=site,
        collection=f"{kind}s",
        kind=kind,
        wp_id=obj["id"],
        object=obj,
        columns=columns,
        extra=extra,
        fingerprint=fingerprint(kind, obj),
        read_at="",
        guid_key=guid_key(columns.get("guid")),
        attribution=verdict,
    )


def write(db: Database, day: int, *items: Item) -> list[str]:
    """Decides and applies, as a session does; returns the actions."""
    kind, site = items[0].kind, items[0].site_id
    held = objects.stored(db, site, kind, [i.wp_id for i in items])
    intents = [decide(i, held.get(i.wp_id)) for i in items]
    with transaction(db):
        apply(
            db,
            intents,
            site_id=site,
            crawl_id=site,
            now=DAY.format(day),
            taxonomies=("categories",),
        )
    return [intent.action for intent in intents]


def rows(db: Database, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


def test_a_new_post_is_one_row_and_no_history(db: Database) -> None:
    assert write(db, 1, item(post(7))) == ["new"]
    assert rows(db, "SELECT wp_id, version, valid_from, title FROM posts") == [
        (7, 1, DAY.format(1), "Title 7")
    ]
    assert rows(db, "SELECT count(*) FROM post_versions") == [(0,)]


def test_what_is_unchanged_is_not_touched(db: Database) -> None:
    write(db, 1, item(post(7)))
    before = list(db.conn.iterdump())
    assert write(db, 2, item(post(7, _links={"x": 1}))) == ["unchanged"]
    assert list(db.conn.iterdump()) == before


def test_a_fingerprint_of_an_older_program_is_replaced(db: Database) -> None:
    """Else the fields of that row would be compared at every reading."""
    write(db, 1, item(post(7)))
    db.execute("UPDATE posts SET fingerprint = 'made by other rules'")
    assert write(db, 2, item(post(7))) == ["unchanged"]
    assert rows(db, "SELECT fingerprint, version FROM posts") == [(item(post(7)).fingerprint, 1)]


def test_an_edit_keeps_the_old_version_and_names_the_fields(db: Database) -> None:
    write(db, 1, item(post(7)))
    assert write(db, 3, item(post(7, title={"rendered": "New"}))) == ["edited"]
    assert rows(db, "SELECT title, version, valid_from FROM posts") == [("New", 2, DAY.format(3))]
    old = rows(db, "SELECT title, version, valid_from, valid_to, changed FROM post_versions")
    assert old == [("Title 7", 1, DAY.format(1), DAY.format(3), '["title"]')]
    assert rows(db, "SELECT event, silent FROM changes WHERE event = 'edited'") == [("edited", 1)]


def test_every_version_can_be_rebuilt(db: Database) -> None:
    objects_sent = [post(7), post(7, content={"rendered": "<p>b</p>", "x": 2**70}), post(7, tags=1)]
    for day, obj in enumerate(objects_sent, 1):
        write(db, day, item(obj))
    found = list(db.query(f"SELECT *, {shapes.of('versions')} FROM versions ORDER BY version"))
    rebuilt = [rebuild("post", 7, row, row["extra"]) for row in found]
    assert rebuilt == objects_sent


def test_what_is_gone_keeps_everything_and_may_come_back(db: Database) -> None:
    write(db, 1, item(post(7)))
    with transaction(db):
        objects.bury(db, "post", [1], "deleted", DAY.format(2))
    assert rows(db, "SELECT wp_id, deleted_reason FROM gone") == [(7, "deleted")]
    assert write(db, 4, item(post(7))) == ["restored"]
    assert rows(db, "SELECT deleted_at, version FROM posts") == [(None, 2)]
    events = rows(db, "SELECT event, at FROM changes ORDER BY at")
    assert events == [
        ("new", DAY.format(1)),
        ("deleted", DAY.format(2)),
        ("restored", DAY.format(4)),
    ]


def test_the_index_follows_edits(db: Database) -> None:
    write(db, 1, item(post(7)), item(post(8)))
    write(db, 2, item(post(7, content={"rendered": "<p>Caf\u00e9 <b>au</b> lait</p>"})))

    def found(words: str) -> list[tuple[Any, ...]]:
        return db.execute("SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?", [words]).fetchall()

    assert found("cafe") == [(1,)]
    assert found("words") == [(2,)]
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('integrity-check')")


def test_the_index_is_merged_when_enough_was_edited(db: Database) -> None:
    def parts() -> int:
        (count,) = rows(db, "SELECT count(DISTINCT segid) FROM posts_fts_idx")[0]
        return int(count)

    def edited(wp_id: int) -> None:
        write(db, 2, item(post(wp_id, content={"rendered": f"<p>Edited {wp_id}</p>"})))
        if text.is_bloated(db):
            assert len(list(text.merge(db))) > 1

    write(db, 1, *(item(post(number)) for number in range(1, 2 * text.ONE_IN + 1)))
    before = rows(db, "SELECT sum(length(block)) FROM posts_fts_data")
    edited(1)
    assert parts() == 2, "not yet due"
    edited(2)
    assert parts() == 1
    found = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'edited' ORDER BY 1"
    assert rows(db, found) == [(1,), (2,)]
    assert len(rows(db, found.replace("edited", "words"))) == 2 * text.ONE_IN - 2
    assert rows(db, "SELECT sum(length(block)) FROM posts_fts_data") <= [(before[0][0] + 20,)]
    db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('integrity-check')")
    edited(3)
    assert parts() == 2, "counted anew"


def test_what_is_there_is_counted_without_reading_it(db: Database) -> None:
    posts = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")
    write(db, 1, *(item(post(number)) for number in (7, 8, 9)))
    write(db, 1, item(post(7), site=2))
    with transaction(db):
        objects.bury(db, "post", [2], "deleted", DAY.format(2))
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    assert collections.visible(db, 1, posts) == 2
    assert set(collections.visible_ids(db, 1, posts)) == {7, 9}
    db.conn.set_trace_callback(None)
    for statement in asked:
        plan = rows(db, f"EXPLAIN QUERY PLAN {statement}")[0][-1]
        assert "COVERING INDEX posts_collection" in plan or "INDEX posts_deleted_at" in plan


def test_references_wait_for_what_they_name(db: Database) -> None:
    write(db, 1, item(post(7)))
    assert rows(db, "SELECT author_id FROM posts") == [(None,)]
    write(db, 1, item({"id": 5, "name": "Ann"}, "author"))
    write(db, 1, item({"id": 9, "name": "Sea", "taxonomy": "category"}, "term"))
    links.resolve(db, 1)
    assert rows(db, "SELECT author_id FROM posts") == [(1,)]
    assert rows(db, "SELECT t.wp_id FROM post_terms JOIN terms t ON t.id = term_id") == [(9,)]
    assert rows(db, "SELECT field, wp_id FROM unresolved") == [("terms", 8)]


def test_terms_follow_edits(db: Database) -> None:
    for wp_id in (8, 9, 10):
        write(db, 1, item({"id": wp_id, "name": "x"}, "term"))
    write(db, 1, item(post(7)))
    write(db, 2, item(post(7, categories=[10])))
    assert rows(db, "SELECT t.wp_id FROM post_terms JOIN terms t ON t.id = term_id") == [(10,)]


def test_a_judgement_stays_with_its_version(db: Database) -> None:
    def verdict(domain: str) -> Attribution:
        evidence = Evidence(
            rule="closing-line", quote=f"first on {domain}", confidence=0.9, domain=domain
        )
        return Attribution(
            syndicated=True, upstream_domain=domain, confidence=0.9, evidence=(evidence,)
        )

    write(db, 1, item(post(7), verdict=verdict("cnn.com")))
    write(db, 2, item(post(7, title={"rendered": "B"}), verdict=verdict("bbc.co.uk")))
    assert rows(db, "SELECT upstream FROM syndicated") == [("bbc.co.uk",)]
    judged = rows(
        db,
        "SELECT j.version, u.domain FROM judgements j JOIN upstreams u ON u.id = upstream_id "
        "ORDER BY j.version",
    )
    assert judged == [(1, "cnn.com"), (2, "bbc.co.uk")]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("https://x.de/?p=1", "https://x.de/?p=1", "same GUID on another site"),
        ("https://x.de/?p=1&a=2", "https://x.de/?p=1&#038;a=2", "same GUID, escaped differently"),
        ("http://www.x.de/a/", "https://x.de/a", "same GUID but for scheme, www or final slash"),
        ("http://localhost/?p=1", "http://localhost/?p=1", None),
        ("http://10.0.0.1/?p=1", "http://10.0.0.1/?p=1", None),
        ("4711", "4711", None),
    ],
)
def test_the_same_guid_elsewhere_pairs_rows(
    db: Database, one: str, other: str, reason: str | None
) -> None:
    write(db, 1, item(post(7, guid={"rendered": one})))
    copy = item(post(8, guid={"rendered": other}), site=2)
    row = db.execute("SELECT id FROM posts WHERE guid_key = ?", [copy.guid_key]).fetchone()
    write(db, 2, replace(copy, original_id=row[0] if row else None))
    found = rows(db, "SELECT post_id, original_id, reason FROM duplicates")
    assert found == ([(2, 1, reason)] if reason else [])
    assert rows(db, "SELECT count(*) FROM posts") == [(2,)]


def test_copies_of_one_guid_are_paired_whenever_they_are_written(db: Database) -> None:
    """Together, one after the other, and when a GUID changes."""
    guids = "SELECT wp_id, original_id FROM posts ORDER BY id"
    one, two, three = (item(post(n, guid={"rendered": "https://a.de/?p=1"})) for n in (1, 2, 3))
    write(db, 1, one, two)
    write(db, 2, three)
    assert rows(db, guids) == [(1, None), (2, 1), (3, 1)]
    later = "2026-01-01T00:00:00"
    write(db, 3, item(post(1, guid={"rendered": "https://a.de/?p=9"}, modified_gmt=later)))
    assert rows(db, guids) == [(1, None), (2, None), (3, 2)]
    write(db, 4, item(post(3, guid={"rendered": "https://a.de/?p=9"}, modified_gmt=later)))
    assert rows(db, guids) == [(1, None), (2, None), (3, 1)]
    # The earliest takes up a GUID that a later one has.
    later = "2026-01-02T00:00:00"
    write(db, 5, item(post(1, guid={"rendered": "https://a.de/?p=1"}, modified_gmt=later)))
    assert rows(db, guids) == [(1, None), (2, 1), (3, None)]


def picture(wp_id: int, day: int, file: str, **fields: Any) -> Item:
    """An attachment as it was modified on a day."""
    obj = {
        "id": wp_id, "source_url": f"https://a.de/u/{file}", "mime_type": "image/jpeg",
        "modified_gmt": f"2026-01-{day:02}T00:00:00", **fields,
    }  # fmt: skip
    return replace(item(obj, "media"), media=of_attachment(obj, "https://a.de"))


def showing(obj: dict[str, Any], *names: str) -> Item:
    """A post that shows some files."""
    html = "".join(f'<img src="https://a.de/u/{name}">' for name in names)
    obj = {**obj, "content": {"rendered": html}}
    return replace(item(obj), media=uses(obj, "https://a.de"))


def settled(db: Database) -> list[tuple[Any, ...]]:
    """Which files a post has in the end: of which attachment, and in which role."""
    with transaction(db):
        links.resolve(db, 1)
        files.resolve(db, 1)
    return rows(
        db,
        "SELECT replace(url, 'https://a.de/u/', ''), role, m.wp_id FROM post_media u "
        "LEFT JOIN media m ON m.id = u.media_id ORDER BY url, role, m.wp_id",
    )


def test_a_featured_picture_has_the_file_that_it_has_now(db: Database) -> None:
    write(db, 1, showing(post(7, featured_media=9)))
    write(db, 1, picture(9, 1, "a.jpg"))
    assert settled(db) == [("a.jpg", "featured", 9)]
    write(db, 2, picture(9, 2, "b.jpg"))
    assert settled(db) == [("b.jpg", "featured", 9)]


def test_a_file_that_was_uploaded_again_is_the_new_attachment_s(db: Database) -> None:
    write(db, 1, showing(post(7), "a.jpg"))
    write(db, 1, picture(9, 1, "a.jpg"))
    assert settled(db) == [("a.jpg", "inline", 9)]
    write(db, 2, picture(10, 2, "a.jpg"))
    objects.bury(db, "media", [1], "deleted", DAY.format(2))
    assert settled(db) == [("a.jpg", "inline", 10)]


def test_attachments_of_one_file_are_each_its_post_s(db: Database) -> None:
    """As plugins make them for each language."""
    write(db, 1, showing(post(7, featured_media=9)), showing(post(8, featured_media=10)))
    write(db, 1, picture(9, 1, "a.jpg"), picture(10, 1, "a.jpg"))
    assert settled(db) == [("a.jpg", "featured", 9), ("a.jpg", "featured", 10)]


def test_a_post_that_is_completed_leaves_the_files_of_its_versions_alone(db: Database) -> None:
    """No version ends then: what was used till now is what the current one used in part."""
    shown = post(7, **{MARK: {"author": None, "categories": []}})
    whole = post(7, modified_gmt="2026-01-02T00:00:00")
    assert write(db, 1, showing(shown, "a.jpg")) == ["new"]
    edited = {**shown, "modified_gmt": whole["modified_gmt"]}
    assert write(db, 2, showing(edited, "b.jpg")) == ["edited"]
    assert write(db, 3, showing(whole, "b.jpg")) == ["completed"]
    kept = rows(db, "SELECT version, replace(url, 'https://a.de/u/', '') FROM post_media_versions")
    assert kept == [(1, "a.jpg")]
    assert settled(db) == [("b.jpg", "inline", None)]


def test_an_attachment_belongs_to_the_post_that_has_it_now(db: Database) -> None:
    write(db, 1, item(post(7)), item(post(8)))
    for day, owner in ((2, 7), (3, 8)):
        write(db, day, picture(9, day, "a.jpg", post=owner))
        with transaction(db):
            links.resolve(db, 1)
            files.resolve(db, 1)
        assert rows(
            db, "SELECT p.wp_id, role FROM post_media u JOIN posts p ON p.id = post_id"
        ) == [(owner, "attached")]


def test_a_mirror_can_be_read_by_plain_sqlite(db: Database, tmp_path: Path) -> None:
    write(db, 1, item(post(7)))
    plain = sqlite3.connect(tmp_path / "mirror.db")
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert json.loads(plain.execute("SELECT extra FROM posts").fetchone()[0])["author"] == 5
    strict = plain.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%STRICT%' "
        "AND name NOT LIKE 'posts_fts%' AND name NOT LIKE '%sqlite%'"
    )
    assert strict.fetchall() == []
    plain.close()


def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no mirror"):
        connect(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StoreError, match="not a SQLite database"):
        connect(tmp_path / "text.db")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE x (y)")
    other.close()
    with pytest.raises(StoreError, match="not a mirror"):
        connect(tmp_path / "other.db", write=True)


def test_a_mirror_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    db = connect(tmp_path / "mirror.db", write=True)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('mirror', 'm999_future', 'then')"
    )
    db.close()
    with pytest.raises(StoreError, match="newer version"):
        connect(tmp_path / "mirror.db", write=True)


def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    def fail_half_way() -> None:
        with transaction(db):
            crawls.site_id(db, "https://c.de", DAY.format(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert crawls.find_site(db, "https://c.de") is None
