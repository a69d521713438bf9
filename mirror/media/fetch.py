"""Asking for media: politely, conditionally, resumably. Whatever the network does is an outcome."""

import asyncio
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from mirror.errors import StoreError
from mirror.machine import advice, is_exhausted
from mirror.media.incoming import Busy, Part
from mirror.media.meter import Meter
from mirror.media.outcomes import (
    Failed,
    Fetched,
    FetchOrder,
    Outcome,
    Postponed,
    Refusal,
    Unchanged,
)
from mirror.media.policy import MediaPolicy, allows_host
from mirror.media.receive import continues, receive
from mirror.media.replies import REDIRECTS, etag, last_modified, of_error, of_status
from mirror.media.turnstile import Turnstile
from mirror.media_urls import canonical

UNREACHABLE = frozenset(("unreachable", "no such host", "bad certificate"))


class Robots(Protocol):
    """Says whether an address may be asked for."""

    async def allows(self, url: str) -> bool:
        """Raises what asking for robots.txt raises."""


class Fetcher:
    """Fetches the media of one site into the folder `incoming`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        site_url: str,
        incoming: Path,
        policy: MediaPolicy,
        turnstile: Turnstile,
        meter: Meter,
        robots: Robots | None = None,
    ) -> None:
        self._session = session
        self._site_url = site_url
        self._incoming = incoming
        self._policy = policy
        self._turnstile = turnstile
        self._meter = meter
        self._robots = robots

    async def fetch(self, order: FetchOrder) -> Outcome:
        """Asks for one address. Raises StoreError when the disk fails, and nothing else.

        The part of a Fetched is the caller's, to move and to close. Cancelled, it leaves nothing
        but what a later attempt can resume.
        """
        if self._turnstile.rests(_host(order.url)):
            return Postponed()
        try:
            part = Part.open(self._incoming, order.url)
        except Busy:
            return Postponed()
        try:
            if part.note is not None:
                await asyncio.to_thread(part.reread)
            outcome, keep = await self._attempt(order, part)
        except BaseException:
            part.close(keep=True)
            raise
        if not isinstance(outcome, Fetched):
            part.close(keep=keep)
        return outcome

    async def _attempt(self, order: FetchOrder, part: Part) -> tuple[Outcome, bool]:
        """The outcome, and whether what has come is of use to a later attempt."""
        try:
            return await self._follow(order, part), False
        except Refusal as refusal:
            return Failed(error=refusal.error, message=str(refusal)), refusal.keep
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            if isinstance(error, OSError) and is_exhausted(error):
                raise StoreError(f"{order.url} could not be asked for: {advice(error)}") from error
            return of_error(error), True

    async def _follow(self, order: FetchOrder, part: Part) -> Outcome:
        url = order.url
        for _ in range(self._policy.redirects + 1):
            await self._check(url)
            reply = await self._in_turn(url, order, part)
            if not isinstance(reply, str):
                return reply
            url = reply
        raise Refusal("too many redirects", f"more than {self._policy.redirects}, last to {url}")

    async def _check(self, url: str) -> None:
        if not allows_host(self._policy, url, self._site_url):
            raise Refusal("forbidden host", f"{_host(url)} is not the site's own")
        if self._robots is not None and not await self._robots.allows(url):
            raise Refusal("robots", f"robots.txt of {_host(url)} disallows it")

    async def _in_turn(self, url: str, order: FetchOrder, part: Part) -> Outcome | str:
        host = _host(url)
        async with self._turnstile.passing(host):
            if self._turnstile.rests(host):
                return Postponed()
            try:
                reply = await self._exchange(url, order, part)
            except (aiohttp.ClientError, OSError) as error:
                if of_error(error).error in UNREACHABLE:
                    self._turnstile.missed(host)
                raise
        self._turnstile.reached(host)
        if isinstance(reply, Failed) and reply.retry_after:
            self._turnstile.rest(host, reply.retry_after)
        return reply

    async def _exchange(self, url: str, order: FetchOrder, part: Part) -> Outcome | str:
        """One request: its outcome, or the address to ask next."""
        headers = self._headers(url, order, part)
        async with asyncio.timeout(self._policy.connect_seconds + self._policy.stall_seconds):
            response = await self._session.get(
                URL(url, encoded=True), headers=headers, allow_redirects=False
            )
        async with response:
            status = response.status
            if status == 200 or (
                status == 206 and "Range" in headers and continues(response, part)
            ):
                return await self._received(response, order, part)
            if status == 304 and (order.etag or order.last_modified) and "Range" not in headers:
                return Unchanged(etag=etag(response), last_modified=last_modified(response))
            if status in (206, 416) and part.note is not None:
                part.restart()
                return url
            if status in REDIRECTS:
                return _target(response, url)
            return of_status(response)

    async def _received(
        self, response: aiohttp.ClientResponse, order: FetchOrder, part: Part
    ) -> Fetched:
        got = await receive(response, part, order.url, self._policy, self._meter)
        return Fetched(
            part=part,
            sha256=part.sha256,
            file_type=got.file_type,
            size=got.size,
            status=response.status,
            etag=etag(response),
            last_modified=last_modified(response),
            received=got.received,
        )

    def _headers(self, url: str, order: FetchOrder, part: Part) -> dict[str, str]:
        headers = {}
        if _host(url) == _host(self._site_url):
            headers["Referer"] = self._site_url  # it is there that the address was found
        if part.note is not None and part.bytes:
            headers["Range"] = f"bytes={part.bytes}-"
            headers["If-Range"] = part.note.validator
        else:
            if order.etag:
                headers["If-None-Match"] = order.etag
            if order.last_modified:
                headers["If-Modified-Since"] = order.last_modified
        return headers


def _target(response: aiohttp.ClientResponse, url: str) -> str:
    location = response.headers.get("Location", "")
    try:
        target = canonical(urljoin(url, location), url) if location else None
    except ValueError:
        target = None
    if target is None:
        raise Refusal("bad redirect", f"HTTP {response.status} to {location[:200]!r}")
    return target


def _host(url: str) -> str:
    return urlsplit(url).netloc
