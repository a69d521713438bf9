"""Browsing at size: 100,000 posts with 300,000 earlier versions.

    python benchmarks/browse.py [--posts 100000] [--rounds 7] [--keep FOLDER]

Builds a mirror by plain SQL (no crawl), serves it as `mirror browse` does in a process of its own,
and asks every page and every canned query over loopback: the first answer and the median of the
rest, and the server's resident memory after all of them. Prints Markdown; exits 1 where a limit is
passed (a page 150 ms, a query 1 s, memory 300 MB).
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from mirror.browse.queries import QUERIES
from mirror.content import searchable
from mirror.store.connection import connect

SITES, UPSTREAMS = 20, 300
PAGE_MS, QUERY_MS, MEMORY_MB = 150, 1000, 300
_WORDS = (
    "harbour council bridge ferry museum budget storm school rent wage river night train winter "
    "vote report engineer mayor plan fund quay tide market library choir orchard energy strike "
    "survey island festival hospital garden minister treaty festival copper novel summit glacier"
)
WORDS = _WORDS.split()


def build(folder: Path, posts: int) -> Path:
    """A mirror of 20 sites: a third of the posts syndicated, each edited three times on average."""
    path = folder / "mirror.db"
    db = connect(path, write=True)
    chance = random.Random(1)
    now = datetime.now(UTC)

    def ago(days: float) -> str:
        return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    # As in a language: a few words stand everywhere, most of them in few texts (Zipf).
    words = [*WORDS, *(f"word{n}" for n in range(20_000))]
    weights = list(accumulate(1 / (n + 1) for n in range(len(words))))

    def text(number: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=number))

    many = db.conn.executemany
    db.execute("PRAGMA synchronous = OFF")
    with db.atomic():
        many(
            "INSERT INTO sites (id, url, host, name, first_seen_at) VALUES (?, ?, ?, ?, ?)",
            [(n, f"https://site{n}.example", f"site{n}.example", f"Site {n}", ago(800))
             for n in range(1, SITES + 1)],
        )  # fmt: skip
        many(
            "INSERT INTO crawls (id, site_id, mode, started_at, finished_at, outcome, new) "
            "VALUES (?, ?, 'update', ?, ?, 'complete', 3)",
            [(n + 1, n % SITES + 1, ago(700 - n / SITES), ago(700 - n / SITES - 0.01))
             for n in range(700 * SITES)],
        )  # fmt: skip
        many(
            "INSERT INTO coverage (crawl_id, collection, reported, mirrored, missing, complete, "
            "how) VALUES (?, ?, 5000, 4999, ?, ?, 'walked')",
            [(n + 1, name, int(n % 9 == 0), int(n % 9 != 0))
             for n in range(700 * SITES) for name in ("posts", "pages", "media")],
        )  # fmt: skip
        many(
            "INSERT INTO upstreams (id, domain, name) VALUES (?, ?, ?)",
            [(n, f"source{n}.example", f"Source {n}") for n in range(1, UPSTREAMS + 1)],
        )
        many(
            "INSERT INTO authors (id, site_id, wp_id, collection, name, fingerprint, valid_from, "
            "first_seen_at, crawl_id, extra) VALUES (?, ?, ?, 'users', ?, 'x', ?, ?, 1, '{}')",
            [(n, n % SITES + 1, n, f"Author {n}", ago(700), ago(700)) for n in range(1, 2001)],
        )
        _media(many, posts, ago)
        _posts(db, many, posts, chance, text, ago)
        _history(many, posts, chance, text, ago)
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path


def _media(many, posts, ago):  # type: ignore[no-untyped-def]
    number = posts // 2
    many(
        "INSERT INTO files (sha256, path, bytes, mime, width, height, first_seen_at) "
        "VALUES (?, ?, 50000, ?, 900, 600, ?)",
        [(f"{n:064x}", f"00/{n:062x}.jpg", "image/jpeg" if n % 20 else "application/pdf",
          ago(n / posts * 1400)) for n in range(1, number + 1)],
    )  # fmt: skip
    many(
        "INSERT INTO media (id, site_id, wp_id, collection, title, alt_text, mime_type, "
        "source_url, date_gmt, fingerprint, valid_from, first_seen_at, crawl_id, extra) VALUES "
        "(?, ?, ?, 'media', 'A picture', 'The coast', 'image/jpeg', ?, ?, 'x', ?, ?, 1, '{}')",
        [(n, n % SITES + 1, 10**6 + n, f"https://site{n % SITES + 1}.example/{n}.jpg", ago(9),
          ago(9), ago(9)) for n in range(1, number + 1)],
    )  # fmt: skip
    many(
        "INSERT INTO media_files (site_id, url, media_id, size, sha256, error, fetched_at) "
        "VALUES (?, ?, ?, 'full', ?, ?, ?)",
        [(n % SITES + 1, f"https://site{n % SITES + 1}.example/{n}.jpg", n,
          f"{n:064x}" if n % 50 else None, None if n % 50 else "missing", ago(9))
         for n in range(1, number + 1)],
    )  # fmt: skip


def _posts(db, many, posts, chance, text, ago):  # type: ignore[no-untyped-def]
    titles = [text(6).capitalize() for _ in range(posts * 19 // 20)]
    rows, words, judged, evidence, used = [], [], [], [], []
    for n in range(1, posts + 1):
        site = chance.randrange(SITES) + 1
        title = titles[n % len(titles)]
        content = "".join(f"<p>{text(60)}.</p>" for _ in range(5))
        published = chance.uniform(0, 1400)
        seen = min(published, 700)
        upstream = chance.randrange(UPSTREAMS) % chance.randrange(1, UPSTREAMS) + 1
        syndicated = n % 3 == 0
        rows.append(
            (n, site, n, f"https://site{site}.example/{n}/", f"https://site{site}.example/?p={n}",
             title, content, ago(published), ago(published), n % 2000 + 1,
             n // 2 if n % 2 == 0 and n <= posts else None, upstream if syndicated else None,
             n - 7 if n % 40 == 8 else None, n % 7 if n % 7 else 1, ago(seen), ago(seen),
             ago(seen / 2) if n % 50 == 0 else None)
        )  # fmt: skip
        words.append((n, *searchable(title, content)))
        if syndicated:
            known = n % 30 == 0
            url = rows[n // 2][3] if known else f"https://source{upstream}.example/{n}"
            judged.append((n, n % 7 if n % 7 else 1, upstream, url))
            evidence += [(n, n % 7 if n % 7 else 1, upstream, url, rule) for rule in ("a", "b")]
        if n % 2 == 0:
            address = f"https://site{n // 2 % SITES + 1}.example/{n // 2}.jpg"
            used += [(n, n // 2, address, role) for role in ("featured", "inline")]
    many(
        "INSERT INTO posts (id, site_id, wp_id, collection, type, status, link, guid, title, "
        "content, date_gmt, modified_gmt, author_id, featured_media_id, upstream_id, original_id, "
        "version, valid_from, first_seen_at, deleted_at, fingerprint, crawl_id, extra) "
        "VALUES (?, ?, ?, 'posts', 'post', 'publish', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "'x', 1, '{}')",
        rows,
    )
    many("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)", words)
    many("INSERT INTO judgements (post_id, version, upstream_id, url, confidence) "
         "VALUES (?, ?, ?, ?, 0.95)", judged)  # fmt: skip
    many("INSERT INTO attributions (post_id, version, upstream_id, url, rule, confidence, quote, "
         "chosen) VALUES (?, ?, ?, ?, ?, 0.9, 'harbour council', 1)", evidence)  # fmt: skip
    many("INSERT INTO post_media (post_id, media_id, url, role) VALUES (?, ?, ?, ?)", used)


def _history(many, posts, chance, text, ago):  # type: ignore[no-untyped-def]
    """Post n has as many earlier versions as its number says: 0 to 5, three on average."""

    def rows():  # type: ignore[no-untyped-def]
        for n in range(1, posts + 1):
            last = n % 7 if n % 7 else 1
            content = f"<p>{text(200)}</p>"
            for version in range(1, last):
                since, until = sorted((chance.uniform(0, 700), chance.uniform(0, 700)))[::-1]
                changed = '["content"]' if chance.random() < 0.02 else '["content", "modified_gmt"]'
                yield (n, version, text(6), content, ago(since + 30), ago(since + 30), n % 2000 + 1,
                       ago(since), ago(until), changed)  # fmt: skip

    many(
        "INSERT INTO post_versions (post_id, version, type, status, title, content, date_gmt, "
        "modified_gmt, author_id, valid_from, valid_to, changed, fingerprint, crawl_id, extra) "
        "VALUES (?, ?, 'post', 'publish', ?, ?, ?, ?, ?, ?, ?, ?, 'x', 1, '{}')",
        rows(),
    )
    # Up to the whole number that was asked for, on the posts that have most.
    many(
        "INSERT OR IGNORE INTO post_versions (post_id, version, type, status, title, content, "
        "date_gmt, modified_gmt, valid_from, valid_to, changed, fingerprint, crawl_id, extra) "
        "SELECT id, ?, type, status, title, content, date_gmt, modified_gmt, valid_from, "
        "first_seen_at, '[\"content\", \"modified_gmt\"]', 'x', 1, '{}' FROM posts "
        "WHERE id % 7 = 6",
        [(100 + step,) for step in range(6)],
    )


PAGES = (
    "/", "/search", "/search?q=harbour", "/search?q=glacier+word9+council&site=site3.example",
    "/search?q=word40&only=edited&since=2025", "/search?only=gone", "/search?only=edited",
    "/search?upstream=source1.example", "/search?type=post&site=site2.example",
    "/search?page=100", "/changes", "/changes?event=edited&site=site4.example",
    "/changes?event=new", "/changes?event=deleted&site=site4.example", "/upstreams",
    "/upstreams/source1.example", "/stories", "/stories/88", "/media", "/media?show=others",
    "/media?site=site5.example", "/media?show=broken", f"/media/{80:064x}", "/sites/site1.example",
    "/posts/6", "/posts/6?version=2", "/posts/6?at=2026-01-01", "/posts/6/content",
    "/posts/6/compare?a=1&b=6", "/posts/6.json", "/queries", "/mirror?sql=select+1",
    "/mirror/posts", "/mirror/posts?site_id=3", "/mirror/post_versions", "/mirror/posts/6",
    "/mirror/attributions", "/mirror/judgements", "/mirror/media_files", "/mirror/crawls",
)  # fmt: skip


def measure(path: Path, rounds: int) -> int:
    code = "import sys; from pathlib import Path; from mirror.browse import serve; "
    code += "serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
    port = 18_471
    process = subprocess.Popen([sys.executable, "-c", code, str(path), str(port)],
                               stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        _wait(port)
        slow = _table("page", PAGES, port, rounds, PAGE_MS)
        asked = [f"/mirror/{query.name}.json" for query in QUERIES]
        slow += _table("query", asked, port, rounds, QUERY_MS)
        status = Path(f"/proc/{process.pid}/status").read_text()
        rss, peak = (int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
                     for name in ("VmRSS", "VmHWM"))  # fmt: skip
        print(f"\nResident memory of the server after that: {rss:.0f} MB (peak {peak:.0f} MB).")
    finally:
        process.terminate()
        process.wait()
    return int(slow > 0 or peak > MEMORY_MB)


def _table(
    kind: str, paths: "list[str] | tuple[str, ...]", port: int, rounds: int, most: int
) -> int:
    print(
        f"\n| {kind} | first, ms | median, ms | slowest after, ms |\n| --- | ---: | ---: | ---: |"
    )
    slow = 0
    for path in paths:
        times = [_ask(f"http://127.0.0.1:{port}{path}") for _ in range(rounds + 1)]
        median = statistics.median(times[1:])
        mark = " (!)" if median > most else ""
        slow += median > most
        print(
            f"| `{path}` | {times[0]:.0f} | {median:.0f}{mark} | {max(times[1:]):.0f} |", flush=True
        )
    return slow


def _ask(url: str) -> float:
    started = time.perf_counter()
    with urllib.request.urlopen(url, timeout=60) as reply:
        body = reply.read()
    assert body
    if url.endswith(".json") and "posts/" not in url:
        assert json.loads(body).get("error") is None, url
    return (time.perf_counter() - started) * 1000


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/versions.json", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="build there, or use what was built there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        path = place / "mirror.db"
        if not path.exists():
            build(place, options.posts)
        db = connect(path)
        posts, versions = (db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                           for table in ("posts", "post_versions"))  # fmt: skip
        db.close()
        print(
            f"{posts:,} posts, {versions:,} earlier versions, {os.path.getsize(path) / 1e6:.0f} MB."
        )
        return measure(path, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
