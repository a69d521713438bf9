"""`mirror demo`."""

import click

from mirror.cli.options import Command, Invocation, pass_invocation


@click.command(cls=Command)
@pass_invocation
def command(invocation: Invocation) -> None:
    """Mirror a small bundled site and show what comes of it; needs no network.

    Serves the site on loopback, mirrors it into ./mirror-demo.db, lets a day pass (an edit, a
    deletion, a new post), mirrors it again, and shows what was found.
    """
    from mirror.demo.tour import run

    run(invocation.db)
