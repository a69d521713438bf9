"""What this crawl may see of a site: as anybody, or with the rights of a user.

A mirror may be crawled with credentials once and without them another time. What only the rights
change is neither an edit nor a deletion: it is added to the rows, or left in them.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from mirror.errors import ConfigError, RefusedError
from mirror.items import Collection, StoredItem
from mirror.session import Session
from mirror.store import sights
from mirror.sync.fingerprint import fingerprint, projection
from mirror.wordpress import access
from mirror.wordpress.access import PUBLIC, Access, WideApi
from mirror.wordpress.objects import rebuild, split, without_personal
from mirror.wordpress.problems import Problem, read_object
from mirror.wordpress.routes import Api
from spiders.client import Client

logger = logging.getLogger(__name__)


class Seeing:
    """The rights of one crawl, and what they mean for what is read."""

    def __init__(self, session: Session, client: Client) -> None:
        self.session = session
        self.client = client
        self.access: Access = PUBLIC
        self._user = 0
        self._narrowed = False
        self._mixed: set[str] = set()  # collections that were read with more or fewer rights

    # Who we are.

    async def introduce(self, api: Api) -> None:
        """Finds out what the credentials may see. Raises RefusedError if they are not accepted."""
        if self.client.credentials is None:
            return
        user = await self._ask(api, "/wp/v2/users/me", {"context": "edit"})
        types = await self._ask(api, "/wp/v2/types", {"context": "edit"}, needed=False)
        self._user = user["id"] if type(user.get("id")) is int else 0
        self.access = access.access(user, types)

    async def confirm(self, api: Api) -> None:
        """Before anything is taken for gone: a revoked password hides, it does not delete."""
        if self.client.credentials is not None:
            await self._ask(api, "/wp/v2/users/me", {"_fields": "id"})

    async def _ask(
        self, api: Api, route: str, query: dict[str, str], *, needed: bool = True
    ) -> dict[str, Any]:
        outcome = read_object(await self.client.get(api.url(route, query)))
        if not isinstance(outcome, Problem):
            return outcome
        if not needed and self.client.rejection is None and outcome.kind == "refused":
            return {}  # a user who may edit nothing
        ignored = outcome.code == "rest_not_logged_in"
        raise RefusedError(
            self.refusal(self.client.rejection or (access.IGNORED if ignored else outcome.message))
        )

    def refusal(self, why: str) -> str:
        """That the credentials were not accepted, in one line that names where they came from."""
        source = self.client.credentials.source if self.client.credentials else "none"
        return f"{self.session.host} does not accept the credentials of {source}: {why}"

    def require_origin(self, api: Api) -> None:
        """Raises ConfigError if the API is not where the credentials may be sent."""
        credentials = self.client.credentials
        if credentials is None or credentials.authorization(api.root) is not None:
            return
        there = urlsplit(api.root)
        raise ConfigError(
            f"the API of {self.session.order.url} is at {there.scheme}://{there.netloc}: the "
            f"credentials of {credentials.source} are not sent to another origin; if that is "
            "where they belong, write it as the site's address"
        )

    def widened(self, api: Api, collections: Iterable[Collection]) -> Api:
        """The API, asked for all that may be seen."""
        more = {c.route: self.access.parameters(c) for c in collections}
        more = {route: asked for route, asked in more.items() if asked}
        return WideApi(api.root, more) if more else api

    # What it means for a collection.

    def begin(self, collection: Collection) -> str | None:
        """Notes what this crawl can see; a walk begins anew where that is more than before.

        Returns what a user should know, if the last crawl could see more.
        """
        db, site_id = self.session.db, self.session.site_id
        mark = self._mark(collection)
        last, widest = sights.known(db, site_id, collection)
        if mark is not None or widest is not None:
            self._mixed.add(collection.name)
        if mark == last:
            return None
        columns: dict[str, Any] = {"sight": mark, "widest": widest or mark}
        if mark is not None and last != "edit":
            columns |= {"watermark": None, "resume": None}
        with self.session.transaction():
            sights.note(db, site_id, collection, columns)
        if last is None or mark == "edit" or self._narrowed:
            return None
        self._narrowed = True
        return (
            "the last crawl saw more, with other credentials; what this one cannot see stays as "
            "it was"
        )

    def _mark(self, collection: Collection) -> str | None:
        match self.access.sight(collection):
            case "edit":
                return "edit"
            case "own":
                return f"own:{self._user}"  # another user's drafts are others
        return None

    def sees_all(self, collection: Collection) -> bool:
        """Whether nothing of a collection is hidden from this crawl."""
        return self.access.sight(collection) == "edit"

    def unjudged(self, collection: Collection) -> set[int]:
        """The ids of rows that this crawl cannot see, whether they are there or gone."""
        if collection.name not in self._mixed or self.sees_all(collection):
            return set()
        return sights.hidden_ids(self.session.db, self.session.site_id, collection)

    def rows(self, collection: Collection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows as they are to be compared and kept.

        One that differs from ours only by what the rights show is no edit: raw content is added to
        our row, and is not taken from it again.
        """
        if collection.name not in self._mixed:
            return rows
        rows = [access.without_secrets(row) for row in rows]
        ids = [row["id"] for row in rows if type(row.get("id")) is int]
        held = self.session.stored(collection.kind, ids)
        return [
            self._reconciled(collection, row, held[row["id"]])
            if type(row.get("id")) is int and row["id"] in held
            else row
            for row in rows
        ]

    def _reconciled(
        self, collection: Collection, row: dict[str, Any], held: StoredItem
    ) -> dict[str, Any]:
        kind = collection.kind
        ours = rebuild(kind, held.wp_id, held.columns, held.extra)
        if held.deleted_at is not None or access.has_raw(ours) == access.has_raw(row):
            return row
        theirs = without_personal(row)
        wider = access.has_raw(theirs)
        full, public = (theirs, ours) if wider else (ours, theirs)
        if not access.is_same(full, public, partial(projection, kind)):
            return row
        if not wider:
            return dict(ours)
        columns, extra = split(kind, theirs)
        with self.session.transaction():
            sights.enrich(self.session.db, kind, held, columns, extra, fingerprint(kind, theirs))
        return row
