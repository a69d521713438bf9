"""Politeness: how many requests a host gets at a time, how far apart, and when it is left alone."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

# So many failures to connect in a row, and a host is left alone for the rest of the run.
PATIENCE = 5


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    delay: float
    next_start: float = 0.0
    rests_until: float = 0.0
    unreachable: int = 0


class Turnstile:
    """Lets requests through to each host, `concurrency` at a time, starts `delay` seconds apart."""

    def __init__(self, *, concurrency: int = 4, delay: float = 0.0) -> None:
        self._concurrency = concurrency
        self._delay = delay
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def passing(self, host: str) -> AsyncIterator[None]:
        """Waits for a place at the host, and holds it."""
        there = self._of(host)
        async with there.places:
            loop = asyncio.get_running_loop()
            start = max(loop.time(), there.next_start)
            there.next_start = start + there.delay
            if (pause := start - loop.time()) > 0:
                await asyncio.sleep(pause)
            yield

    def rests(self, host: str) -> bool:
        """Whether the host is to be left alone for now."""
        return self._of(host).rests_until > asyncio.get_running_loop().time()

    def rest(self, host: str, seconds: float) -> None:
        """The host asked to be left alone for so long (429, 503, Retry-After)."""
        there = self._of(host)
        there.rests_until = max(there.rests_until, asyncio.get_running_loop().time() + seconds)

    def slow(self, host: str, seconds: float) -> None:
        """The host wants requests to be so far apart at least (Crawl-delay), the next one too."""
        there = self._of(host)
        there.delay = max(there.delay, seconds)
        there.next_start = max(there.next_start, asyncio.get_running_loop().time() + there.delay)

    def reached(self, host: str) -> None:
        """The host answered."""
        self._of(host).unreachable = 0

    def missed(self, host: str) -> None:
        """The host could not be connected to, once more."""
        there = self._of(host)
        there.unreachable += 1
        if there.unreachable >= PATIENCE:
            there.rests_until = math.inf

    def _of(self, host: str) -> _Host:
        there = self._hosts.get(host)
        if there is None:
            there = _Host(asyncio.Semaphore(self._concurrency), self._delay)
            self._hosts[host] = there
        return there
