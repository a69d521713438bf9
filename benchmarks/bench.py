"""What the benchmarks of one run share: how large and how often, and mirrors that are made once."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measuring import Run, crawl
from benchmarks.site import serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """A generated site that is being served, and its mirror.

    `first` is the crawl that made it, `size` the bytes of the database after that, `json_bytes`
    those of the site's posts and media.
    """

    url: str
    posts: int
    json_bytes: int
    db: Path
    first: Run
    size: int

    def ask(self, path: str) -> Any:
        """The JSON at a path of the site."""
        with urllib.request.urlopen(self.url + path) as reply:
            return json.load(reply)

    def command(self, path: str) -> Any:
        """Sends the site a control request (benchmarks/site.py)."""
        with urllib.request.urlopen(urllib.request.Request(self.url + path, b"")) as reply:
            return json.load(reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """`posts` of the largest site, `runs` of whatever varies; `small` leaves out what installs."""

    posts: int
    runs: int
    small: bool
    folder: Path
    _stack: ExitStack
    _made: dict[int, Mirrored] = field(default_factory=dict)

    def part(self, one_in: int) -> int:
        """The posts of a smaller site."""
        return max(20, self.posts // one_in)

    def mirrored(self, posts: int) -> Mirrored:
        """A mirror of so many posts, made by the first who asks; its site stays up."""
        if posts not in self._made:
            site = self._stack.enter_context(serving(posts))
            db = self.folder / f"{posts}.db"
            first = crawl(site["url"], db)
            self._made[posts] = Mirrored(
                url=site["url"], posts=posts, json_bytes=site["json_bytes"],
                db=db, first=first, size=db.stat().st_size,
            )  # fmt: skip
        return self._made[posts]


@contextmanager
def bench(posts: int, runs: int, *, small: bool) -> Iterator[Bench]:
    """A bench whose sites end and whose mirrors are deleted with the block."""
    with TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        yield Bench(posts=posts, runs=runs, small=small, folder=Path(folder), _stack=stack)


@contextmanager
def fresh(bench: Bench) -> Iterator[Path]:
    """An empty folder for one run."""
    with TemporaryDirectory(dir=bench.folder) as folder:
        yield Path(folder)
