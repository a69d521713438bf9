"""A mirror beside the truth: what the test bed reads from WordPress' own tables and files."""

import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.mirrored import Mirror

Row = dict[str, Any]

# What is compared of a post, page, attachment or custom type: truth's name, the mirror's column.
COLUMNS = {"slug": "slug", "link": "link", "date_gmt": "date_gmt", "modified_gmt": "modified_gmt"}
# The test bed registers this type without `author` among its supports: REST does not show it.
AUTHORLESS = frozenset({"event"})
POSTS = """
    SELECT p.*, a.wp_id AS author, m.wp_id AS featured, q.wp_id AS parent
    FROM posts p LEFT JOIN authors a ON a.id = p.author_id
    LEFT JOIN media m ON m.id = p.featured_media_id LEFT JOIN posts q ON q.id = p.parent_id
    WHERE p.deleted_at IS NULL"""
MEDIA = """
    SELECT m.*, 'attachment' AS type, a.wp_id AS author, q.wp_id AS parent, 0 AS featured
    FROM media m LEFT JOIN authors a ON a.id = m.author_id LEFT JOIN posts q ON q.id = m.post_id
    WHERE m.deleted_at IS NULL"""


def differences(
    mirror: Mirror, truth: Row, *, without: Iterable[int] = (), types: Iterable[str] = ()
) -> list[str]:
    """What the mirror has otherwise than WordPress, one readable line each; empty if nothing.

    `without`: ids that cannot be had because of a fault; they may be there or not. `types`: only
    these, and no terms nor authors; all if empty.
    """
    spared, only = set(without), set(types)
    wanted = {
        name: kind for name, kind in truth["types"].items() if not only or name in only
    }  # fmt: skip
    held = _held(mirror)
    found = []
    for name, kind in wanted.items():
        mine = {row["wp_id"]: row for row in held if row["type"] == name}
        found += _ids(name, mine, {item["id"] for item in kind["items"]}, spared)
        for item in kind["items"]:
            if item["id"] in mine:
                found += _item(item, mine[item["id"]], truth)
    if not only:
        found += _terms(mirror, truth) + _authors(mirror, truth)
    found += _term_links(mirror, wanted, held, spared)
    return found


def _held(mirror: Mirror) -> list[Row]:
    return mirror.rows(POSTS) + mirror.rows(MEDIA)


def _ids(name: str, held: Mapping[int, Row], wanted: set[int], spared: set[int]) -> list[str]:
    lacks = sorted(wanted - held.keys() - spared)
    besides = sorted(held.keys() - wanted - spared)
    found = [f"{name}: lacks {lacks}"] if lacks else []
    return found + ([f"{name}: has besides {besides}"] if besides else [])


def _item(item: Row, row: Row, truth: Row) -> list[str]:
    expected = {
        column: item[name] for name, column in COLUMNS.items() if item.get(name) is not None
    }
    # Since 5.7 REST shows the stored GUID through a filter that escapes ampersands.
    expected["guid"] = html.unescape(item["guid"])
    for name in ("date_gmt", "modified_gmt"):
        expected[name] = f"{item[name]}Z"
    if item["author"] and row["type"] not in AUTHORLESS:
        expected["author"] = item["author"]
    if item["featured_media"]:
        expected["featured"] = item["featured_media"]
    if "source_url" in item:
        expected["source_url"] = item["source_url"]
        expected["mime_type"] = item["mime_type"]
    actual = {name: row[name] for name in expected}
    actual["guid"] = html.unescape(row["guid"] or "")
    if "rendered_sha256" in item:
        expected["content"] = item["rendered_sha256"]
        actual["content"] = rendered_hash(row["content"] or "", truth)
    return [
        f"{item['id']} ({item['title'][:30]}): {name} is {actual[name]!r}, not {expected[name]!r}"
        for name in expected
        if actual[name] != expected[name]
    ]


def rendered_hash(content: str, truth: Row) -> str:
    """The hash of rendered content, less the numbers that differ from request to request."""
    for pattern, replacement in truth["site"]["rendered_varies"]:
        content = re.sub(pattern, replacement.replace("$", "\\"), content)
    return hashlib.sha256(content.encode()).hexdigest()


def _terms(mirror: Mirror, truth: Row) -> list[str]:
    query = """SELECT t.wp_id, t.taxonomy, t.name, t.slug, t.description, p.wp_id AS parent
        FROM terms t LEFT JOIN terms p ON p.id = t.parent_id WHERE t.deleted_at IS NULL"""
    found = []
    for name, taxonomy in truth["taxonomies"].items():
        held = {row["wp_id"]: row for row in mirror.rows(query) if row["taxonomy"] == name}
        wanted = {item["id"]: item for item in taxonomy["items"]}
        found += _ids(name, held, set(wanted), set())
        for number in held.keys() & wanted.keys():
            for field in ("slug", "name", "parent"):
                shown = held[number][field] or 0 if field == "parent" else held[number][field]
                if _plain(shown) != _plain(wanted[number][field]):
                    found.append(f"{name} {number}: {field} is {shown!r}")
    return found


def _authors(mirror: Mirror, truth: Row) -> list[str]:
    query = "SELECT wp_id, name, slug FROM authors WHERE deleted_at IS NULL"
    held = {(r["wp_id"], _plain(r["name"]), r["slug"]) for r in mirror.rows(query)}
    wanted = {(u["id"], _plain(u["name"]), u["slug"]) for u in truth["users"]["items"]}
    return [f"authors: {sorted(held ^ wanted)}"] if held != wanted else []


def _plain(value: object) -> object:
    """Names come as HTML in the tables, and as text or HTML in REST."""
    return html.unescape(value) if isinstance(value, str) else value


def _term_links(
    mirror: Mirror, types: Mapping[str, Row], held: list[Row], spared: set[int]
) -> list[str]:
    query = """SELECT p.wp_id AS post, t.wp_id AS term FROM post_terms
        JOIN posts p ON p.id = post_id JOIN terms t ON t.id = term_id"""
    linked: dict[int, list[int]] = {}
    for row in mirror.rows(query):
        linked.setdefault(row["post"], []).append(row["term"])
    present = {row["wp_id"] for row in held} - spared
    return [
        f"{item['id']}: terms are {sorted(linked.get(item['id'], []))}, not {item['terms']}"
        for name, kind in types.items()
        if name != "attachment"
        for item in kind["items"]
        if item["id"] in present and sorted(linked.get(item["id"], [])) != item["terms"]
    ]
