"""What breaks below us: a small disk, few descriptors, a wrong clock; and a site to be mirrored."""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mirror.demo.server import serve
from mirror.demo.site import Site, sample_site
from tests.mirrored import Mirror, Run
from tests.mockserver.server import add_posts

POSTS = 331  # of the sample site, with the 300 more


class Limited(Mirror):
    """A mirror whose commands run under limits of the kernel (setrlimit(2), through prlimit(1))."""

    def __init__(self, path: Path, *limits: str) -> None:
        super().__init__(path)
        self.limits: Sequence[str] = limits

    def command(self, *arguments: str) -> list[str]:
        prefix = ["prlimit", *self.limits, "--"] if self.limits else []
        return [*prefix, *super().command(*arguments)]


@dataclass(slots=True)
class Disk:
    """A file system of its own, in memory, mounted at `path`."""

    path: Path

    def resize(self, size: str) -> None:
        """Gives it more room, or less."""
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)

    def freeze(self) -> None:
        """Makes it read-only."""
        subprocess.run(["mount", "-o", "remount,ro", self.path], check=True)

    def thaw(self) -> None:
        """Makes it writable."""
        subprocess.run(["mount", "-o", "remount,rw", self.path], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 100 MB. Mounting takes root."""
    path = tmp_path / "disk"
    path.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=100m,mode=755", "tmpfs", str(path)]
    mounted = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"may not mount a file system: {mounted.stderr.strip()}")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "-l", path], check=True)


@pytest.fixture
def site() -> Iterator[Site]:
    """The sample site with 300 posts more: four windows of them, which are read side by side."""
    found = sample_site()
    add_posts(found, 300)
    with serve(found):
        yield found


def said(run: Run) -> str:
    """The one line that a command ended with, on stderr."""
    line = run.stderr.strip().splitlines()[-1]
    assert line.startswith("mirror: ")
    assert "bug" not in line
    return line


def check_whole(mirror: Mirror, url: str) -> None:
    """Whether what was cut short goes on: the next crawl ends with everything, well ordered."""
    again = mirror.crawl(url)
    assert again.exit_code == 0, again.stderr
    assert again.summary["outcome"] == "complete"
    assert len(mirror.ids("posts")) == POSTS
    assert mirror.integrity() == "ok"
    checked = mirror.run("check")
    assert checked.exit_code == 0, checked.stdout
