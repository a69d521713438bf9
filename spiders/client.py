"""Asks one site, politely: one gate for all requests to its host, every outcome a Reply."""

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from mirror.credentials import Credentials
from mirror.errors import RefusedError, SiteError
from mirror.urls import host_of
from mirror.wordpress.access import REJECTIONS
from mirror.wordpress.envelope import opened
from mirror.wordpress.problems import classify
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import same_site
from spiders.pace import Pace
from spiders.unreachable import in_words, let_go

logger = logging.getLogger(__name__)

# A site that asks for more patience than this gets a failure row, and another crawl later.
LONGEST_PAUSE = 120.0
# So many failures in a row, whatever was asked for: the site is left alone.
MOST_FAILURES = 30
PAUSES = 5
# One request so often in all, where nothing smaller can be asked for instead.
TRIES = 5
# Seconds before what failed is told: so nothing is asked again at once, nor in step with the other
# requests in flight, where a server fails every so many.
BREATH = (0.05, 0.3)
# Turns of the loop in which a request gets through Scrapy and onto the wire. The one that waits for
# the place of another goes out before that one's answer is read, which takes longer.
SETTING_OUT = 8
LONGEST_CRAWL_DELAY = 120.0
HOPS = 5
TOO_MANY = 429  # requests (RFC 6585)
# WordPress sends this many rows at most (rest controller, `get_collection_params`), and ten unless
# asked for more: what fails with fewer is not too many.
MOST_ROWS = 100
FEWEST_ROWS = 10


