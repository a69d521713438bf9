"""Carries out intents: one reply's objects, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from mirror.content import searchable
from mirror.items import Attribution, Intent, Item, Kind
from mirror.moments import timestamp
from mirror.store import attributions, files, links, objects, text


def apply(
    db: Database,
    intents: Sequence[Intent],
    *,
    site_id: int,
    crawl_id: int,
    now: str,
    taxonomies: Sequence[str],
) -> None:
    """Writes the intents. What is unchanged is not touched, but for what comparing taught."""
    objects.settle(db, [intent for intent in intents if intent.action == "unchanged"])
    wanted = [intent for intent in intents if intent.action != "unchanged"]
    by_kind = groupby(sorted(wanted, key=lambda i: i.item.kind), key=lambda i: i.item.kind)
    for kind, of_kind in by_kind:
        _apply_kind(db, kind, list(of_kind), site_id, crawl_id, now, taxonomies)


def _apply_kind(
    db: Database,
    kind: Kind,
    intents: Sequence[Intent],
    site_id: int,
    crawl_id: int,
    now: str,
    taxonomies: Sequence[str],
) -> None:
    new = [intent for intent in intents if intent.stored is None]
    again = [intent for intent in intents if intent.stored is not None]
    # What a row refers to is written with it, as far as it is known: later would write the row,
    # with its whole content, once more.
    known = links.references(db, site_id, kind, [intent.item.object for intent in new])
    verdicts = [i.item.attribution for i in intents if i.item.attribution is not None]
    upstreams = attributions.upstreams(db, verdicts)
    if kind == "post":
        known["upstream_id"] = [attributions.upstream(i.item.attribution, upstreams) for i in new]
    ids = objects.insert(db, new, crawl_id, now, known)
    objects.supersede(db, [i for i in again if i.action != "completed"], crawl_id, now)
    objects.complete(db, [i for i in again if i.action == "completed"])
    written = [*zip(ids, new, strict=True)]
    written += [(intent.stored.id, intent) for intent in again if intent.stored]
    objs = [(row_id, i.item.object) for row_id, i in written]
    links.link(db, site_id, kind, objs, taxonomies, known)
    uses = [(row_id, i.item.media) for row_id, i in written if i.item.media is not None]
    if uses:
        files.link(
            db, site_id, kind, uses,
            now=now, stale_before=_a_day_before(now), new=frozenset(ids),
            completed={row_id for row_id, i in written if i.action == "completed"},
        )  # fmt: skip
    if kind == "post":
        _point_copies(db, written)
        _index(db, written[: len(new)], written[len(new) :])
        attributions.attribute(db, _judged(written[: len(new)]), upstreams)
        attributions.attribute_again(db, _judged(written[len(new) :]), upstreams)


def _point_copies(db: Database, written: Sequence[tuple[int, Intent]]) -> None:
    renamed = {
        row_id
        for row_id, i in written
        if i.stored is not None and i.stored.columns["guid"] != i.item.columns["guid"]
    }
    rows = {
        row_id: i.item.guid_key for row_id, i in written if i.stored is None or row_id in renamed
    }
    objects.point_copies(db, rows, renamed)


def _judged(written: Iterable[tuple[int, Intent]]) -> list[tuple[int, int, Attribution]]:
    """Row, version and judgement of the posts that were judged."""
    return [
        (row_id, _version(intent), intent.item.attribution)
        for row_id, intent in written
        if intent.item.attribution is not None
    ]


def _version(intent: Intent) -> int:
    """The number of the version that an intent writes."""
    if intent.stored is None:
        return 1
    return intent.stored.version + (intent.action != "completed")


def _a_day_before(now: str) -> str:
    """A picture of a post that is edited twice a day need not be asked for twice a day."""
    return timestamp(datetime.fromisoformat(now) - timedelta(days=1))


def _index(
    db: Database, new: Iterable[tuple[int, Intent]], again: Iterable[tuple[int, Intent]]
) -> None:
    text.reindex(
        db,
        [
            (row_id, _words(intent.stored.columns), _words_of(intent.item))
            for row_id, intent in again
            if intent.stored is not None
        ],
    )
    text.index(db, [(row_id, *_words_of(intent.item)) for row_id, intent in new])


def _words_of(item: Item) -> text.Words:
    return item.searchable or _words(item.columns)


def _words(columns: Mapping[str, Any]) -> text.Words:
    return searchable(columns["title"], columns["content"])
