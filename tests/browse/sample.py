"""A mirror of three small newsrooms, built by plain SQL: what the pages are tested and shown on.

Everything is drawn from fixed seeds; only the clock moves it (`now`), since the home page speaks of
this week.
"""

import hashlib
import io
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlite_utils import Database

from mirror.content import searchable
from mirror.media.names import path_of
from mirror.store import objects
from mirror.store.connection import connect
from mirror.store.stories import refresh
from mirror.store.text import index, reindex
from mirror.store.upstream_posts import link
from mirror.wordpress.objects import split

SITES = (
    ("https://harbourgazette.com", "The Harbour Gazette", "News from the docks and the old town"),
    ("https://www.northvalleynews.org", "North Valley News", "Independent reporting since 2009"),
    ("https://riverbankpost.net", "Riverbank Post", "City, culture and the river"),
)
UPSTREAMS = (
    ("cnn.com", "CNN"),
    ("theconversation.com", "The Conversation"),
    ("reuters.com", "Reuters"),
    ("grist.org", "Grist"),
    ("propublica.org", None),
)
PEOPLE = ("Ana Ribeiro", "Tom Okafor", "Mei-Lin Zhao", "Jonas Weber", "Priya Raman")
TOPICS = ("Politics", "Climate", "Harbour", "Culture", "Business", "Schools", "Transport")
TAGS = ("budget", "ferries", "flooding", "housing", "museum", "council", "energy", "strike")

HEADLINES = (
    "Council votes to reopen the old swing bridge",
    "Ferry timetable changes after a winter of delays",
    "What the new tide gauge tells us about the next decade",
    "Bakery on Quay Street wins a national prize",
    "School roof repairs will take until spring",
    "A quiet year for the fishing fleet, in five charts",
    "How a small museum put its whole archive online",
    "Night trains return to the coast line",
    "Volunteers count every heron on the estuary",
    "The library that lends out bicycles",
    "Rents rise faster than wages for a third year",
    "Storm drains: who pays, and who decides",
    "Why the lighthouse will change its colour",
    "A second life for the grain silo",
    "Wind farm hearing draws a full house",
    "The choir that sings on the ferry",
    "Heat pumps come to the fishermen&#8217;s cottages",
    "Small firms ask for later deadlines",
    "The map of every tree in the city",
    "An orchard returns to the canal",
)
SENTENCES = (
    "The decision came late on Tuesday after four hours of debate.",
    "Residents had waited for an answer since the floods of last autumn.",
    "&#8220;We have to be honest about what this will cost,&#8221; said the mayor.",
    "The harbour master called the plan sensible, though not without risk.",
    "Engineers began to measure the quay walls in January.",
    "About a third of the money comes from the regional fund.",
    "Nobody in the room could remember a warmer March.",
    "Two earlier attempts had failed for want of a contractor.",
    "The report, published on Friday, runs to ninety pages.",
    "For the ferry crews the change means an earlier start.",
    "A spokesperson declined to say when work would begin.",
    "The figures are provisional and may change before the summer.",
    "Shopkeepers along the front are divided.",
    "What happens next depends on a vote in the spring.",
)
STORY = (
    "Rising seas will reach the old ports first",
    (
        "Ports built before 1900 stand, on average, 80 centimetres lower than their modern "
        "neighbours, according to a survey of 210 harbours on three continents.",
        "&#8220;They were built for ships that no longer exist, on ground that has been sinking "
        "ever since,&#8221; said Helena Marsh, who led the work.",
        "The survey combines satellite altimetry with tide tables that harbour masters wrote by "
        "hand, some of them going back to 1843.",
        "In a third of the harbours the highest tides of the year already cover the lowest quay.",
    ),
)


@dataclass(kw_only=True)
class Newsroom:
    """Where the builder stands: the open database, and what later rows refer to."""

    db: Database
    folder: Path
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    sites: list[int] = field(default_factory=list)
    crawls: dict[int, list[int]] = field(default_factory=dict)
    next_wp_id: dict[int, int] = field(default_factory=dict)

    def stamp(self, ago: timedelta) -> str:
        return (self.now - ago).strftime("%Y-%m-%dT%H:%M:%SZ")

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        cursor = self.db.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values())
        )
        return cursor.lastrowid or 0


