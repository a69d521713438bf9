"""The HTTP client for one site's media: it connects to no machine that it must not reach.

aiohttp, since its connector takes a function that makes each socket (`socket_factory`): the check
is of the address that is then connected to. Bodies are streamed; nothing is decompressed, no cookie
kept, no proxy or netrc of the environment used, no redirect followed by itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from mirror.media.addresses import Gate, home_of
from mirror.media.meter import Meter
from mirror.media.policy import MediaPolicy

KEEP_ALIVE_SECONDS = 30.0
READ_BUFFER = 1 << 17


@asynccontextmanager
async def session_for(
    site_url: str,
    policy: MediaPolicy,
    user_agent: str,
    meter: Meter,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that reaches public machines and the site's own. `resolver` is for tests."""
    resolver = resolver or aiohttp.ThreadedResolver()
    parts = urlsplit(site_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    home = await home_of(resolver, parts.hostname or "", port)
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        socket_factory=Gate(home, allow_private=policy.allow_private),
        limit=0,  # the turnstile counts, host by host
        keepalive_timeout=KEEP_ALIVE_SECONDS,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        trace_configs=[_told_to(meter)],
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        read_bufsize=READ_BUFFER,
        headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(
            total=None, sock_connect=policy.connect_seconds, sock_read=policy.stall_seconds
        ),
    ) as session:
        yield session


def _told_to(meter: Meter) -> aiohttp.TraceConfig:
    """Tells the meter of every request, whoever makes it."""

    async def asked(*_: Any) -> None:
        meter.asked()

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(asked)
    trace.on_request_redirect.append(asked)
    return trace
