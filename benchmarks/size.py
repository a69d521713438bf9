"""The database beside the JSON that was sent: at three sizes, and for each edit.

An edit appends a paragraph to a post; the rows that hold what the post was before are new, and its
place in the full-text index changes. Sizes are counts: other work does not change them.
"""

import json
import sqlite3
from contextlib import closing

from benchmarks.bench import Bench, Mirrored
from benchmarks.measuring import crawl, spread
from benchmarks.report import Report, Table, Target

EDITS = 100  # a round


def measure(bench: Bench) -> Report:
    """The ratio at each size, and what an edit adds."""
    rows: list[tuple[str, ...]] = []
    ratio = 0.0
    for posts in (bench.part(20), bench.part(5), bench.posts):
        made = bench.mirrored(posts)
        ratio = made.size / made.json_bytes
        sizes = [f"{size / 1e6:,.1f}" for size in (made.json_bytes, made.size)]
        rows.append((f"{posts:,}", *sizes, f"{ratio:.2f}"))
    made = bench.mirrored(bench.part(10))
    rounds = [_edit(made, number) for number in range(bench.runs)]
    grew = spread([growth / edits for growth, edits, _ in rounds])
    relative = spread([growth / size for growth, _, size in rounds])
    edits = Table(
        head=(f"edits, of {made.posts:,} posts", "an edit adds kB", "in kB of the post's JSON"),
        rows=[
            (f"{len(rounds)} × {rounds[0][1]}", spread([v / 1000 for v in grew.values]).told(".1f"),
             relative.told(".2f"))
        ],
    )  # fmt: skip
    return Report(
        tables=[Table(head=("posts", "JSON MB", "database MB", "ratio"), rows=rows), edits],
        targets=[
            Target(what="database / JSON, never edited", value=ratio, limit=1.2),
            Target(what="an edit / the post's JSON", value=relative.median, limit=1.2),
        ],
    )


def _edit(made: Mirrored, number: int) -> tuple[int, int, int]:
    """One round of edits and a crawl: growth of the file, edits, and bytes of the edited posts."""
    edits = min(EDITS, made.posts // 10)
    query = f"/wp-json/wp/v2/posts?orderby=id&order=asc&per_page={edits}&offset={number * edits}"
    posts = made.ask(query)
    for post in posts:
        made.command(f"/_edit?id={post['id']}")
    before = _bytes(made)
    crawl(made.url, made.db)
    # As PHP writes it: a slash is two bytes.
    sent = (json.dumps(post, separators=(",", ":")).replace("/", "\\/") for post in posts)
    size = sum(map(len, sent))
    return _bytes(made) - before, edits, size


def _bytes(made: Mirrored) -> int:
    """The size of the database, less what is free in it."""
    with closing(sqlite3.connect(made.db)) as db:
        (size,) = db.execute(
            "SELECT (page_count - freelist_count) * page_size "
            "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        ).fetchone()
    return int(size)
