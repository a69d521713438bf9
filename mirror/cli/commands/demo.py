"""`mirror demo`."""

import click

from mirror.cli.options import Command, Invocation, db_option, pass_invocation

DB = db_option(
    "The database (default: mirror-demo.db here, whatever MIRROR_DB and the config say)."
)


@click.command(cls=Command, params=[DB])
@pass_invocation
def command(invocation: Invocation) -> None:
    """Mirror a small bundled site and show what comes of it; needs no network.

    Serves the site on loopback, mirrors it into ./mirror-demo.db, lets a day pass (an edit, a
    deletion, a new post), mirrors it again, and shows what was found.
    """
    from mirror.demo.tour import run

    run(invocation.db, quiet=invocation.quiet)
