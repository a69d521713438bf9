"""`mirror upstreams`."""

from dataclasses import asdict
from itertools import islice

import click

from mirror.attribution import RULES_VERSION
from mirror.cli.known import site_ids, site_option
from mirror.cli.options import Command, Invocation, json_option, limit_option, pass_invocation
from mirror.cli.output import Column, hint, note, print_json_rows, print_table
from mirror.counted import counted
from mirror.store.reading.upstreams import UpstreamRow, judged_by_older_rules, upstreams

COLUMNS = (
    Column(title="upstream", style="bold"),
    Column(title="name", spare=1),
    Column(title="posts", right=True),
    Column(title="share", right=True),
    Column(title="trend", right=True, spare=2),
    Column(title="confidence", right=True),
    Column(title="republished by", fold=True),
)


@click.command(cls=Command)
@site_option("As republished by this site only")
@limit_option(50)
@json_option
@pass_invocation
def command(invocation: Invocation, site: str | None, limit: int, as_json: bool) -> None:
    """The upstream publishers, by number of posts.

    The share is of all current posts; the trend compares the posts of the last 90 days with those
    of the 90 days before; the confidence is the mean over the upstream's posts.
    """
    db = invocation.read()
    found = upstreams(db, site_ids=site_ids(db, site), limit=limit + 1 if limit else 0)
    rows = islice(found, limit or None)
    older = judged_by_older_rules(db, RULES_VERSION)
    if older:
        posts = counted(older, "posts")
        note(f"judged by older rules: {posts} (`mirror attribute --all` judges anew)")
    if as_json:
        print_json_rows(map(_object, rows))
    elif shown := [_row(row) for row in rows]:
        print_table(COLUMNS, shown)
        if next(found, None):
            note(f"… and more: the first {limit} are shown, `--limit 0` shows all")
    else:
        hint("no post here was published elsewhere first, as far as is known")


def _row(row: UpstreamRow) -> list[object]:
    sites = ", ".join(f"{host} ({posts:,})" for host, posts in row.sites)
    return [
        row.domain,
        row.name,
        row.posts,
        f"{row.share:.1%}",
        trend(row.recent, row.before),
        f"{row.confidence:.2f}",
        sites,
    ]


def trend(recent: int, before: int) -> str:
    """How many posts of late, against how many before.

    >>> [trend(*counts) for counts in ((15, 10), (6, 12), (4, 4), (3, 0), (0, 5), (0, 0))]
    ['+50%', '−50%', '±0%', 'new', '−100%', '']
    """
    if not before:
        return "new" if recent else ""
    change = round(100 * (recent - before) / before)
    return f"{'+' if change > 0 else '−' if change < 0 else '±'}{abs(change):,}%"


def _object(row: UpstreamRow) -> dict[str, object]:
    sites = [{"host": host, "posts": posts} for host, posts in row.sites]
    return {**asdict(row), "sites": sites}
