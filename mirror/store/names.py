"""The names behind the ids in a post: its author and its categories, as far as they are mirrored.

The API gives names only to those who ask for `_embed`, which costs the site four queries a post;
the mirror has them from their own collections.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from mirror.items import JsonObject
from mirror.store.objects import batches, marks
from mirror.wordpress.objects import SQLITE_MAX_INT


def with_names(db: Database, site_id: int, posts: Sequence[JsonObject]) -> list[JsonObject]:
    """The posts of a site as `_embed` would show them: authors and categories with their names."""
    named = embedded(db, site_id, posts)
    return [{**p, "_embedded": named[p["id"]]} if p["id"] in named else p for p in posts]


def embedded(db: Database, site_id: int, posts: Sequence[JsonObject]) -> dict[int, JsonObject]:
    """What `_embedded` would hold of authors and categories, by the id of the post.

    What a post has there already is left as it is, and so are ids that are unknown.
    """
    authors = _names(db, "authors", site_id, (one for p in posts for one in _ids(p.get("author"))))
    categories = _names(
        db, "terms", site_id, (one for p in posts for one in _ids(p.get("categories")))
    )
    found = {post["id"]: _embedded(post, authors, categories) for post in posts}
    return {number: names for number, names in found.items() if names}


def _embedded(
    post: JsonObject, authors: Mapping[int, str], categories: Mapping[int, str]
) -> JsonObject | None:
    names: dict[str, Any] = {}
    writers = [{"name": authors[one]} for one in _values(post.get("author")) if one in authors]
    terms = [
        {"taxonomy": "category", "name": categories[one]}
        for one in _values(post.get("categories"))
        if one in categories
    ]
    if writers:
        names["author"] = writers
    if terms:
        names["wp:term"] = [terms]
    theirs = post.get("_embedded")
    if not names or (theirs and not isinstance(theirs, dict)):
        return None
    return {**names, **(theirs or {})}


def _ids(value: object) -> list[int]:
    return [one for one in _values(value) if 0 < one <= SQLITE_MAX_INT]


def _values(value: object) -> list[int]:
    """The whole numbers of a list, or the one that stands alone."""
    if type(value) is int:
        return [value]
    return [one for one in value if type(one) is int] if isinstance(value, list) else []


def _names(db: Database, table: str, site_id: int, wp_ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(set(wp_ids))
    only = " AND taxonomy = 'category'" if table == "terms" else ""
    return {
        wp_id: name
        for some in batches(wanted)
        for wp_id, name in db.execute(
            f"SELECT wp_id, name FROM {table} WHERE site_id = ? AND name IS NOT NULL{only} "
            f"AND wp_id IN ({marks(some)})",
            [site_id, *some],
        )
    }