def build(folder: Path, *, now: datetime | None = None) -> Path:
    """Writes `mirror.db` and `media/` into a folder; returns the database's path."""
    path = folder / "mirror.db"
    db = connect(path, write=True)
    room = Newsroom(db=db, folder=folder, now=(now or datetime.now(UTC)).replace(microsecond=0))
    with db.atomic():
        _sites(room)
        _upstreams(room)
        posts = [post for site in room.sites for post in _posts(room, site)]
        _story(room)
        _changes(room, posts)
        _revisions(room, posts[4])
        _failures(room)
    refresh(db)
    link(db)
    db.execute("ANALYZE")
    db.close()
    return path


def add_post(
    room: Newsroom,
    site: int,
    *,
    title: str,
    content: str,
    ago: timedelta,
    author: int | None = None,
    terms: tuple[int, ...] = (),
    seen: timedelta | None = None,
    **columns: Any,
) -> int:
    """One post as a crawl would write it, indexed for search. Returns its row's id."""
    wp_id = room.next_wp_id[site]
    room.next_wp_id[site] += 3
    home = SITES[room.sites.index(site)][0]
    slug = "".join(c if c.isalnum() else "-" for c in title.lower())[:40].strip("-") or "post"
    published = room.stamp(ago)
    kinds: dict[str, list[int]] = {"categories": [], "tags": []}
    for term in terms:
        row = room.db.execute("SELECT taxonomy, wp_id FROM terms WHERE id = ?", [term]).fetchone()
        kinds["categories" if row[0] == "category" else "tags"].append(row[1])
    obj = {
        "id": wp_id,
        "type": columns.pop("type", "post"),
        "status": "publish",
        "slug": slug,
        "link": columns.pop("link", f"{home}/{published[:4]}/{published[5:7]}/{slug}/"),
        "guid": {"rendered": columns.pop("guid", f"{home}/?p={wp_id}")},
        "title": {"rendered": title},
        "content": {"rendered": content, "protected": False},
        "excerpt": {
            "rendered": "<p>" + content[3:120].split("<")[0] + " …</p>",
            "protected": False,
        },
        "date_gmt": published[:-1],
        "modified_gmt": published[:-1],
        "sticky": False,
        "format": "standard",
        **kinds,
    }
    values, extra = split("post", obj)
    seen_at = room.stamp(min(seen, ago) if seen is not None else min(ago, timedelta(days=90)))
    post = room.insert(
        "posts",
        {
            "site_id": site,
            "wp_id": wp_id,
            "collection": "posts",
            "fingerprint": hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16],
            **objects.content(room.db, "post", values, extra),
            "author_id": author,
            "valid_from": seen_at,
            "first_seen_at": seen_at,
            "crawl_id": room.crawls[site][0],
            **columns,
        },
    )
    for term in terms:
        room.insert("post_terms", {"post_id": post, "term_id": term})
    index(room.db, [(post, *searchable(title, content))])
    return post


def edit(
    room: Newsroom, post: int, changes: Mapping[str, Any], *, ago: timedelta, silent: bool = False
) -> None:
    """Supersedes a post's current row: columns as given, `modified_gmt` moved unless `silent`."""
    at = room.stamp(ago)
    past = room.db.table("post_versions").columns_dict
    shared = [name for name in room.db.table("posts").columns_dict if name in past]
    changed = [name for name in changes if name != "extra"] + ([] if silent else ["modified_gmt"])
    room.db.execute(
        f"INSERT INTO post_versions (post_id, valid_to, changed, {', '.join(shared)}) "
        f"SELECT id, ?, ?, {', '.join(shared)} FROM posts WHERE id = ?",
        [at, json.dumps(changed), post],
    )
    current = "SELECT title, content FROM posts WHERE id = ?"
    before = searchable(*room.db.execute(current, [post]).fetchone())
    values = {**changes, "valid_from": at}
    if not silent:
        values["modified_gmt"] = at
    room.db.execute(
        f"UPDATE posts SET version = version + 1, deleted_at = NULL, deleted_reason = NULL, "
        f"{', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
        [*values.values(), post],
    )
    after = searchable(*room.db.execute(current, [post]).fetchone())
    reindex(room.db, [(post, before, after)])


def delete(room: Newsroom, post: int, *, ago: timedelta, reason: str = "deleted") -> None:
    room.db.execute(
        "UPDATE posts SET deleted_at = ?, deleted_reason = ? WHERE id = ?",
        [room.stamp(ago), reason, post],
    )


