"""Some sites that copy from each other, in one mirror, by chance.

Each seed tells another story: what the sites write, edit, move and take away, in which order their
rows are read and in which parts, which crawls break off or see no more than a feed. There is no
HTTP: what a site has goes through the pipelines and the session as its replies would.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from scrapy.crawler import Crawler

from mirror.items import Collection, JsonObject, Kind
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store import collections, crawls, files, links, objects, stories, upstream_posts
from mirror.store.connection import connect, transaction
from mirror.store.rejudging import rejudge
from mirror.window import Window
from mirror.wordpress.feeds import MARK
from mirror.wordpress.objects import dumps, rebuild
from mirror.wordpress.partial import merged
from pipelines.attribution import AttributionPipeline
from pipelines.dedupe import DedupePipeline
from pipelines.media import MediaPipeline

HOSTS = ("gazette.org", "courier.net", "paper.com")
NAMED: dict[str, tuple[Kind, str]] = {
    "users": ("author", "user"), "categories": ("term", "category"),
}  # fmt: skip
OTHERS: dict[str, tuple[Kind, str]] = {
    "posts": ("post", "post"), "pages": ("post", "page"),
    "media": ("media", "attachment"), "comments": ("comment", "comment"),
}  # fmt: skip
COLLECTIONS = {
    name: Collection(name=name, kind=kind, slug=slug, route=f"/wp/v2/{name}")
    for name, (kind, slug) in (NAMED | OTHERS).items()
}
SYLLABLES = [a + b for a in ("har", "bo", "fer", "wal") for b in ("bour", "at", "ry", "lep", "ing")]
# Some are the same, some may be anybody's, one says nothing.
GUIDS = (
    "https://gazette.org/?p=5", "http://www.gazette.org/?p=5", "https://courier.net/?p=7&x=1",
    "https://courier.net/?p=7&#038;x=1", "urn:uuid:1234-5678", "4711",
)  # fmt: skip
CREDITS = (
    '<p>This post first appeared on <a href="{link}">{host}</a>.</p>',
    '<p>Republished from <a href="{link}">{host}</a>.</p>',
    "<p>Originally published at {host}.</p>",
)  # fmt: skip


class Site:
    """What a site shows: its objects by collection and id; posts that it has taken away."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.url = f"https://{host}"
        self.latest = 3  # users and categories have the first three ids
        self.shown: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in COLLECTIONS}
        self.away: dict[int, dict[str, Any]] = {}


