"""`mirror init`."""

import click

from mirror.cli.options import Command, Invocation, pass_invocation
from mirror.cli.output import note
from mirror.config.document import commented_file
from mirror.config.write import replace
from mirror.errors import ConfigError
from mirror.store.connection import connect
from mirror.store.reading.sites import site_urls


@click.command(cls=Command)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--print", "to_stdout", is_flag=True, help="Print it instead.")
@pass_invocation
def command(invocation: Invocation, force: bool, to_stdout: bool) -> None:
    """Write a commented mirror.toml.

    Every setting stands in it with what it does. Sites that are in the database already are listed.
    """
    path = invocation.config_path()
    if not to_stdout and path.exists() and not force:
        raise ConfigError(f"{path} is there already: --force writes over it, --print shows it")
    text = commented_file(_urls(invocation))
    if to_stdout:
        click.echo(text, nl=False)
        return
    replace(path, text)
    if not invocation.quiet:
        note(f"wrote {path}: put your sites into it, or use `mirror sites add URL`")


def _urls(invocation: Invocation) -> tuple[str, ...]:
    db = invocation.db or invocation.config_path().parent / "mirror.db"
    return tuple(site_urls(connect(db))) if db.is_file() else ()
