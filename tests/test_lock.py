"""One run a database; the lock dies with its process."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirror.errors import LockedError, StoreError
from mirror.lock import NETWORK, file_system, holder, lock_path, locked

HOLD = """
import sys, time
from pathlib import Path
from mirror.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(db: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(db), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_second_run_is_refused_with_who_and_since_when(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    other = hold(db, 60)
    try:
        with pytest.raises(LockedError) as refused, locked(db):
            pass
    finally:
        end(other)
    assert refused.value.exit_code == 75
    assert f"process {other.pid} on " in str(refused.value)
    assert " since 20" in str(refused.value)


def test_two_ways_to_a_database_lead_to_one_lock(tmp_path: Path) -> None:
    db, link = tmp_path / "real" / "mirror.db", tmp_path / "link.db"
    db.parent.mkdir()
    db.touch()
    link.symlink_to(db)
    with locked(db), pytest.raises(LockedError), locked(link):
        pass


def test_it_dies_with_its_process_however_that_ends(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    other = hold(db, 60)
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    assert json.loads(lock_path(db).read_text())["pid"] == other.pid
    with locked(db):
        assert f"process {os.getpid()} " in holder(lock_path(db))


def test_waiting_gets_it_when_the_other_ends(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    other = hold(db, 0.8)
    started = time.monotonic()
    with locked(db, wait=None):
        assert time.monotonic() - started > 0.3
    other.communicate()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    other = hold(db, 60)
    try:
        with pytest.raises(LockedError), locked(db, wait=0.6):
            pass
    finally:
        end(other)


def test_it_is_let_go_after_an_error_and_can_be_had_again(tmp_path: Path) -> None:
    db = tmp_path / "deep" / "mirror.db"
    with pytest.raises(ZeroDivisionError), locked(db):
        raise ZeroDivisionError
    with locked(db):
        db.touch()
    assert lock_path(db).read_text() == ""


def test_no_lock_is_left_where_there_is_no_database(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    with locked(db):
        assert lock_path(db).exists()
    assert list(tmp_path.iterdir()) == []


def test_who_waited_for_a_lock_that_was_taken_away_has_the_next(tmp_path: Path) -> None:
    """Else a third would make a file of its own, and both would hold a lock."""
    db = tmp_path / "mirror.db"
    with locked(db):
        patient = HOLD.replace("argv[1])", "argv[1]), wait=60")
        command = [sys.executable, "-c", patient, str(db), "60"]
        waiting = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        time.sleep(2)
    try:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "held\n"
        with pytest.raises(LockedError), locked(db):
            pass
    finally:
        end(waiting)


def test_a_child_process_does_not_keep_it(tmp_path: Path) -> None:
    db = tmp_path / "mirror.db"
    with locked(db):
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        with locked(db):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"), locked(tmp_path / "file" / "mirror.db"):
        pass


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/share rw,relatime shared:20 master:1 - nfs4 server:/export rw,vers=4.2
31 22 0:41 / /mnt/share/local rw - xfs /dev/vdb rw
32 22 0:42 / /mnt/with\\040blank rw - fuse.sshfs host:/ rw
33 22 0:43 / /mnt/over rw - ext4 /dev/vdc rw
34 22 0:44 / /mnt/over rw - cifs //server/share rw
garbage
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/mirror", "ext4"),
        ("/mnt/share/a/b", "nfs4"),
        ("/mnt/share/local/a", "xfs"),
        ("/mnt/sharemore", "ext4"),
        ("/mnt/with blank/x", "fuse.sshfs"),
        ("/mnt/over/x", "cifs"),
    ],
)
def test_the_file_system_of_a_folder(folder: str, kind: str) -> None:
    assert file_system(Path(folder), MOUNTS) == kind
    assert (kind in NETWORK) is (kind not in ("ext4", "xfs"))


def test_a_network_file_system_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.lock.file_system", lambda _: "nfs4")
    with (
        pytest.raises(StoreError, match=r"network file system \(nfs4\).*local disk"),
        locked(tmp_path / "mirror.db"),
    ):
        pass
    assert not lock_path(tmp_path / "mirror.db").exists()
