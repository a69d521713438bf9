"""What this crawl may see of a site: as anybody, or with the rights of a user.

A mirror may be crawled with credentials once and without them another time. What only the rights
change is neither an edit nor a deletion: it is added to the rows, or left in them.
"""

import logging
from functools import partial
from typing import Any

from mirror.items import Collection, StoredItem
from mirror.session import Session
from mirror.store import sights
from mirror.sync.fingerprint import fingerprint, projection
from mirror.wordpress import access
from mirror.wordpress.objects import identified, rebuild, split, without_personal, wp_id
from spiders.client import Client
from spiders.rights import Rights

logger = logging.getLogger(__name__)


class Seeing(Rights):
    """The rights of one crawl, and what they mean for what is read."""

    def __init__(self, session: Session, client: Client) -> None:
        super().__init__(session.order, client)
        self.session = session
        self._narrowed = False
        self._mixed: set[str] = set()  # collections that were read with more or fewer rights

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
        ids = [row["id"] for row in identified(rows)]
        held = self.session.stored(collection.kind, ids)
        return [
            self._reconciled(collection, row, held[row["id"]]) if wp_id(row) in held else row
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
        if kind == "post" and columns["content"] != held.columns["content"]:
            return row  # a password hid the text: it is judged and searched from now on (`decide`)
        with self.session.transaction():
            sights.enrich(self.session.db, kind, held, columns, extra, fingerprint(kind, theirs))
        return row
