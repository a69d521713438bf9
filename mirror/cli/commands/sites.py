"""`mirror sites`."""

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from mirror.cli.known import KnownSite, known_sites
from mirror.cli.options import Command, Group, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, note, print_json, print_table
from mirror.config import Config, Site, load
from mirror.config.kinds import Address, Duration, Kind
from mirror.config.write import add_sites, remove_site
from mirror.errors import ConfigError, MirrorError
from mirror.lock import locked
from mirror.store.connection import connect, transaction
from mirror.store.crawls import find_site, forget
from mirror.urls import site_key

COLUMNS = (
    Column(title="site", style="bold", fold=True, least=20),
    Column(title="every"),
    Column(title="media", spare=2),
    Column(title="comments", spare=3),
    Column(title="only", fold=True, least=10),
    Column(title="known from", spare=1),
)


@click.group(cls=Group, invoke_without_command=True)
@json_option
@pass_invocation
@click.pass_context
def command(ctx: click.Context, invocation: Invocation, as_json: bool) -> None:
    """The sites that are known: list, add, remove.

    Alone it lists them: those of the config file, and those that `mirror crawl URL` left in the
    database.
    """
    if ctx.invoked_subcommand is None:
        _list(invocation, as_json=as_json)


@command.command("list", cls=Command)
@json_option
@pass_invocation
def list_command(invocation: Invocation, as_json: bool) -> None:
    """The sites that are known, with their settings."""
    _list(invocation, as_json=as_json)


@command.command("add", cls=Command)
@click.argument("url")
@click.option("--every", metavar="INTERVAL", help='How often: 30m, 6h, 1d, 1w, or "auto".')
@click.option("--only", metavar="NAMES", help="These collections only, such as posts,pages.")
@click.option("--media/--no-media", default=None, help="Fetch media files, or do not.")
@click.option("--comments/--no-comments", default=None, help="Mirror comments, or do not.")
@click.option("--delay", type=click.FloatRange(0, 3600), metavar="SECONDS",
              help="Between two requests to it.")  # fmt: skip
@click.option("--connections", type=click.IntRange(1, 16), metavar="N",
              help="Requests to it at once.")  # fmt: skip
@pass_invocation
def add_command(
    invocation: Invocation,
    url: str,
    every: str | None,
    only: str | None,
    media: bool | None,
    comments: bool | None,
    delay: float | None,
    connections: int | None,
) -> None:
    """Add a site to the config file, which is made if it is not there."""
    names = [name.strip() for name in (only or "").split(",") if name.strip()]
    wanted: dict[str, Any] = {
        "url": url if "://" in url else f"https://{url}",
        "every": every,
        "media": media,
        "comments": comments,
        "only": names or None,
        "delay": delay,
        "connections": connections,
    }
    table = {key: value for key, value in wanted.items() if value is not None}
    _check(table)
    path = invocation.config_path()
    config = load(path, {}) if path.exists() else None
    if config and any(site_key(site.url) == site_key(table["url"]) for site in config.sites):
        raise ConfigError(f"{table['url']} is in {path} already: edit its settings there")
    add_sites(path, [*_adopted(invocation, config, table["url"]), table])
    if not invocation.quiet:
        note(f"added {table['url']} to {path}: `mirror crawl` mirrors it")


@command.command("remove", cls=Command)
@click.argument("url")
@pass_invocation
def remove_command(invocation: Invocation, url: str) -> None:
    """Take a site out of the config file. What is mirrored of it stays in the database.

    One that is in the database alone, and of which nothing could ever be had, is taken out of that.
    """
    path = invocation.config_path()
    sites = load(path, {}).sites if path.exists() else ()
    places = [place for place, site in enumerate(sites) if site_key(site.url) == site_key(url)]
    if not places and _forget(invocation, url):
        if not invocation.quiet:
            note(f"removed {url} from {invocation.db_path()}: nothing is held of it")
        return
    if not places:
        known = ", ".join(site.url for site in sites) or "none"
        raise ConfigError(f"{url} is not in {path}; its sites: {known}")
    remove_site(path, places[0])
    if not invocation.quiet:
        note(f"removed {sites[places[0]].url} from {path}; its mirror stays in the database")


def _forget(invocation: Invocation, url: str) -> bool:
    """Takes a site of which nothing is held out of the database; False if there is no such."""
    path = invocation.db_path()
    if not path.exists():
        return False
    with locked(path), closing(connect(path, write=True)) as db, transaction(db):
        number = find_site(db, url if "://" in url else f"https://{url}")
        return number is not None and forget(db, number)


def _check(table: dict[str, Any]) -> None:
    kinds: dict[str, Kind] = {"url": Address(), "every": Duration("1m", "52w", auto=True)}
    for key, kind in kinds.items():
        if key not in table:
            continue
        try:
            kind.read(table[key])
        except ValueError as error:
            hint = f"; {error}" if str(error) else ""
            raise ConfigError(
                f"{key}: {table[key]!r} is wrong, expected {kind.expected}{hint}"
            ) from None


def _adopted(invocation: Invocation, config: Config | None, url: str) -> list[dict[str, Any]]:
    """Sites that only the database knew: with the first configured one they must be named too,
    or `mirror crawl` would silently look after them no more."""
    if config and config.sites:
        return []
    try:
        known = known_sites(invocation, datetime.now(UTC))
    except MirrorError:
        return []
    return [{"url": site.url} for site in known if site_key(site.url) != site_key(url)]


def _list(invocation: Invocation, *, as_json: bool) -> None:
    now = datetime.now(UTC)
    known = known_sites(invocation, now)
    if as_json:
        print_json([_object(site) for site in known])
    elif known:
        print_table(COLUMNS, [_row(site) for site in known])
    else:
        note("no sites yet: `mirror sites add URL` adds one")


def _row(site: KnownSite) -> list[object]:
    settings = site.settings
    return [
        site.url,
        every_text(settings),
        settings.media,
        settings.comments,
        ", ".join(settings.only) or "all",
        "config" if site.configured else "database",
    ]


def every_text(site: Site) -> str:
    """An interval as it is written in the config file.

    >>> every_text(Site(url="https://example.com"))
    '1d'
    """
    if not isinstance(site.every, timedelta):
        return site.every
    seconds = int(site.every.total_seconds())
    units = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60))
    unit, size = next(((u, s) for u, s in units if seconds % s == 0), ("s", 1))
    return f"{seconds // size}{unit}"


def _object(site: KnownSite) -> dict[str, Any]:
    return {
        **asdict(site.settings),
        "host": site.host,
        "every": every_text(site.settings),
        "configured": site.configured,
        "mirrored": site.stored is not None,
    }
