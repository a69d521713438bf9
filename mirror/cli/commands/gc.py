"""`mirror gc`."""

from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from sqlite_utils import Database

from mirror.cli.media import media_store
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import bytes_text, print_json
from mirror.counted import counted
from mirror.lock import locked
from mirror.media.folder import Store
from mirror.media.upkeep import strays, sweep_incoming
from mirror.store import held
from mirror.store.connection import connect, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Unneeded:
    """A media file that may go, and why. `sha256` is None where no row names it."""

    path: str
    bytes: int
    why: str
    sha256: str | None = None


@click.command(cls=Command)
@click.option("--delete", is_flag=True, help="Remove them; without it they are only listed.")
@click.option(
    "--also",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="DB",
    help="Another database that keeps its files in the same place.",
)
@click.option("--wait", is_flag=True, help="Wait for another run to end.")
@json_option
@pass_invocation
def command(
    invocation: Invocation, delete: bool, also: tuple[Path, ...], wait: bool, as_json: bool
) -> None:
    """Remove media files that nothing in the mirror uses.

    Those that no post, no version of one and no attachment names, and those that no row knows.
    What any version of a post shows stays. Without --delete they are only listed. Where several
    databases share a media folder, name the others with --also, or their files would go.
    """
    invocation.read().close()
    store = media_store(invocation)
    shared = held_by(also)
    with locked(invocation.db_path(), wait=None if wait else 0):
        db = connect(invocation.db_path(), write=True)
        try:
            found = unneeded(db, store, shared)
            if delete:
                _remove(db, store, found, shared)
        finally:
            db.close()
    if as_json:
        print_json({"files": [asdict(file) for file in found], "removed": delete})
        return
    if invocation.quiet:
        return
    for file in found:
        click.echo(f"{file.path}  {bytes_text(file.bytes)}  {file.why}")
    did = "removed" if delete else "could go (--delete removes them)"
    files = counted(len(found), "files")
    click.echo(f"{files}, {bytes_text(sum(file.bytes for file in found))}: {did}")


def held_by(databases: Sequence[Path]) -> frozenset[str]:
    """The files of some databases, by their names in the media folder. Raises StoreError."""
    paths: set[str] = set()
    for path in databases:
        db = connect(path)
        try:
            paths.update(row.path for row in held.everything(db))
            db.believe()
        finally:
            db.close()
    return frozenset(paths)


def unneeded(db: Database, store: Store, shared: Set[str] = frozenset()) -> list[Unneeded]:
    """The media files that may go. Those of `shared` databases are nobody's strays."""
    known = {row.path for row in held.everything(db)} | shared
    unused = [
        Unneeded(path=row.path, bytes=row.bytes, why="no post uses it", sha256=row.sha256)
        for row in held.unused(db)
    ]
    stray = [
        Unneeded(path=name, bytes=size, why="no row names it")
        for name, size in strays(store, known)
    ]
    return unused + stray


def _remove(db: Database, store: Store, found: list[Unneeded], shared: Set[str]) -> None:
    """The rows first: a file without a row is a stray, a row without its file would be a loss.

    Of a file that a `shared` database has as well only the row goes.
    """
    with transaction(db):
        held.forget(db, [file.sha256 for file in found if file.sha256 is not None])
    for file in found:
        if file.path not in shared:
            store.remove(file.path)
    sweep_incoming(store)