def attribute(
    room: Newsroom,
    post: int,
    upstream: int,
    *,
    confidence: float,
    evidence: tuple[tuple[str, str, float, int | None], ...],
    url: str | None = None,
    version: int = 1,
) -> None:
    """A judgement with its evidence: (rule, quote, confidence, offset) each."""
    room.db.execute("UPDATE posts SET upstream_id = ? WHERE id = ?", [upstream, post])
    room.insert(
        "judgements",
        {"post_id": post, "version": version, "upstream_id": upstream, "url": url,
         "confidence": confidence},
    )  # fmt: skip
    for number, (rule, quote, worth, at) in enumerate(evidence):
        room.insert(
            "attributions",
            {"post_id": post, "version": version, "upstream_id": upstream, "url": url,
             "rule": rule, "confidence": worth, "quote": quote, "at": at,
             "chosen": int(number == 0)},
        )  # fmt: skip


def picture(seed: int, size: tuple[int, int] = (960, 600)) -> bytes:
    """A JPEG of a coast: sky, sun, hills, water; another one for each seed."""
    chance = random.Random(seed)
    width, height = size
    sky = [chance.randrange(120, 250) for _ in range(3)]
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line((0, y, width, y), fill=tuple(int(c * (1 - share * 0.35)) for c in sky))
    sun = chance.randrange(width)
    draw.ellipse((sun - 50, 110, sun + 50, 210), fill=(255, 236, 190))
    for layer in range(3):
        base = height * (0.45 + 0.14 * layer)
        points = [(0.0, float(height))]
        level = base
        for x in range(0, width + 60, 60):
            level = min(max(level + chance.uniform(-36, 36), base - 80), base + 60)
            points.append((float(x), level))
        points.append((float(width), float(height)))
        shade = 0.62 - 0.17 * layer
        draw.polygon(points, fill=tuple(int(c * shade) for c in (sky[2], sky[0], sky[1])))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def store_file(room: Newsroom, body: bytes, mime: str, suffix: str) -> str:
    """Writes a file under its content address; returns its SHA-256."""
    sha256 = hashlib.sha256(body).hexdigest()
    path = path_of(sha256, suffix.removeprefix("."))
    target = room.folder / "media" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)
    width = height = None
    if mime.startswith("image/") and "svg" not in mime:
        with Image.open(io.BytesIO(body)) as image:
            width, height = image.size
    room.db.execute(
        "INSERT OR IGNORE INTO files (sha256, path, bytes, mime, width, height, first_seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [sha256, path, len(body), mime, width, height, room.stamp(timedelta(days=40))],
    )
    return sha256


def add_media(
    room: Newsroom, site: int, url: str, sha256: str | None, error: str | None = None
) -> int:
    """A media record with one fetched (or failed) file."""
    wp_id = room.next_wp_id[site]
    room.next_wp_id[site] += 1
    seen = room.stamp(timedelta(days=60))
    media = room.insert(
        "media",
        {"site_id": site, "wp_id": wp_id, "collection": "media", "status": "inherit",
         "title": url.rsplit("/", 1)[-1], "alt_text": "The coast in the evening",
         "media_type": "image", "mime_type": "image/jpeg", "source_url": url, "link": url,
         "fingerprint": url[-16:], "valid_from": seen, "first_seen_at": seen,
         "crawl_id": room.crawls[site][0], "extra": "{}"},
    )  # fmt: skip
    room.insert(
        "media_files",
        {"site_id": site, "url": url, "media_id": media, "size": "full", "sha256": sha256,
         "fetched_at": seen, "error": error},
    )  # fmt: skip
    return media


def _sites(room: Newsroom) -> None:
    for number, (url, name, description) in enumerate(SITES):
        site = room.insert(
            "sites",
            {"url": url, "host": url.split("//")[1].removeprefix("www."), "name": name,
             "description": description, "api_root": f"{url}/wp-json/", "timezone": "Europe/Lisbon",
             "first_seen_at": room.stamp(timedelta(days=90))},
        )  # fmt: skip
        room.sites.append(site)
        room.next_wp_id[site] = 100 + number
        room.crawls[site] = []
        for day, mode in ((90, "backfill"), (21, "update"), (5, "update"), (0, "update")):
            started = timedelta(days=day, minutes=30 + 7 * number)
            broken = number == 2 and day == 0
            crawl = room.insert(
                "crawls",
                {"site_id": site, "mode": mode, "started_at": room.stamp(started),
                 "finished_at": room.stamp(started - timedelta(seconds=48 + 11 * number)),
                 "outcome": "partial" if broken else "complete",
                 "message": "one page of posts could not be read" if broken else None,
                 "requests": 112 if mode == "backfill" else 9, "bytes": 4_120_000,
                 "new": 34 if mode == "backfill" else 2, "edited": 0 if mode == "backfill" else 3,
                 "unchanged": 20, "deleted": int(day == 5), "failures": 3 if broken else 0},
            )  # fmt: skip
            room.crawls[site].append(crawl)
            for name, reported in (("posts", 36), ("pages", 4), ("media", 18), ("users", 5)):
                missing = 3 if broken and name == "posts" else 0
                refused = number == 1 and name == "users"
                room.insert(
                    "coverage",
                    {"crawl_id": crawl, "collection": name,
                     "reported": None if refused else reported,
                     "mirrored": 0 if refused else reported - missing, "hidden": 0,
                     "missing": missing, "complete": int(not missing and not refused),
                     "how": "refused: rest_user_cannot_view" if refused
                     else "one page of 3 failed (HTTP 500)" if missing else "walked to the end"},
                )  # fmt: skip


