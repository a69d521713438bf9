"""A mirror of a site on which every field of every object is a payload."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mirror.store.connection import connect
from tests.browse.payloads import PAYLOADS
from tests.browse.sample import Newsroom, add_post, attribute, edit, store_file

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>
<image href="https://evil.invalid/i.png"/></svg>"""


def build(folder: Path, payloads: Sequence[str] = PAYLOADS) -> tuple[Path, list[int]]:
    """Writes the mirror; returns its path and the posts' row ids, one a payload, in their order."""
    path = folder / "mirror.db"
    db = connect(path, write=True)
    room = Newsroom(db=db, folder=folder, now=datetime.now(UTC).replace(microsecond=0))
    with db.atomic():
        site = _site(room)
        upstream = room.insert("upstreams", {"domain": "evil.invalid", "name": payloads[0]})
        posts = [_post(room, site, upstream, number, text) for number, text in enumerate(payloads)]
        _files(room, site, posts[0])
    db.close()
    return path, posts


def _site(room: Newsroom) -> int:
    seen = room.stamp(timedelta(days=9))
    site = room.insert(
        "sites",
        {"url": "https://hostile.invalid", "host": "hostile.invalid", "name": PAYLOADS[6],
         "description": PAYLOADS[0], "timezone": PAYLOADS[18], "first_seen_at": seen},
    )  # fmt: skip
    crawl = room.insert(
        "crawls",
        {"site_id": site, "mode": "update", "started_at": seen, "finished_at": seen,
         "outcome": "partial", "message": PAYLOADS[6]},
    )  # fmt: skip
    room.insert(
        "coverage",
        {"crawl_id": crawl, "collection": PAYLOADS[6], "reported": 9, "mirrored": 3,
         "how": PAYLOADS[0]},
    )  # fmt: skip
    room.insert(
        "failures",
        {"crawl_id": crawl, "site_id": site, "url": "javascript:alert(1)", "kind": PAYLOADS[6],
         "message": PAYLOADS[6], "first_at": seen, "last_at": seen},
    )  # fmt: skip
    room.sites.append(site)
    room.crawls[site] = [crawl]
    room.next_wp_id[site] = 1
    return site


def _named(room: Newsroom, site: int, table: str, text: str, **more: str) -> int:
    room.next_wp_id[site] += 1
    seen = room.stamp(timedelta(days=9))
    return room.insert(
        table,
        {"site_id": site, "wp_id": room.next_wp_id[site], "collection": table, "name": text,
         "slug": text, "link": "javascript:alert(1)", "fingerprint": "x", "valid_from": seen,
         "first_seen_at": seen, "crawl_id": room.crawls[site][0], "extra": "{}", **more},
    )  # fmt: skip


def _post(room: Newsroom, site: int, upstream: int, number: int, text: str) -> int:
    """A post with the payload in title, content, author, term, link, quote; edited once."""
    author = _named(room, site, "authors", text)
    term = _named(room, site, "terms", text, taxonomy="category")
    post = add_post(
        room, site, title=f"{number} {text}", content=f"<p>before</p>{text}<p>after</p>",
        ago=timedelta(hours=number + 1), author=author, terms=(term,), type=text,
        link=f"javascript:alert({number})" if number % 2 else f"https://hostile.invalid/{text}",
    )  # fmt: skip
    attribute(
        room, post, upstream, url="javascript:alert(1)", confidence=0.9, version=2,
        evidence=(("rule" + text, "before", 0.9, 0), ("rule", text, 0.5, None)),
    )  # fmt: skip
    changed = f"<p>before</p>{text}<p>after all</p>{text}"
    edit(room, post, {"content": changed, "title": f"{text} {number}"}, ago=timedelta(minutes=30))
    return post


def _files(room: Newsroom, site: int, post: int) -> None:
    """An SVG with scripts, HTML that calls itself a picture, and names that are payloads."""
    html = b"<script>alert(1)</script>"
    for body, mime, suffix in ((SVG, "image/svg+xml", ".svg"), (html, "text/html", ".html"),
                               (html + b" ", "image/png", ".png")):  # fmt: skip
        sha256 = store_file(room, body, mime if mime != "image/png" else "x/y", suffix)
        room.db.execute("UPDATE files SET mime = ? WHERE sha256 = ?", [mime, sha256])
        name = hashlib.sha256(body).hexdigest()[:4]
        url = f"https://hostile.invalid/{name}/<img src=x onerror=alert(1)>.svg"
        media = _media(room, site, url)
        room.insert(
            "media_files",
            {"site_id": site, "url": url, "media_id": media, "size": PAYLOADS[6],
             "sha256": sha256},
        )  # fmt: skip
        room.insert(
            "post_media", {"post_id": post, "media_id": media, "url": url, "role": "inline"}
        )
    room.insert(
        "media_files",
        {"site_id": site, "url": "javascript:alert(1)", "size": "full", "error": PAYLOADS[6]},
    )


def _media(room: Newsroom, site: int, url: str) -> int:
    room.next_wp_id[site] += 1
    seen = room.stamp(timedelta(days=9))
    return room.insert(
        "media",
        {"site_id": site, "wp_id": room.next_wp_id[site], "collection": "media", "title": url,
         "alt_text": '"><img src=x onerror=alert(1)>', "source_url": url, "fingerprint": "x",
         "valid_from": seen, "first_seen_at": seen, "crawl_id": room.crawls[site][0],
         "extra": "{}"},
    )  # fmt: skip
