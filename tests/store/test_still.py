"""A mirror beside which this account may not write: what is read is right, or it is told."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from mirror.backup import back_up
from mirror.cli.commands.gc import held_by
from mirror.errors import StoreError
from mirror.store import held
from mirror.store.connection import connect


@pytest.fixture
def path(tmp_path: Path, reading_only: None) -> Path:
    """A mirror beside which nothing may be written."""
    path = tmp_path / "mirror.db"
    connect(path, write=True).close()
    return path


def write(path: Path, name: str) -> Database:
    db = connect(path, write=True)
    db.execute("DELETE FROM sites")
    db.execute(
        "INSERT INTO sites (url, host, first_seen_at) VALUES (?1, ?1, '2026-03-01T00:00:00Z')",
        [name],
    )
    return db


def hosts(db: Database) -> list[str]:
    return [host for (host,) in db.execute("SELECT host FROM sites")]


def test_what_stands_still_is_believed(path: Path) -> None:
    write(path, "a.example").close()
    with closing(connect(path)) as db:
        assert db.still is not None
        assert hosts(db) == ["a.example"]
        db.believe()


def test_changes_in_a_log_are_read(path: Path) -> None:
    with closing(write(path, "a.example")), closing(connect(path)) as db:
        assert db.still is None
        assert hosts(db) == ["a.example"]
        db.believe()


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_written_meanwhile_is_not_believed(path: Path, ended: bool) -> None:
    with closing(connect(path)) as db:
        assert hosts(db) == []
        writer = write(path, "a.example")
        if ended:  # and what was in the log is in the file
            writer.close()
            assert not path.with_name("mirror.db-wal").exists()
        with pytest.raises(StoreError, match="was written while it was read"):
            db.believe()
        writer.close()


def test_another_file_in_its_place_is_not_believed(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    write(other, "a.example").close()
    with closing(connect(path)) as db:
        other.replace(path)
        with pytest.raises(StoreError, match="was written while it was read"):
            db.believe()


def test_a_log_without_its_index_is_not_passed_over(path: Path) -> None:
    path.with_name("mirror.db-wal").write_bytes(b"")
    with pytest.raises(StoreError, match=r"its latest changes are in mirror\.db-wal"):
        connect(path)


def test_no_file_goes_and_no_copy_stays_by_what_is_not_believed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(db: Database) -> Iterator[held.HeldFile]:
        write(path, "a.example").close()
        return iter(())

    monkeypatch.setattr("mirror.cli.commands.gc.held.everything", everything)
    with pytest.raises(StoreError, match="was written while it was read"):
        held_by([path])

    def copy_into(db: Database, unfinished: Path) -> None:
        write(path, "b.example").close()

    monkeypatch.setattr("mirror.backup.copy_into", copy_into)
    with pytest.raises(StoreError, match="was written while it was read"):
        back_up(path, None, tmp_path / "copy")
    assert not (tmp_path / "copy" / "mirror.db").exists()
