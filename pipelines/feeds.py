"""Scrapy's feed exports, an object a line: what the pipelines pass on are windows of them."""

from typing import Any

from scrapy.exporters import (
    BaseItemExporter,
    CsvItemExporter,
    JsonItemExporter,
    JsonLinesItemExporter,
    XmlItemExporter,
)

from mirror.window import Window


class Unfolding(BaseItemExporter):
    """Writes the items of a window one by one."""

    def export_item(self, item: Any) -> None:
        """Each object of a window; anything else as it is."""
        for one in item.items if isinstance(item, Window) else (item,):
            super().export_item(one)  # type: ignore[safe-super]


class Json(Unfolding, JsonItemExporter):
    """As Scrapy's."""


class JsonLines(Unfolding, JsonLinesItemExporter):
    """As Scrapy's."""


class Csv(Unfolding, CsvItemExporter):
    """As Scrapy's."""


class Xml(Unfolding, XmlItemExporter):
    """As Scrapy's."""
