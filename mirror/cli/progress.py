"""How a crawl goes on, for whoever waits: bars on a terminal, lines in a pipe, or nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mirror.cli.text import one_line
from mirror.progress import CrawlSummary, Unwatched, Watcher

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# In a pipe: a line a collection at most so often, and one when it is done.
LINE_SECONDS = 10.0


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watcher]:
    """A watcher for stderr as it is."""
    if quiet:
        yield Unwatched()
    elif sys.stderr.isatty():
        with _bars() as progress:
            yield Bars(progress)
    else:
        yield Lines()


class Lines(Unwatched):
    """Progress as lines: `example.com posts 1,200 of 20,000`."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[float, int]] = {}

    def started(self, site: str) -> None:
        click.echo(f"{one_line(site)} started", err=True)

    def collection(self, site: str, name: str, done: int, reported: int | None) -> None:
        now = time.monotonic()
        said, before = self._last.setdefault((site, name), (now, -1))
        ended = reported is not None and done >= reported
        if done != before and (ended or now - said >= LINE_SECONDS):
            self._last[site, name] = (now, done)
            of = "" if reported is None else f" of {reported:,}"
            click.echo(f"{one_line(site)} {one_line(name)} {done:,}{of}", err=True)

    def note(self, site: str, text: str) -> None:
        click.echo(f"{one_line(site)} {one_line(text)}", err=True)


class Bars(Unwatched):
    """Progress as bars: done of reported, rate and time left of each collection."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def started(self, site: str) -> None:
        self._task(site, "", None)

    def collection(self, site: str, name: str, done: int, reported: int | None) -> None:
        task = self._task(site, name, reported)
        self._progress.update(task, completed=done, total=reported)

    def note(self, site: str, text: str) -> None:
        self._progress.console.print(f"{one_line(site)} {one_line(text)}", style="yellow")

    def finished(self, summary: CrawlSummary) -> None:
        self._progress.refresh()  # what was reached is seen once, however quick the crawl was
        for (site, name), task in list(self._tasks.items()):
            if site == summary.site:
                self._progress.remove_task(task)
                del self._tasks[site, name]

    def _task(self, site: str, name: str, reported: int | None) -> "TaskID":
        """The bar of a collection; a site's first takes the place of the one that had none."""
        waiting = self._tasks.pop((site, ""), None)
        if (site, name) not in self._tasks:
            if waiting is not None and name:
                self._progress.remove_task(waiting)
            label = f"{one_line(site)} {one_line(name) or 'looking for WordPress'}"
            self._tasks[site, name] = self._progress.add_task(label, total=reported, speed="")
        return self._tasks[site, name]


def _bars() -> "Progress":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from mirror.cli.output import console

    class Rate(ProgressColumn):
        """Objects a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed else "", style="dim")

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
