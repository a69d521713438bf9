"""`mirror crawl`."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from mirror.cli import logs
from mirror.cli.choosing import Wishes, chosen_sites, order
from mirror.cli.options import DURATION, Command, Invocation, json_option, pass_invocation
from mirror.cli.output import note, print_json, print_text
from mirror.cli.progress import watching
from mirror.cli.summary import exit_code, text
from mirror.counted import counted
from mirror.errors import SiteError, StoreError
from mirror.lock import locked
from mirror.progress import Budget, CrawlOrder, CrawlSummary
from mirror.store.connection import refuse_strangers
from mirror.store.upkeep import upgrade


@click.command(cls=Command)
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything again, changed or not.")
@click.option("--media/--no-media", default=None, help="Fetch media files, or do not.")
@click.option("--allow-private", is_flag=True,
              help="Fetch media from private addresses too.")  # fmt: skip
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
@click.option("--connections", type=click.IntRange(1, 16), metavar="N",
              help="Requests to a site at once.")  # fmt: skip
@click.option("--max-time", type=DURATION, metavar="TIME",
              help="End the run after so long (30m, 6h); the next goes on.")  # fmt: skip
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N",
              help="End the run after so many requests, media files included; the next goes "
                   "on.")  # fmt: skip
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
    /,
    urls: tuple[str, ...],
    wait: bool,
    max_time: timedelta | None,
    max_requests: int | None,
    log_file: Path | None,
    log_format: logs.LogFormat,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Mirror sites: everything the first time, then what changed.

    Without URL: every configured site that is due. Ends with 0 when all is well, 1 when something
    could not be had (`mirror status` tells what), 3 when nothing could be mirrored, 75 when another
    run is busy with the same database.
    """
    logs.configure(file=log_file, form=log_format, debug=invocation.debug)
    wanted = Wishes(**wishes)
    budget = Budget(
        seconds=max_time.total_seconds() if max_time is not None else None, requests=max_requests
    )
    try:
        refuse_strangers(invocation.db_path())
        with locked(invocation.db_path(), wait=None if wait else 0):
            _upgrade(invocation)
            found = chosen_sites(invocation, urls)
            orders = [order(site, wanted, invocation.settings()) for site in found]
            summaries = _run(invocation, orders, budget) if orders else []
    except StoreError as error:
        _tell(invocation, [], error.exit_code, trouble=str(error))
        raise
    _report(summaries, invocation, as_json=as_json)
    if wanted.limit is None:  # a try-out is nobody else's business
        _tell(invocation, summaries, exit_code(summaries))
    ctx.exit(exit_code(summaries))


def _upgrade(invocation: Invocation) -> None:
    """A mirror of an older version is upgraded before anything is read."""
    copy = upgrade(invocation.db_path())
    if copy is not None and not invocation.quiet:
        note(f"upgraded {invocation.db_path()}; as it was before, it is at {copy}")


def _run(invocation: Invocation, orders: list[CrawlOrder], budget: Budget) -> list[CrawlSummary]:
    from mirror import crawl

    with watching(quiet=invocation.quiet) as watcher:
        return crawl.run(
            [orders],
            db=invocation.db_path(),
            watcher=watcher,
            settings={"MIRROR_MEDIA": invocation.media()},
            budget=budget,
        )


def _tell(
    invocation: Invocation,
    summaries: list[CrawlSummary],
    code: int,
    trouble: str | None = None,
) -> None:
    from mirror.telling.run import after_run

    for complaint in after_run(
        invocation.settings().telling,
        invocation.db_path(),
        summaries,
        exit_code=code,
        trouble=trouble,
    ):
        note(f"mirror: {complaint}")


def _report(summaries: list[CrawlSummary], invocation: Invocation, *, as_json: bool) -> None:
    """The result on stdout; that nothing was mirrored (with --quiet, any trouble) on stderr."""
    if as_json:
        print_json(summaries)
        return
    for summary in summaries:
        if not invocation.quiet:
            print_text(text(summary, debug=invocation.debug))
            if sys.stdout.isatty():  # once is enough
                continue
        if summary.exit_code == SiteError.exit_code or (invocation.quiet and summary.exit_code):
            detail = summary.message or f"{counted(summary.failures, 'failures')} recorded"
            note(f"mirror: {summary.site}: {summary.outcome}: {detail}")
