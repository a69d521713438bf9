"""`mirror crawl`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from mirror.cli import logs
from mirror.cli.known import KnownSite, known_sites, scheduled, site_address
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import ago, note, print_json, print_text
from mirror.cli.progress import watching
from mirror.cli.summary import exit_code, text
from mirror.config import Site, site_key
from mirror.config.kinds import Address, Contact
from mirror.errors import ConfigError
from mirror.lock import locked
from mirror.progress import CrawlOrder, CrawlSummary


@click.command(cls=Command)
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything again, changed or not.")
@click.option("--media/--no-media", default=None, help="Fetch media files, or do not.")
@click.option("--comments/--no-comments", default=None, help="Mirror comments, or do not.")
@click.option("--only", metavar="NAMES", help="These collections only, such as posts,pages.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many a collection: a try-out.",
)
@click.option("--delay", type=click.FloatRange(min=0), metavar="SECONDS",
              help="Between two requests to a site.")  # fmt: skip
@click.option("--accept-deletions", is_flag=True, help="Believe even a mass deletion.")
@click.option(
    "--contact", metavar="ADDRESS", help="Goes into the User-Agent: mailto:… or https://…"
)
@click.option(
    "--wait", is_flag=True, help="Wait for another run to end, instead of exiting with 75."
)
@click.option("--log-file", type=click.Path(dir_okay=False, path_type=Path), help="Append a log.")
@click.option("--log-format", type=click.Choice(("text", "json")), default="text",
              show_default=True, help="How the log is written.")  # fmt: skip
@json_option
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context,
    invocation: Invocation,
    urls: tuple[str, ...],
    full: bool,
    media: bool | None,
    comments: bool | None,
    only: str | None,
    limit: int | None,
    delay: float | None,
    accept_deletions: bool,
    contact: str | None,
    wait: bool,
    log_file: Path | None,
    log_format: logs.LogFormat,
    as_json: bool,
) -> None:
    """Mirror sites: everything the first time, then what changed.

    Without URL: every configured site that is due. Ends with 0 when all is well, 1 when something
    could not be had (`mirror status` tells what), 3 when nothing could be mirrored, 75 when another
    run is busy with the same database.
    """
    logs.configure(file=log_file, form=log_format, debug=invocation.debug)
    names = _names(only)
    contact = contact_address(contact)
    with locked(invocation.db_path(), wait=None if wait else 0):
        sites = _chosen(invocation, urls)
        orders = [
            CrawlOrder(
                url=site.url,
                full=full,
                only=names or site.only,
                limit=limit,
                media=site.media if media is None else media,
                comments=site.comments if comments is None else comments,
                accept_deletions=accept_deletions,
                contact=contact or site.contact or invocation.settings().contact,
                user_agent=invocation.settings().user_agent,
                delay=site.delay if delay is None else delay,
            )
            for site in sites
        ]
        summaries = _run(invocation, orders) if orders else []
    _report(summaries, invocation, as_json=as_json)
    ctx.exit(exit_code(summaries))


def _names(only: str | None) -> tuple[str, ...]:
    if only is None:
        return ()
    names = tuple(name.strip() for name in only.split(",") if name.strip())
    if not names:
        raise click.UsageError("--only names no collection; give some, such as posts,pages")
    return names


def contact_address(contact: str | None) -> str | None:
    """`--contact`, if given. Raises ConfigError for what is no address."""
    if contact is None:
        return None
    try:
        return Contact().read(contact)
    except ValueError as error:
        raise ConfigError(f"--contact: expected {Contact.expected}; {error}".rstrip("; ")) from None


def named_site(invocation: Invocation, url: str) -> Site:
    """The site that a user names, with its settings if it is known. Raises ConfigError."""
    return _named(url, _known(invocation, datetime.now(UTC)))


def _chosen(invocation: Invocation, urls: tuple[str, ...]) -> list[Site]:
    """The sites that are named; else those that are due, the ones that were cut short first."""
    now = datetime.now(UTC)
    known = _known(invocation, now)
    if urls:
        return [_named(url, known) for url in dict.fromkeys(urls)]
    looked_after = scheduled(known)
    if not looked_after:
        raise ConfigError(
            "no site is known: name one, as in `mirror crawl https://example.com`, or add some "
            "with `mirror sites add URL`"
        )
    due = [site for site in looked_after if site.due.at <= now]
    if not due and not invocation.quiet:
        _say_next(looked_after, now)
    due.sort(key=lambda site: (not site.due.resumes, site.due.at))
    return [site.settings for site in due]


def _known(invocation: Invocation, now: datetime) -> list[KnownSite]:
    """The known sites; none where there is neither a config file nor a database yet."""
    if invocation.settings().sites or invocation.db_path().exists():
        return known_sites(invocation, now)
    return []


def _named(url: str, known: list[KnownSite]) -> Site:
    address = site_address(url, known)
    for site in known:
        if site_key(site.url) == site_key(address):
            return site.settings
    try:
        return Site(url=Address().read(address))
    except ValueError as error:
        hint = f"; {error}" if str(error) else ""
        raise ConfigError(f"{url!r}: expected {Address.expected}{hint}") from None


def _say_next(sites: list[KnownSite], now: datetime) -> None:
    first = min(sites, key=lambda site: site.due.at)
    note(f"nothing is due; the next is {first.host}, {ago(first.due.stamp, now)}")


def _run(invocation: Invocation, orders: list[CrawlOrder]) -> list[CrawlSummary]:
    from mirror import crawl

    settings = invocation.settings()
    with watching(quiet=invocation.quiet) as watcher:
        return crawl.run(
            [orders],
            db=invocation.db_path(),
            watcher=watcher,
            settings={"MIRROR_MEDIA": settings.media},
        )


def _report(summaries: list[CrawlSummary], invocation: Invocation, *, as_json: bool) -> None:
    """The result on stdout; with --quiet what went wrong, on stderr."""
    if as_json:
        print_json(summaries)
        return
    for summary in summaries:
        if not invocation.quiet:
            print_text(text(summary))
        elif summary.exit_code:
            detail = summary.message or f"{summary.failures} failures recorded"
            note(f"mirror: {summary.site}: {summary.outcome}: {detail}")
