"""A post and its versions, as the pages about one post read them."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mirror.store import shapes
from mirror.store.objects import marks
from mirror.wordpress.objects import COLUMNS, loads, rebuild

_NAMES = (*(column.name for column in COLUMNS["post"]), "shape")
_POST = f"""
    SELECT p.*, {shapes.of("p")}, s.host AS site, s.name AS site_name, s.url AS site_url,
        u.domain AS upstream, u.name AS upstream_name, a.name AS author
    FROM posts p JOIN sites s ON s.id = p.site_id
    LEFT JOIN upstreams u ON u.id = p.upstream_id
    LEFT JOIN authors a ON a.id = p.author_id
    WHERE p.id = ?"""
# Without the long columns: a post may have hundreds of versions.
_TIMELINE = """
    SELECT version, valid_from, valid_to, changed, deleted_at, deleted_reason, modified_gmt,
        crawl_id
    FROM post_versions WHERE post_id = ? ORDER BY version"""
_PAST = f"""
    SELECT v.*, {shapes.of("v")}, a.name AS author
    FROM post_versions v LEFT JOIN authors a ON a.id = v.author_id
    WHERE v.post_id = ? AND v.version = ?"""
_REVISIONS = """
    SELECT r.wp_id, r.date_gmt, r.title, a.name AS author FROM post_revisions r
    LEFT JOIN authors a ON a.id = r.author_id
    WHERE r.post_id = ? ORDER BY r.date_gmt DESC, r.wp_id DESC LIMIT 100"""
_REVISION = f"""
    SELECT r.*, {shapes.of("r")}, a.name AS author
    FROM post_revisions r LEFT JOIN authors a ON a.id = r.author_id
    WHERE r.post_id = ? AND r.wp_id = ?"""
_TERMS = """
    SELECT t.taxonomy, t.wp_id, t.name, t.slug, t.link FROM terms t
    WHERE t.site_id = ? AND t.wp_id IN ({marks})"""


# Not what is `attached`: that is said by the attachment, and is no part of a post's version.
_FILES = "SELECT url, role FROM post_media WHERE post_id = ? AND role <> 'attached'"
_FILES_OF = """
    SELECT url, role FROM post_media_versions
    WHERE post_id = ? AND version = ? AND role <> 'attached'"""
_FEATURED = "SELECT source_url FROM media WHERE id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version in a post's life. `changed` is what it brought, `until` None for the current."""

    version: int
    since: str
    until: str | None
    changed: Sequence[str]
    silent: bool
    gone: str | None
    gone_reason: str | None
    restored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A post's columns as they were in one version; `since` and `until` bound when they held."""

    number: int
    since: str
    until: str | None
    row: dict[str, Any]

    def object(self, wp_id: int) -> dict[str, Any]:
        """The object that the API sent."""
        columns = {name: self.row[name] for name in _NAMES}
        return rebuild("post", wp_id, columns, self.row["extra"])


def post_of(conn: sqlite3.Connection, post: int) -> dict[str, Any] | None:
    row = conn.execute(_POST, [post]).fetchone()
    return dict(row) if row else None


def timeline(conn: sqlite3.Connection, post: dict[str, Any]) -> list[Step]:
    """The versions, the current one last."""
    past = conn.execute(_TIMELINE, [post["id"]]).fetchall()
    steps = []
    brought: list[str] = []
    restored = False
    for row in past:
        steps.append(_step(row["version"], row["valid_from"], row["valid_to"], brought, restored,
                           row["deleted_at"], row["deleted_reason"]))  # fmt: skip
        brought = _names(row["changed"])
        restored = row["deleted_at"] is not None
    steps.append(_step(post["version"], post["valid_from"], None, brought, restored,
                       post["deleted_at"], post["deleted_reason"]))  # fmt: skip
    return steps


def version_of(
    conn: sqlite3.Connection, post: dict[str, Any], number: int | None
) -> Version | None:
    """One version, the current one for None; None if there is no such."""
    if number is None or number == post["version"]:
        return Version(number=post["version"], since=post["valid_from"], until=None, row=post)
    row = conn.execute(_PAST, [post["id"], number]).fetchone()
    if row is None:
        return None
    return Version(number=number, since=row["valid_from"], until=row["valid_to"], row=dict(row))


def revisions(conn: sqlite3.Connection, post: int) -> list[sqlite3.Row]:
    """What WordPress itself kept of a post, the latest first; credentials alone show it."""
    return conn.execute(_REVISIONS, [post]).fetchall()


def revision_of(conn: sqlite3.Connection, post: dict[str, Any], wp_id: int) -> Version | None:
    """One of WordPress' own revisions, as if it were a version of ours."""
    row = conn.execute(_REVISION, [post["id"], wp_id]).fetchone()
    if row is None:
        return None
    unknown = {"featured_media_id": post["featured_media_id"]}
    return Version(number=0, since=row["date_gmt"] or "", until=None, row=unknown | dict(row))


def version_at(steps: Sequence[Step], when: str) -> int | None:
    """The number of the version that held at a time; None before the first."""
    held = [step for step in steps if step.since <= when]
    return held[-1].version if held else None


def terms_of(conn: sqlite3.Connection, site_id: int, version: Version) -> list[dict[str, Any]]:
    """The terms of a version. A version names them by WordPress' ids, in the object's own lists."""
    extra = loads(version.row["extra"])
    ids = sorted(
        {
            wp_id
            for key, value in extra.items()
            if isinstance(value, list) and key not in ("meta", "class_list")
            for wp_id in value
            if isinstance(wp_id, int) and not isinstance(wp_id, bool) and 0 < wp_id < 2**63
        }
    )[:200]
    rows = conn.execute(_TERMS.format(marks=marks(ids)), [site_id, *ids]).fetchall()
    return sorted(map(dict, rows), key=lambda row: (row["taxonomy"] or "", row["name"] or ""))


def files_of(conn: sqlite3.Connection, post: dict[str, Any], version: Version) -> list[str]:
    """The files of a version, each with its roles: `https://…/a.jpg (featured, inline)`.

    What a version used is noted when the next one comes; of versions from before that was done
    nothing is known, and the list is empty.
    """
    if version.until is None:
        rows = conn.execute(_FILES, [post["id"]]).fetchall()
    else:
        rows = conn.execute(_FILES_OF, [post["id"], version.number]).fetchall()
    roles: dict[str, list[str]] = {}
    for row in rows:
        roles.setdefault(row["url"], []).append(row["role"])
    return [f"{url} ({', '.join(sorted(some))})" for url, some in roles.items()]


def featured_of(conn: sqlite3.Connection, version: Version) -> str:
    """The address of a version's featured image, or nothing."""
    row = conn.execute(_FEATURED, [version.row["featured_media_id"]]).fetchone()
    return (row["source_url"] or "") if row else ""


def _step(
    version: int, since: str, until: str | None, brought: list[str], restored: bool,
    gone: str | None, reason: str | None,
) -> Step:  # fmt: skip
    silent = bool(brought) and "modified_gmt" not in brought and not restored
    shown = [name for name in brought if name != "modified_gmt"]
    return Step(version=version, since=since, until=until, changed=shown, silent=silent, gone=gone,
                gone_reason=reason, restored=restored)  # fmt: skip


def _names(changed: str) -> list[str]:
    try:
        names = json.loads(changed)
    except ValueError:
        return []
    return [str(name) for name in names] if isinstance(names, list) else []
