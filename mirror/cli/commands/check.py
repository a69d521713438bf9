"""`mirror check`."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain

import click
from sqlite_utils import Database

from mirror.cli.media import media_store
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, note, print_json, print_table
from mirror.counted import counted
from mirror.errors import StoreError
from mirror.lock import locked
from mirror.media.folder import Store
from mirror.media.upkeep import Held, strays, verify
from mirror.moments import timestamp
from mirror.store import held
from mirror.store.connection import connect, is_damage, transaction
from mirror.store.reading.integrity import (
    Fault,
    counts,
    database_faults,
    history_faults,
    index_faults,
)

COLUMNS = (
    Column(title="check", style="bold"),
    Column(title="where"),
    Column(title="fault", fold=True),
)
SHOWN = 200


@click.command(cls=Command)
@click.option("--quick", is_flag=True, help="Compare media files by size only, not by hash.")
@click.option(
    "--repair", is_flag=True, help="Have the next crawl fetch media files that are not right."
)
@json_option
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context, invocation: Invocation, quick: bool, repair: bool, as_json: bool
) -> None:
    """Check the database, its history and its media files.

    SQLite's own integrity and references; each object's versions without gap or overlap; the
    full-text index against the posts; media files against their hashes; files that nothing names.
    Ends with 1 when something is wrong. With --repair, files that are missing or damaged are asked
    for again; a damaged one stays until the right one is there.
    """
    faults, checked = _check(invocation, quick=quick)
    wrong = [fault.where for fault in faults if fault.check == "media"]
    if repair and wrong:
        _repair(invocation, wrong)
    if as_json:
        print_json({"faults": [asdict(fault) for fault in faults], "checked": checked})
    elif faults:
        print_table(COLUMNS, [(f.check, f.where, f.message) for f in faults[:SHOWN]])
        if len(faults) > SHOWN:
            note(f"… and {len(faults) - SHOWN} more; --json lists all")
    elif not invocation.quiet:
        whole = ", ".join(counted(n, table) for table, n in checked.items() if n)
        click.echo(f"all is well: {whole or 'an empty mirror'}")
    ctx.exit(1 if faults else 0)


def _check(invocation: Invocation, *, quick: bool) -> tuple[list[Fault], dict[str, int]]:
    """What is wrong, and how many rows were looked at; of none where pages are damaged."""
    try:
        db = invocation.read()
    except StoreError as error:
        if not is_damage(error.__cause__):
            raise
        return [Fault(check="database", where="its beginning", message=str(error.__cause__))], {}
    faults = list(_faults(db, media_store(invocation), quick=quick))
    return faults, {} if _is_damaged(faults) else counts(db)


def _faults(db: Database, store: Store, *, quick: bool) -> Iterator[Fault]:
    damaged = list(database_faults(db))
    yield from damaged
    if _is_damaged(damaged):
        return  # the rest would only say the same in other words, or fail
    yield from chain(history_faults(db), index_faults(db))
    yield from media_faults(db, store, quick=quick)


def _is_damaged(faults: Sequence[Fault]) -> bool:
    return any(fault.check == "database" for fault in faults)


def media_faults(db: Database, store: Store, *, quick: bool) -> Iterator[Fault]:
    """Media files that are missing or differ from what was fetched, and files that nobody knows."""
    rows = [Held(sha256=r.sha256, path=r.path, bytes=r.bytes) for r in held.everything(db)]
    if quick:
        yield from _by_size(rows, store)
    else:
        for damage in verify(store, rows):
            yield Fault(check="media", where=damage.held.path, message=damage.message)
    for name, size in strays(store, {row.path for row in rows}):
        message = f"a file of {size:,} bytes that no row names (`mirror gc --delete` removes it)"
        yield Fault(check="orphans", where=name, message=message)


def _repair(invocation: Invocation, paths: Sequence[str]) -> None:
    """Makes files that are missing or damaged due, by their places in the media folder."""
    file, now = invocation.db_path(), timestamp(datetime.now(UTC))
    with locked(file), closing(connect(file, write=True)) as db, transaction(db):
        again = sum(held.fetch_again(db, path, now) > 0 for path in paths)
    if not invocation.quiet:
        note(f"{again:,} of {counted(len(paths), 'files')} will be fetched again by the next crawl")


def _by_size(rows: list[Held], store: Store) -> Iterator[Fault]:
    sizes = dict(store.names())
    for row in rows:
        size = sizes.get(row.path)
        if size is None:
            yield Fault(check="media", where=row.path, message="is missing")
        elif size != row.bytes:
            message = f"has {size:,} bytes instead of {row.bytes:,}"
            yield Fault(check="media", where=row.path, message=message)
