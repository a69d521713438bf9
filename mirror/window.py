"""A window: the rows of one reply, which go through the pipelines and are committed together."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mirror.errors import StoreError
from mirror.examination import Found
from mirror.items import Collection, Item

logger = logging.getLogger(__name__)

Advance = Callable[[], Mapping[str, Any]]


@dataclass(slots=True, eq=False)
class Window:
    """The rows of one reply: what Scrapy's pipelines are given as one item.

    `items` are those on their way: a pipeline takes out, or fills in. `advance` is called inside
    the transaction and gives the columns of the collection's state that stand for these rows.
    `again` are ids that an earlier window of this walk brought already. `held` are fingerprints,
    and `found` is what was read ahead, by WordPress' id. `settled` is done when all is committed:
    then `written` has the ids of what is new or changed, `unchanged` counts what was known, and
    `broken` what could not be told apart or be processed. `partial`: the rows are of a feed or a
    page, which tell less than the API did or will.
    """

    collection: Collection
    advance: Advance | None
    again: frozenset[int]
    held: Mapping[int, str]
    settled: asyncio.Future[None]
    items: list[Item] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    found: dict[int, Found] = field(default_factory=dict)
    faulty: list[Item] = field(default_factory=list)
    unchanged: int = 0
    broken: int = 0
    written: set[int] = field(default_factory=set)
    partial: bool = False

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    @property
    def read(self) -> set[int]:
        """The ids of all objects of the reply that were read whole and could be processed."""
        return set() if self.partial else set(self.ids) - {item.wp_id for item in self.faulty}

    def drop_known(self) -> int:
        """Takes out what is held already as it is; returns how many those were."""
        return self._drop(
            [one for one in self.items if self.held.get(one.wp_id) == one.fingerprint]
        )

    def drop_all(self) -> int:
        """Takes out everything, as if it were known."""
        return self._drop(self.items)

    def _drop(self, items: Sequence[Item]) -> int:
        ids = {one.wp_id for one in items}
        if ids:
            self.items = [one for one in self.items if one.wp_id not in ids]
            self.unchanged += len(ids - self.again)
        return len(ids)

    def each(self, step: Callable[[Item], None]) -> None:
        """Takes each item through a step of a pipeline.

        One for which the step raises is `faulty`, and taken out: a bug, but one object's. Raises
        StoreError.
        """
        for item in list(self.items):
            try:
                step(item)
            except StoreError:
                raise
            except Exception:
                logger.exception("%s %s could not be processed", item.collection, item.wp_id)
                self.faulty.append(item)
                self.items.remove(item)