class Client:
    """Requests to one site through Scrapy's downloader and its middlewares.

    `credentials` go with requests to their own origin, wherever a redirect or a link may lead.
    `rejection`: what the site said of them, in words, where it knows and does not accept them.
    """

    def __init__(
        self, crawler: Crawler, agent: str, credentials: Credentials | None = None
    ) -> None:
        self.crawler = crawler
        self.agent = agent
        self.credentials = credentials
        self.rejection: str | None = None
        self.requests = 0
        self.lifeline: str | None = None  # what a site that is up answers
        self.rows = MOST_ROWS  # how many the site sends at once, as far as was learned
        self._failures = 0
        self.latency = 0.0  # of the slowest answer, in seconds
        self.pace = Pace()
        # Scrapy counts what is on the wire only when it is: of requests that are made in one go, it
        # lets any number through where there is no delay between them.
        lanes = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._lanes = asyncio.Semaphore(lanes)
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    async def get(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
    ) -> Reply:
        """Asks once; when told to wait, waits and asks again, up to PAUSES times.

        `signed`: with the credentials, if there are any for this origin. Redirects are not
        followed. Raises RefusedError when robots.txt forbids the address, SiteError when the site
        has failed too often in a row.
        """
        for attempt in range(PAUSES + 1):
            reply = await self._once(url, method, headers or {}, signed)
            await self._heed(reply)
            pause = self._asked_to_wait(reply, attempt)
            if pause is None:
                if _failed(reply):
                    await asyncio.sleep(random.uniform(*BREATH))  # noqa: S311 (no secret)
                else:
                    self.pace.answered()
                return reply
            logger.info("%s asks for a pause of %.0f s", host_of(url), pause)
            if reply.status == TOO_MANY:
                self.pace.complained(pause)
            else:
                self.pace.rest(pause)
        return reply

    def learn_rows(self, rows: int) -> None:
        """Takes note that the site sends this many rows at once, but not many more."""
        self.rows = max(FEWEST_ROWS, min(rows, MOST_ROWS))

    async def follow(
        self, url: str, *, headers: Mapping[str, str] | None = None, signed: bool = True
    ) -> Reply:
        """Like `get`, but follows redirects within the host: to https, to or from `www.`.

        A redirect that leads elsewhere is returned as it is: its `Location` is for the user to
        decide about.
        """
        passed: list[str] = []
        while True:
            reply = await self.get(url, headers=headers, signed=signed)
            target = _target(reply)
            if target is None or len(passed) == HOPS or not same_site(target, url):
                break
            passed.append(url)
            url = target
        return Reply(
            url=reply.url, status=reply.status, headers=reply.headers, body=reply.body,
            error=reply.error, redirected_from=tuple(passed),
        )  # fmt: skip

    async def _once(self, url: str, method: str, asked: Mapping[str, str], signed: bool) -> Reply:
        await self.pace.turn()
        self.requests += 1
        headers = dict(asked)
        meta: dict[str, object] = {"handle_httpstatus_all": True}
        if signed and self.credentials and (proof := self.credentials.authorization(url)):
            headers["Authorization"] = proof
            if urlsplit(url).scheme == "http":
                # This very machine: a proxy of the environment must not read along.
                meta["proxy"] = None
        request = Request(url, method=method, headers=headers, dont_filter=True, meta=meta)
        assert self.crawler.engine is not None
        try:
            async with self._lanes:
                sent = time.monotonic()
                response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as error:
            if "robots.txt" in str(error):
                why = f"robots.txt forbids {url} to {self.agent}"
                raise RefusedError(why, kind="refused") from error
            # Too large when decompressed (DOWNLOAD_MAXSIZE).
            let_go(error)
            return Reply(url=url, status=0, headers={}, body=b"", error=in_words(error))
        except Exception as error:
            return Reply(url=url, status=0, headers={}, body=b"", error=in_words(error))
        self.latency = max(self.latency, time.monotonic() - sent)
        for _ in range(SETTING_OUT):
            await asyncio.sleep(0)
        reply = opened(_reply(response))
        if "Authorization" in headers and reply.status in (401, 403):
            self._heed_rejection(reply)
        return reply

    def _heed_rejection(self, reply: Reply) -> None:
        problem = classify(reply)
        if problem is not None and problem.code in REJECTIONS:
            self.rejection = f"{REJECTIONS[problem.code]} ({problem.code})"

    async def _heed(self, reply: Reply) -> None:
        """The circuit breaker: after too many failures in a row, whatever was asked for, one more
        request (for the REST root) decides whether the site is down. Raises SiteError.
        """
        self._failures = self._failures + 1 if _failed(reply) else 0
        if self._failures < MOST_FAILURES:
            return
        failures, self._failures = self._failures, 0
        if self.lifeline is not None:
            reply = await self._once(self.lifeline, "GET", {}, True)
        if _failed(reply):
            last = reply.error or f"status {reply.status}"
            raise SiteError(
                f"{host_of(reply.url)} failed {failures} times in a row, at last with {last}"
            )

    def _asked_to_wait(self, reply: Reply, attempt: int) -> float | None:
        problem = classify(reply) if reply.status in (429, 503) else None
        if problem is None or problem.kind not in ("rate-limited", "maintenance"):
            return None
        if attempt == PAUSES:
            return None
        asked = reply.retry_after(datetime.now(UTC))
        if asked is None:
            asked = 2.0**attempt if problem.kind == "rate-limited" else None
        if asked is None or asked > LONGEST_PAUSE:
            return None
        return max(asked, 0.1)

    def _robots_parsed(self, robotparser: object, request: Request) -> None:
        """Scrapy knows no Crawl-delay: it is taken from the parser it uses (Protego)."""
        delay = getattr(getattr(robotparser, "rp", None), "crawl_delay", lambda agent: None)(
            self.agent
        )
        if delay:
            wished = min(float(delay), LONGEST_CRAWL_DELAY)
            self.pace.crawl_delay = max(self.pace.crawl_delay, wished)


class Unsigned:
    """A client that keeps its credentials to itself: what it brings, anybody is told."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def get(self, url: str) -> Reply:
        """As `Client.get`."""
        return await self.client.get(url, signed=False)

    @property
    def rows(self) -> int:
        """As `Client.rows`."""
        return self.client.rows

    def learn_rows(self, rows: int) -> None:
        """As `Client.learn_rows`."""
        self.client.learn_rows(rows)


def _failed(reply: Reply) -> bool:
    """Whether there was no answer, or the server failed: neither yes nor no."""
    return reply.status == 0 or reply.status >= 500


def _reply(response: Response) -> Reply:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Reply(url=response.url, status=response.status, headers=headers, body=response.body)


def _target(reply: Reply) -> str | None:
    """Where a redirect leads, if that is the web."""
    location = reply.header("location")
    if reply.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        target = urljoin(reply.url, location)
        return target if urlsplit(target).scheme in ("http", "https") else None
    except ValueError:
        return None
