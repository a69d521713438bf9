"""Posts, their versions, and the post that a user means."""

import json
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from rapidfuzz import fuzz, process
from sqlite_utils import Database

from mirror.errors import ConfigError
from mirror.store import shapes
from mirror.store.objects import marks
from mirror.store.reading.sites import named_sites
from mirror.wordpress.objects import rebuild

_NAMED = re.compile(r"(?P<site>\S+):(?P<wp_id>\d{1,18})")
# Only what is beyond ASCII may be unquoted: a `%2F` or a `%23` is not what it stands for.
_QUOTED_LETTERS = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_QUOTED = re.compile(r"%[0-9A-Fa-f]{2}")
_ROW = re.compile(r"\d{1,18}")
CANDIDATES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PostVersion:
    """One version of one post. `valid_to` is None for the current one.

    `changed`: the fields in which it differs from the version before it (empty for the first).
    `object` is the WordPress object as the API then sent it; `author` the author's current name.
    """

    post_id: int
    site_id: int
    host: str
    wp_id: int
    version: int
    valid_from: str
    valid_to: str | None
    deleted_at: str | None
    deleted_reason: str | None
    crawl_id: int
    changed: tuple[str, ...]
    author: str | None
    object: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A post in a list of them."""

    post_id: int
    host: str
    wp_id: int
    title: str | None
    link: str | None


def find_post(db: Database, text: str) -> int:
    """The row id of the post that `text` names: permalink, GUID, SITE:WP_ID, or row id.

    SITE is a host or an address. A link or GUID also matches with the other scheme, with or without
    `www.` and a final slash, and with its letters quoted or as a browser shows them; a former
    permalink finds its post. Raises ConfigError, with the nearest matches, when it names no post or
    several.
    """
    text = text.strip()
    rows = _by_number(db, text) or _by_link(db, text)
    if len(rows) == 1:
        return rows[0].post_id
    if rows:
        raise ConfigError(f"{text!r} names {len(rows)} posts: say which, {_listed(rows)}")
    near = _near(db, text)
    hint = f"; the nearest: {_listed(near)}" if near else ""
    raise ConfigError(
        f"there is no post {text!r} in this mirror (give a permalink, a GUID, SITE:WP_ID or "
        f"a row id){hint}"
    )


def versions(db: Database, post_id: int) -> list[PostVersion]:
    """Every version of a post, oldest first."""
    rows = db.query(
        f"SELECT v.*, {shapes.of('v')}, s.host, coalesce(a.name, a.slug) AS author FROM versions v "
        "JOIN sites s ON s.id = v.site_id LEFT JOIN authors a ON a.id = v.author_id "
        "WHERE v.post_id = ? ORDER BY v.version",
        [post_id],
    )
    found: list[PostVersion] = []
    then_changed: tuple[str, ...] = ()
    for row in rows:
        found.append(_version(row, then_changed))
        then_changed = tuple(json.loads(row["changed"] or "[]"))
    return found


def version_at(history: Sequence[PostVersion], moment: str) -> PostVersion | None:
    """The version that held at a moment, None where there was none yet or the post was deleted."""
    for version in history:
        until = version.valid_to
        if version.valid_from <= moment and (until is None or moment < until):
            gone = version.deleted_at
            return None if gone is not None and gone <= moment else version
    return None


def is_deleted_at(history: Sequence[PostVersion], moment: str) -> bool:
    """Whether a post had been there before, but was deleted at a moment."""
    return version_at(history, moment) is None and history[0].valid_from <= moment


def term_names(db: Database, post_id: int) -> list[str]:
    """The names of a post's current terms, as `taxonomy: name`."""
    rows = db.query(
        "SELECT t.taxonomy, t.name FROM post_terms JOIN terms t ON t.id = term_id "
        "WHERE post_id = ? ORDER BY t.taxonomy, t.name",
        [post_id],
    )
    return [f"{row['taxonomy']}: {row['name']}" for row in rows]