class World:
    """One story. `told` is what happened; `keeps`: nothing is ever taken away in it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.path = folder / f"{seed}.db"
        self.sites = [Site(host) for host in HOSTS[: self.chance.choice([1, 2, 3, 3])]]
        self.keeps = self.chance.random() < 0.5
        self.now = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
        self.told: list[object] = []
        self._introduce()
        for site in self.sites:
            for n in range(1, 4):
                name = self.chance.choice(["Jo Writer", "Associated Press"])
                site.shown["users"][n] = {"id": n, "name": name, "slug": f"u{n}"}
                self._category(site, n)

    def live(self) -> None:
        """Some days with changes and crawls; in the end each site is read whole."""
        chance = self.chance
        for _ in range(chance.randrange(2, 7)):
            for _ in range(chance.randrange(1, 9)):
                self._change(chance.choice(self.sites))
            for site in chance.sample(self.sites, chance.randrange(1, len(self.sites) + 1)):
                self._crawl(site, chance.choice(["whole"] * 3 + ["cut", "one", "feed"]))
            if chance.random() < 0.5:
                self.told.append("stories")
                derive(self.path)
        self._settle()

    def begin_anew(self) -> None:
        """Reads all that is there into another mirror."""
        self.path = self.path.with_suffix(".anew")
        self._introduce()
        self._settle()

    def _introduce(self) -> None:
        """Sites have the same row numbers in any mirror."""
        with closing(connect(self.path, write=True)) as db, transaction(db):
            for site in self.sites:
                crawls.site_id(db, site.url, f"{self._moment()}Z")

    def _settle(self) -> None:
        """Reads all sites whole, in any order."""
        for site in self.chance.sample(self.sites, len(self.sites)):
            self._crawl(site, "whole")
        derive(self.path)

    # What happens at a site.

    def _change(self, site: Site) -> None:
        chance, shown = self.chance, site.shown
        collection = chance.choice(["posts", "posts", "posts", "pages", "media"])
        what = chance.choice(
            ["add"] * 7 + ["edit"] * 3 + ["silent", "move", "redate", "guid", "author", "file"]
            + ["owner", "picture", "page", "delete", "return", "category", "comment"]
        )  # fmt: skip
        rows = shown[collection]
        number = chance.choice([*rows]) if rows else 0
        if what == "add" or not number:
            number = site.latest = site.latest + 1
            rows[number] = self._written(site, collection, number)
        elif what == "category":
            self._category(site, chance.randrange(1, 6))
        elif what == "comment":
            number = site.latest = site.latest + 1
            parent = chance.choice([0, number + 1, *shown["comments"]])
            post = chance.randrange(1, number)
            shown["comments"][number] = {"id": number, "post": post, "parent": parent}
        elif what == "page" and collection == "posts":
            page = {"type": "page", "parent": 0, "modified_gmt": self._moment()}
            shown["pages"][number] = {**rows.pop(number), **page}
        elif what == "delete" and not self.keeps:
            gone = rows.pop(number)
            if collection == "posts":
                site.away[number] = gone
        elif what == "return" and site.away:
            number, row = site.away.popitem()
            shown["posts"][number] = row
        elif fields := self._edit(what, site, rows[number]):
            announced = {} if what == "silent" else {"modified_gmt": self._moment()}
            rows[number] = {**rows[number], **fields, **announced}
        else:
            return
        self.told.append((site.host, what, collection, number))

    def _edit(self, what: str, site: Site, row: Mapping[str, Any]) -> dict[str, Any]:
        """Some fields of a row, anew; none where it has no such fields."""
        chance = self.chance
        if row["type"] == "attachment":
            match what:
                case "file" if not self.keeps:
                    return {"source_url": self._file(site)}
                case "owner":
                    return {"post": chance.choice([None, *site.shown["posts"]])}
            return {}
        match what:
            case "edit" | "silent":
                return {"content": self._content(site)}
            case "move":
                return {"link": f"{site.url}/{row['id']}-{chance.randrange(9)}/"}
            case "redate":
                return {"date_gmt": self._date()}
            case "guid":
                return {"guid": {"rendered": chance.choice(GUIDS)}}
            case "author":
                return {"author": chance.randrange(6), "categories": self._some_ids()}
            case "picture":
                return {"featured_media": chance.choice([0, *site.shown["media"]])}
        return {}

    def _written(self, site: Site, collection: str, number: int) -> dict[str, Any]:
        chance, date = self.chance, self._date()
        row: dict[str, Any] = {
            "id": number, "type": COLLECTIONS[collection].slug, "link": f"{site.url}/{number}/",
            "title": {"rendered": f"Title {number}"}, "date_gmt": date, "modified_gmt": date,
            "author": chance.randrange(6), "guid": {"rendered": f"{site.url}/?p={number}"},
        }  # fmt: skip
        any_id = chance.choice([0, *range(1, number + 3)])  # may be written later, or never
        if collection == "media":
            return {**row, "source_url": self._file(site), "status": "inherit", "post": any_id}
        if chance.random() < 0.3:
            row["guid"] = {"rendered": chance.choice(GUIDS)}
        row |= {"status": "publish", "content": self._content(site), "featured_media": any_id}
        return {**row, ("parent" if collection == "pages" else "format"): any_id,
                "categories": self._some_ids()}  # fmt: skip

    def _content(self, site: Site) -> dict[str, Any]:
        """One of four texts, more or less; with a credit to some post, with a picture."""
        chance = self.chance
        story = random.Random(chance.randrange(4))
        words = [story.choice(SYLLABLES) + story.choice(SYLLABLES) for _ in range(60)]
        for _ in range(chance.choice([0, 0, 1, 3, 12])):
            words[chance.randrange(60)] = chance.choice(SYLLABLES)
        html = f"<p>{' '.join(words[: chance.choice([60, 60, 60, 10])])}</p>"
        other = chance.choice(self.sites)
        if other.shown["posts"] and chance.random() < 0.4:
            link = chance.choice([*other.shown["posts"].values()])["link"]
            html += chance.choice(CREDITS).format(link=link, host=other.host)
        if chance.random() < 0.4:
            html += f'<img src="{self._file(site)}">'
        return {"rendered": html, "protected": False}

    def _category(self, site: Site, number: int) -> None:
        term = {"id": number, "name": "News", "taxonomy": "category"}
        site.shown["categories"][number] = {**term, "parent": self.chance.randrange(6)}

    def _file(self, site: Site) -> str:
        # Where nothing goes, no two attachments have one file: whose it is the order would tell.
        number = site.latest + 100 if self.keeps else self.chance.randrange(6)
        return f"{site.url}/wp-content/uploads/p{number}.jpg"

    def _some_ids(self) -> list[int]:
        return self.chance.sample(range(1, 6), self.chance.randrange(3))

    def _date(self) -> str:
        hours = self.chance.randrange(9000)
        return (datetime(2025, 1, 1) + timedelta(hours=hours)).isoformat()

    def _moment(self) -> str:
        return f"{self.now:%Y-%m-%dT%H:%M:%S}"

    # What the mirror does.

    def _crawl(self, site: Site, how: str) -> None:
        """Reads a site `whole`, `one` of its collections, its `feed`, or is `cut` short."""
        self.told.append(("crawl", site.host, how))
        self.now += timedelta(hours=1)
        asyncio.run(self._read(site, how))

    async def _read(self, site: Site, how: str) -> None:
        with closing(connect(self.path, write=True)) as db:
            session = Session(db, CrawlOrder(url=site.url), clock=lambda: self.now)
            session.introduce(f"The {site.host}", {site.host})
            own = {"name": f"The {site.host}", "index_json": dumps({"home": site.url})}
            with session.transaction():
                crawls.update_site(db, session.site_id, own)
            session.taxonomies = ("categories",)
            for name, rows in self._windows(site, how):
                await _read(session, COLLECTIONS[name], rows, partial=how == "feed")
            if how == "cut":
                return  # killed: the crawl is never finished
            if how == "whole":
                _bury(session, site)
            with session.transaction():
                links.resolve(db, session.site_id)
                files.resolve(db, session.site_id)
            session.finish("complete", None)

    def _windows(self, site: Site, how: str) -> list[tuple[str, list[dict[str, Any]]]]:
        chance, found = self.chance, []
        names = {"feed": ["posts"], "one": [chance.choice([*OTHERS])]}.get(how, [*OTHERS])
        for group in ([] if how == "feed" else [*NAMED], names):
            windows = []
            for name in group:
                rows = [*site.shown[name].values()]
                chance.shuffle(rows)
                size = chance.choice([1, 2, 5, 50])
                windows += [(name, rows[at : at + size]) for at in range(0, len(rows), size)]
            chance.shuffle(windows)
            found += windows
        if how == "cut":
            return found[: chance.randrange(len(found) + 1)]
        if how != "feed":
            return found
        # A feed shows some posts, of some the first lines alone, and not always when they changed.
        return [(name, [self._in_a_feed(row) for row in rows]) for name, rows in found[:3]]

    def _in_a_feed(self, row: Mapping[str, Any]) -> dict[str, Any]:
        shown = {"id", "type", "status", "guid", "link", "title", "date_gmt", "content"}
        shown |= {"modified_gmt"} if self.chance.random() < 0.3 else set()
        entry = {key: value for key, value in row.items() if key in shown}
        if self.chance.random() < 0.4:
            entry["content"] = {"rendered": row["content"]["rendered"][:200]}
        return {**entry, MARK: {"author": "Jo Writer", "categories": ["News"]}}


async def _read(
    session: Session, collection: Collection, sent: Sequence[JsonObject], *, partial: bool
) -> None:
    """One window's way, as `spiders.reading` and `spiders.partial` send it."""
    db, rows = session.db, [dict(row) for row in sent]
    with session.transaction():
        collections.state(db, session.site_id, collection)
    if partial:
        held = session.stored(collection.kind, [row["id"] for row in rows])
        rows = [
            dict(merged(rebuild("post", known.wp_id, known.columns, known.extra), row))
            if (known := held.get(row["id"]))
            else row
            for row in rows
        ]
    window: Window = await session.open(collection, rows)
    window.partial = partial
    stats = SimpleNamespace(inc_value=lambda *_: None)
    crawler = cast(Crawler, SimpleNamespace(spider=SimpleNamespace(session=session), stats=stats))
    for pipeline in (DedupePipeline, AttributionPipeline, MediaPipeline):
        pipeline(crawler).process_item(window)
    session.commit(window)
    await window.settled


def _bury(session: Session, site: Site) -> None:
    for name, collection in COLLECTIONS.items():
        table, _ = objects.TABLES[collection.kind]
        held = session.db.execute(
            f"SELECT wp_id FROM {table} WHERE site_id = ? AND collection = ? "
            "AND deleted_at IS NULL",
            [session.site_id, name],
        )
        gone = [number for (number,) in held if number not in site.shown[name]]
        session.bury(collection.kind, [*session.stored(collection.kind, gone).values()], "deleted")


def derive(path: Path) -> None:
    """What `mirror stories` brings up to date."""
    with closing(connect(path, write=True)) as db:
        stories.refresh(db)
        upstream_posts.link(db)


def judge_again(path: Path) -> list[object]:
    """What `mirror attribute --all` finds to be otherwise than it was judged."""
    with closing(connect(path, write=True)) as db:
        return [one for one in rejudge(db) if one.outcome != "same"]
