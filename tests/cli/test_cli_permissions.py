"""A mirror that this account may read and not write, or not even read."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mirror.store.connection import connect
from mirror.store.reading.changes import changes
from tests.browse.sites import unused_port
from tests.cli.conftest import first_day

NOBODY = 65534


def as_nobody(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program, as an account that permissions hold for: root may do everything."""
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return subprocess.run(
        [*(prefix if os.geteuid() == 0 else []), *words],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment},
    )  # fmt: skip


def program(db: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return as_nobody(sys.executable, "-m", "mirror", *words, MIRROR_DB=str(db))


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A mirror in a folder that only its owner may write. pytest's folders are root's alone."""
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may do everything, and there is no setpriv(1) to be somebody else")
        if as_nobody(sys.executable, "-c", "import mirror, sqlite_utils").returncode:
            pytest.skip("another account may not read this program")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mirror.db"
        db = connect(path, write=True)
        first_day(db)
        db.close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        try:
            yield path
        finally:
            path.parent.chmod(0o755)


@pytest.mark.parametrize(
    "words",
    [["status"], ["search", "harbour"], ["changes"], ["stories", "--stored"], ["check"]],
    ids=lambda words: words[0],
)
def test_what_may_be_read_is_read(theirs: Path, words: list[str]) -> None:
    found = program(theirs, *words)
    assert found.returncode == 0, found.stderr
    assert [path.name for path in theirs.parent.iterdir()] == ["mirror.db"]


def test_what_may_be_read_is_shown(theirs: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\n"
        "from mirror.browse import application\n"
        "app = application(pathlib.Path(sys.argv[1]))\n"
        "print(asyncio.run(app.client.get('/')).text)\n"
    )
    found = as_nobody(sys.executable, "-c", program, str(theirs))
    assert "gazette.example" in found.stdout, found.stderr


def test_the_changes_of_a_crawl_in_progress_are_read(theirs: Path) -> None:
    """Its log and the index of that are there, and can be read."""
    theirs.parent.chmod(0o755)
    theirs.chmod(0o644)
    db = connect(theirs, write=True)
    try:
        db.execute("UPDATE posts SET title = 'Ferries, at last' WHERE wp_id = 2")
        theirs.parent.chmod(0o555)
        assert "Ferries, at last" in program(theirs, "show", "gazette.example:2").stdout
    finally:
        db.close()


def test_changes_that_only_a_writer_can_read_are_said(theirs: Path) -> None:
    theirs.parent.chmod(0o755)
    theirs.with_name("mirror.db-wal").write_bytes(b"")
    theirs.parent.chmod(0o555)
    found = program(theirs, "status")
    assert found.returncode == 3
    assert "its latest changes are in mirror.db-wal, which only an account that may" in found.stderr


def test_a_list_that_may_be_wrong_is_said(
    mirrored: Path, mirror: Any, reading_only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account writes while this one reads what it takes for still."""

    def overtaken(*words: Any, **options: Any) -> Iterator[Any]:
        yield from changes(*words, **options)
        with closing(connect(mirrored, write=True)) as db:
            db.execute("UPDATE sites SET description = 'another'")

    assert mirror("changes").code == 0
    monkeypatch.setattr("mirror.cli.commands.changes.changes", overtaken)
    found = mirror("changes")
    assert found.code == 3
    assert "was written while it was read" in found.err
    assert found.err.count("\n") == 1


def test_stories_say_that_they_write(theirs: Path) -> None:
    found = program(theirs, "stories")
    assert found.returncode == 3
    assert "permission denied" in found.stderr
    assert "--stored only reads" in found.stderr


@pytest.mark.parametrize(
    "words", [["status"], ["browse", "-p", str(unused_port())]], ids=lambda w: w[0]
)
def test_what_may_not_be_read_is_said(theirs: Path, words: list[str]) -> None:
    theirs.chmod(0o000)
    found = program(theirs, *words)
    assert found.returncode == 3
    assert found.stderr.endswith("this account may not read it: check its permissions\n")
