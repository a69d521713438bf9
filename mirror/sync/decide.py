"""What to write about an object, from what upstream said and what we hold."""

from functools import partial

from mirror.items import Intent, Item, JsonObject, Kind, StoredItem
from mirror.sync.fingerprint import changed_fields, projection
from mirror.wordpress.access import has_raw, is_same
from mirror.wordpress.feeds import is_partial
from mirror.wordpress.objects import rebuild
from mirror.wordpress.partial import merged

# A page whose content differs at every reading (a nonce, a counter, a random quotation) would fill
# the history. After so many versions in a row that WordPress announced no edit for, the fields that
# differ are taken for volatile: they are compared no more until `modified_gmt` moves. The reading
# after the last of them follows at once (`Reader.twice`): who edits the menu once a month is not
# taken for a counter.
MOST_UNSETTLED = 4
# The kinds that tell when they were published and modified.
DATED: tuple[Kind, ...] = ("post", "media")
ANNOUNCED = "modified_gmt"


def decide(item: Item, stored: StoredItem | None) -> Intent:
    """The intent for one item.

    Unknown: new. Gone and back: restored, and its history goes on. Same fingerprint: unchanged.
    Otherwise the fields are compared one by one; a difference in the fingerprint alone (an older
    rule made it), or in volatile fields alone, is no edit. What was held in part, from a feed or a
    page, is compared in what that had: where it says the same, it is completed. So is what was read
    with fewer rights.
    """
    if stored is None:
        return Intent(action="new", item=item)
    if stored.deleted_at is None and stored.fingerprint == item.fingerprint:
        return Intent(action="unchanged", item=item, stored=stored, volatile=stored.volatile)
    before = rebuild(item.kind, stored.wp_id, stored.columns, stored.extra)
    completing = is_partial(before) and not is_partial(item.object)
    changed = (
        _said_otherwise(item, before)
        if completing
        else changed_fields(item.kind, before, item.object)
    )
    if stored.deleted_at is not None:
        return Intent(action="restored", item=item, stored=stored, changed=("deleted_at", *changed))
    if (completing and not changed) or _shows_more(item, before):
        return Intent(action="completed", item=item, stored=stored)
    if not changed:
        return Intent(action="unchanged", item=item, stored=stored, volatile=stored.volatile)
    if ANNOUNCED in changed or item.kind not in DATED:
        return Intent(action="edited", item=item, stored=stored, changed=changed)
    return _unannounced(item, stored, changed)


def _said_otherwise(item: Item, partial: JsonObject) -> tuple[str, ...]:
    """The fields of a partial object in which the whole one says something else."""
    mixed = merged(item.object, partial)
    return tuple(sorted(key for key in mixed if mixed[key] != item.object.get(key)))


def _shows_more(item: Item, before: JsonObject) -> bool:
    """Whether an object differs only by what its reader's rights show, such as the text of a post
    that has a password."""
    if has_raw(before) or not has_raw(item.object):
        return False
    return is_same(item.object, before, partial(projection, item.kind))


def _unannounced(item: Item, stored: StoredItem, changed: tuple[str, ...]) -> Intent:
    """A difference that WordPress did not announce: a silent edit, or a volatile field."""
    if stored.volatile.issuperset(changed):
        return Intent(action="unchanged", item=item, stored=stored, volatile=stored.volatile)
    if stored.unsettled >= MOST_UNSETTLED:
        volatile = stored.volatile.union(changed)
        return Intent(action="unchanged", item=item, stored=stored, volatile=volatile)
    return Intent(
        action="edited",
        item=item,
        stored=stored,
        changed=changed,
        unsettled=stored.unsettled + 1,
        volatile=stored.volatile,
    )
