"""Writing objects of every kind: new rows, versions, tombstones. No judgement is made here."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlite_utils import Database

from mirror.items import Intent, Kind, StoredItem
from mirror.store import shapes
from mirror.wordpress.objects import COLUMNS

# The table of each kind, and the prefix of its versions' table and key.
TABLES: dict[Kind, tuple[str, str]] = {
    "post": ("posts", "post"),
    "media": ("media", "media"),
    "term": ("terms", "term"),
    "author": ("authors", "author"),
    "comment": ("comments", "comment"),
}

Of = TypeVar("Of")

# SQLite's default limit of variables in one statement is 32,766 (999 before 3.32).
BATCH = 500


def batches(ids: Sequence[Of]) -> Iterable[Sequence[Of]]:
    """The ids, or other keys, in runs that fit into one statement."""
    return (ids[i : i + BATCH] for i in range(0, len(ids), BATCH))


def marks(values: Collection[Any]) -> str:
    """One `?` a value, for an IN list."""
    return ",".join("?" * len(values))


def held_and_gone(
    db: Database, table: str, what: str, of: Mapping[str, object]
) -> tuple[Iterable[Any], Iterable[Any]]:
    """Something of all rows that have some values, and of those among them that are gone.

    An index alone gives the one, few rows the other. Both conditions at once would be looked up in
    each row, with its whole content. The pluses keep SQLite from doing so all the same.
    """
    held, gone = (" AND ".join(f"{plus}{name} = ?" for name in of) for plus in ("", "+"))
    return (
        db.execute(f"SELECT {what} FROM {table} WHERE {held}", list(of.values())),
        db.execute(
            f"SELECT {what} FROM {table} WHERE {gone} AND deleted_at IS NOT NULL",
            list(of.values()),
        ),
    )


def selection(kind: Kind, of: str | None = None) -> str:
    """What a query has to ask for to rebuild objects (`mirror.wordpress.objects.rebuild`).

    In this order: `wp_id`, `extra`, the columns of the kind, `shape`. `of` is what the query calls
    the table.
    """
    of = of or TABLES[kind][0]
    names = ("wp_id", "extra", *(column.name for column in COLUMNS[kind]))
    return f"{', '.join(f'{of}.{name}' for name in names)}, {shapes.of(of)}"


def stored(db: Database, site_id: int, kind: Kind, wp_ids: Sequence[int]) -> dict[int, StoredItem]:
    """The current rows of some objects, by their WordPress id."""
    table, _ = TABLES[kind]
    names = [*(column.name for column in COLUMNS[kind]), "shape"]
    found = {}
    for some in batches(wp_ids):
        rows = db.execute(
            "SELECT id, version, fingerprint, deleted_at, unsettled, volatile, crawl_id, "
            f"{selection(kind)} FROM {table} WHERE site_id = ? AND wp_id IN ({marks(some)})",
            [site_id, *some],
        )
        for row_id, version, fingerprint, gone, unsettled, volatile, crawl, *row in rows:
            wp_id, extra, *values = row
            found[wp_id] = StoredItem(
                id=row_id,
                wp_id=wp_id,
                version=version,
                fingerprint=fingerprint,
                deleted_at=gone,
                unsettled=unsettled,
                volatile=frozenset(json.loads(volatile or "[]")),
                crawl_id=crawl,
                extra=extra,
                columns=dict(zip(names, values, strict=True)),
            )
    return found


def fingerprints(db: Database, site_id: int, kind: Kind, wp_ids: Sequence[int]) -> dict[int, str]:
    """The fingerprints of those of the objects that are held, not gone, and settled."""
    table, _ = TABLES[kind]
    found: dict[int, str] = {}
    for some in batches(wp_ids):
        found.update(
            db.execute(
                f"SELECT wp_id, fingerprint FROM {table} "
                "WHERE site_id = ? AND deleted_at IS NULL AND unsettled = 0 "
                f"AND wp_id IN ({marks(some)})",
                [site_id, *some],
            )
        )
    return found


def originals(db: Database, site_id: int, keys: Sequence[tuple[int, str]]) -> dict[int, int]:
    """The earliest row that has a post's GUID, under another site or id: (wp_id, guid_key) pairs
    in, row ids by `wp_id` out. What is itself a copy is no original."""
    wanted = {key for _, key in keys}
    rows: dict[str, list[tuple[int, int, int]]] = {}
    for some in batches(sorted(wanted)):
        found = db.execute(
            "SELECT guid_key, id, site_id, wp_id FROM posts "
            f"WHERE original_id IS NULL AND guid_key IN ({marks(some)}) ORDER BY id",
            list(some),
        )
        for key, *row in found:
            rows.setdefault(key, []).append((row[0], row[1], row[2]))
    return {
        wp_id: row_id
        for wp_id, key in keys
        if (row_id := _first_other(rows.get(key, ()), site_id, wp_id)) is not None
    }


def _first_other(rows: Iterable[tuple[int, int, int]], site_id: int, wp_id: int) -> int | None:
    return next((row_id for row_id, *at in rows if at != [site_id, wp_id]), None)


def point_copies(db: Database, rows: Mapping[int, str | None], renamed: Collection[int]) -> None:
    """Makes each row refer to the earliest one with its GUID, if that is another.

    `rows` are rows just written with their `guid_key`, `renamed` those of them that had another one
    before: what referred to these refers to its own earliest row now, and to one of these what has
    the same GUID and came later. What is written together could not know of each other before.
    """
    keys = json.dumps([key for key in set(rows.values()) if key is not None])
    first = dict(
        db.execute(
            "SELECT value, (SELECT min(id) FROM posts WHERE guid_key = value) FROM json_each(?)",
            [keys],
        )
    )
    for row_id, key in rows.items():
        original = first.get(key)
        if row_id in renamed or original != row_id:
            db.execute(
                "UPDATE posts SET original_id = ?1 WHERE id = ?2 AND original_id IS NOT ?1",
                [None if original == row_id else original, row_id],
            )
    for row_id in renamed:
        db.execute(
            "UPDATE posts SET original_id = (SELECT nullif(min(o.id), posts.id) FROM posts o "
            "WHERE o.guid_key = posts.guid_key) WHERE original_id = ?",
            [row_id],
        )
        if first.get(rows[row_id]) == row_id:
            db.execute(
                "UPDATE posts SET original_id = ?1 "
                "WHERE guid_key = ?2 AND id <> ?1 AND original_id IS NOT ?1",
                [row_id, rows[row_id]],
            )


def insert(
    db: Database,
    intents: Sequence[Intent],
    crawl_id: int,
    now: str,
    references: Mapping[str, Sequence[int | None]],
) -> list[int]:
    """Writes objects that are new, all of one kind; returns their rows' ids in the same order.

    `references`: further columns, each with the row id that it has for each of the objects.
    """
    if not intents:
        return []
    kind = intents[0].item.kind
    table, _ = TABLES[kind]
    names = [column.name for column in COLUMNS[kind]]
    values = itemgetter(*names)
    shaped = shapes.ids(db, (intent.item.columns["shape"] for intent in intents))
    more = ["guid_key", "original_id"] if kind == "post" else []
    first = db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0]
    columns = [
        "id", "site_id", "wp_id", "collection", "extra", "fingerprint",
        "valid_from", "first_seen_at", "crawl_id", "shape_id", *references, *names, *more,
    ]  # fmt: skip
    ids = list(range(first, first + len(intents)))
    items = (intent.item for intent in intents)
    db.conn.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)})",
        [
            (
                row_id, item.site_id, item.wp_id, item.collection, item.extra, item.fingerprint,
                now, now, crawl_id, shaped[item.columns["shape"]], *others, *values(item.columns),
                *((item.guid_key, item.original_id) if more else ()),
            )
            for row_id, item, *others in zip(ids, items, *references.values(), strict=True)
        ],
    )  # fmt: skip
    return ids


def supersede(db: Database, intents: Sequence[Intent], crawl_id: int, now: str) -> None:
    """Keeps the rows of edited or restored objects as versions, and writes the new state."""
    for intent in intents:
        assert intent.stored is not None
        keep_version(db, intent.item.kind, intent.stored.id, intent.changed, crawl_id, now)
        _rewrite(
            db, intent,
            "version = version + 1, valid_from = max(?, valid_from), crawl_id = ?, "
            "deleted_at = NULL, deleted_reason = NULL, unsettled = ?, volatile = ?, ",
            [now, crawl_id, intent.unsettled, _listed(intent.volatile)],
        )  # fmt: skip


def complete(db: Database, intents: Sequence[Intent]) -> None:
    """Writes whole objects over what was held of them in part: that is no new version.

    Posts are compared with the others again (`mirror.store.stories`): less than this was signed.
    """
    for intent in intents:
        assert intent.stored is not None
        _rewrite(db, intent, "", [])
        if intent.item.kind == "post":
            db.execute("UPDATE signatures SET version = 0 WHERE post_id = ?", [intent.stored.id])


def _rewrite(db: Database, intent: Intent, life: str, values: Sequence[object]) -> None:
    """Writes an object over its row, with what that means for the row's life."""
    item, held = intent.item, intent.stored
    assert held is not None
    more = {"guid_key": item.guid_key} if item.kind == "post" else {}
    written = {"collection": item.collection, "fingerprint": item.fingerprint, **more}
    written |= content(db, item.kind, item.columns, item.extra)
    table, _ = TABLES[item.kind]
    db.execute(
        f"UPDATE {table} SET {life}{', '.join(f'{name} = ?' for name in written)} WHERE id = ?",
        [*values, *written.values(), held.id],
    )


