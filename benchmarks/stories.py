"""How long it takes to find the same story among many: `python -m benchmarks.stories [POSTS]`.

A mirror of 50 sites is filled with posts of 8 kB of HTML from a vocabulary of 20,000 words; one in
five is a copy of an earlier one, with a credit line and a changed paragraph. Then what `mirror
stories` does is done: all posts for the first time, and after 100 more. Times are the process'
own CPU seconds; the peak is the process' largest memory.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from mirror.store.connection import connect, transaction
from mirror.store.reading.stories import stories
from mirror.store.stories import refresh
from mirror.store.upstream_posts import link

SITES = 50
WORDS = 1_300
PARAGRAPH = 65
POOL = 2_000


def contents(posts: int, seed: int = 1997) -> Iterator[str]:
    """The HTML of posts; every fifth is a copy of one of the latest originals."""
    chosen = random.Random(seed)
    vocabulary = [
        "".join(chosen.choice("abcdefghijklmnoprstuvwyz") for _ in range(chosen.randint(3, 9)))
        for _ in range(20_000)
    ]
    pool: list[list[str]] = []
    for number in range(posts):
        if pool and number % 5 == 0:
            words = list(chosen.choice(pool))
            words[100:180] = chosen.choices(vocabulary, k=60)
            words += f"This post appeared first on site {number % SITES}.".split()
        else:
            words = chosen.choices(vocabulary, k=WORDS)
            if len(pool) < POOL:
                pool.append(words)
            else:
                pool[number % POOL] = words
        cuts = range(0, len(words), PARAGRAPH)
        yield "".join(f"<p>{' '.join(words[at : at + PARAGRAPH])}</p>\n" for at in cuts)


def fill(db: Database, first: int, htmls: Iterator[str]) -> None:
    """Writes posts as rows, in transactions of a thousand; nothing else of a crawl is needed."""
    rows = (
        (number, number % SITES + 1, number, html, f"2026-01-01T00:{number % 60:02}:00Z")
        for number, html in enumerate(htmls, first)
    )
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO posts (id, site_id, wp_id, collection, type, extra, fingerprint, "
            "valid_from, first_seen_at, crawl_id, content, date_gmt) VALUES "
            "(?, ?, ?, 'posts', 'post', '{}', '', '', '2026-01-01T00:00:00Z', 1, ?, ?)",
            rows,
        )


def main(posts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Path(folder) / "mirror.db", write=True)
        with transaction(db):
            for site in range(1, SITES + 1):
                db.execute(
                    "INSERT INTO sites (id, url, host, first_seen_at) VALUES (?, ?, ?, '')",
                    [site, f"https://s{site}.org", f"s{site}.org"],
                )
            db.execute(
                "INSERT INTO crawls (id, site_id, mode, started_at) VALUES (1, 1, 'full', '')"
            )
        fill(db, 1, contents(posts))
        for name, more in (("all", 0), ("100 more", 100)):
            fill(db, posts + 1, contents(more, seed=7 if more else 0))
            start = time.process_time()
            done = refresh(db)
            link(db)
            taken = time.process_time() - start
            print(f"{name}: {done.signed:,} signed, {done.stories:,} stories, {taken:.1f} s")
        start = time.process_time()
        listed = sum(1 for _ in stories(db, limit=20))
        print(f"{listed} stories listed in {time.process_time() - start:.2f} s")
        db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{posts:,} posts; peak {peak:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
