"""Writes docs/schema.md: `python -m mirror.browse.document > docs/schema.md`.

Tables and columns come from a database that the migrations make; their meaning from
`descriptions.toml`, which also serves the pages of `mirror browse`.
"""

import sys
from typing import Any

from sqlite_utils import Database

from mirror.browse.metadata import descriptions
from mirror.store.migrations import migrations

HEAD = """# The database

One SQLite file in WAL mode: STRICT tables, foreign keys, times as `YYYY-MM-DDTHH:MM:SSZ`. Plain
`sqlite3`, Datasette or pandas can read it while a crawl writes.

- **Current rows are what is; `*_versions` are what was.** `valid_from ≤ t < valid_to` gives the
  mirror as of `t`.
- **Nothing is lost.** Columns plus `extra` rebuild the object that the API sent, key for key, with
  the [shape](#shapes) that a row refers to.
- **Nothing is deleted.** What vanishes upstream gets `deleted_at` and a reason; it can come back.

`posts_fts` is the full-text index over the title and the plain text of posts (FTS5, contentless;
`rowid` is `posts.id`); `posts_fts_rewritten` counts the posts that were edited in it since its
parts were merged.

This page is written by `python -m mirror.browse.document`; a test compares it with the schema.
"""


def document() -> str:
    """The page, from a fresh database."""
    db = Database(memory=True)
    migrations.apply(db)
    told = descriptions()
    views = set(db.view_names())
    names = [n for n in db.table_names() if not n.startswith(("_", "posts_fts", "sqlite_"))]
    sections = [_section(db, name, told, name in views) for name in [*names, *sorted(views)]]
    return HEAD + "\n" + "\n".join(sections)


def _section(db: Database, name: str, told: dict[str, Any], view: bool) -> str:
    own = told["tables"].get(name, {})
    columns = own.get("columns", {})
    lines = [
        f"## {name}{' (view)' if view else ''}",
        "",
        str(own.get("about", own.get("description", ""))),
        "",
    ]
    lines += ["| column | type | meaning |", "| --- | --- | --- |"]
    keys = {} if view else {key.column: key for key in db.table(name).foreign_keys}
    for _, column, kind, *_ in db.execute(f"PRAGMA table_info([{name}])"):
        meaning = columns.get(column) or told["columns"].get(column, "")
        key = keys.get(column)
        refers = f" → `{key.other_table}`" if key is not None else ""
        lines.append(f"| `{column}` | {kind or ''} | {meaning}{refers} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
