"""Posts that a feed or a page showed without saying their WordPress id.

An id is never made up: such a post stays apart, keyed by its GUID (its address, where it has none),
until REST shows the post that has this GUID or this address.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlite_utils import Database

from mirror.store.objects import BATCH, marks
from mirror.wordpress.objects import dumps, loads, storable


def keep(
    db: Database, site_id: int, crawl_id: int, guid: str, obj: Mapping[str, Any], now: str
) -> Literal["new", "edited", "unchanged"]:
    """Writes a post, or a version of it; an unchanged one is not touched."""
    held = db.execute(
        "SELECT version, object FROM unidentified "
        "WHERE site_id = ? AND guid = ? AND valid_to IS NULL",
        [site_id, guid],
    ).fetchone()
    if held is not None and loads(held[1]) == obj:
        return "unchanged"
    db.execute(
        "UPDATE unidentified SET valid_to = ? WHERE site_id = ? AND guid = ? AND valid_to IS NULL",
        [now, site_id, guid],
    )
    title = obj.get("title") or {}
    db.execute(
        "INSERT INTO unidentified "
        "(site_id, guid, version, link, type, title, object, valid_from, crawl_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [site_id, guid, held[0] + 1 if held else 1, storable(obj["link"]), obj["type"],
         storable(title.get("rendered") or ""), dumps(obj), now, crawl_id],
    )  # fmt: skip
    return "edited" if held else "new"


def current(db: Database, site_id: int) -> dict[str, tuple[str, str | None]]:
    """The addresses of the posts that no row of `posts` stands for: their type and `modified_gmt`.

    The latter as REST writes it, None where it is not known.
    """
    rows = db.execute(
        "SELECT link, type, object ->> '$.modified_gmt' FROM unidentified "
        "WHERE site_id = ? AND valid_to IS NULL AND post_id IS NULL",
        [site_id],
    )
    return {link: (slug, modified) for link, slug, modified in rows}


def link(db: Database, site_id: int) -> int:
    """Points to the posts that have come since; returns how many were found.

    By address, else by GUID: several posts of one GUID are told apart by their address alone.
    """
    rows = db.execute(
        "SELECT DISTINCT guid, link FROM unidentified WHERE site_id = ? AND post_id IS NULL",
        [site_id],
    ).fetchall()
    posts = identify(db, site_id, rows, by_guid=True)
    for (guid, _), (row_id, _) in posts.items():
        db.execute(
            "UPDATE unidentified SET post_id = ? WHERE site_id = ? AND guid = ?",
            [row_id, site_id, guid],
        )
    return len(posts)


def identify(
    db: Database, site_id: int, named: Iterable[tuple[str, str]], *, by_guid: bool = False
) -> dict[tuple[str, str], tuple[int, int]]:
    """The held posts that have these (GUID, address) pairs: row id and WordPress id of each.

    By address; `by_guid`: else by GUID, which is not always unique.
    """
    wanted = list(named)
    by_link = _rows(db, site_id, "link", [link for _, link in wanted])
    of_guid = _rows(db, site_id, "guid", [g for guid, _ in wanted for g in _spelt(guid)])
    found = {}
    for guid, link in wanted:
        rows = by_link.get(link, [])
        if by_guid and not rows:
            rows = [row for spelling in _spelt(guid) for row in of_guid.get(spelling, ())]
        if len(rows) == 1:
            found[guid, link] = rows[0]
    return found


def _spelt(guid: str) -> set[str]:
    """`wp_insert_post` escapes a GUID's `&` on the first update."""
    return {guid, guid.replace("&", "&#038;")}


def _rows(
    db: Database, site_id: int, column: str, values: list[str]
) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    wanted = sorted({storable(value) for value in values})
    for some in (wanted[i : i + BATCH] for i in range(0, len(wanted), BATCH)):
        rows = db.execute(
            f"SELECT {column}, id, wp_id FROM posts "
            f"WHERE site_id = ? AND {column} IN ({marks(some)})",
            [site_id, *some],
        )
        for value, row_id, wp_id in rows:
            found.setdefault(value, []).append((row_id, wp_id))
    return found
