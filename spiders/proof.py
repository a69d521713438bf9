"""What a crawl has proved of each collection, as the store keeps it: coverage, watermark, failures.

A clean reading moves the watermark and closes failures, of nothing but what it has read.
"""

from collections.abc import Sequence

from mirror.moments import timestamp
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import crawls, failures
from mirror.store.crawls import Coverage
from mirror.sync.plan import Way
from mirror.wordpress.routes import Api
from spiders.changes import Reading


def write(session: Session, api: Api, readings: Sequence[Reading]) -> None:
    """Writes what all readings of a crawl came to."""
    with session.transaction():
        for reading in readings:
            clean = reading.proved and not reading.failed
            heard = reading.refused is None and not reading.limited
            if clean and heard:
                _resolve(session, api, reading)
            if not reading.limited:
                # What failed before and was not had since is missing, though it was not its turn.
                name = reading.collection.name
                owed = failures.owed(session.db, session.site_id, name)
                reading.failed = max(reading.failed, owed)
            row = _coverage(session, reading)
            crawls.cover(session.db, session.crawl_id, row)
            if heard:
                _remember(session, api, reading, row, clean=clean)


def _resolve(session: Session, api: Api, reading: Reading) -> None:
    """Closes the failures that a clean reading disproves: all, if it was of everything.

    Else that it could not be asked; the failure of an object is open until that is read.
    """
    collection, everything = reading.collection, reading.seen is not None
    url = None if everything else api.url(collection.route)
    failures.resolve(
        session.db, session.site_id, collection.name, session.crawl_id, session.now, url
    )


def _coverage(session: Session, reading: Reading) -> Coverage:
    mirrored = states.visible(session.db, session.site_id, reading.collection)
    total, failed = reading.total, reading.failed
    unseen = max(0, total - mirrored) if total is not None else 0
    complete = reading.proved and not failed and not reading.limited and not reading.refused
    missing = min(failed, unseen) if not reading.limited else unseen
    return Coverage(
        collection=reading.collection.name,
        reported=total,
        mirrored=mirrored,
        hidden=0 if reading.limited or not reading.proved else unseen - missing,
        missing=missing,
        complete=complete,
        how=_how(reading),
    )


def _how(reading: Reading) -> str:
    how = reading.how or "nothing to read"
    if reading.collection.languages and not reading.limited:
        how += (
            f"; in {len(reading.collection.languages)} languages, and counted in each that lists it"
        )
    return how


def _remember(session: Session, api: Api, reading: Reading, row: Coverage, *, clean: bool) -> None:
    """What the next crawl begins with. The watermark moves only with a collection that was read."""
    known: dict[str, object] = {"refused": None}
    if reading.walked_hidden is not None:
        known["hidden"] = reading.walked_hidden
    elif row.reported is not None and not reading.doubt:
        # What the site counts beyond what it shows; what is in doubt stays to be accounted for.
        collection = reading.collection
        unread = failures.unread(session.db, session.site_id, collection, api.url(collection.route))
        known["hidden"] = row.reported - row.mirrored - unread
    whole = reading.plan.way in (Way.BACKFILL, Way.FULL)
    # Walked to the end, but for what is in `failures`, is enough: that is tried again by itself.
    if clean or (whole and reading.walked):
        known["watermark"] = timestamp(reading.begun)
        known["read_in"] = session.crawl_id
        known["resume"] = None
    if clean and whole:
        known["reread_at"] = timestamp(reading.begun)
        known["reread_from"] = 0
    states.update(session.db, session.site_id, reading.collection.name, known)
