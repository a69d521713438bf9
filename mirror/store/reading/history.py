"""What WordPress itself kept of a post: its revisions, beside the versions that were observed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mirror.store.reading.posts import PostVersion

# What a revision has of a post (`_wp_post_revision_fields`).
REVISED = ("title", "content", "excerpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedState:
    """One of WordPress' own revisions.

    `at`: when that state was saved, by WordPress' clock. `copy_of`: the observed version that was
    saved together with it. `changed`: the fields in which it differs from the one before it. `text`
    has the three fields of a post that revisions keep, as rendered.
    """

    post_id: int
    revision: int
    at: str | None
    author: str | None
    copy_of: int | None
    changed: tuple[str, ...]
    text: Mapping[str, Any]


def saved_states(db: Database, post_id: int) -> list[SavedState]:
    """WordPress' own revisions of a post, oldest first; only credentials show them."""
    rows = db.query(
        "SELECT h.*, coalesce(a.name, a.slug) AS author FROM history h "
        "LEFT JOIN authors a ON a.id = h.author_id "
        "WHERE h.post_id = ? AND h.origin = 'wordpress' ORDER BY h.at, h.revision_id",
        [post_id],
    )
    found: list[SavedState] = []
    for row in rows:
        text = {name: {"rendered": row[name]} for name in REVISED}
        before = found[-1].text if found else text
        found.append(
            SavedState(
                post_id=post_id,
                revision=row["revision_id"],
                at=row["at"],
                author=row["author"],
                copy_of=row["copy_of"],
                changed=tuple(name for name in REVISED if text[name] != before[name]),
                text=text,
            )
        )
    return found


def revised_text(version: PostVersion) -> dict[str, Any]:
    """The fields of an observed version that revisions keep too, to be compared with one."""
    return {name: {"rendered": _rendered(version.object.get(name))} for name in REVISED}


def in_order(
    versions: Sequence[PostVersion], saved: Sequence[SavedState]
) -> list[PostVersion | SavedState]:
    """Both in one list, by when each state began; what was saved comes before what was seen."""

    def when(state: PostVersion | SavedState) -> tuple[str, int]:
        if isinstance(state, SavedState):
            return state.at or "", 0
        return state.valid_from, 1

    return sorted([*saved, *versions], key=when)


def _rendered(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("rendered")
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)
