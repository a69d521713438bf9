"""How many requests are on the wire at once, whatever asks for them."""

import asyncio
from typing import Any

from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from spiders.client import Client


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
