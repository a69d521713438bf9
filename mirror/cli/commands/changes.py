"""`mirror changes`."""

from itertools import islice

import click
from rich.text import Text

from mirror.cli.known import site_ids, site_option
from mirror.cli.options import Command, Invocation, json_option, limit_option, pass_invocation
from mirror.cli.output import hint, note, print_json_rows, print_text
from mirror.cli.text import one_line
from mirror.cli.when import When
from mirror.content import plain
from mirror.differences import without_twins
from mirror.store.reading.changes import EVENTS, KINDS, Change, changes

MARKS = {"new": ("+", "green"), "edited": ("~", "yellow"), "deleted": ("-", "red"),
         "restored": ("^", "cyan")}  # fmt: skip


@click.command(cls=Command)
@click.option("--since", type=When(), help="From then on: a date, 7d, yesterday …")
@site_option("Of this site only")
@click.option("--event", type=click.Choice(EVENTS), help="Events of this sort only.")
@click.option("--kind", type=click.Choice(KINDS), help="Objects of this kind only.")
@limit_option(100)
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    since: str | None,
    site: str | None,
    event: str | None,
    kind: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """What was new, edited, deleted or restored: one line an event.

    Newest first: when, what, where, and for an edit which fields. An edit that WordPress did not
    announce (its modification time stood still) is marked "silent".
    """
    db = invocation.read()
    found = changes(
        db,
        since=since,
        site_ids=site_ids(db, site),
        event=event,
        kind=kind,
        limit=limit + 1 if limit else 0,
    )
    if as_json:
        print_json_rows(islice(found, limit or None))
        return
    printed = 0
    for change in found:
        if limit and printed == limit:
            note(f"… and more: the latest {limit} are shown, `--limit 0` shows all")
            break
        print_text(line(change), wrap=False)
        printed += 1
    if not printed:
        hint("no changes" + (f" since {since}" if since else ""))


def line(change: Change) -> Text:
    """An event on one line."""
    mark, colour = MARKS[change.event]
    text = Text(f"{change.at}  ")
    text.append(f"{mark} {change.event:<8}", style=colour)
    text.append(f"  {change.kind:<7}  ")
    text.append(f"{one_line(change.host)}:{change.wp_id}", style="bold")
    text.append(f"  {one_line(plain(change.title or change.link or ''))}")
    details = [*([", ".join(without_twins(change.changed))] if change.changed else []),
               *(["silent"] if change.silent else []),
               *([change.reason] if change.reason else [])]  # fmt: skip
    if details:
        text.append(f"  ({one_line('; '.join(details))})", style="dim")
    return text
