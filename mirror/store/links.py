"""What objects say of each other: authors, parents, featured media, terms.

The API names other objects by their WordPress id, which stays in `extra`; here the ids become
references to rows. A name whose object has not been seen yet waits in `unresolved`, and is settled
when the object arrives. Objects that a visitor never sees are waited for in vain, and harmlessly.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

from mirror.items import JsonObject, Kind
from mirror.store.objects import TABLES, batches, marks
from mirror.wordpress.objects import SQLITE_MAX_INT

# For each kind: the object's field, the column that refers, and the kind referred to.
REFERENCES: dict[Kind, tuple[tuple[str, str, Kind], ...]] = {
    "post": (
        ("author", "author_id", "author"),
        ("featured_media", "featured_media_id", "media"),
        ("parent", "parent_id", "post"),
    ),
    "media": (("author", "author_id", "author"), ("post", "post_id", "post")),
    "term": (("parent", "parent_id", "term"),),
    "author": (),
    "comment": (
        ("author", "author_id", "author"),
        ("post", "post_id", "post"),
        ("parent", "parent_id", "comment"),
    ),
}
TERMS = "terms"  # in `unresolved`, the field that stands for all taxonomies


def references(
    db: Database, site_id: int, kind: Kind, objects: Sequence[JsonObject]
) -> dict[str, list[int | None]]:
    """The rows that objects refer to, by column, in the order of the objects; None if not seen."""
    found: dict[str, list[int | None]] = {}
    for field, column, target in REFERENCES[kind]:
        wanted = [_positive(obj.get(field)) for obj in objects]
        known = _known(db, site_id, target, {wp_id for wp_id in wanted if wp_id})
        found[column] = [known.get(wp_id) if wp_id else None for wp_id in wanted]
    return found


def link(
    db: Database,
    site_id: int,
    kind: Kind,
    rows: Sequence[tuple[int, JsonObject]],
    taxonomies: Sequence[str],
    written: Mapping[str, Sequence[int | None]],
) -> None:
    """Sets the references of rows just written: (row id, object) pairs, all of one kind.

    `taxonomies` are the names of the fields that list a post's terms (`categories`, `tags`, …).
    The first of the rows are new, and were `written` with these references; what the others
    referred to before is forgotten.
    """
    if not rows:
        return
    table, _ = TABLES[kind]
    new = len(next(iter(written.values()), ()))
    found: Mapping[str, Sequence[int | None]] = written
    if new < len(rows) or any(target == kind for _, _, target in REFERENCES[kind]):
        # Once more, now that these rows are there: a parent may be among them.
        found = references(db, site_id, kind, [obj for _, obj in rows])
    _forget(db, site_id, kind, [row_id for row_id, _ in rows[new:]])
    for field, column, _ in REFERENCES[kind]:
        wanted = [(row_id, _positive(obj.get(field))) for row_id, obj in rows]
        unseen = [w for w, there in zip(wanted, found[column], strict=True) if w[1] and not there]
        _wait(db, site_id, table, column, unseen)
    if found:
        # One statement for all, and none where nothing changes: a row is rewritten as a whole.
        same = zip(*(written[column] for column in found), strict=True)
        db.conn.executemany(
            f"UPDATE {table} SET ({', '.join(found)}) = ({marks(found)}) "
            f"WHERE id = ? AND ({', '.join(found)}) IS NOT ({marks(found)})",
            [
                (*values, row_id, *values)
                for (row_id, _), *values in zip(rows, *found.values(), strict=True)
                if tuple(values) != next(same, None)
            ],
        )
    if kind == "post":
        _link_terms(db, site_id, rows, taxonomies)


def _forget(db: Database, site_id: int, kind: Kind, row_ids: Sequence[int]) -> None:
    table, _ = TABLES[kind]
    db.conn.executemany(
        "DELETE FROM unresolved WHERE site_id = ? AND owner = ? AND row_id = ?",
        [(site_id, table, row_id) for row_id in row_ids],
    )
    for some in batches(row_ids) if kind == "post" else ():
        db.execute(f"DELETE FROM post_terms WHERE post_id IN ({marks(some)})", list(some))


def resolve(db: Database, site_id: int) -> None:
    """Settles the references whose objects have arrived meanwhile."""
    for kind, references in REFERENCES.items():
        table, _ = TABLES[kind]
        for _, column, target in references:
            there, _ = TABLES[target]
            db.execute(
                f"UPDATE {table} SET {column} = t.id "
                f"FROM unresolved u JOIN {there} t ON t.site_id = u.site_id AND t.wp_id = u.wp_id "
                f"WHERE u.site_id = ? AND u.owner = ? AND u.field = ? AND {table}.id = u.row_id",
                [site_id, table, column],
            )
            _settle(db, site_id, table, column, there)
    db.execute(
        "INSERT OR IGNORE INTO post_terms (post_id, term_id) SELECT u.row_id, t.id "
        "FROM unresolved u JOIN terms t ON t.site_id = u.site_id AND t.wp_id = u.wp_id "
        "WHERE u.site_id = ? AND u.owner = 'posts' AND u.field = ?",
        [site_id, TERMS],
    )
    _settle(db, site_id, "posts", TERMS, "terms")


def waited_for(db: Database, site_id: int, kind: Kind, post_wp_ids: Sequence[int]) -> set[int]:
    """The ids of objects of a kind that some posts name, and that have not been seen."""
    columns = [column for _, column, target in REFERENCES["post"] if target == kind]
    found: set[int] = set()
    for some in batches(post_wp_ids):
        rows = db.execute(
            "SELECT u.wp_id FROM unresolved u JOIN posts p ON p.id = u.row_id "
            f"WHERE u.site_id = ? AND u.owner = 'posts' AND u.field IN ({marks(columns)}) "
            f"AND p.site_id = u.site_id AND p.wp_id IN ({marks(some)})",
            [site_id, *columns, *some],
        )
        found.update(wp_id for (wp_id,) in rows)
    return found


def _link_terms(
    db: Database,
    site_id: int,
    rows: Sequence[tuple[int, JsonObject]],
    taxonomies: Sequence[str],
) -> None:
    wanted = [
        (row_id, wp_id)
        for row_id, obj in rows
        for field in taxonomies
        for wp_id in _ids(obj.get(field))
    ]
    known = _known(db, site_id, "term", {wp_id for _, wp_id in wanted})
    db.conn.executemany(
        "INSERT OR IGNORE INTO post_terms (post_id, term_id) VALUES (?, ?)",
        [(row_id, known[wp_id]) for row_id, wp_id in wanted if wp_id in known],
    )
    _wait(db, site_id, "posts", TERMS, [w for w in wanted if w[1] not in known])


def _known(db: Database, site_id: int, kind: Kind, wp_ids: Iterable[int]) -> dict[int, int]:
    table, _ = TABLES[kind]
    known: dict[int, int] = {}
    for some in batches(sorted(wp_ids)):
        known.update(
            db.execute(
                f"SELECT wp_id, id FROM {table} WHERE site_id = ? AND wp_id IN ({marks(some)})",
                [site_id, *some],
            )
        )
    return known


def _wait(
    db: Database, site_id: int, table: str, field: str, pairs: Sequence[tuple[int, int | None]]
) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO unresolved (site_id, owner, row_id, field, wp_id) "
        "VALUES (?, ?, ?, ?, ?)",
        [(site_id, table, row_id, field, wp_id) for row_id, wp_id in pairs],
    )


def _settle(db: Database, site_id: int, table: str, field: str, there: str) -> None:
    """Nothing waits any more for what is in the table `there`."""
    db.execute(
        "DELETE FROM unresolved WHERE site_id = ?1 AND owner = ?2 AND field = ?3 "
        f"AND wp_id IN (SELECT wp_id FROM {there} WHERE site_id = ?1)",
        [site_id, table, field],
    )


def _positive(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= SQLITE_MAX_INT else None


def _ids(value: object) -> list[int]:
    if not isinstance(value, list):
        return []
    return [wp_id for entry in value if (wp_id := _positive(entry)) is not None]
