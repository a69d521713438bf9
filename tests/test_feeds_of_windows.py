"""What Scrapy's feed exports write of windows: an object each."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from scrapy.utils.misc import load_object

from mirror import settings
from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store.connection import connect
from mirror.window import Window

TERMS = Collection(name="tags", kind="term", slug="post_tag", route="/wp/v2/tags")


@pytest.fixture
def window(tmp_path: Path) -> Window:
    session = Session(connect(tmp_path / "mirror.db", write=True), CrawlOrder(url="https://x.de"))
    rows = [{"id": n, "taxonomy": "post_tag", "name": f"Tag {n}"} for n in (1, 2)]

    async def opened() -> Window:
        return await session.open(TERMS, rows)

    return asyncio.run(opened())


def exported(name: str, *items: object) -> bytes:
    file = io.BytesIO()
    kind: Any = load_object(settings.FEED_EXPORTERS[name])
    exporter = kind(file, fields_to_export=["collection", "wp_id", "object"])
    exporter.start_exporting()
    for item in items:
        exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue()


def ids(name: str, text: bytes) -> list[int]:
    if name == "xml":
        return [int(one.text or "") for one in ElementTree.fromstring(text).iter("wp_id")]
    if name == "csv":
        return [int(row["wp_id"]) for row in csv.DictReader(io.StringIO(text.decode()))]
    if name == "json":
        return [row["wp_id"] for row in json.loads(text)]
    return [json.loads(line)["wp_id"] for line in text.splitlines()]


@pytest.mark.parametrize("name", settings.FEED_EXPORTERS)
def test_each_object_is_an_item_of_the_feed(name: str, window: Window) -> None:
    assert ids(name, exported(name, window, window)) == [1, 2, 1, 2]


def test_what_is_no_window_is_written_as_it_is() -> None:
    line = exported("jsonl", {"collection": "x", "wp_id": 7, "object": {}})
    assert json.loads(line) == {"collection": "x", "wp_id": 7, "object": {}}
