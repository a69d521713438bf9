"""`mirror status`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from mirror.cli.known import KnownSite, known_sites, no_site, scheduled, short_names
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import Column, ago, note, print_json, print_table, print_text
from mirror.cli.text import one_line
from mirror.counted import counted
from mirror.store import held
from mirror.store.reading.sites import FailureRow, open_failures

COLUMNS = (
    Column(title="site", style="bold", fold=True, least=20),
    Column(title="last run", fold=True, least=8),
    Column(title="outcome", fold=True, least=11, spare=2),
    Column(title="posts", right=True),
    Column(title="media", right=True, spare=3),
    Column(title="versions", right=True, spare=5),
    Column(title="gone", right=True, spare=4),
    Column(title="coverage", fold=True, least=10),
    Column(title="failures", right=True, spare=1),
    Column(title="next due", fold=True, least=8),
)
SHOWN_FAILURES = 5


@click.command(cls=Command)
@click.argument("host", required=False)
@json_option
@pass_invocation
def command(invocation: Invocation, host: str | None, as_json: bool) -> None:
    """How each site stands, and when it is next due.

    With HOST: that site's collections and open failures too.
    """
    now = datetime.now(UTC)
    every = known_sites(invocation, now)
    known = [site for site in every if host is None or site.is_named(host)]
    if host and not known:
        raise no_site(host, [site.url for site in every])
    failures = _failures(invocation, known) if host or as_json else {}
    rot = _rot(invocation, known)
    if as_json:
        print_json(
            [
                {**_object(site, failures.get(site.url, []), now), "link_rot": reasons}
                for site, reasons in zip(known, rot, strict=True)
            ]
        )
        return
    if not known:
        note("no sites yet: `mirror crawl URL` mirrors one")
        return
    names, looked_after = short_names([site.url for site in every]), scheduled(every)
    print_table(
        COLUMNS,
        [_row(site, names[site.url], now, looked_after=site in looked_after) for site in known],
    )
    for site, reasons in zip(known, rot, strict=True):
        if reasons:
            told = ", ".join(f"{number:,} {reason}" for reason, number in reasons.items())
            files = counted(sum(reasons.values()), "media files")
            click.echo(f"{names[site.url]}: {files} not to be had: {told}")
    for site in known if host else ():
        if len(known) > 1:
            click.echo(f"\n{names[site.url]}")
        _details(site, failures[site.url])


def _failures(invocation: Invocation, known: Sequence[KnownSite]) -> dict[str, list[FailureRow]]:
    if not any(site.stored for site in known):
        return {site.url: [] for site in known}
    db = invocation.read()
    return {
        site.url: open_failures(db, site.stored.id, SHOWN_FAILURES) if site.stored else []
        for site in known
    }


def _rot(invocation: Invocation, known: Sequence[KnownSite]) -> list[dict[str, int]]:
    """Each site's media that cannot be had: how many addresses, by reason."""
    if not any(site.stored for site in known):
        return [{} for _ in known]
    db = invocation.read()
    return [held.rot(db, site.stored.id) if site.stored else {} for site in known]


def _row(site: KnownSite, name: str, now: datetime, *, looked_after: bool) -> list[object]:
    stored, last = site.stored, site.last
    rows = stored.rows if stored else {}
    return [
        name,
        ago(last.started_at, now) if last else "never",
        (last.outcome or "running or cut short") if last else None,
        rows.get("posts"),
        rows.get("media"),
        stored.versions if stored else None,
        stored.gone if stored else None,
        coverage_text(site),
        stored.open_failures if stored else None,
        _due(site, now) if looked_after else "not in the config",
    ]


def _due(site: KnownSite, now: datetime) -> str:
    return "now" if site.due.at <= now else ago(site.due.stamp, now)


def coverage_text(site: KnownSite) -> str | None:
    """Whether everything public is mirrored, or how much is missing."""
    coverage = site.stored.coverage if site.stored else ()
    if not coverage:
        return None
    missing = sum(row.missing for row in coverage)
    if missing:
        return f"{missing:,} missing"
    unproven = sum(not row.complete and row.refused is None for row in coverage)
    if unproven:
        return f"{unproven} of {len(coverage)} unproven"
    refused = sum(row.refused is not None for row in coverage)
    return f"complete, {refused} refused" if refused else "complete"


def _details(site: KnownSite, failures: Sequence[FailureRow]) -> None:
    if site.last and site.last.message:
        why, *asked = site.last.message.splitlines()
        print_text(f"\nlast run: {one_line(why)}")
        for place in asked:
            print_text(f"  {one_line(place)}", wrap=False)
    if site.stored and site.stored.coverage:
        click.echo()
        print_table(
            (
                Column(title="collection", style="bold"),
                Column(title="reported", right=True),
                Column(title="mirrored", right=True),
                Column(title="hidden", right=True),
                Column(title="missing", right=True),
                Column(title="complete"),
                Column(title="how", fold=True),
            ),
            [
                (r.collection, r.reported, r.mirrored, r.hidden, r.missing, r.complete, r.how)
                for r in site.stored.coverage
            ],
        )
    if failures:
        click.echo()
        print_table(
            (Column(title="last"), Column(title="tries", right=True), Column(title="kind"),
             Column(title="message", fold=True), Column(title="address", fold=True)),
            [(ago(f.last_at), f.attempts, f.kind, f.message, f.url) for f in failures],
        )  # fmt: skip


def _object(site: KnownSite, failures: Sequence[FailureRow], now: datetime) -> dict[str, Any]:
    stored = site.stored
    return {
        "host": site.host,
        "url": site.url,
        "configured": site.configured,
        "name": stored.name if stored else None,
        "last": asdict(site.last) if site.last else None,
        "failed_in_a_row": site.due.failed_in_a_row,
        "rows": dict(stored.rows) if stored else {},
        "versions": stored.versions if stored else 0,
        "gone": stored.gone if stored else 0,
        "coverage": [asdict(row) for row in stored.coverage] if stored else [],
        "open_failures": stored.open_failures if stored else 0,
        "latest_failures": [asdict(row) for row in failures],
        "next_due": site.due.stamp,
        "due": site.due.at <= now,
        "why": site.due.why,
    }