def _upstreams(room: Newsroom) -> None:
    for domain, name in UPSTREAMS:
        room.insert("upstreams", {"domain": domain, "name": name})


def _named(room: Newsroom, site: int, table: str, row: dict[str, Any]) -> int:
    wp_id = room.next_wp_id[site]
    room.next_wp_id[site] += 1
    seen = room.stamp(timedelta(days=90))
    home = SITES[room.sites.index(site)][0]
    slug = str(row["name"]).lower().replace(" ", "-")
    return room.insert(
        table,
        {"site_id": site, "wp_id": wp_id, "slug": slug, "link": f"{home}/{table}/{slug}/", **row,
         "fingerprint": slug, "valid_from": seen, "first_seen_at": seen,
         "crawl_id": room.crawls[site][0], "extra": "{}"},
    )  # fmt: skip


def _prose(room: Newsroom, paragraphs: int) -> list[str]:
    return [
        " ".join(room.chance.sample(SENTENCES, room.chance.randrange(3, 6)))
        for _ in range(paragraphs)
    ]


def _body(paragraphs: list[str], figure: str = "", closing: str = "") -> str:
    middle = len(paragraphs) // 2
    parts = [f"<p>{text}</p>" for text in paragraphs[:middle]]
    if figure:
        parts.append(figure)
    parts.append("<h2>What changes now</h2>")
    parts += [f"<p>{text}</p>" for text in paragraphs[middle:]]
    if closing:
        parts.append(closing)
    return "\n".join(parts)


