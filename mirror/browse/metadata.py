"""Datasette's metadata of a mirror: what `descriptions.toml` and `queries` say, in its form."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from sqlite_utils import Database

from mirror.browse.queries import QUERIES, feed_name
from mirror.store.migrations import migrations

TITLE = "Mirror"
DESCRIPTION = "WordPress sites as they are and as they were, and who published first."

# Tables of SQLite and of the tools below us, of no interest to a reader.
HIDDEN = (
    "posts_fts", "posts_fts_config", "posts_fts_data", "posts_fts_docsize", "posts_fts_idx",
    "posts_fts_rewritten",
    "_sqlite_migrations", "sqlite_stat1", "sqlite_stat4",
)  # fmt: skip


@cache
def descriptions() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads((files(__package__) / "descriptions.toml").read_text("utf-8"))


@cache
def schema() -> dict[str, tuple[str, ...]]:
    """The columns of every table and view that the migrations make."""
    db = Database(memory=True)
    migrations.apply(db)
    names = [*db.table_names(), *db.view_names()]
    return {name: tuple(column.name for column in db[name].columns) for name in names}


def describe(database: str, base: str = "/") -> dict[str, Any]:
    """Metadata for a mirror that Datasette calls `database`, with its pages below `base`.

    The outer dicts are new at every call: Datasette merges other plugins' metadata into them.
    """
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "databases": {
            database: {
                "title": TITLE,
                "description": DESCRIPTION,
                "tables": dict(_tables()),
                "queries": dict(_queries(base)),
            }
        },
    }


@cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = {name: {"hidden": True} for name in HIDDEN}
    for name, text in descriptions()["tables"].items():
        columns = schema().get(name, ())
        known = {**descriptions()["columns"], **text.get("columns", {})}
        tables[name] = {
            "title": text["title"],
            "description": text["text"],
            "columns": {column: known[column] for column in columns if column in known},
        }
        for ours, theirs in (
            ("label", "label_column"),
            ("sort_desc", "sort_desc"),
            ("facets", "facets"),
        ):
            if ours in text:
                tables[name][theirs] = text[ours]
    return tables


@cache
def _queries(base: str) -> dict[str, Any]:
    plain = {
        query.name: {"title": query.title, "description": query.description, "sql": query.sql}
        for query in QUERIES
    }
    feeds = {
        feed_name(query): {
            "title": query.title,
            "description": f"{query.description} For feed readers.",
            "sql": query.feed(base),
            "hide_sql": True,
        }
        for query in QUERIES
    }
    return {**plain, **feeds}