def _version(row: Mapping[str, Any], changed: tuple[str, ...]) -> PostVersion:
    return PostVersion(
        post_id=row["post_id"],
        site_id=row["site_id"],
        host=row["host"],
        wp_id=row["wp_id"],
        version=row["version"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        deleted_at=row["deleted_at"],
        deleted_reason=row["deleted_reason"],
        crawl_id=row["crawl_id"],
        changed=changed,
        author=row["author"],
        object=rebuild("post", row["wp_id"], row, row["extra"]),
    )


_FOUND = (
    "SELECT p.id, s.host, p.wp_id, p.title, p.link FROM posts p JOIN sites s ON s.id = p.site_id"
)


def _select(db: Database, rest: str, parameters: Sequence[object]) -> list[Found]:
    rows = db.query(f"{_FOUND} {rest}", list(parameters))
    return [
        Found(
            post_id=row["id"],
            host=row["host"],
            wp_id=row["wp_id"],
            title=row["title"],
            link=row["link"],
        )
        for row in rows
    ]


def _by_number(db: Database, text: str) -> list[Found]:
    if _ROW.fullmatch(text):
        return _select(db, "WHERE p.id = ?", [int(text)])
    if named := _NAMED.fullmatch(text):
        sites = named_sites(db, named["site"])
        where = f"WHERE p.site_id IN ({marks(sites)}) AND p.wp_id = ?"
        return _select(db, where, [*sites, int(named["wp_id"])])
    return []


def _by_link(db: Database, text: str) -> list[Found]:
    """By link or GUID, by a former link; what is there now goes before what is gone."""
    links = spellings(text)
    among = marks(links)
    rows = _select(
        db,
        f"WHERE (p.link IN ({among}) OR p.guid IN ({among})) AND p.deleted_at IS NULL",
        links * 2,
    )
    rows = rows or _select(db, f"WHERE p.link IN ({among}) OR p.guid IN ({among})", links * 2)
    exact = [row for row in rows if row.link == text]
    return (
        exact
        or rows
        or _select(
            db,
            f"WHERE p.id IN (SELECT post_id FROM post_versions WHERE link IN ({among}))",
            links,
        )
    )


def spellings(text: str) -> list[str]:
    """A link as it may be stored: either scheme, www or not, a final slash or none, & or &#038;.

    WordPress quotes a slug's letters as `%e6`, others as `%E6`; a browser shows them as they are.
    """
    match = re.fullmatch(r"(?:https?://)?(?:www\.)?(?P<rest>[^\s/]\S*)", text)
    if match is None or "/" not in text:
        return [text]
    bare = match["rest"].rstrip("/")
    tails = [
        tail for rest in _quotings(bare) for tail in (rest, f"{rest}/", rest.replace("&", "&#038;"))
    ]
    heads = [f"{scheme}://{www}" for scheme in ("https", "http") for www in ("", "www.")]
    return list(dict.fromkeys([text, *(head + tail for head in heads for tail in tails)]))


def _quotings(address: str) -> Iterator[str]:
    """An address with its path's letters beyond ASCII as they are, as `%e6`, as `%E6`, as given.

    >>> list(_quotings("a.de/%e6%97%A5"))
    ['a.de/%e6%97%A5', 'a.de/日', 'a.de/%e6%97%a5', 'a.de/%E6%97%A5']
    """
    host, slash, path = address.partition("/")
    quoted = quote(path, safe=string.punctuation)
    yield address
    yield host + slash + _QUOTED_LETTERS.sub(lambda match: unquote(match.group()), path)
    yield host + slash + _QUOTED.sub(lambda match: match.group().lower(), quoted)
    yield host + slash + _QUOTED.sub(lambda match: match.group().upper(), quoted)


def _near(db: Database, text: str) -> list[Found]:
    """Posts whose slug, the last part of their link, is nearly that of what was asked for."""
    wanted = _slug(text)
    if not wanted:
        return []
    links = db.execute("SELECT id, link FROM posts WHERE link IS NOT NULL")
    slugs = {row_id: _slug(link) for row_id, link in links}
    best = process.extract(wanted, slugs, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=75)
    ids = [row_id for _, _, row_id in best]
    rows = _select(db, f"WHERE p.id IN ({', '.join('?' * len(ids))})", ids)
    return sorted(rows, key=lambda row: ids.index(row.post_id))


def _slug(link: str) -> str:
    return unquote(link.rstrip("/").rsplit("/", 1)[-1]).lower()


def _listed(rows: Sequence[Found]) -> str:
    shown = ", ".join(
        f"{row.host}:{row.wp_id} {row.link or row.title}" for row in rows[:CANDIDATES]
    )
    return shown + (" …" if len(rows) > CANDIDATES else "")
