"""Carries out a walk: asks for its windows, several at a time, and delivers what they hold."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mirror.items import Collection
from mirror.wordpress.pagination import Walk, Window
from mirror.wordpress.problems import Listing, Problem, read_list
from mirror.wordpress.routes import Api
from spiders.client import Client, Unsigned

Deliver = Callable[[Window, Listing, Callable[[], None]], Awaitable[None]]


# Windows in flight; Scrapy's settings say how many of them are on the wire.
AHEAD = 4


class Refused(Exception):
    """A collection that answers no: its problem says how."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


async def run(
    client: Client | Unsigned,
    api: Api,
    collection: Collection,
    walk: Walk,
    parameters: Mapping[str, str],
    deliver: Deliver,
) -> None:
    """Walks to the end.

    `deliver(window, listing, advance)` gets each reply, and must call `advance` exactly once, when
    what it holds is safe: the walk goes on from there. Raises Refused when the site says no.
    """
    pending: set[asyncio.Task[None]] = set()

    async def one(window: Window) -> None:
        url = api.url(collection.route, {**parameters, **window.params()})
        outcome = read_list(await client.get(url))
        if isinstance(outcome, Problem):
            if outcome.remedy == "final":
                raise Refused(outcome)
            walk.fail(window, outcome)
            return
        ids = list(dict.fromkeys(row["id"] for row in outcome.rows if type(row.get("id")) is int))
        if window.probe:
            walk.receive(window, ids, outcome.total, outcome.pages)
            return
        await deliver(
            window, outcome, lambda: walk.receive(window, ids, outcome.total, outcome.pages)
        )

    try:
        while True:
            pending |= {asyncio.create_task(one(window)) for window in walk.wanted()}
            if not pending:
                return
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def fetch_by_id(
    client: Client | Unsigned,
    api: Api,
    collection: Collection,
    ids: list[int],
    parameters: Mapping[str, str],
    take: Callable[[list[dict[str, Any]]], Awaitable[None]],
) -> list[tuple[int, Problem]]:
    """Reads objects by their ids, a hundred a request; halves what fails, down to the one id.

    Returns the ids that could not be read, with the problem of each. An id that is not answered is
    not among them: it is gone or hidden.
    """
    lost: list[tuple[int, Problem]] = []
    todo = [ids[i : i + 100] for i in range(0, len(ids), 100)]
    tried: dict[tuple[int, ...], int] = {}
    while todo:
        some = todo.pop(0)
        query = {
            **parameters,
            "include": ",".join(map(str, some)),
            "per_page": str(max(len(some), 1)),
            "orderby": "id",
            "order": "asc",
        }
        outcome = read_list(await client.get(api.url(collection.route, query)))
        if isinstance(outcome, Listing):
            await take(outcome.rows)
        elif outcome.remedy == "final":
            raise Refused(outcome)
        elif len(some) > 1:
            half = len(some) // 2
            todo[:0] = [some[:half], some[half:]]
        elif tried.setdefault((some[0],), 0) < 2:
            tried[(some[0],)] += 1
            todo.insert(0, some)
        else:
            lost.append((some[0], outcome))
    return lost
