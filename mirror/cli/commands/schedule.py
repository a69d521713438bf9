"""`mirror schedule`."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import click

from mirror.cli.options import Command, Group, Invocation, pass_invocation
from mirror.cli.units import Job, cron_line, service_unit, timer_unit
from mirror.config.kinds import duration
from mirror.config.settings import Config, settings_of, variable
from mirror.errors import ConfigError

# What an `auto` site asks for at most; and no timer need fire less than once a day.
AUTO_LEAST, LONGEST = timedelta(hours=1), timedelta(days=1)


@click.group(cls=Group)
def command() -> None:
    """Print a crontab line or systemd units, ready to paste.

    They run `mirror crawl --quiet` as often as the shortest interval in the config file asks for;
    each run mirrors what is due. Nothing is printed, so nothing is mailed, when all is well.
    """


every_option = click.option(
    "--every", metavar="INTERVAL", help="How often to look: 30m, 1h, 1d. Default: as configured."
)


@command.command("cron", cls=Command)
@every_option
@pass_invocation
def cron_command(invocation: Invocation, every: str | None) -> None:
    """A line for `crontab -e`."""
    click.echo(cron_line(_job(invocation, every)))


@command.command("systemd", cls=Command)
@every_option
@click.option("--on-failure", metavar="UNIT", help="Start this unit when a run fails.")
@click.option("--write", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Write both files there instead of printing them.")  # fmt: skip
@pass_invocation
def systemd_command(
    invocation: Invocation, every: str | None, on_failure: str | None, write: Path | None
) -> None:
    """A service and a timer: user units, for ~/.config/systemd/user."""
    job = _job(invocation, every, on_failure)
    units = {"mirror.service": service_unit(job), "mirror.timer": timer_unit(job)}
    if write is None:
        for name, text in units.items():
            click.echo(f"# {name}\n{text}")
        click.echo("# Put both into ~/.config/systemd/user (--write does), then:")
        click.echo(
            "#   systemctl --user daemon-reload && systemctl --user enable --now mirror.timer"
        )
        return
    try:
        write.mkdir(parents=True, exist_ok=True)
        for name, text in units.items():
            (write / name).write_text(text, encoding="utf-8")
            click.echo(str(write / name), err=True)
    except OSError as error:
        raise ConfigError(f"{write}: {error.strerror or error}") from error


def _job(invocation: Invocation, every: str | None, on_failure: str | None = None) -> Job:
    config = invocation.settings()
    db = invocation.db_path().absolute()
    words = [*program(), "crawl", "--quiet", "--db", str(db)]
    if config.path is not None:
        words += ["--config", str(config.path.absolute())]
    # A database that --db or the environment named need not lie beside the config file.
    writable = {db.parent}
    if not invocation.media().startswith("s3://"):
        media = Path(invocation.media())
        writable.add(media if media.is_dir() else media.parent)
    if config.telling.metrics:
        writable.add(Path(config.telling.metrics).absolute().parent)
    return Job(
        words=words,
        folder=config.path.absolute().parent if config.path else db.parent,
        every=_interval(config, every),
        environment=_environment(),
        writable=sorted(writable),
        on_failure=on_failure,
    )


def program() -> list[str]:
    """How this very program is started again: the script beside this Python, or the module."""
    script = Path(sys.executable).with_name("mirror")
    return [str(script)] if os.access(script, os.X_OK) else [sys.executable, "-m", "mirror"]


def _interval(config: Config, every: str | None) -> timedelta:
    if every is not None:
        try:
            return max(duration(every), timedelta(minutes=1))
        except ValueError as error:
            raise ConfigError(f"--every: {every!r} is no interval; {error}".rstrip("; ")) from None
    wanted = [AUTO_LEAST if site.every == "auto" else site.every for site in config.sites]
    return min([LONGEST, *(span for span in wanted if isinstance(span, timedelta))])


def _environment() -> dict[str, str]:
    """What overrides the config file now shall do so then; the paths are in the words."""
    names = [variable(key) for key in settings_of(Config) if key != "db"]
    return {name: os.environ[name] for name in names if os.environ.get(name)}
