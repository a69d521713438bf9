"""The last step of a visit: the files themselves, as far as they are due."""

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from mirror.media.folder import store_at
from mirror.media.policy import MediaPolicy
from mirror.media.stage import MediaSummary, run
from mirror.progress import FILE_ASKED_FOR, MediaRules, Watcher
from mirror.session import Session
from mirror.store import links
from mirror.store.connection import path_of
from mirror.store.files import all_due
from mirror.urls import is_global_host

NAME = "files"


class Traffic:
    """Counts as Scrapy does for its own requests, and tells whoever keeps a budget."""

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self._signals, self._stats = crawler.signals, crawler.stats

    def asked(self) -> None:
        """One more request."""
        self._stats.inc_value("mirror/media/requests")
        self._signals.send_catch_log(FILE_ASKED_FOR)

    def received(self, size: int) -> None:
        """So many more bytes."""
        self._stats.inc_value("mirror/media/bytes", size)


async def fetch(session: Session, crawler: Crawler, watcher: Watcher) -> MediaSummary:
    """Fetches what the site's objects use. What fails is a row in `media_files`, with the reason.

    The same rate as for the site's pages; a site on a private network may show its own files. A
    full crawl asks for every address, whenever it would be due: whole if nothing is held of it,
    conditionally otherwise.
    """
    url, settings = session.order.url, crawler.settings
    folder = path_of(session.db).parent
    place = settings["MIRROR_MEDIA"]
    with session.transaction():
        # An attachment names its post: which files belong to which posts is settled from that.
        links.resolve(session.db, session.site_id)
        if session.order.full:
            all_due(session.db, session.site_id, session.now)
    return await run(
        session.db,
        session.site_id,
        url,
        store=store_at(place if "://" in place else str(folder / place), beside=folder),
        policy=policy_of(session.order.media_rules, obey_robots=settings.getbool("ROBOTSTXT_OBEY")),
        user_agent=settings["USER_AGENT"],
        robots_agent=settings["ROBOTSTXT_USER_AGENT"],
        concurrency=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        delay=_delay(session, settings),
        watch=lambda done, total: watcher.collection(session.host, NAME, done, total),
        meter=Traffic(crawler),
    )


def policy_of(wanted: MediaRules, *, obey_robots: bool) -> MediaPolicy:
    """What was ordered, with the limits that nobody has to think of."""
    return MediaPolicy(
        mode="linked" if wanted.linked_only else "all",
        every_size=wanted.every_size,
        third_party=wanted.third_party,
        allow_private=wanted.allow_private,
        obey_robots=obey_robots,
        types=wanted.types or ("*/*",),
        file_bytes=wanted.file_limit,
        site_bytes=wanted.site_limit,
    )


def _delay(session: Session, settings: BaseSettings) -> float:
    """Seconds between two requests: one's own machines need no pause unless the order says so."""
    if session.order.delay is None and not is_global_host(session.host):
        return 0.0
    return settings.getfloat("DOWNLOAD_DELAY")
