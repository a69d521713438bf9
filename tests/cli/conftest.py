"""A small mirror, made by the writing side of the store itself, and `mirror` as a function."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from mirror.attribution import judge, site_of
from mirror.cli.app import run
from mirror.items import Item, Kind
from mirror.store import crawls, failures, objects
from mirror.store.apply import apply
from mirror.store.connection import connect, transaction
from mirror.store.crawls import Counts, Coverage
from mirror.sync.decide import decide
from mirror.sync.fingerprint import fingerprint
from mirror.urls import guid_key
from mirror.wordpress.objects import split

DAYS = ["", "2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z", "2026-01-03T02:00:00Z"]
URL = "https://gazette.example"
HARBOUR = (
    "<p>The harbour reopens on Monday, the council said.</p>"
    "<p>Ferries will run every hour from the old pier. Tickets cost four euros.</p>"
)
CNN = (
    '<p data-uri="cms.cnn.com/_components/paragraph/instances/cm9@published">Talks went on.</p>'
    '<p>This post appeared first on <a href="https://cnn.com">cnn.com</a></p>'
)


def post(wp_id: int, title: str, content: str, **fields: Any) -> dict[str, Any]:
    slug = f"post-{wp_id}"
    return {
        "id": wp_id,
        "type": "post",
        "status": "publish",
        "slug": slug,
        "link": f"{URL}/2026/01/{slug}/",
        "guid": {"rendered": f"{URL}/?p={wp_id}"},
        "title": {"rendered": title},
        "content": {"rendered": content, "protected": False},
        "excerpt": {"rendered": "", "protected": False},
        "date": "2025-12-31T10:00:00",
        "date_gmt": f"2025-12-31T1{wp_id % 10}:00:00",
        "modified_gmt": "2025-12-31T10:00:00",
        "author": 7,
        "categories": [3],
        **fields,
    }


class Crawl:
    """One crawl that is written down."""

    def __init__(self, db: Database, day: int, url: str = URL, mode: str = "update") -> None:
        self.db, self.now, self.url = db, DAYS[day], url
        with transaction(db):
            self.site = crawls.site_id(db, url, self.now)
            self.id = crawls.begin(db, self.site, mode, self.now)

    def write(self, kind: Kind, *found: dict[str, Any]) -> list[str]:
        items = [self._item(kind, obj) for obj in found]
        held = objects.stored(self.db, self.site, kind, [item.wp_id for item in items])
        intents = [decide(item, held.get(item.wp_id)) for item in items]
        with transaction(self.db):
            apply(
                self.db,
                intents,
                site_id=self.site,
                crawl_id=self.id,
                now=self.now,
                taxonomies=["categories"],
            )
        return [intent.action for intent in intents]

    def bury(self, *row_ids: int) -> None:
        with transaction(self.db):
            objects.bury(self.db, "post", row_ids, "deleted (404 rest_post_invalid_id)", self.now)

    def end(self, outcome: str = "complete", message: str | None = None, **counts: int) -> None:
        with transaction(self.db):
            crawls.finish(self.db, self.id, outcome, message, Counts(**counts), self.now)

    def _item(self, kind: Kind, obj: dict[str, Any]) -> Item:
        columns, extra = split(kind, obj)
        return Item(
            site_id=self.site,
            collection="categories" if kind == "term" else f"{kind}s",
            kind=kind,
            wp_id=obj["id"],
            object=obj,
            columns=columns,
            extra=extra,
            fingerprint=fingerprint(kind, obj),
            read_at=self.now,
            guid_key=guid_key(columns.get("guid")),
            attribution=judge(obj, site_of(obj)) if kind == "post" else None,
        )


def first_day(db: Database) -> None:
    crawl = Crawl(db, 1, mode="backfill")
    crawl.write("author", {"id": 7, "name": "Ada Post", "slug": "ada", "link": f"{URL}/author/ada"})
    crawl.write("term", {"id": 3, "taxonomy": "category", "name": "Harbour", "slug": "harbour"})
    crawl.write(
        "post",
        post(1, "Harbour reopens", HARBOUR),
        post(2, "A fair is planned", "<p>Near the harbour, in June.</p>"),
        post(3, "Talks &#8211; a report", CNN),
        post(4, "Evil\x1b]52;c;x\x07 [red]title[/red] \u202etxt", "<p>Élysée \x1b[2J kept</p>"),
    )
    with transaction(db):
        crawls.cover(
            db,
            crawl.id,
            Coverage(
                collection="posts",
                reported=4,
                mirrored=4,
                hidden=0,
                missing=0,
                complete=True,
                how="every window overlapped the one before",
            ),
        )
        crawls.cover(
            db,
            crawl.id,
            Coverage(
                collection="users",
                reported=None,
                mirrored=1,
                hidden=0,
                missing=2,
                complete=False,
                how="refused: 401 rest_user_cannot_view",
            ),
        )
        failures.record(
            db,
            crawl.site,
            crawl.id,
            failures.Failure(
                collection="users",
                url=f"{URL}/wp-json/wp/v2/users",
                kind="refused",
                status=401,
                message="rest_user_cannot_view",
            ),
            crawl.now,
            None,
        )
    crawl.end("partial", new=6, requests=9, bytes=12_345, failures=1)


def second_day(db: Database) -> None:
    crawl = Crawl(db, 2)
    edited = HARBOUR.replace("on Monday", "on next Friday").replace("four", "five")
    crawl.write(
        "post",
        post(1, "Harbour reopens", edited, modified_gmt="2026-01-01T20:00:00"),
        post(3, "Talks &#8211; a report, updated", CNN),
    )
    crawl.end(edited=2, unchanged=2, requests=3)


def third_day(db: Database) -> None:
    crawl = Crawl(db, 3)
    crawl.bury(2)
    crawl.end(deleted=1, unchanged=3, requests=3)


@dataclass
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, without anything of the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("MIRROR_DB", "MIRROR_CONFIG", "MIRROR_CONTACT", "MIRROR_MEDIA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def mirrored(folder: Path) -> Path:
    """`mirror.db` in the current folder: three days of one site."""
    path = folder / "mirror.db"
    db = connect(path, write=True)
    first_day(db)
    second_day(db)
    third_day(db)
    db.close()
    return path


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def mirror(folder: Path, restored_logging: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """`mirror(*words)`: the command line, in this process, with what it printed."""

    def call(*words: str) -> Result:
        capsys.readouterr()
        code = run(words)
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return call
