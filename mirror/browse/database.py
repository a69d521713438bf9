"""Which of Datasette's databases is a mirror, and how its pages read from it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from mirror.config.settings import media_beside
from mirror.errors import StoreError
from mirror.store.still import Still, address, still

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette


T = TypeVar("T")

# What only a mirror has; a database with all of these is one.
_TELLING = {"sites", "posts", "post_versions", "judgements", "coverage"}

_found: "WeakKeyDictionary[Datasette, Mirror]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Mirror:
    """The mirror among a Datasette's databases: its name there, its file, where its media are (a
    folder, or `s3://bucket/prefix`), and whether only what is public is shown. `still`: it is read
    as if nobody wrote it."""

    datasette: "Datasette"
    name: str
    path: Path
    media: str
    public: bool = False
    still: Still | None = None

    async def read(self, select: Callable[[sqlite3.Connection], T]) -> T:
        """Runs a function on one of Datasette's read-only connections, in one of its threads."""
        result: T = await self.datasette.get_database(self.name).execute_fn(select)
        return result


def mirror_of(datasette: "Datasette") -> Mirror | None:
    """The first mirror that is attached, or None: then the plugin keeps out of the way."""
    if datasette in _found:
        return _found[datasette]
    for name, database in datasette.databases.items():
        if database.path and is_mirror(Path(database.path)):
            path = Path(database.path)
            mirror = Mirror(
                datasette=datasette, name=name, path=path, media=str(media_beside(path))
            )
            _found[datasette] = mirror
            return mirror
    return None


def arrange(
    datasette: "Datasette", *, media: str | None, public: bool, still: Still | None
) -> None:
    """Says where the media of the mirror are, if not beside it, how much of it is shown, and how it
    is read.

    To be called before the first connection is made.
    """
    mirror = mirror_of(datasette)
    if mirror is not None:
        _found[datasette] = replace(mirror, media=media or mirror.media, public=public, still=still)


def holds(datasette: "Datasette") -> bool:
    """Whether what is read of the mirror can be right (`mirror.store.still`)."""
    mirror = mirror_of(datasette)
    return mirror is None or mirror.still is None or mirror.still.holds


def holds_private(conn: sqlite3.Connection) -> bool:
    """Whether any crawl saw more of a site than its visitors do."""
    query = "SELECT EXISTS (SELECT 1 FROM collections WHERE widest IS NOT NULL)"
    return bool(conn.execute(query).fetchone()[0])


def is_mirror(path: Path) -> bool:
    """Whether the file is a database with the tables of a mirror. Never raises."""
    try:
        connection = sqlite3.connect(address(path, still(path)), uri=True, timeout=5)
    except (StoreError, OSError, sqlite3.Error):
        return False
    try:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows} >= _TELLING
    except sqlite3.Error:
        return False
    finally:
        connection.close()
