"""Shapes in the database: each is held once, and rows refer to it (`mirror.wordpress.shapes`)."""

from collections.abc import Iterable

from sqlite_utils import Database

SHAPED = (
    "posts", "post_versions", "post_revisions", "media", "media_versions", "terms",
    "term_versions", "authors", "author_versions", "comments", "comment_versions",
)  # fmt: skip

# For the migration that makes them; a released statement is never edited. `object` is JSON, in
# which `{id}`, `{author}`, `{featured_media}`, `{parent}` and `{post}` stand for the object's own.
SCHEMA = (
    "CREATE TABLE shapes (id INTEGER PRIMARY KEY, object TEXT NOT NULL UNIQUE) STRICT",
    *(f"ALTER TABLE {name} ADD COLUMN shape_id INTEGER REFERENCES shapes(id)" for name in SHAPED),
    *(
        f"CREATE INDEX {name}_shape ON {name}(shape_id) WHERE shape_id IS NOT NULL"
        for name in SHAPED
    ),
)


def of(table: str) -> str:
    """The column `shape` of a query: the text of the shape that a row of `table` refers to."""
    return f"(SELECT object FROM shapes WHERE shapes.id = {table}.shape_id) AS shape"


def ids(db: Database, shapes: Iterable[str | None]) -> dict[str | None, int | None]:
    """The row of each shape, written if it is new; None has none. In the caller's transaction."""
    found: dict[str | None, int | None] = {None: None}
    for shape in set(shapes) - {None}:
        row = db.execute("SELECT id FROM shapes WHERE object = ?", [shape]).fetchone()
        found[shape] = (
            db.execute("INSERT INTO shapes (object) VALUES (?)", [shape]).lastrowid
            if row is None
            else row[0]
        )
    return found
