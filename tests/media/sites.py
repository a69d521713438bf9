"""The hostile server as tests see it, names that resolve as told, and a site to be mirrored."""

import asyncio
import json
import socket
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from sqlite_utils import Database

from mirror.content_media import MediaUse, uses
from mirror.media.folder import Folder
from mirror.media.policy import MediaPolicy
from mirror.media.stage import MediaSummary, run
from mirror.store import files
from mirror.store.connection import connect, transaction

START = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = MediaPolicy(
    file_bytes=5_000_000,
    connect_seconds=2,
    stall_seconds=1,
    grace_seconds=1,
    least_rate=1000,
    most_seconds=10,
    redirects=4,
)


@dataclass(frozen=True, slots=True)
class Server:
    """The hostile server: its address, and what it was asked."""

    url: str

    def log(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/log") as reply:
            asked: list[dict[str, Any]] = json.load(reply)
        return [entry for entry in asked if entry["path"] != "/robots.txt"]

    def get(self, path: str) -> None:
        urllib.request.urlopen(f"{self.url}{path}").close()


class Names(AbstractResolver):
    """A DNS of our own: `private.test` has a private address, `rebinds.test` another each time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        address = {"private.test": "127.0.0.3", "metadata.test": "169.254.169.254"}.get(host)
        if host == "rebinds.test":
            address = "203.0.113.7" if self.asked.count(host) == 1 else "127.0.0.2"
        if address is None:
            raise OSError(f"no such host: {host}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


class Site:
    """A mirror of one site on the server, whose media can be asked for."""

    def __init__(self, path: Path, url: str, name: str = "mirror") -> None:
        self.url = url
        self.path = path
        self.db: Database = connect(path / f"{name}.db", write=True)
        self.store = Folder(path / "media")
        self.now = START
        self.posts = 0
        with transaction(self.db):
            if not self.db.execute("SELECT 1 FROM sites").fetchone():
                self.db.execute(
                    "INSERT INTO sites (id, url, host, first_seen_at) VALUES (1, ?, 'x', ?)",
                    [url, self.stamp()],
                )
                self.db.execute(
                    "INSERT INTO crawls (id, site_id, mode, started_at) VALUES (1, 1, 'full', ?)",
                    [self.stamp()],
                )

    def stamp(self, moment: datetime | None = None) -> str:
        return (moment or self.now).strftime("%Y-%m-%dT%H:%M:%SZ")

    def add_post(self, html: str) -> int:
        """A post with this content, and the links to its media; returns its row's id."""
        self.posts += 1
        with transaction(self.db):
            self.db.execute(
                "INSERT INTO posts (id, site_id, wp_id, collection, fingerprint, valid_from, "
                "first_seen_at, crawl_id, content, extra) "
                "VALUES (?, 1, ?, 'posts', '', ?, ?, 1, ?, '{}')",
                [self.posts, self.posts, self.stamp(), self.stamp(), html],
            )
            self.link(self.posts, html)
        return self.posts

    def edit_post(self, post_id: int, html: str) -> None:
        with transaction(self.db):
            self.db.execute("UPDATE posts SET version = version + 1 WHERE id = ?", [post_id])
            self.link(post_id, html)

    def link(self, post_id: int, html: str) -> None:
        found = uses({"content": {"rendered": html}}, self.url)
        self.link_uses("post", post_id, found)

    def link_uses(self, kind: Any, row_id: int, found: tuple[MediaUse, ...]) -> None:
        files.link(
            self.db,
            1,
            kind,
            [(row_id, found)],
            now=self.stamp(),
            stale_before=self.stamp(self.now - timedelta(days=1)),
        )

    def want(self, *paths: str) -> None:
        """A post that shows these, by their path on the server."""
        self.add_post("".join(f'<img src="{path}">' for path in paths))

    def fetch(self, policy: MediaPolicy = QUICK, **options: Any) -> MediaSummary:
        return asyncio.run(self.run(policy, **options))

    async def run(self, policy: MediaPolicy = QUICK, **options: Any) -> MediaSummary:
        return await run(
            self.db,
            1,
            self.url,
            store=self.store,
            policy=policy,
            user_agent="mirror-test/1.0",
            clock=lambda: self.now,
            **options,
        )

    def row(self, path: str) -> dict[str, Any]:
        url = path if path.startswith("http") else f"{self.url}{path}"
        rows = list(self.db.query("SELECT * FROM media_files WHERE url = ?", [url]))
        assert rows, f"{url} is not wanted"
        return rows[0]

    def kept(self) -> list[str]:
        return [name for name, _ in self.store.names()]
