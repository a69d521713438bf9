"""How much of a site its crawls could see, and rows seen with more or fewer rights than before."""

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from mirror.items import Collection, Kind, StoredItem
from mirror.store.objects import TABLES, content

# What anybody sees is published, or is a file.
_HIDDEN = {
    "post": "o.status <> 'publish'",
    "media": "o.status <> 'inherit' OR EXISTS (SELECT 1 FROM posts p WHERE p.id = o.post_id "
    "AND p.deleted_at IS NULL AND p.status <> 'publish')",
}


def known(db: Database, site_id: int, collection: Collection) -> tuple[str | None, str | None]:
    """What the last crawl of a collection could see, and the most that any could; None: public."""
    row = db.execute(
        "SELECT sight, widest FROM collections WHERE site_id = ? AND name = ?",
        [site_id, collection.name],
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def note(db: Database, site_id: int, collection: Collection, columns: Mapping[str, Any]) -> None:
    """Writes what a crawl can see of a collection, and what follows for where it starts."""
    names = ", ".join(f"{name} = ?" for name in columns)
    db.execute(
        f"UPDATE collections SET {names} WHERE site_id = ? AND name = ?",
        [*columns.values(), site_id, collection.name],
    )


def hidden_ids(db: Database, site_id: int, collection: Collection) -> set[int]:
    """The ids of held rows that visitors could not see when they were read last."""
    condition = _HIDDEN.get(collection.kind)
    if condition is None:
        return set()
    table, _ = TABLES[collection.kind]
    rows = db.execute(
        f"SELECT o.wp_id FROM {table} o WHERE o.site_id = ? AND o.collection = ? "
        f"AND o.deleted_at IS NULL AND ({condition})",
        [site_id, collection.name],
    )
    return {number for (number,) in rows}


def enrich(
    db: Database,
    kind: Kind,
    stored: StoredItem,
    columns: Mapping[str, Any],
    extra: str,
    fingerprint: str,
) -> None:
    """Writes into a row what more rights show of the same state beside its text: that is no new
    version."""
    table, _ = TABLES[kind]
    written = {"fingerprint": fingerprint, **content(db, kind, columns, extra)}
    db.table(table).update(stored.id, written)
