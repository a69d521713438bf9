"""Carries out a walk: asks for its windows, several at a time, and delivers what they hold."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mirror.items import Collection
from mirror.wordpress.includes import Sweep
from mirror.wordpress.objects import identified, wp_id
from mirror.wordpress.pagination import Walk, Window
from mirror.wordpress.patience import repeats
from mirror.wordpress.problems import Listing, Problem, read_list
from mirror.wordpress.routes import Api
from spiders.client import Client, Unsigned

Deliver = Callable[[Window, Listing, Callable[[], None]], Awaitable[None]]


# Windows in flight; Scrapy's settings say how many of them are on the wire.
AHEAD = 6


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
    walk.begin_with(client.rows)

    async def one(window: Window) -> None:
        url = api.url(collection.route, {**parameters, **window.params()})
        outcome = read_list(await client.get(url))
        if isinstance(outcome, Problem):
            if outcome.remedy == "final":
                raise Refused(outcome)
            walk.fail(window, outcome)
            return
        ids = list(dict.fromkeys(row["id"] for row in outcome.rows if wp_id(row)))
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
            if walk.capped:
                client.learn_rows(walk.per_page)
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def fetch_by_id(
    client: Client | Unsigned,
    api: Api,
    collection: Collection,
    ids: Sequence[int],
    parameters: Mapping[str, str],
    take: Callable[[list[dict[str, Any]]], Awaitable[None]],
) -> list[tuple[int, Problem]]:
    """Reads objects by their ids, as many a request as the site sends; halves what fails.

    Returns the ids that could not be read, with the problem of each. An id that is not answered is
    not among them: it is gone or hidden. Raises Refused when the site says no.
    """
    unread: dict[int, Problem] = {}
    answered: set[int] = set()

    async def took(rows: list[dict[str, Any]]) -> None:
        answered.update(row["id"] for row in identified(rows))
        await take(rows)

    for part in collection.parts:
        left = [id_ for id_ in ids if id_ not in answered and id_ not in unread]
        lost = await _fetch_part(client, api, collection, left, {**parameters, **part}, took)
        unread.update(lost)
    return list(unread.items())


async def _fetch_part(
    client: Client | Unsigned,
    api: Api,
    collection: Collection,
    ids: Sequence[int],
    parameters: Mapping[str, str],
    take: Callable[[list[dict[str, Any]]], Awaitable[None]],
) -> list[tuple[int, Problem]]:
    """As `fetch_by_id`, in one language."""
    sweep = Sweep(ids, size=client.rows)
    unread: list[tuple[int, Problem]] = []
    tried: Counter[Window] = Counter()
    while not unread and (windows := sweep.wanted()):
        for window in windows:
            query = {**parameters, **window.params()}
            outcome = read_list(await client.get(api.url(collection.route, query)))
            if isinstance(outcome, Listing):
                await take(outcome.rows)
                sweep.receive(window, [row["id"] for row in outcome.rows if wp_id(row)])
                continue
            tried[window] += 1
            if outcome.remedy == "final":
                raise Refused(outcome)
            if outcome.remedy == "wait":
                unread = [(id_, outcome) for id_ in sweep.unread()]
            elif tried[window] <= repeats(window, outcome):
                sweep.again(window)
            else:
                sweep.fail(window, outcome)
    if sweep.failed and not sweep.lost and sweep.best:
        client.learn_rows(sweep.best)
    return [(lost.wp_id, lost.problem) for lost in sweep.lost if lost.wp_id] + unread