def content(db: Database, kind: Kind, columns: Mapping[str, Any], extra: str) -> dict[str, Any]:
    """The columns in which an object itself is written, as they are in the database."""
    shape = columns["shape"]
    return {
        "extra": extra,
        "shape_id": shapes.ids(db, [shape])[shape],
        **{column.name: columns[column.name] for column in COLUMNS[kind]},
    }


def settle(db: Database, intents: Sequence[Intent]) -> None:
    """Notes what comparing has taught about rows that stay as they are.

    A fingerprint that another version of this program made is replaced, so that the next reading
    need not compare the fields. Where some are volatile, it differs each time.
    """
    for intent in intents:
        held = intent.stored
        if held is None:
            continue
        made_anew = intent.item.fingerprint if not intent.volatile else held.fingerprint
        before = (held.unsettled, held.volatile, held.fingerprint)
        if before != (intent.unsettled, intent.volatile, made_anew):
            table, _ = TABLES[intent.item.kind]
            db.execute(
                f"UPDATE {table} SET unsettled = ?, volatile = ?, fingerprint = ? WHERE id = ?",
                [intent.unsettled, _listed(intent.volatile), made_anew, held.id],
            )


def _listed(names: frozenset[str]) -> str | None:
    return json.dumps(sorted(names)) if names else None


def keep_version(
    db: Database, kind: Kind, row_id: int, changed: Sequence[str], crawl_id: int, now: str
) -> None:
    """Copies a current row into its table of versions, as superseded now.

    The columns are those that both tables have: the schema is stated in the migrations alone. No
    version ends before it began, even if the clock was set back meanwhile.
    """
    table, owner = TABLES[kind]
    past = db.table(f"{owner}_versions").columns_dict
    shared = [name for name in db.table(table).columns_dict if name in past]
    db.execute(
        f"INSERT INTO {owner}_versions ({owner}_id, valid_to, changed, {', '.join(shared)}) "
        f"SELECT id, max(?, valid_from), ?, {', '.join(shared)} FROM {table} WHERE id = ?",
        [now, json.dumps(list(changed)), row_id],
    )


def bury(db: Database, kind: Kind, row_ids: Sequence[int], reason: str, now: str) -> None:
    """Marks rows as gone: they keep everything, and may come back."""
    table, _ = TABLES[kind]
    for some in batches(row_ids):
        db.execute(
            f"UPDATE {table} SET deleted_at = max(?, valid_from), deleted_reason = ? "
            f"WHERE deleted_at IS NULL AND id IN ({marks(some)})",
            [now, reason, *some],
        )