def _posts(room: Newsroom, site: int) -> list[int]:
    home = SITES[room.sites.index(site)][0]
    authors = [
        _named(room, site, "authors", {"collection": "users", "name": name})
        for name in room.chance.sample(PEOPLE, 3)
    ]
    topics = [
        _named(room, site, "terms",
               {"collection": "categories", "taxonomy": "category", "name": name})
        for name in room.chance.sample(TOPICS, 4)
    ]  # fmt: skip
    tags = [
        _named(room, site, "terms", {"collection": "tags", "taxonomy": "post_tag", "name": name})
        for name in room.chance.sample(TAGS, 4)
    ]
    posts = []
    for number in range(36):
        title = HEADLINES[(number + 7 * site) % len(HEADLINES)]
        if number >= len(HEADLINES):
            title = f"{title}: one year on"
        ago = timedelta(days=number * 13 + room.chance.randrange(1, 9), hours=number % 11)
        figure, media, url = "", None, ""
        if number % 2 == 0:
            url = f"{home}/wp-content/uploads/2026/0{1 + number % 9}/coast-{site}-{number}.jpg"
            if number in (8, 22):
                media = add_media(room, site, url, None, "HTTP 404")
            else:
                sha = store_file(room, picture(site * 100 + number), "image/jpeg", ".jpg")
                media = add_media(room, site, url, sha)
            figure = (
                f'<figure class="wp-block-image size-large"><img src="{url}" '
                f'alt="The coast in the evening" width="960" height="600" class="wp-image-{media}" '
                f'srcset="{url} 960w" loading="lazy"/><figcaption>The coast, seen from the '
                "breakwater. Photo: Ana Ribeiro</figcaption></figure>"
            )
        upstream = None if number % 3 else 1 + (number // 3 + site) % len(UPSTREAMS)
        closing, link = "", ""
        if upstream:
            domain, name = UPSTREAMS[upstream - 1]
            link = f"https://{domain}/2026/{number:02}/{site}-story"
            closing = (
                f'<p><em>This article was originally published by <a href="{link}">'
                f"{name or domain}</a> and is republished here with permission.</em></p>"
            )
        post = add_post(
            room, site, title=title, ago=ago, author=authors[number % 3],
            content=_body(_prose(room, 6), figure, closing),
            terms=(topics[number % 4], tags[number % 3]), featured_media_id=media,
            seen=timedelta(days=number * 13, hours=2) if number == 0 else None,
        )  # fmt: skip
        if media:
            for role in ("featured", "inline"):
                room.insert(
                    "post_media", {"post_id": post, "media_id": media, "url": url, "role": role}
                )
        if upstream:
            domain, name = UPSTREAMS[upstream - 1]
            quote = f"originally published by {name or domain} and is republished here"
            attribute(
                room, post, upstream, url=link, confidence=0.97,
                evidence=(("originally_published", quote, 0.9, 600),
                          ("canonical_link", link, 0.85, None)),
            )  # fmt: skip
        posts.append(post)
    return posts


def _story(room: Newsroom) -> None:
    """One article in three places: first on the second site, then copied, then cut short."""
    title, paragraphs = STORY
    original = "https://www.northvalleynews.org/2026/rising-seas/"
    copies = (
        (1, 30.0, title, paragraphs, ""),
        (0, 27.0, title, paragraphs, "North Valley News"),
        (2, 4.0, "Old ports face the sea first", paragraphs[:3], "North Valley News"),
    )
    upstream = room.insert(
        "upstreams", {"domain": "northvalleynews.org", "name": "North Valley News"}
    )
    first = None
    for place, hours, headline, text, credit in copies:
        closing = (
            f'<p>The post <a href="{original}">{title}</a> appeared first on '
            f'<a href="https://www.northvalleynews.org">{credit}</a>.</p>'
            if credit else ""
        )  # fmt: skip
        post = add_post(
            room, room.sites[place], title=headline, content=_body(list(text), "", closing),
            ago=timedelta(days=2, hours=hours), seen=timedelta(days=2, hours=hours - 1),
            original_id=first, **({} if credit else {"link": original}),
        )  # fmt: skip
        if credit:
            attribute(
                room, post, upstream, url=original, confidence=0.99,
                evidence=(("appeared_first_on", f"appeared first on {credit}", 0.98, 500),),
            )  # fmt: skip
        first = first or post


def _changes(room: Newsroom, posts: list[int]) -> None:
    """A history for some: corrected numbers, a softened headline, a silent cut, two deletions."""
    for number, post in enumerate(posts[4::9]):
        content = room.db.execute("SELECT content FROM posts WHERE id = ?", [post]).fetchone()[0]
        once = content.replace("four hours", "nearly six hours").replace("About a third", "Half")
        edit(room, post, {"content": once + "<p>This article was corrected.</p>"},
             ago=timedelta(days=20 - number))  # fmt: skip
        title = room.db.execute("SELECT title FROM posts WHERE id = ?", [post]).fetchone()[0]
        edit(
            room,
            post,
            {"title": f"{title}, after long debate"},
            ago=timedelta(days=5, hours=number),
        )
        if number % 2 == 0:
            cut = once.replace("Shopkeepers along the front are divided.", "")
            cut = cut.replace("said the mayor", "said a council source")
            edit(room, post, {"content": cut}, ago=timedelta(days=1, hours=number), silent=True)
    delete(room, posts[11], ago=timedelta(days=3))
    delete(room, posts[47], ago=timedelta(days=1, hours=4), reason="unpublished")
    delete(room, posts[80], ago=timedelta(days=15))


def _revisions(room: Newsroom, post: int) -> None:
    """What WordPress kept of a post from before the mirror knew it."""
    row = room.db.execute("SELECT title, content, crawl_id FROM posts WHERE id = ?", [post])
    title, content, crawl = row.fetchone()
    room.insert(
        "post_revisions",
        {"post_id": post, "wp_id": 9001, "crawl_id": crawl, "type": "revision",
         "title": f"Draft: {title}", "content": content.replace("Residents", "People"),
         "date_gmt": room.stamp(timedelta(days=120)), "extra": "{}",
         "first_seen_at": room.stamp(timedelta(days=3))},
    )  # fmt: skip


def _failures(room: Newsroom) -> None:
    site = room.sites[2]
    for number, (kind, status, message) in enumerate(
        (
            ("http", 500, "the server failed: 500 Internal Server Error"),
            ("media", 404, "the picture is not there any more: 404"),
            ("media", 403, "hot-link protection: 403"),
        )
    ):
        room.insert(
            "failures",
            {"crawl_id": room.crawls[site][-1], "site_id": site, "collection": "posts",
             "url": f"https://riverbankpost.net/wp-json/wp/v2/posts?offset={100 * number}",
             "kind": kind, "status": status, "message": message,
             "first_at": room.stamp(timedelta(hours=3)), "last_at": room.stamp(timedelta(hours=1)),
             "attempts": 2 + number},
        )  # fmt: skip
