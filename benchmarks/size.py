"""The database beside the JSON that was sent: at three sizes, and for each edit.

An edit appends a paragraph to a post; the rows that hold what the post was before are new, and its
place in the full-text index changes. That is merged when every tenth post was edited, which makes
the rounds unlike: what counts is the growth over all of them, in which half of the posts are edited
and several merges fall. Sizes are those of the file, and counts: other work does not change them.
"""

import json

from benchmarks.bench import Bench, Mirrored
from benchmarks.measuring import crawl
from benchmarks.report import Report, Table, Target

EDITED = 20  # one in so many, a round


def measure(bench: Bench) -> Report:
    """The ratio at each size, and what an edit adds."""
    rows: list[tuple[str, ...]] = []
    ratio = 0.0
    for posts in (bench.part(20), bench.part(5), bench.posts):
        made = bench.mirrored(posts)
        ratio = made.size / made.json_bytes
        sizes = [f"{size / 1e6:,.1f}" for size in (made.json_bytes, made.size)]
        rows.append((f"{posts:,}", *sizes, f"{ratio:.2f}"))
    made = bench.mirrored(bench.part(50))
    rounds = [_edit(made, number) for number in range(2 * bench.runs)]
    growth, edits, sent = (sum(counts) for counts in zip(*rounds, strict=True))
    of_round = [grown / size for grown, _, size in rounds]
    edited = Table(
        head=(f"edits, of {made.posts:,} posts", "an edit adds kB", "in kB of the post's JSON",
              "round by round"),
        rows=[
            (f"{len(rounds)} × {rounds[0][1]}", f"{growth / edits / 1000:.1f}",
             f"{growth / sent:.2f}", f"{min(of_round):.2f}–{max(of_round):.2f}")
        ],
    )  # fmt: skip
    return Report(
        tables=[Table(head=("posts", "JSON MB", "database MB", "ratio"), rows=rows), edited],
        targets=[
            Target(what="database / JSON, never edited", value=ratio, limit=1.2),
            Target(what="an edit / the post's JSON", value=growth / sent, limit=1.2),
        ],
    )


def _edit(made: Mirrored, number: int) -> tuple[int, int, int]:
    """One round of edits and a crawl: growth of the file, edits, and bytes of the edited posts."""
    edits = made.posts // EDITED
    route = "/wp-json/wp/v2/posts?orderby=id&order=asc"
    posts = made.ask(f"{route}&per_page={edits}&offset={number * edits % made.posts}")
    for post in posts:
        made.command(f"/_edit?id={post['id']}")
    before = made.db.stat().st_size
    crawl(made.url, made.db)
    # As PHP writes it: a slash is two bytes.
    sent = (json.dumps(post, separators=(",", ":")).replace("/", "\\/") for post in posts)
    size = sum(map(len, sent))
    return made.db.stat().st_size - before, edits, size
