"""`mirror backup`."""

from pathlib import Path

import click

from mirror.backup import back_up
from mirror.cli.options import Command, Invocation, pass_invocation
from mirror.cli.output import bytes_text


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--no-media", is_flag=True, help="The database only.")
@click.option("--copy", is_flag=True, help="Copy media files even where hard links would do.")
@pass_invocation
def command(invocation: Invocation, folder: Path, no_media: bool, copy: bool) -> None:
    """Copy the mirror, database and media, while it may be in use.

    FOLDER gets a consistent, compact copy of the database and the media files: as hard links where
    both are on one file system, since they never change. A backup that is there is replaced when
    the new one is whole.
    """
    done = back_up(
        invocation.db_path(),
        None if no_media else invocation.media(),
        folder,
        copy=copy,
    )
    if not invocation.quiet:
        click.echo(
            f"{done.database}: {bytes_text(done.bytes)}; media files: {done.linked:,} linked, "
            f"{done.copied:,} copied, {done.present:,} there already, {done.missing:,} missing"
        )
