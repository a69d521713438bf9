"""`mirror history`."""

from typing import Any

import click

from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, print_json, print_table, title_of
from mirror.cli.text import one_line
from mirror.differences import without_twins
from mirror.store.reading.history import SavedState, in_order, saved_states
from mirror.store.reading.posts import PostVersion, find_post, versions

COLUMNS = (
    Column(title="version", right=True, style="bold"),
    Column(title="from"),
    Column(title="until", spare=1),
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

    POST is a permalink, a GUID, SITE:WP_ID or a row id. What credentials showed of WordPress' own
    revisions stands among them, as r57: a state that was saved, by WordPress' clock.
    """
    db = invocation.read()
    post_id = find_post(db, post)
    observed = versions(db, post_id)
    states = in_order(observed, saved_states(db, post_id))
    if as_json:
        print_json([
            _saved_summary(state, observed[0]) if isinstance(state, SavedState) else summary(state)
            for state in states
        ])  # fmt: skip
        return
    print_table(COLUMNS, [
        row for state in states
        for row in ([_saved(state)] if isinstance(state, SavedState) else _rows(state))
    ])  # fmt: skip


def _saved(state: SavedState) -> list[object]:
    event = "saved in WordPress"
    if state.author:
        event += f" by {one_line(state.author)}"
    if state.copy_of is not None:
        event += f", seen as version {state.copy_of}"
    changed = ", ".join(state.changed) or None
    return [f"r{state.revision}", state.at, None, event, changed, title_of(state.text)]


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
        "origin": "observed",
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


def _saved_summary(state: SavedState, of: PostVersion) -> dict[str, Any]:
    """One of WordPress' own revisions, without its content, in the same words."""
    return {
        "post_id": of.post_id,
        "site": of.host,
        "wp_id": of.wp_id,
        "origin": "wordpress",
        "version": None,
        "revision": state.revision,
        "copy_of": state.copy_of,
        "valid_from": state.at,
        "valid_to": None,
        "author": state.author,
        "changed": list(state.changed),
        "title": title_of(state.text),
    }
