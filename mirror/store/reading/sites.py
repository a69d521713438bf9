"""Sites: how each stands, its crawls, its coverage, its open failures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mirror.store.crawls import LIMITED, failed_in_a_row
from mirror.store.objects import held_and_gone
from mirror.urls import names_site

# Crawls that tell how often a site changes, and how long it has been failing.
RECENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRow:
    """One crawl. `outcome` and `finished_at` are None while it runs, and after a crash.

    `limited`: a try-out, after which the site is as due as before.
    """

    id: int
    mode: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    message: str | None
    requests: int
    bytes: int
    new: int
    edited: int
    unchanged: int
    deleted: int
    restored: int
    failures: int
    limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """What a site has of one collection and what is mirrored of it, as the last crawl proved.

    `refused`: why the site shows it to no visitor, if it does not.
    """

    collection: str
    reported: int | None
    mirrored: int
    hidden: int
    missing: int
    complete: bool
    refused: str | None
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site of the mirror. `rows`: current objects a kind; `crawls`: the latest, newest first.

    `failed_in_a_row` and `last_complete` are of all crawls, those that are not among them included.
    """

    id: int
    url: str
    host: str
    name: str | None
    back_off_until: str | None
    rows: Mapping[str, int]
    versions: int
    gone: int
    open_failures: int
    crawls: tuple[CrawlRow, ...]
    failed_in_a_row: int
    last_complete: str | None
    coverage: tuple[CoverageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """Something that could not be had, and has not been had since."""

    url: str
    collection: str | None
    kind: str
    status: int | None
    message: str
    first_at: str
    last_at: str
    attempts: int


_KINDS = ("posts", "media", "terms", "authors", "comments")


def sites(db: Database) -> list[SiteRow]:
    """Every site, by host."""
    return [_site(db, row) for row in list(db.query("SELECT * FROM sites ORDER BY host, id"))]


def site_urls(db: Database) -> list[str]:
    """The addresses of all sites, as they were first given."""
    return [row["url"] for row in db.query("SELECT url FROM sites ORDER BY id")]


def named_sites(db: Database, text: str) -> list[int]:
    """The row ids of the sites that a user means: all of a host, or the one at an address."""
    rows = db.execute("SELECT id, url FROM sites ORDER BY id")
    return [row_id for row_id, url in rows if names_site(text, url)]


def of_sites(column: str) -> str:
    """SQL: whether a row is of one of the sites in `:of` (`site_list`), or all are wanted."""
    return f"(:of IS NULL OR {column} IN (SELECT value FROM json_each(:of)))"


def site_list(site_ids: Sequence[int] | None) -> str | None:
    """Row ids of sites as one value, for `of_sites`; None for all sites."""
    return None if site_ids is None else json.dumps(list(site_ids))


def open_failures(db: Database, site_id: int, limit: int) -> list[FailureRow]:
    """What a site still owes, the latest first."""
    rows = db.query(
        "SELECT url, collection, kind, status, message, first_at, last_at, attempts "
        "FROM failures WHERE site_id = ? AND resolved_at IS NULL "
        "ORDER BY last_at DESC, id DESC LIMIT ?",
        [site_id, limit],
    )
    return [FailureRow(**row) for row in rows]


def _site(db: Database, row: Mapping[str, Any]) -> SiteRow:
    counts = {kind: _held_and_gone(db, kind, row["id"]) for kind in _KINDS}
    return SiteRow(
        id=row["id"],
        url=row["url"],
        host=row["host"],
        name=row["name"],
        back_off_until=row["back_off_until"],
        rows={kind: held - gone for kind, (held, gone) in counts.items()},
        versions=_one(
            db,
            "SELECT count(*) FROM post_versions v JOIN posts p ON p.id = v.post_id "
            "WHERE p.site_id = ?",
            row["id"],
        ),
        gone=counts["posts"][1],
        open_failures=_one(
            db,
            "SELECT count(*) FROM failures WHERE site_id = ? AND resolved_at IS NULL",
            row["id"],
        ),
        crawls=_crawls(db, row["id"]),
        failed_in_a_row=failed_in_a_row(db, row["id"]),
        last_complete=_last_complete(db, row["id"]),
        coverage=_coverage(db, row["id"]),
    )


def _held_and_gone(db: Database, table: str, site_id: int) -> tuple[int, int]:
    ((held,),), ((gone,),) = held_and_gone(db, table, "count(*)", {"site_id": site_id})
    return int(held), int(gone)


def _one(db: Database, sql: str, parameter: object) -> int:
    return int(db.execute(sql, [parameter]).fetchone()[0])


def _crawls(db: Database, site_id: int) -> tuple[CrawlRow, ...]:
    rows = db.query(
        "SELECT id, mode, started_at, finished_at, outcome, message, requests, bytes, new, "
        "edited, unchanged, deleted, restored, failures, EXISTS (SELECT 1 FROM coverage "
        "WHERE crawl_id = crawls.id AND how LIKE ?) AS limited FROM crawls WHERE site_id = ? "
        "ORDER BY started_at DESC, id DESC LIMIT ?",
        [f"{LIMITED} %", site_id, RECENT],
    )
    return tuple(CrawlRow(**{**row, "limited": bool(row["limited"])}) for row in rows)


def _last_complete(db: Database, site_id: int) -> str | None:
    found: str | None = db.execute(
        "SELECT max(started_at) FROM crawls WHERE site_id = ? AND outcome = 'complete'", [site_id]
    ).fetchone()[0]
    return found


def _coverage(db: Database, site_id: int) -> tuple[CoverageRow, ...]:
    """Of each collection the last word: a crawl of `--only posts` says nothing of the others."""
    rows = db.query(
        "SELECT v.collection, v.reported, v.mirrored, v.hidden, v.missing, v.complete, v.how, "
        "c.refused FROM coverage v "
        "LEFT JOIN collections c ON c.site_id = ?1 AND c.name = v.collection "
        "JOIN (SELECT collection, max(crawl_id) AS crawl_id FROM coverage "
        "WHERE crawl_id IN (SELECT id FROM crawls WHERE site_id = ?1) GROUP BY collection) last "
        "ON last.collection = v.collection AND last.crawl_id = v.crawl_id "
        "ORDER BY v.mirrored DESC, v.collection",
        [site_id],
    )
    return tuple(CoverageRow(**{**row, "complete": bool(row["complete"])}) for row in rows)
