"""What to write about an object, from what upstream said and what we hold."""

from mirror.items import Intent, Item, StoredItem
from mirror.sync.fingerprint import changed_fields
from mirror.wordpress.objects import rebuild


def decide(item: Item, stored: StoredItem | None) -> Intent:
    """The intent for one item.

    Unknown: new. Gone and back: restored, and its history goes on. Same fingerprint: unchanged.
    Otherwise the fields are compared one by one; a difference in the fingerprint alone (an older
    rule made it) is no edit.
    """
    if stored is None:
        return Intent(action="new", item=item)
    if stored.deleted_at is None and stored.fingerprint == item.fingerprint:
        return Intent(action="unchanged", item=item, stored=stored)
    before = rebuild(item.kind, stored.wp_id, stored.columns, stored.extra)
    changed = changed_fields(item.kind, before, item.object)
    if stored.deleted_at is not None:
        return Intent(action="restored", item=item, stored=stored, changed=("deleted_at", *changed))
    if not changed:
        return Intent(action="unchanged", item=item, stored=stored)
    return Intent(action="edited", item=item, stored=stored, changed=changed)
