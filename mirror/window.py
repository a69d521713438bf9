"""A window: the rows of one reply, which are committed together."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mirror.examination import Found
from mirror.items import Collection, Item

Advance = Callable[[], Mapping[str, Any]]


@dataclass(slots=True, eq=False)
class Window:
    """The rows of one reply on their way through the pipelines.

    `advance` is called inside the transaction and gives the columns of the collection's state that
    stand for these rows. `again` are ids that an earlier window of this walk brought already.
    """

    number: int
    collection: Collection
    advance: Advance | None
    again: frozenset[int]
    held: Mapping[int, str]
    settled: asyncio.Future[None]
    waiting: int
    items: list[Item] = field(default_factory=list)
    found: dict[int, Found] = field(default_factory=dict)
    kept: list[Item] = field(default_factory=list)
    unchanged: int = 0
    broken: int = 0
    written: set[int] = field(default_factory=set)
