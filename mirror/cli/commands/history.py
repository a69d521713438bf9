"""`mirror history`."""

from typing import Any

import click

from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, print_json, print_table, title_of
from mirror.differences import without_twins
from mirror.store.reading.posts import PostVersion, find_post, versions

COLUMNS = (
    Column(title="version", right=True, style="bold"),
    Column(title="from"),
    Column(title="until"),
    Column(title="event"),
    Column(title="changed", fold=True),
    Column(title="title", fold=True),
)


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@json_option
@pass_invocation
def command(invocation: Invocation, post: str, as_json: bool) -> None:
    """The versions of one post.

    POST is a permalink, a GUID, HOST:WP_ID or a row id.
    """
    db = invocation.read()
    history = versions(db, find_post(db, post))
    if as_json:
        print_json([summary(version) for version in history])
        return
    print_table(COLUMNS, [row for version in history for row in _rows(version)])


def _rows(version: PostVersion) -> list[list[object]]:
    event = "first seen" if version.version == 1 else "edited"
    if "deleted_at" in version.changed:
        event = "restored"
    until = version.valid_to or ("now" if not version.deleted_at else version.deleted_at)
    changed = (
        ", ".join(field for field in without_twins(version.changed) if field != "deleted_at")
        or None
    )
    title = title_of(version.object)
    rows: list[list[object]] = [[version.version, version.valid_from, until, event, changed, title]]
    if version.deleted_at:
        until = version.valid_to or "now"
        rows.append([None, version.deleted_at, until, "deleted", version.deleted_reason, None])
    return rows


def summary(version: PostVersion) -> dict[str, Any]:
    """One version without its content."""
    return {
        "post_id": version.post_id,
        "site": version.host,
        "wp_id": version.wp_id,
        "version": version.version,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "deleted_at": version.deleted_at,
        "deleted_reason": version.deleted_reason,
        "crawl_id": version.crawl_id,
        "changed": list(version.changed),
        "link": version.object.get("link"),
        "title": title_of(version.object),
    }
