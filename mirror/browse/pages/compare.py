"""Two versions of a post: the words, terms, pictures and links that differ."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasette.utils.asgi import Response

from mirror.browse.bombs import content_of
from mirror.browse.lines import Line, lines, words
from mirror.browse.pages.versions import (
    Version,
    featured_of,
    files_of,
    post_of,
    revision_of,
    terms_of,
    timeline,
    version_of,
)
from mirror.browse.pages.visit import Visit, found
from mirror.content import plain

# Unchanged lines in a row beyond this are folded away, but for one on either side of a change.
_FOLD = 4
_FIELDS = (
    ("type", "Type"), ("status", "Status"), ("slug", "Slug"), ("link", "Address"),
    ("guid", "GUID"), ("author", "Author"), ("date_gmt", "Published"),
    ("modified_gmt", "Modified"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text that differs: its lines in stretches, of which the long unchanged ones are folded."""

    name: str
    stretches: Sequence[tuple[bool, Sequence[Line]]]
    removed: int
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """A set that differs: terms, pictures, links."""

    name: str
    removed: Sequence[str]
    added: Sequence[str]


async def show(visit: Visit) -> Response:
    """`?a=1&b=3&view=inline`; the last two versions, side by side, unless told otherwise.

    `?revision=57` sets one of WordPress' own revisions against the latest version.
    """
    post = int(visit.part("id"))
    a, b = visit.number("a", 0, least=0), visit.number("b", 0, least=0)
    revision = visit.number("revision", 0, least=0, most=2**53)
    select = partial(read_revision, post_id=post, wp_id=revision) if revision else None
    context = await visit.read(select or (lambda conn: read(conn, post, a, b)))
    return await visit.page("compare", {**found(context, "such version"), **_view(visit)})


async def show_copy(visit: Visit) -> Response:
    """`?with=12`: what another post made of this one, both as they are now."""
    post, other = int(visit.part("id")), visit.number("with", 0, least=0, most=2**53)
    context = await visit.read(lambda conn: read_copy(conn, post, other))
    return await visit.page("compare", {**found(context, "such pair of posts"), **_view(visit)})


def read(conn: sqlite3.Connection, post_id: int, a: int, b: int) -> dict[str, Any] | None:
    """Two versions of a post, by number (0: the last two); None if there is no such."""
    post = post_of(conn, post_id)
    if post is None:
        return None
    steps = timeline(conn, post)
    b = b or post["version"]
    a = a or max((step.version for step in steps if step.version < b), default=b)
    before, after = version_of(conn, post, a), version_of(conn, post, b)
    if before is None or after is None:
        return None
    return {
        "post": post,
        "steps": steps,
        "a": before,
        "b": after,
        "names": [f"Version {version.number}" for version in (before, after)],
        "texts": [text for text in _texts(before, after) if text],
        "sets": [some for some in _sets(conn, post, post, before, after) if some],
        "fields": [
            (name, before.row[key], after.row[key])
            for key, name in _FIELDS
            if before.row[key] != after.row[key]
        ],
    }


def read_revision(conn: sqlite3.Connection, post_id: int, wp_id: int) -> dict[str, Any] | None:
    """A revision that WordPress kept, and the latest version; None if it has no such."""
    post = post_of(conn, post_id)
    before = revision_of(conn, post, wp_id) if post else None
    if post is None or before is None:
        return None
    after = version_of(conn, post, None)
    assert after is not None
    return {
        "post": post,
        "revision": wp_id,
        "steps": (),
        "a": before,
        "b": after,
        "names": ["WordPress’ revision", f"Version {after.number}"],
        "texts": [text for text in _texts(before, after) if text],
        "sets": [some for some in _sets(conn, post, post, before, after)[1:] if some],
        "fields": (),
    }


def read_copy(conn: sqlite3.Connection, post_id: int, other_id: int) -> dict[str, Any] | None:
    """A post and its copy elsewhere; None if one of them is not there."""
    post, copy = post_of(conn, post_id), post_of(conn, other_id)
    if post is None or copy is None:
        return None
    before, after = version_of(conn, post, None), version_of(conn, copy, None)
    assert before is not None
    assert after is not None
    return {
        "post": post,
        "copy": copy,
        "steps": (),
        "a": before,
        "b": after,
        "names": [plain(some["site_name"] or some["site"]) for some in (post, copy)],
        "texts": [text for text in _texts(before, after) if text],
        "sets": [some for some in _sets(conn, post, copy, before, after) if some],
        "fields": (),
    }


def _view(visit: Visit) -> dict[str, str]:
    return {"view": "inline" if visit.word("view") == "inline" else "side"}


def _texts(before: Version, after: Version) -> list[Words | None]:
    return [
        _words("Title", plain(before.row["title"] or ""), plain(after.row["title"] or "")),
        _words("Excerpt", *(content_of(v.row["excerpt"]).text for v in (before, after))),
        _words("Text", *(content_of(v.row["content"]).text for v in (before, after))),
    ]


def _words(name: str, before: str, after: str) -> Words | None:
    if before == after:
        return None
    some = lines(before, after)
    return Words(
        name=name,
        stretches=_folded(some),
        removed=words(some, "delete"),
        added=words(some, "insert"),
    )


def _folded(all_lines: Sequence[Line]) -> list[tuple[bool, Sequence[Line]]]:
    """(folded?, lines) stretches: the neighbours of changes stay open."""
    near = {
        place + step for place, line in enumerate(all_lines) if line.changed for step in (-1, 0, 1)
    }
    stretches: list[tuple[bool, list[Line]]] = []
    for place, line in enumerate(all_lines):
        folded = place not in near
        if not stretches or stretches[-1][0] != folded:
            stretches.append((folded, []))
        stretches[-1][1].append(line)
    return [(folded and len(some) >= _FOLD, some) for folded, some in stretches]


def _sets(
    conn: sqlite3.Connection,
    post: dict[str, Any],
    other: dict[str, Any],
    before: Version,
    after: Version,
) -> list[Members | None]:
    old, new = (content_of(version.row["content"]) for version in (before, after))
    terms = _terms(conn, post["site_id"], before), _terms(conn, other["site_id"], after)
    featured = [[featured_of(conn, version)] for version in (before, after)]
    files = files_of(conn, post, before), files_of(conn, other, after)
    return [
        _members("Terms", *terms),
        _members("Pictures and embeds", [s.src for s in old.sources], [s.src for s in new.sources]),
        # Two sites have no address in common; of an old version nothing may be known.
        _members("Files", *files) if post is other and all(files) else None,
        _members("Links", [link.href for link in old.links], [link.href for link in new.links]),
        _members("Featured image", *featured) if post is other else None,
    ]


def _terms(conn: sqlite3.Connection, site_id: int, version: Version) -> list[str]:
    return [
        f"{plain(term['name'] or '')} ({term['taxonomy']})"
        for term in terms_of(conn, site_id, version)
    ]


def _members(name: str, before: Sequence[str], after: Sequence[str]) -> Members | None:
    removed = [item for item in dict.fromkeys(before) if item and item not in set(after)]
    added = [item for item in dict.fromkeys(after) if item and item not in set(before)]
    if not removed and not added:
        return None
    return Members(name=name, removed=removed[:200], added=added[:200])
