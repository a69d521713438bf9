"""What happened: new, edited, deleted and restored posts, newest first."""

import json
import re
import sqlite3
from itertools import groupby
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.pages.visit import Visit

PAGE = 50
# Events of one post at one moment are never parted; there are hardly ever two.
_SLACK = 10
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)~(\d{1,18})", re.ASCII)
EVENTS = {"new": "New", "edited": "Edited", "deleted": "Gone", "restored": "Restored"}

# Each branch walks its own index, newest first, and stops after as many rows as the page can need.
_BRANCHES = {
    "new": """SELECT p.first_seen_at AS at, 'new' AS event, p.id AS post_id, NULL AS changed,
        0 AS silent, NULL AS reason, 1 AS version
        FROM posts p WHERE (p.first_seen_at, p.id) < (:at, :post) {site}
        ORDER BY p.first_seen_at DESC, p.id DESC LIMIT :most""",
    "edited": """SELECT v.valid_to AS at, 'edited' AS event, v.post_id, v.changed,
        instr(v.changed, '"modified_gmt"') = 0 AS silent, NULL AS reason, v.version + 1 AS version
        FROM {versions}
        WHERE (v.valid_to, v.post_id) < (:at, :post) AND v.deleted_at IS NULL {site}
        ORDER BY v.valid_to DESC, v.post_id DESC LIMIT :most""",
    "deleted": """SELECT p.deleted_at AS at, 'deleted' AS event, p.id AS post_id, NULL AS changed,
        0 AS silent, p.deleted_reason AS reason, p.version
        FROM posts p WHERE p.deleted_at IS NOT NULL AND (p.deleted_at, p.id) < (:at, :post) {site}
        ORDER BY p.deleted_at DESC, p.id DESC LIMIT :most""",
    "restored": """SELECT v.valid_to AS at, 'restored' AS event, v.post_id, NULL AS changed,
        0 AS silent, v.deleted_reason AS reason, v.version + 1 AS version
        FROM {versions}
        WHERE (v.valid_to, v.post_id) < (:at, :post) AND v.deleted_at IS NOT NULL {site}
        ORDER BY v.valid_to DESC, v.post_id DESC LIMIT :most""",
}
_PAGE = """
    SELECT c.*, p.title, p.type, p.status, p.link, s.host AS site, s.name AS site_name
    FROM ({branches}) AS c JOIN posts p ON p.id = c.post_id JOIN sites s ON s.id = p.site_id
    ORDER BY c.at DESC, c.post_id DESC LIMIT :most"""


async def show(visit: Visit) -> Response:
    event, host, before = visit.word("event"), visit.word("site"), visit.word("before")
    context = await visit.read(lambda conn: read(conn, event, host, before))
    return await visit.page("changes", context)


def read(conn: sqlite3.Connection, event: str, host: str, before: str) -> dict[str, Any]:
    """Events before a time, of one kind or all, of one site or all; grouped by day."""
    sites = conn.execute("SELECT id, host, name FROM sites ORDER BY host").fetchall()
    site = next((row["id"] for row in sites if row["host"] == host), None)
    chosen = [event] if event in EVENTS else list(EVENTS)
    branches = "\nUNION ALL ".join(
        "SELECT * FROM ("
        + _BRANCHES[name].format(
            site="AND p.site_id = :site" if site is not None else "",
            versions=_versions(conn, site),
        )
        + ")"
        for name in chosen
    )
    cursor = _CURSOR.fullmatch(before)
    at, post = (cursor[1], int(cursor[2])) if cursor else ("9999", 0)
    values = {"at": at, "post": post, "site": site, "most": PAGE + _SLACK}
    rows = [dict(row) for row in conn.execute(_PAGE.format(branches=branches), values)]
    for row in rows:
        row["fields"] = _fields(row["changed"])
        row["place"] = f"{row['at']}~{row['post_id']}"
    last = rows[PAGE - 1]["place"] if len(rows) > PAGE else None
    shown = [row for n, row in enumerate(rows) if n < PAGE or row["place"] == last]
    return {
        "days": [(day, list(group)) for day, group in groupby(shown, lambda row: row["at"][:10])],
        "events": EVENTS,
        "event": event if event in EVENTS else "",
        "sites": sites,
        "site": host if site is not None else "",
        "older": last,
    }


def _versions(conn: sqlite3.Connection, site: int | None) -> str:
    """Versions in the order that costs least: by time, or by the posts of a small site.

    By time, as many are read as the page shows for each share that the site has of all posts; by
    posts, all versions of the site's posts, some three each. SQLite's planner cannot know.
    """
    if site is None:
        return "post_versions v"
    ours = conn.execute("SELECT count(*) FROM posts WHERE site_id = ?", [site]).fetchone()[0]
    last = conn.execute("SELECT max(id) FROM posts").fetchone()[0] or 0
    if 3 * ours * ours > PAGE * last:
        return "post_versions v CROSS JOIN posts p ON p.id = v.post_id"
    return "posts p CROSS JOIN post_versions v ON v.post_id = p.id"


def _fields(changed: str | None) -> list[str]:
    """The names of the fields that changed, without those that every edit moves."""
    try:
        names = json.loads(changed or "[]")
    except ValueError:
        return []
    return [str(name).removesuffix("_gmt") for name in names if name != "modified_gmt"]
