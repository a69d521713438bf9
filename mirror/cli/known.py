"""The sites that are known: those of the config file and those of the database, as one list."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import click
from sqlite_utils import Database

from mirror.cli.options import Function, Invocation
from mirror.cli.text import one_line
from mirror.config import Site
from mirror.schedule import Due, PastRun, due
from mirror.store.reading.sites import CrawlRow, SiteRow, named_sites, site_urls, sites
from mirror.urls import host_of, names_site, site_key

NAMED = 5  # known sites that an error names; more would hide what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """A site, configured or only mirrored once by `mirror crawl URL`, with when it is due."""

    url: str
    host: str
    configured: bool
    settings: Site
    stored: SiteRow | None
    due: Due

    def is_named(self, text: str) -> bool:
        """Whether a user means this site: by its host, or by its address."""
        return names_site(text, self.url)

    @property
    def last(self) -> CrawlRow | None:
        """Its latest crawl."""
        return self.stored.crawls[0] if self.stored and self.stored.crawls else None


def known_sites(invocation: Invocation, now: datetime) -> list[KnownSite]:
    """Every known site as of now, the configured ones first and in the file's order.

    Raises StoreError when there is neither a database nor a configured site.
    """
    configured = invocation.settings().sites
    stored: dict[str, SiteRow] = {}
    if not configured or invocation.db_path().exists():
        stored = {site_key(row.url): row for row in sites(invocation.read())}
    found = [_known(site, stored.pop(site_key(site.url), None), now) for site in configured]
    rest = [_known(Site(url=row.url), row, now, configured=False) for row in stored.values()]
    return found + rest


def scheduled(known: list[KnownSite]) -> list[KnownSite]:
    """The sites that `mirror crawl` looks after: the configured ones; all, if none is."""
    return [site for site in known if site.configured] or known


def site_address(text: str, known: list[KnownSite]) -> str:
    """The address of a site named as users do: by address, or by host alone."""
    for site in sorted(known, key=lambda site: site_key(site.url) != site_key(text)):
        if site.is_named(text):
            return site.url
    return text if "://" in text else f"https://{text}"


def short_names(urls: Collection[str]) -> dict[str, str]:
    """Each site's host, or, where several are on one, its address without the scheme."""
    often = Counter(map(host_of, urls))
    return {
        url: host if often[host := host_of(url)] == 1 else one_line(url.partition("://")[2])
        for url in urls
    }


def no_site(text: str, urls: Collection[str]) -> click.UsageError:
    """The error of naming a site that is not there: it names those that are, if they are few."""
    there = sorted(short_names(urls).values())
    if 0 < len(there) <= NAMED:
        advice = f": there is {one_line(' · '.join(there))}"
    else:
        advice = " (`mirror sites` lists them)"
    return click.UsageError(f"there is no site {text!r}{advice}")


def site_option(whose: str) -> Callable[[Function], Function]:
    """`--site`, for `site_ids`: `whose` rows are wanted."""
    return click.option(
        "--site",
        metavar="SITE",
        help=f"{whose}; a host means all its sites, an address the one there.",
    )


def site_ids(db: Database, text: str | None) -> list[int] | None:
    """The sites that `--site` names, None for all. Raises UsageError if none is there."""
    if text is None:
        return None
    found = named_sites(db, text)
    if not found:
        raise no_site(text, site_urls(db))
    return found


def _known(
    settings: Site, stored: SiteRow | None, now: datetime, *, configured: bool = True
) -> KnownSite:
    host = host_of(settings.url)
    runs = [_past(crawl) for crawl in stored.crawls if not crawl.limited] if stored else []
    until = stored.back_off_until if stored else None
    return KnownSite(
        url=settings.url,
        host=host,
        configured=configured,
        settings=settings,
        stored=stored,
        due=due(
            host,
            settings.every,
            runs,
            now,
            back_off_until=datetime.fromisoformat(until) if until else None,
        ),
    )


def _past(crawl: CrawlRow) -> PastRun:
    return PastRun(
        started_at=datetime.fromisoformat(crawl.started_at),
        outcome=crawl.outcome,
        mode=crawl.mode,
        changes=crawl.new + crawl.edited + crawl.deleted + crawl.restored,
    )
