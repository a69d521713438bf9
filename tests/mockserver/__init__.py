"""A server of WordPress sites in a process of its own, each misbehaving at a URL of its own.

    with mock_server() as server:
        site = server.site("per-page-20", posts=250)
        ...                         # crawl site.url
        site.call("edit", number=23, title="Another title")

The behaviours are in `misbehaviours/`, each with the outcome that a crawl must have.
"""

import contextlib
import itertools
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
# The control requests go straight to loopback, whatever proxy the environment names.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class MockSite:
    """One site of the server, to be crawled and changed."""

    def __init__(self, server: "MockServer", name: str) -> None:
        self.server = server
        self.name = name
        self.url = f"{server.url}/{name}"

    def call(self, method: str, **arguments: Any) -> Any:
        """Calls a method of `mirror.demo.site.Site`; gives the id of the row, if there is one."""
        return self._control("call", method=method, arguments=arguments)

    def churn(self, every: int, calls: list[dict[str, Any]]) -> None:
        """Lets one of the calls happen before each `every`th request."""
        self._control("churn", every=every, calls=calls)

    def log(self) -> list[dict[str, Any]]:
        """The requests so far: method, path, query, route, status, at (seconds), headers."""
        found: list[dict[str, Any]] = self._control("log")
        return found

    def truth(self) -> dict[str, Any]:
        """By route: the `objects` that anybody may see, and the `total` that WordPress tells."""
        found: dict[str, Any] = self._control("truth")
        return found

    def _control(self, action: str, **told: Any) -> Any:
        return self.server.control(f"{self.name}/{action}", **told)


class MockServer:
    """The running server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._keys = itertools.count(1)

    def site(self, behaviour: str, **settings: Any) -> MockSite:
        """A new site with this behaviour; `posts` adds so many, others set `Site` attributes."""
        site = MockSite(self, f"{behaviour}.{next(self._keys)}")
        self.control(f"{site.name}/make", **settings)
        return site

    def control(self, what: str, **told: Any) -> Any:
        """Sends a control request, and gives what it answers."""
        request = urllib.request.Request(
            f"{self.url}/_control/{what}", json.dumps(told).encode(), {"Connection": "close"}
        )
        with OPENER.open(request, timeout=30) as reply:
            return json.load(reply)


@contextlib.contextmanager
def mock_server() -> Iterator[MockServer]:
    """Runs the server while the block lasts."""
    with mock_servers(["127.0.0.1"]) as (server,):
        yield server


@contextlib.contextmanager
def mock_servers(hosts: Sequence[str]) -> Iterator[list[MockServer]]:
    """Runs a server at each of some loopback addresses, all in one process."""
    command = [sys.executable, "-m", "tests.mockserver.server", *hosts]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as process:
        assert process.stdout is not None
        try:
            yield [MockServer(process.stdout.readline().strip()) for _ in hosts]
        finally:
            process.kill()
