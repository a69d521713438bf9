"""A database that is damaged, locked, cut short, or no mirror at all: one line, and what to do."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mirror.demo.site import Site
from tests.faults.conftest import check_whole, said
from tests.mirrored import CHECKOUT, Mirror

READING = (
    ["status"], ["changes"], ["search", "harbour"], ["upstreams"], ["check"], ["show", "1"],
    ["history", "1"], ["explain", "1"], ["backup", "copy"],
)  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path, site: Site) -> Mirror:
    """A whole mirror, with a backup of it beside it."""
    mirror = Mirror(tmp_path / "mirror.db")
    assert mirror.crawl(site.url).exit_code == 0
    assert mirror.run("backup", str(tmp_path / "backup")).exit_code == 0
    return mirror


def overwrite(path: Path, begin: float, end: float) -> None:
    """Writes garbage over a part of a file, given in shares of its length."""
    body = bytearray(path.read_bytes())
    at, to = int(len(body) * begin), int(len(body) * end)
    body[at:to] = bytes(n * 37 % 251 for n in range(to - at))
    path.write_bytes(body)


def cut(path: Path) -> None:
    """Leaves the first half."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "its beginning": lambda path: overwrite(path, 0, 0.001),
    "its first pages": lambda path: overwrite(path, 0.0001, 0.05),
    "its middle": lambda path: overwrite(path, 0.4, 0.6),
    "all but its header": lambda path: overwrite(path, 0.0002, 1),
    "its second half": cut,
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database(damage: str, kept: Mirror, site: Site) -> None:
    DAMAGES[damage](kept.path)
    for command in (*READING, ["crawl", site.url]):
        run = kept.run(*command)
        assert "bug" not in run.stderr, (command, run.stderr)
        if run.exit_code == 0:
            continue  # it did not come by the damaged pages
        if command != ["check"] or not run.stdout:
            beheaded = "not a SQLite database" in said(run)
            assert run.exit_code == (2 if beheaded else 3)
            assert beheaded or "damaged" in said(run), command
    check = kept.run("check")
    assert (check.exit_code, check.stdout.startswith("check")) in ((1, True), (2, False))
    # What the message advises.
    for name in ("mirror.db", "mirror.db-wal", "mirror.db-shm"):
        kept.path.with_name(name).unlink(missing_ok=True)
    (copy,) = (kept.path.parent / "backup").glob("*.db")
    copy.replace(kept.path)
    check_whole(kept, site.url)


@pytest.mark.slow
def test_a_log_that_is_garbage(kept: Mirror, site: Site) -> None:
    """SQLite reads a write-ahead log as far as its checksums go: garbage is none of it."""
    kept.path.with_name("mirror.db-wal").write_bytes(b"\x37\x7f\x06\x82" + b"garbage" * 5000)
    check_whole(kept, site.url)


@pytest.mark.slow
def test_a_database_that_another_program_holds(kept: Mirror, site: Site) -> None:
    program = (
        "import sys; import mirror.store.connection as c; c.BUSY_SECONDS = 1.0;"
        "from mirror.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "--db", str(kept.path)]
    with closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in (["crawl", site.url], ["vacuum"]):
            run = subprocess.run(
                [*command, *words], capture_output=True, text=True, check=False, cwd=CHECKOUT
            )
            assert run.returncode == 3, (words, run.stderr)
            last = run.stderr.splitlines()[-1]
            assert "another program holds it locked; try again when that has ended" in last
        assert kept.run("status").exit_code == 0
        other.execute("ROLLBACK")
    check_whole(kept, site.url)


@pytest.mark.slow
@pytest.mark.parametrize("body", [b"", b"\0" * 4096, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_yet(body: bytes, tmp_path: Path, site: Site) -> None:
    """An empty file, as a crash of the machine leaves it, is as good as none."""
    mirror = Mirror(tmp_path / "mirror.db")
    mirror.path.write_bytes(body)
    run = mirror.crawl(site.url)
    if body:
        assert run.exit_code == 2
        assert "not a SQLite database" in said(run)
        assert mirror.path.read_bytes() == body
    else:
        check_whole(mirror, site.url)
