"""`mirror check`."""

import hashlib
import os
from collections.abc import Iterator, Set
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click
from sqlite_utils import Database

from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, note, print_json, print_table
from mirror.store.reading.integrity import (
    Fault,
    FileRow,
    counts,
    database_faults,
    files,
    history_faults,
    index_faults,
    orphan_faults,
)

COLUMNS = (
    Column(title="check", style="bold"),
    Column(title="where"),
    Column(title="fault", fold=True),
)
SHOWN = 200
_BLOCK = 1 << 20


@click.command(cls=Command)
@click.option("--quick", is_flag=True, help="Compare media files by size only, not by hash.")
@json_option
@pass_invocation
@click.pass_context
def command(ctx: click.Context, invocation: Invocation, quick: bool, as_json: bool) -> None:
    """Check the database, its history and its media files.

    SQLite's own integrity and references; each object's versions without gap or overlap; the
    full-text index against the posts; media files against their hashes; files that nothing names.
    Ends with 1 when something is wrong.
    """
    db = invocation.read()
    media = invocation.settings().media
    faults = list(_faults(db, media, quick=quick))
    if as_json:
        print_json({"faults": [asdict(fault) for fault in faults], "checked": counts(db)})
    elif faults:
        print_table(COLUMNS, [(f.check, f.where, f.message) for f in faults[:SHOWN]])
        if len(faults) > SHOWN:
            note(f"… and {len(faults) - SHOWN} more; --json lists all")
    elif not invocation.quiet:
        checked = ", ".join(f"{n:,} {table}" for table, n in counts(db).items() if n)
        click.echo(f"all is well: {checked or 'an empty mirror'}")
    ctx.exit(1 if faults else 0)


def _faults(db: Database, media: str, *, quick: bool) -> Iterator[Fault]:
    damaged = list(database_faults(db))
    yield from damaged
    if any(fault.check == "database" for fault in damaged):
        return  # the rest would only say the same in other words, or fail
    yield from chain(history_faults(db), index_faults(db), orphan_faults(db))
    rows = list(files(db))
    if media.startswith("s3://"):
        if rows:
            note(f"{len(rows)} media files are in {media}, and not checked")
        return
    yield from media_faults(Path(media), rows, quick=quick)


def media_faults(folder: Path, rows: list[FileRow], *, quick: bool) -> Iterator[Fault]:
    """Media files that are missing or differ from what was fetched, and files that nobody knows."""
    for row in rows:
        message = _wrong(folder / row.path, row, quick=quick)
        if message:
            yield Fault(check="media", where=row.path, message=message)
    yield from _strays(folder, {row.path for row in rows})


def _wrong(path: Path, row: FileRow, *, quick: bool) -> str | None:
    try:
        size = path.stat().st_size
        if size != row.bytes:
            return f"has {size:,} bytes instead of {row.bytes:,}"
        if not quick and _sha256(path) != row.sha256:
            return "differs from what was fetched: its SHA-256 is another"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _strays(folder: Path, known: Set[str]) -> Iterator[Fault]:
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            place = (Path(root) / name).relative_to(folder).as_posix()
            if place not in known and not name.startswith("."):
                yield Fault(check="orphans", where=place, message="a file that no row names")
