"""Which sites a command means, and with which settings."""

from dataclasses import dataclass
from datetime import UTC, datetime

import click

from mirror.cli.known import KnownSite, known_sites, scheduled, site_address
from mirror.cli.options import Invocation
from mirror.cli.output import ago, note
from mirror.config import Config, Site
from mirror.config.kinds import Address, Contact
from mirror.errors import ConfigError
from mirror.progress import CrawlOrder, MediaRules
from mirror.urls import site_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the options of one command line ask for. None: as the site's settings say."""

    full: bool = False
    media: bool | None = None
    allow_private: bool = False
    comments: bool | None = None
    only: str | None = None
    limit: int | None = None
    delay: float | None = None
    connections: int | None = None
    accept_deletions: bool = False
    contact: str | None = None


def order(site: Site, wishes: Wishes, config: Config) -> CrawlOrder:
    """One site's crawl: options go before its settings. Raises ConfigError for a wrong option."""
    return CrawlOrder(
        url=site.url,
        full=wishes.full,
        only=collection_names(wishes.only) or site.only,
        limit=wishes.limit,
        media=bool(site.media) if wishes.media is None else wishes.media,
        media_rules=media_rules(site, wishes),
        comments=site.comments if wishes.comments is None else wishes.comments,
        accept_deletions=wishes.accept_deletions,
        contact=contact_address(wishes.contact) or site.contact or config.contact,
        user_agent=config.user_agent,
        delay=site.delay if wishes.delay is None else wishes.delay,
        connections=site.connections if wishes.connections is None else wishes.connections,
        credentials=site.credentials,
        fallbacks=site.fallbacks,
    )


def media_rules(site: Site, wishes: Wishes) -> MediaRules:
    """Which media files of the site are fetched, if any are."""
    return MediaRules(
        linked_only=site.media == "linked",
        every_size=site.media_every_size,
        third_party=site.media_third_party,
        allow_private=site.allow_private or wishes.allow_private,
        types=site.media_types,
        file_limit=site.media_file_limit,
        site_limit=site.media_site_limit,
    )


def collection_names(only: str | None) -> tuple[str, ...]:
    """`--only posts,pages`; empty if it is not given."""
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


def chosen_sites(invocation: Invocation, urls: tuple[str, ...]) -> list[Site]:
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
