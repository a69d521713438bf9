"""`mirror plan`."""

import click

from mirror.cli.choosing import Wishes, named_site, order
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, duration_text, note, print_json, print_table
from mirror.cli.text import one_line
from mirror.counted import counted
from mirror.errors import SiteError
from mirror.progress import CrawlPlan

COLUMNS = (
    Column(title="collection", style="bold"),
    Column(title="kind"),
    Column(title="reported", right=True),
    Column(title="requests", right=True),
    Column(title="refused", fold=True),
)


@click.command(cls=Command)
@click.argument("url")
@click.option(
    "--contact", metavar="ADDRESS", help="Goes into the User-Agent: mailto:… or https://…"
)
@json_option
@pass_invocation
def command(invocation: Invocation, url: str, contact: str | None, as_json: bool) -> None:
    """Look at a site, and say what mirroring it would take.

    Finds the API, lists the collections with their counts, estimates requests and time at the
    polite rate, and warns of what will not work. Fetches no content.
    """
    from mirror import crawl

    site = named_site(invocation, url)
    ordered = order(site, Wishes(contact=contact), invocation.settings())
    try:
        plan = crawl.plan(ordered)
    except SiteError as error:
        if not ordered.fallbacks or error.kind not in ("absent", "refused"):
            raise
        advice = f"{error}; `mirror crawl` would look for feeds and sitemaps instead"
        raise SiteError(advice, error.trail, kind=error.kind) from error
    if as_json:
        print_json(plan)
    else:
        _print(plan)


def _print(plan: CrawlPlan) -> None:
    click.echo(f"{one_line(plan.name) or one_line(plan.site)}: {one_line(plan.api_root)}")
    print_table(
        COLUMNS,
        [(c.name, c.kind, c.reported, c.requests, c.refused) for c in plan.collections],
    )
    click.echo(
        f"{counted(plan.requests, 'requests')}, about {duration_text(plan.seconds)} at the polite "
        "rate, media files not counted"
    )
    for warning in plan.warnings:
        note(f"warning: {warning}")
