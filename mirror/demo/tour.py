"""`mirror demo`: the main job from end to end on a bundled site, in a few seconds."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text
from sqlite_utils import Database

from mirror import crawl
from mirror.cli.commands.changes import line
from mirror.cli.commands.explain import heading, reason
from mirror.cli.diffs import render
from mirror.cli.output import console, title_of
from mirror.cli.summary import text as summary_text
from mirror.config.settings import media_beside
from mirror.content import Content
from mirror.demo.site import sample_site, second_day, serve
from mirror.differences import differences
from mirror.errors import ConfigError, MirrorError
from mirror.lock import locked
from mirror.progress import CrawlOrder, CrawlSummary, Unwatched
from mirror.store.connection import connect
from mirror.store.reading.changes import changes
from mirror.store.reading.posts import versions
from mirror.store.reading.sites import site_urls
from mirror.store.reading.upstreams import explanation, upstreams
from mirror.urls import host_of

DEFAULT = Path("mirror-demo.db")
# In the file's header (SQLite's `application_id`): what may be taken away without asking.
MARK = int.from_bytes(b"demo")
# A version holds from one second to a later one.
TICK_SECONDS = 1.1
TEXTS = ("title", "content")
SHOWN_EDITS, SHOWN_UPSTREAMS = 2, 2


def run(db: Path | None = None, *, quiet: bool = False) -> None:
    """Mirrors the sample site twice, with a day in between, and prints what came of it.

    Raises ConfigError when the file is there already and is anything but an earlier demo, and
    MirrorError when it was stopped from outside.
    """
    path = db or DEFAULT
    _refuse_others(path)
    out = console()
    out.quiet = quiet
    site = sample_site()
    with locked(path), serve(site) as served:
        _make_room(path)
        order = CrawlOrder(url=served.url)

        def days() -> Iterator[Sequence[CrawlOrder]]:
            yield [order]
            if watcher.unread is not None:
                return
            time.sleep(TICK_SECONDS)
            second_day(site)
            yield [order]

        _title("A sample site is mirrored, whole", out)
        watcher = _Day(out)
        crawl.run(days(), db=path, watcher=watcher, settings=_settings(path))
        if watcher.unread is not None:
            raise watcher.unread
        if watcher.is_cut_short:
            raise MirrorError("the demo was stopped before its end: the next one begins anew")
    mirror = connect(path)
    try:
        _show_changes(mirror, watcher.summaries[-1], out)
        _show_edits(mirror, watcher.summaries[-1], out)
        _show_upstreams(mirror, out)
    finally:
        mirror.close()
    _show_next(path, out)


class _Day(Unwatched):
    """Prints each crawl's summary when it ends, and that a day has passed before the second.

    `unread`: that nobody reads on (`mirror demo | head`). Raised from here, it would be Scrapy's.
    """

    def __init__(self, out: Console) -> None:
        self.summaries: list[CrawlSummary] = []
        self.unread: BrokenPipeError | None = None
        self._out = out

    @property
    def is_cut_short(self) -> bool:
        """Whether the demo did not get to the end of its second day."""
        return len(self.summaries) < 2 or self.summaries[-1].outcome == "interrupted"

    def started(self, site: str) -> None:
        if self.summaries:
            self._print(
                _titled("A day later: an edit, a deletion, a new post. It is mirrored again")
            )

    def finished(self, summary: CrawlSummary) -> None:
        self.summaries.append(summary)
        brief = summary if len(self.summaries) == 1 else replace(summary, coverage=[])
        self._print(summary_text(brief))

    def _print(self, text: Text) -> None:
        try:
            self._out.print(text)
        except BrokenPipeError as error:
            self.unread = error


def _refuse_others(path: Path) -> None:
    """Raises ConfigError when the file is there and is anything but an earlier demo."""
    if not path.exists():
        return
    try:
        # Not `connect`: a demo of an older version may go too.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as earlier:
            (mark,) = earlier.execute("PRAGMA application_id").fetchone()
            urls = site_urls(Database(earlier)) if mark == MARK else ()
    except sqlite3.Error:
        mark, urls = None, ()
    # Who goes on with it has other sites in it, too, maybe on this very machine.
    if mark != MARK or len(urls) > 1 or any(host_of(url) != "127.0.0.1" for url in urls):
        raise ConfigError(f"{path} is there, and is no demo: name another file with --db")


def _make_room(path: Path) -> None:
    """Takes an earlier demo away, and marks the one to come."""
    _refuse_others(path)  # again: whoever held the lock may have made it something else
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with closing(connect(path, write=True)) as db:
        db.execute(f"PRAGMA application_id = {MARK}")


def _settings(path: Path) -> dict[str, str]:
    return {"MIRROR_MEDIA": str(media_beside(path))}


def _title(text: str, out: Console) -> None:
    out.print(_titled(text))


def _titled(text: str) -> Text:
    return Text(f"\n{text}", style="bold blue")


def _show_changes(mirror: Database, summary: CrawlSummary, out: Console) -> None:
    _title("What changed", out)
    for change in reversed(list(changes(mirror, crawl_id=summary.crawl_id))):
        out.print(line(change))


def _show_edits(mirror: Database, summary: CrawlSummary, out: Console) -> None:
    edited = changes(mirror, crawl_id=summary.crawl_id, kind="post", event="edited")
    for change in list(edited)[:SHOWN_EDITS]:
        history = versions(mirror, change.row_id)
        before, after = history[change.version - 2], history[change.version - 1]
        _title(f"Word by word: {title_of(after.object)}", out)
        found = differences(before.object, after.object)
        for text in render([field for field in found if field.field in TEXTS]):
            out.print(text)


def _show_upstreams(mirror: Database, out: Console) -> None:
    _title("Who published it first, and how we know", out)
    for place, upstream in enumerate(list(upstreams(mirror))[:SHOWN_UPSTREAMS]):
        if place:
            out.print()
        found = explanation(mirror, upstream.example)
        out.print(heading(found))
        content = Content(found.content).text
        for evidence in found.evidence:
            out.print(reason(evidence, content))


def _show_next(path: Path, out: Console) -> None:
    option = f" --db {path}"
    _title("Now look around", out)
    for command, text in (
        (f"mirror browse{option}", "in a web browser"),
        (f"mirror changes{option}", "what happened, when"),
        (f"mirror search{option} harbour", "full text"),
        ("mirror crawl https://a-wordpress-site", "a site of yours"),
    ):
        out.print(Text.assemble("  ", (f"{command:<44}", "bold"), (text, "dim")))
