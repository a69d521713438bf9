"""robots.txt of the hosts that media lie on, as RFC 9309 says."""

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from protego import Protego
from yarl import URL

from mirror.media.turnstile import Turnstile

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least 500 KiB must be read
MAX_DELAY = 120.0  # seconds; who asks for more gets this much, as for the site's pages


class RobotsFiles:
    """The robots.txt files of a run, each asked for once, in its host's turn.

    `agent` is the name that the files may address. The turnstile keeps to a `Crawl-delay`.
    """

    def __init__(self, session: aiohttp.ClientSession, agent: str, turnstile: Turnstile) -> None:
        self._session = session
        self._agent = agent
        self._turnstile = turnstile
        self._files: dict[str, asyncio.Task[Protego | None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends what is still being asked for."""
        for task in self._files.values():
            task.cancel()
        await asyncio.gather(*self._files.values(), return_exceptions=True)

    async def allows(self, url: str) -> bool:
        """Whether the address may be asked for.

        A robots.txt that is not there (4xx) allows everything. Raises aiohttp's errors and
        TimeoutError if it cannot be had at all: then neither can the file.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._files:
            self._files[origin] = asyncio.create_task(self._heed(origin, parts.netloc))
        rules = await asyncio.shield(self._files[origin])
        return rules is None or rules.can_fetch(url, self._agent)

    async def _heed(self, origin: str, host: str) -> Protego | None:
        async with self._turnstile.passing(host):
            rules = await self._read(f"{origin}/robots.txt")
        delay = rules.crawl_delay(self._agent) if rules is not None else None
        if delay:
            self._turnstile.slow(host, min(delay, MAX_DELAY))
        return rules

    async def _read(self, url: str) -> Protego | None:
        async with (
            asyncio.timeout(60),
            self._session.get(URL(url, encoded=True), max_redirects=5) as response,
        ):
            if response.status >= 500:
                raise aiohttp.ServerConnectionError(f"HTTP {response.status} for {url}")
            if response.status != 200:
                return None
            text = bytearray()
            async for chunk in response.content.iter_chunked(1 << 16):
                text += chunk
                if len(text) >= MAX_BYTES:
                    break
        return Protego.parse(text[:MAX_BYTES].decode("utf-8", "replace"))
