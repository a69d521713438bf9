"""`mirror upstreams`."""

from dataclasses import asdict

import click

from mirror.cli.options import Command, Invocation, json_option, limit_option, pass_invocation
from mirror.cli.output import Column, note, print_json, print_table
from mirror.store.reading.upstreams import UpstreamRow, upstreams

COLUMNS = (
    Column(title="upstream", style="bold"),
    Column(title="name"),
    Column(title="posts", right=True),
    Column(title="share", right=True),
    Column(title="confidence", right=True),
    Column(title="republished by", fold=True),
)


@click.command(cls=Command)
@click.option("--site", "host", metavar="HOST", help="As republished by this site only.")
@limit_option(50)
@json_option
@pass_invocation
def command(invocation: Invocation, host: str | None, limit: int, as_json: bool) -> None:
    """The upstream publishers, by number of posts.

    The share is of all current posts; the confidence is the mean over the upstream's posts.
    """
    rows = list(upstreams(invocation.read(), host=host, limit=limit))
    if as_json:
        print_json([_object(row) for row in rows])
    elif rows:
        print_table(COLUMNS, [_row(row) for row in rows])
    else:
        note("no post here was published elsewhere first, as far as is known")


def _row(row: UpstreamRow) -> list[object]:
    sites = ", ".join(f"{host} ({posts:,})" for host, posts in row.sites)
    return [row.domain, row.name, row.posts, f"{row.share:.1%}", f"{row.confidence:.2f}", sites]


def _object(row: UpstreamRow) -> dict[str, object]:
    sites = [{"host": host, "posts": posts} for host, posts in row.sites]
    return {**asdict(row), "sites": sites}
