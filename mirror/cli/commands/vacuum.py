"""`mirror vacuum`."""

import click

from mirror.cli.options import Command, Invocation, pass_invocation
from mirror.cli.output import bytes_text
from mirror.lock import locked
from mirror.store.upkeep import vacuum


@click.command(cls=Command)
@click.option(
    "--wait", is_flag=True, help="Wait for another run to end, instead of exiting with 75."
)
@pass_invocation
def command(invocation: Invocation, wait: bool) -> None:
    """Give free room in the database back to the disk.

    Needs as much free disk as the database is large, for a while. No crawl can run meanwhile.
    """
    db = invocation.db_path()
    invocation.read().close()
    with locked(db, wait=None if wait else 0):
        before, after = vacuum(db)
    if not invocation.quiet:
        click.echo(f"{db}: {bytes_text(before)} before, {bytes_text(after)} after")
