"""Full-text search over current posts.

A user's words never reach FTS5 as syntax: each is quoted, so that no search is an error. What is
kept of the syntax is what people know: "a phrase", a prefix*, -without.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from mirror.content import Content, plain
from mirror.errors import ConfigError
from mirror.store.reading.sites import of_sites, site_list

_TERM = re.compile(r'(?P<without>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"\w+")
MAX_TERMS = 40
SNIPPET = 200
_LEAD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for: `match` in FTS5's syntax; `words` to be found in a text, folded.

    A word is (text, whether it is a prefix).
    """

    match: str
    words: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One post found. `marks`: where in `snippet` the words stand, as (start, end)."""

    post_id: int
    host: str
    wp_id: int
    date_gmt: str | None
    title: str
    link: str | None
    upstream: str | None
    snippet: str
    marks: tuple[tuple[int, int], ...]


def parse_query(text: str) -> Query:
    """Words as a user gives them. Raises ConfigError when there is nothing to look for.

    >>> parse_query('press "open talks" -sport econ* AND').match
    '"press" "open talks" "econ"* "AND" NOT "sport"'
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    words: list[tuple[str, bool]] = []
    for term in list(_TERM.finditer(text))[:MAX_TERMS]:
        said = term["phrase"] if term["phrase"] is not None else term["word"]
        found = [fold(word) for word in _WORD.findall(said)]
        if not found:
            continue
        prefix = term["word"] is not None and said.endswith("*")
        quoted = '"' + " ".join(_WORD.findall(said)) + '"' + ("*" if prefix else "")
        if term["without"]:
            unwanted.append(quoted)
        else:
            wanted.append(quoted)
            words += [(word, prefix and word == found[-1]) for word in found]
    if not wanted:
        raise ConfigError("nothing to search for: give a word that must occur")
    match = " ".join(wanted) + "".join(f" NOT {quoted}" for quoted in unwanted)
    return Query(match=match, words=tuple(words))


def search(
    db: Database, query: Query, *, site_ids: Sequence[int] | None = None, limit: int = 20
) -> list[Hit]:
    """Current posts that match, best first; a word in a title counts for five in a text."""
    rows = db.query(
        f"""
        SELECT p.id, s.host, p.wp_id, p.date_gmt, p.title, p.link, p.content, u.domain
        FROM posts_fts f
        JOIN posts p ON p.id = f.rowid
        JOIN sites s ON s.id = p.site_id
        LEFT JOIN upstreams u ON u.id = p.upstream_id
        WHERE posts_fts MATCH :match AND p.deleted_at IS NULL
            AND {of_sites("p.site_id")}
        ORDER BY bm25(posts_fts, 5.0, 1.0), p.date_gmt DESC LIMIT :limit
        """,
        {"match": query.match, "of": site_list(site_ids), "limit": limit or -1},
    )
    hits = []
    for row in rows:
        snippet, marks = excerpt(Content(row["content"] or "").text, query)
        hits.append(
            Hit(
                post_id=row["id"],
                host=row["host"],
                wp_id=row["wp_id"],
                date_gmt=row["date_gmt"],
                title=plain(row["title"] or ""),
                link=row["link"],
                upstream=row["domain"],
                snippet=snippet,
                marks=marks,
            )
        )
    return hits


def fold(word: str) -> str:
    """A word as the index compares it: without case and diacritics (`unicode61`).

    >>> fold("Élysée")
    'elysee'
    """
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def _places(text: str, query: Query) -> Iterator[tuple[int, int]]:
    exact = {word for word, prefix in query.words if not prefix}
    starts = tuple(word for word, prefix in query.words if prefix)
    for match in _WORD.finditer(text):
        word = fold(match.group())
        if word in exact or (starts and word.startswith(starts)):
            yield match.span()


def excerpt(text: str, query: Query) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The stretch of a text around the place where most of the words stand, and where in it.

    Ends are moved to word boundaries; an ellipsis says that the text goes on.
    """
    flat = text.replace("\n", " ")
    places = list(_places(flat, query))
    start = _best_start(places)
    if start:
        start = flat.find(" ", start) + 1 or start
    end = min(len(flat), start + SNIPPET)
    if end < len(flat):
        end = flat.rfind(" ", start + 1, end) if " " in flat[start + 1 : end] else end
    head = "…" if start else ""
    shift = len(head) - start
    marks = tuple((a + shift, b + shift) for a, b in places if a >= start and b <= end)
    return head + flat[start:end] + ("…" if end < len(flat) else ""), marks


def _best_start(places: list[tuple[int, int]]) -> int:
    """Where to begin so that the snippet shows most places, the first such."""
    best, most, right = 0, 0, 0
    for left, (start, _) in enumerate(places):
        right = max(right, left)
        while right < len(places) and places[right][1] <= start + SNIPPET - _LEAD:
            right += 1
        if right - left > most:
            best, most = start, right - left
    return max(0, best - _LEAD)
