"""Keeping the stories: signatures of the posts' texts, and which posts are copies of one text.

Everything here is derived from the posts. It is brought up to date when it is asked for
(`mirror stories`), and costs as much as there are new versions of posts since the last time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from mirror.attribution.stories import (
    SIGNATURE_VERSION,
    changed,
    grouped,
    signature,
    similarity,
    words,
)
from mirror.content import Content
from mirror.store.connection import transaction
from mirror.store.objects import batches, marks

# Posts whose texts are signed in one transaction.
BATCH = 500

# Legal notices and sample pages are the same everywhere; the others hold no text for readers.
NO_STORIES = (
    "page", "nav_menu_item", "wp_block", "wp_template", "wp_template_part", "wp_navigation",
    "wp_global_styles", "wp_font_family", "elementor_library",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What bringing the stories up to date did: posts signed, stories written anew."""

    signed: int
    stories: int


def refresh(db: Database, progress: Callable[[int], None] = lambda signed: None) -> Refreshed:
    """Signs new versions of posts, and places them in stories.

    `progress` is told how many were signed. Signing commits as it goes; what is broken off goes on
    from there the next time. Raises StoreError.
    """
    signed = last = 0
    while batch := _unsigned(db, last):
        with transaction(db):
            db.conn.executemany(
                "INSERT OR REPLACE INTO signatures (post_id, version, method, placed, signature) "
                "VALUES (?, ?, ?, 0, ?)",
                [
                    (post_id, version, SIGNATURE_VERSION, signature(Content(content or "").text))
                    for post_id, version, content in batch
                ],
            )
        signed, last = signed + len(batch), batch[-1][0]
        progress(signed)
    with transaction(db):
        return Refreshed(signed=signed, stories=_place(db))


def _unsigned(db: Database, last: int) -> list[tuple[int, int, str | None]]:
    """Posts whose text is not signed as it is. A post that became a page has none to be signed."""
    is_page = f"coalesce(p.type, '') IN ({marks(NO_STORIES)})"
    return list(
        db.execute(
            f"SELECT p.id, p.version, iif({is_page}, NULL, p.content) FROM posts p "
            "LEFT JOIN signatures s ON s.post_id = p.id WHERE p.id > ? "
            f"AND iif(s.post_id IS NULL, NOT {is_page}, s.version <> p.version OR s.method <> ?) "
            f"ORDER BY p.id LIMIT {BATCH}",
            [*NO_STORIES, last, *NO_STORIES, SIGNATURE_VERSION],
        )
    )


def _place(db: Database) -> int:
    """Groups what was signed since the last time with what was there; how many stories changed.

    The copies of a text that is new or has changed are all placed again: without it some of them
    may have nothing in common any more.
    """
    fresh = {key for (key,) in db.execute("SELECT post_id FROM signatures WHERE placed = 0")}
    if not fresh:
        return 0
    stories = _stories(db)
    stale = {number for number, keys in stories.items() if not fresh.isdisjoint(keys)}
    fresh = fresh.union(*(stories[number] for number in stale))
    signatures: dict[int, bytes] = dict(
        db.execute("SELECT post_id, signature FROM signatures WHERE signature IS NOT NULL")
    )
    kept = {number: keys for number, keys in stories.items() if number not in stale}
    groups = grouped(signatures, fresh & signatures.keys(), kept.values())
    changed_groups = [keys for keys in groups.values() if not fresh.isdisjoint(keys)]
    grown = {key for keys in changed_groups for key in keys}
    stale |= {number for number, keys in kept.items() if not grown.isdisjoint(keys)}
    _forget(db, sorted(stale))
    for keys in changed_groups:
        _write(db, keys, signatures)
    db.execute("UPDATE signatures SET placed = 1 WHERE placed = 0")
    return len(changed_groups)


def _stories(db: Database) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for story, post in db.execute("SELECT story_id, post_id FROM story_posts"):
        found.setdefault(story, []).append(post)
    return found


def _forget(db: Database, numbers: Sequence[int]) -> None:
    for some in batches(numbers):
        db.execute(f"DELETE FROM story_posts WHERE story_id IN ({marks(some)})", some)
        db.execute(f"DELETE FROM stories WHERE id IN ({marks(some)})", some)


def _write(db: Database, keys: Sequence[int], signatures: Mapping[int, bytes]) -> None:
    """One story: its posts by the time that each says it was published, and what each changed."""
    ordered = _in_order(db, keys)
    first = ordered[0]
    text = words(Content(_content(db, first["id"])).text)
    db.execute(
        "INSERT INTO stories (id, first_post_id, posts, sites, first_at, latest_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [min(keys), first["id"], len(keys), len({row["site_id"] for row in ordered}),
         first["published_at"], ordered[-1]["published_at"]],
    )  # fmt: skip
    for place, row in enumerate(ordered, 1):
        copy = text if row is first else words(Content(_content(db, row["id"])).text)
        db.execute(
            "INSERT INTO story_posts "
            "(post_id, story_id, place, published_at, similarity, added, removed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row["id"], min(keys), place, row["published_at"],
             similarity(signatures[first["id"]], signatures[row["id"]]), *changed(text, copy)],
        )  # fmt: skip


# When a post says that it was published; when the mirror saw it, where it says nothing credible.
PUBLISHED = "CASE WHEN {0}.date_gmt >= '1990' THEN {0}.date_gmt ELSE {0}.first_seen_at END"


def _in_order(db: Database, keys: Iterable[int]) -> list[dict[str, Any]]:
    rows = [
        row
        for some in batches(list(keys))
        for row in db.query(
            f"SELECT p.id, p.site_id, p.first_seen_at, {PUBLISHED.format('p')} AS published_at "
            f"FROM posts p WHERE p.id IN ({marks(some)})",
            some,
        )
    ]
    return sorted(rows, key=lambda row: (row["published_at"], row["first_seen_at"], row["id"]))


def _content(db: Database, post_id: int) -> str:
    content = db.execute("SELECT content FROM posts WHERE id = ?", [post_id]).fetchone()[0]
    return content or ""
