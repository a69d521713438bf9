"""How many requests are on the wire at once, whatever asks for them."""

import asyncio
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from mirror.crawl import politeness
from mirror.items import Collection, Kind
from mirror.progress import CrawlOrder
from mirror.store.collections import CollectionState
from mirror.sync.plan import Plan, Way
from mirror.window import Window
from spiders.changes import Reading
from spiders.client import Client
from spiders.reading import Reader
from spiders.visit import Visit
from tests.mirrored import Mirror
from tests.mockserver import MockServer


class Wire:
    """An engine that counts what it has not answered yet."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def download_async(self, request: Request) -> Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        return TextResponse(request.url, body=b"[]", request=request)


class Crawler:
    def __init__(self, lanes: int) -> None:
        self.settings = Settings({"CONCURRENT_REQUESTS_PER_DOMAIN": lanes})
        self.signals = SignalManager()
        self.engine = Wire()


def test_collections_side_by_side_share_the_lanes_of_their_site() -> None:
    crawler: Any = Crawler(3)

    async def ask() -> list[int]:
        client = Client(crawler, "mirror")
        asked = [client.get(f"https://x.example/wp-json/?page={n}") for n in range(10)]
        return [reply.status for reply in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [200] * 10
    assert crawler.engine.most == 3


def test_the_next_request_goes_out_before_an_answer_is_read() -> None:
    crawler: Any = Crawler(1)
    told: list[str] = []

    async def ask(client: Client, name: str) -> None:
        await client.get(f"https://x.example/wp-json/?page={name}")
        told.append(f"read {name} when {crawler.engine.now} more is asked for")

    async def both() -> None:
        client = Client(crawler, "mirror")
        await asyncio.gather(ask(client, "1"), ask(client, "2"))

    asyncio.run(both())
    assert told == ["read 1 when 1 more is asked for", "read 2 when 0 more is asked for"]


def test_a_site_may_be_asked_for_one_thing_at_a_time() -> None:
    order = CrawlOrder(url="https://x.example", connections=1)
    assert politeness(order)["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert "CONCURRENT_REQUESTS_PER_DOMAIN" not in politeness(CrawlOrder(url=order.url))


def test_posts_are_asked_for_while_what_they_name_is_read(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("plain", posts=20, categories=2000)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    lists = [one["route"] for one in site.log() if "orderby=id" in one["query"]]
    last = len(lists) - lists[::-1].index("/wp/v2/categories")
    assert lists.index("/wp/v2/posts") < last


@pytest.mark.parametrize(("kind", "waits"), [("post", True), ("media", True), ("term", False)])
def test_what_names_others_is_stored_after_them(kind: Kind, *, waits: bool) -> None:
    sent: list[Window] = []

    class Stored:
        """Session, client and rights of a crawl in which nothing goes wrong."""

        async def open(self, collection: Collection, rows: Any, **_: Any) -> Window:
            settled = asyncio.get_running_loop().create_future()
            settled.set_result(None)
            return Window(collection, None, frozenset(), {}, settled)

        def rows(self, _: Collection, rows: Any) -> Any:
            return rows

    async def deliver() -> None:
        anything: Any = Stored()
        reader = Reader(
            session=anything, client=anything, api=anything, index={}, seeing=anything,
            watcher=anything, send=sent.append, started=datetime.now(UTC),
        )  # fmt: skip
        collection = Collection(name="x", kind=kind, slug="x", route="/wp/v2/x")
        reading = Reading(
            collection=collection, plan=Plan(way=Way.BACKFILL), begun=datetime.now(UTC),
            before=CollectionState(),
        )  # fmt: skip
        delivery = asyncio.create_task(reader._deliver(reading, [], None, None))
        await asyncio.sleep(0.01)
        assert (not sent) == waits
        reader.named.set()
        await delivery

    asyncio.run(deliver())
    assert len(sent) == 1


def test_hundreds_of_collections_wait_for_the_first_list_together() -> None:
    visit: Any = object.__new__(Visit)
    visit.readings = []
    read: list[str] = []

    async def one(reader: Any, root: Any, collection: Any) -> None:
        for _ in range(collection.takes):
            await asyncio.sleep(0)
        read.append(collection.kind)

    visit._read = one
    reader: Any = SimpleNamespace(named=asyncio.Event())
    terms = [SimpleNamespace(kind="term", takes=number) for number in range(200)]
    posts = [SimpleNamespace(kind="post", takes=1) for _ in range(200)]
    start = time.process_time()
    asyncio.run(visit._stage(reader, None, terms + posts))
    assert time.process_time() - start < 2
    assert read == ["term"] * 200 + ["post"] * 200
