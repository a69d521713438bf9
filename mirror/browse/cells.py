"""How values look in Datasette's tables: links instead of ids, words instead of JSON."""

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from mirror.browse.words import titled

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

# Columns that name a post, wherever a query returns them.
_POST_IDS = {"post_id", "original_id", "copy_id"}
_LONG = {
    "content", "excerpt", "extra", "caption", "description", "index_json", "resume", "object",
}  # fmt: skip
_WITH_STATUS = {"posts", "post_versions", "versions", "media", "media_versions"}
_CUT = 160


def render(
    row: Any, value: Any, column: str, table: str | None, datasette: "Datasette"
) -> Markup | None:
    """The HTML of one cell, or None to leave it to Datasette."""
    if value is None or isinstance(value, bytes):
        return None
    if column == "title" and table in (None, "posts") and isinstance(value, str):
        return _title(row, value, "id" if table == "posts" else "post_id", datasette)
    if column in _POST_IDS and isinstance(value, int):
        href = datasette.urls.path(f"/posts/{value}")
        return Markup('<a href="{}">{}</a>').format(href, value)
    if column == "status" and table in _WITH_STATUS and value not in ("publish", "inherit"):
        return Markup('<span class="chip is-private">{}</span>').format(value)
    if column == "changed" and isinstance(value, str):
        return _fields(value)
    if column in _LONG and isinstance(value, str) and len(value) > _CUT:
        return Markup('<span class="cut">{}…</span>').format(value[:_CUT])
    return None


def _title(row: Any, value: str, key: str, datasette: "Datasette") -> Markup:
    if key not in row.keys() or not isinstance(row[key], int):  # noqa: SIM118 (a sqlite3.Row)
        return escape(titled(value))
    href = datasette.urls.path(f"/posts/{row[key]}")
    return Markup('<a href="{}">{}</a>').format(href, titled(value))


def _fields(value: str) -> Markup | None:
    try:
        names = json.loads(value)
    except ValueError:
        return None
    if not isinstance(names, list):
        return None
    return Markup(" ").join(Markup('<span class="chip">{}</span>').format(n) for n in names)
