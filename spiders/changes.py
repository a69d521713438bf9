"""Asks a collection what changed: edits, late publications, imports. Ids only, no content."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mirror.ids import Ids
from mirror.items import Collection
from mirror.moments import timestamp
from mirror.session import Session
from mirror.store import collections as states
from mirror.store.collections import CollectionState
from mirror.sync.decide import DATED
from mirror.sync.plan import Plan
from mirror.wordpress.objects import identified
from mirror.wordpress.pagination import Walk
from mirror.wordpress.pagination import Window as Page
from mirror.wordpress.problems import Listing, Problem, read_list
from mirror.wordpress.routes import Api
from spiders.client import TRIES, Client
from spiders.walking import AHEAD, Refused, run

LIGHT = "id,date_gmt,modified_gmt,slug,link"
LIGHT_COMMENT = "id,date_gmt"


@dataclass(slots=True, kw_only=True)
class Reading:
    """What reading a collection came to.

    `before`: what the last crawl left. `begun`: when the walk began, maybe in an earlier crawl:
    then it is `resumed`. `seen`: the ids that a whole walk brought; None if it was not walked
    whole, or not in one go. `suspects`: ids that should have been answered and were not; `owed`:
    those asked for because they failed before. `total`: the site's own. `walked`: a walk came to
    its end; `proved`: and left no doubt. `problem`: why it could not be asked what changed.
    `doubt`: some that seem gone were not settled. `written`: the ids of the rows that this crawl
    wrote.
    """

    collection: Collection
    plan: Plan
    begun: datetime
    before: CollectionState
    resumed: bool = False
    total: int | None = None
    seen: Ids | None = None
    suspects: set[int] = field(default_factory=set)
    owed: set[int] = field(default_factory=set)
    proved: bool = False
    walked_hidden: int | None = None
    doubt: bool = False
    refused: Problem | None = None
    problem: Problem | None = None
    failed: int = 0
    walked: bool = False
    windows: int = 0
    limited: bool = False
    how: str = ""
    written: Ids = field(default_factory=Ids)


class Changes:
    """What one site says has changed."""

    def __init__(self, session: Session, client: Client, api: Api) -> None:
        self.session = session
        self.client = client
        self.api = api

    async def since(self, reading: Reading, since: datetime, recent: str) -> set[int]:
        """The ids that were edited, published or imported since a moment, as far as is told.

        Rows modified from `recent` on are read again even if their dates are those we hold: they
        may have been edited twice within a second. Where the newest rows all have other addresses
        than before, the site has moved, or its permalinks have: then that is all that is held.
        Of comments no date tells that they were edited: all that were written since are read.
        """
        collection, listed = reading.collection, dict[int, dict[str, Any]]()
        if collection.kind not in DATED:
            reading.problem = await self.light(collection, {"after": timestamp(since)}, listed)
            return {*listed, *self.differing(collection, await self._newest_ids(reading), recent)}
        if reading.plan.can_filter_modified:
            filters = {"modified_after": timestamp(since)}
            reading.problem = await self.light(collection, filters, listed)
        else:
            await self._newest_modified(reading, timestamp(since), listed)
        late = await self.light(collection, {"after": timestamp(since)}, listed)
        reading.problem = reading.problem or late
        newest = await self._newest_ids(reading)
        if self._moved(collection, newest):
            db, site_id = self.session.db, self.session.site_id
            return {*states.visible_ids(db, site_id, collection), *listed, *newest}
        return self.differing(collection, listed | newest, recent)

    async def light(
        self, collection: Collection, filters: Mapping[str, str], listed: dict[int, dict[str, Any]]
    ) -> Problem | None:
        """Lists ids and dates of what a filter lets through; why not all of it, if so."""

        def heed(rows: list[dict[str, Any]]) -> None:
            listed.update({row["id"]: row for row in rows})

        problem, _ = await self._list(collection, {"_fields": _light(collection), **filters}, heed)
        return problem

    async def ids(self, collection: Collection, found: Ids) -> tuple[Problem | None, int | None]:
        """Lists the ids of all there is, in all languages; why not all, if so. And the total."""

        def heed(rows: list[dict[str, Any]]) -> None:
            found.update(row["id"] for row in rows)

        return await self._list(collection, {"_fields": "id"}, heed)

    async def _list(
        self,
        collection: Collection,
        parameters: Mapping[str, str],
        heed: Callable[[list[dict[str, Any]]], None],
    ) -> tuple[Problem | None, int | None]:
        """Walks a list that is light, in each language; what went wrong, and the totals' sum."""

        async def take(page: Page, listing: Listing, advance: Callable[[], None]) -> None:
            heed(identified(listing.rows))
            advance()

        problem: Problem | None = None
        totals = []
        for part in collection.parts:
            walk = Walk(per_page=100, ahead=AHEAD)
            await run(self.client, self.api, collection, walk, {**parameters, **part}, take)
            lost = next((lost.problem for lost in walk.lost), None)
            problem = problem or walk.problem or lost
            totals.append(walk.total)
        return problem, total_of(totals)

    async def _newest_modified(
        self, reading: Reading, since: str, listed: dict[int, dict[str, Any]]
    ) -> None:
        """WordPress < 5.7: the latest modified first, until they are older than the watermark."""

        def old(row: dict[str, Any]) -> bool:
            return f"{row.get('modified_gmt')}Z" < since

        await self._pages(reading, {"orderby": "modified", "order": "desc"}, listed, old)

    async def _newest_ids(self, reading: Reading) -> dict[int, dict[str, Any]]:
        """Imports may bring posts with old dates: the highest ids first, until they are known."""
        listed: dict[int, dict[str, Any]] = {}
        collection = reading.collection

        def known(row: dict[str, Any]) -> bool:
            held = states.glances(
                self.session.db, self.session.site_id, collection.kind, [row["id"]]
            ).get(row["id"])
            return held is not None and held.collection == collection.name

        await self._pages(reading, {"orderby": "id", "order": "desc"}, listed, known)
        return listed

    def _moved(self, collection: Collection, newest: Mapping[int, Mapping[str, Any]]) -> bool:
        """Whether all rows of a listing have new addresses, of which their dates tell nothing."""
        held = states.glances(self.session.db, self.session.site_id, collection.kind, newest)
        pairs = [
            (ours.link, newest[wp_id].get("link"))
            for wp_id, ours in held.items()
            if ours.modified_gmt == _gmt(newest[wp_id].get("modified_gmt"))
        ]
        return bool(pairs) and all(_place(old) != _place(new) for old, new in pairs)

    async def _pages(
        self,
        reading: Reading,
        parameters: Mapping[str, str],
        listed: dict[int, dict[str, Any]],
        enough: Callable[[dict[str, Any]], bool],
    ) -> None:
        """Pages of light rows until one ends with a row that is `enough`, or holds none."""
        totals = []
        for part in reading.collection.parts:
            totals.append(await self._part(reading, {**parameters, **part}, listed, enough))
        reading.total = total_of(totals)

    async def _part(
        self,
        reading: Reading,
        parameters: Mapping[str, str],
        listed: dict[int, dict[str, Any]],
        enough: Callable[[dict[str, Any]], bool],
    ) -> int | None:
        """As `_pages`, in one language; the site's total."""
        offset, size, total = 0, self.client.rows, None
        while True:
            query = {
                **parameters,
                "_fields": _light(reading.collection),
                "per_page": str(size),
                "offset": str(offset),
            }
            outcome = await self._listing(reading.collection, query)
            if isinstance(outcome, Problem):
                if outcome.remedy == "smaller" and size > 1:
                    size = max(1, size // 2)
                    continue
                reading.problem = outcome
                return total
            if offset == 0:
                total = outcome.total
            rows = identified(outcome.rows)
            listed.update({row["id"]: row for row in rows})
            if (
                not rows
                or enough(rows[-1])
                or (outcome.total is not None and offset + size >= outcome.total)
            ):
                return total
            # One row of overlap: rows that vanish meanwhile shift the rest to the front.
            offset += max(1, len(rows) - 1)

    async def _listing(self, collection: Collection, query: Mapping[str, str]) -> Listing | Problem:
        for _ in range(TRIES):
            outcome = read_list(await self.client.get(self.api.url(collection.route, query)))
            if isinstance(outcome, Listing) or outcome.remedy != "again":
                break
        if isinstance(outcome, Problem) and outcome.remedy == "final":
            raise Refused(outcome)
        return outcome

    def differing(
        self, collection: Collection, listed: Mapping[int, Mapping[str, Any]], recent: str
    ) -> set[int]:
        """The listed ids whose dates, slug or link are not those we hold."""
        held = states.glances(self.session.db, self.session.site_id, collection.kind, listed)
        wanted = set()
        for wp_id, row in listed.items():
            ours = held.get(wp_id)
            if (
                ours is None
                or ours.collection != collection.name
                or ours.slug != row.get("slug")
                or ours.link != row.get("link")
                or ours.date_gmt != _gmt(row.get("date_gmt"))
                or ours.modified_gmt != _gmt(row.get("modified_gmt"))
                or (ours.modified_gmt or "") >= recent
            ):
                wanted.add(wp_id)
        return wanted


def _light(collection: Collection) -> str:
    """The fields of a light listing. The address of a comment is its post's, and is no news."""
    return LIGHT_COMMENT if collection.kind == "comment" else LIGHT


def total_of(totals: Sequence[int | None]) -> int | None:
    """The total of a collection's parts; None unless all are known."""
    known = [total for total in totals if total is not None]
    return sum(known) if len(known) == len(totals) else None


def _place(link: object) -> str:
    """An address without what servers behind one name may spell differently."""
    return re.sub(r"^https?://(?:www\.)?", "", str(link)).rstrip("/")


def _gmt(value: object) -> str | None:
    return f"{value}Z" if isinstance(value, str) else None
