"""One run a database: an advisory lock that dies with its process.

`flock` on a file beside the database. The kernel lets go of it when the process ends, however it
ends, so a stale lock cannot exist; the file itself stays beside its database, and says who holds
the lock. Reading a mirror takes no lock. SQLite's WAL does not work on network file systems
(https://sqlite.org/wal.html, "all processes … must be on the same host"), nor is `flock` there what
it says: they are refused.
"""

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from mirror.errors import LockedError, StoreError
from mirror.machine import advice
from mirror.moments import timestamp

POLL_SECONDS = 0.5

# File systems whose files live on another machine, as /proc/self/mountinfo names them.
NETWORK = frozenset(
    (
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "lustre", "gpfs",
        "glusterfs", "9p", "beegfs", "orangefs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph",
        "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.davfs2", "davfs",
    )
)  # fmt: skip


@contextmanager
def locked(db: Path, *, wait: float | None = 0) -> Iterator[None]:
    """Holds the lock of a database while the block runs.

    `wait`: seconds to wait for another run to end, None for as long as it takes. Raises
    LockedError, with who holds it and since when, and StoreError for a network file system or a
    folder that cannot be written.
    """
    path = lock_path(db)
    descriptor = _held(db, path, None if wait is None else time.monotonic() + wait)
    try:
        _sign(descriptor)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
            if not db.exists():  # there is nothing to be locked
                with suppress(OSError):
                    path.unlink()
    finally:
        os.close(descriptor)


def lock_path(db: Path) -> Path:
    """The file beside a database that its lock is on: one, whichever link leads to it."""
    db = db.resolve()
    return db.with_name(f"{db.name}.lock")


def holder(path: Path) -> str:
    """Who holds a lock, in words: `process 4711 on host since 2026-03-01T02:00:00Z`."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return f"process {said['pid']} on {said['host']} since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _held(db: Path, path: Path, until: float | None) -> int:
    """The file, open and locked: the one that is there, not one that was taken away meanwhile."""
    while True:
        descriptor = _open(db, path)
        try:
            _acquire(descriptor, path, until)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _open(db: Path, path: Path) -> int:
    try:
        db.parent.mkdir(parents=True, exist_ok=True)
        kind = file_system(db.parent)
        if kind in NETWORK:
            raise StoreError(
                f"{db} is on a network file system ({kind}), where SQLite cannot keep several "
                "readers and a writer apart: put the database on a local disk"
            )
        # Not inherited by child processes (PEP 446), which would hold it on after our end.
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {advice(error)}") from error


def _acquire(descriptor: int, path: Path, until: float | None) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                raise StoreError(f"{path} cannot be locked: {advice(error)}") from error
        if until is not None and time.monotonic() >= until:
            raise LockedError(
                f"another run holds the lock: {holder(path)}; wait for it with --wait"
            )
        time.sleep(POLL_SECONDS)


def _sign(descriptor: int) -> None:
    """Writes who we are, for whoever is refused."""
    since = timestamp(datetime.now(UTC))
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
    # A full disk is no reason not to begin: what needs room will say so, and the lock is held.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def file_system(folder: Path, mounts: str | None = None) -> str:
    """The type of the file system that a folder is on; empty where the system does not tell.

    `mounts`: the text of /proc/self/mountinfo (proc(5)); read if not given.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    wanted = folder.resolve()
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = Path(_unescaped(fields[4]))
        # A later mount on the same point hides the earlier one.
        if wanted.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ", 1)[0]
    return kind


def _unescaped(path: str) -> str:
    """A mount point as proc(5) writes it: blank, tab, newline and backslash in octal."""
    for escaped, plain in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        path = path.replace(escaped, plain)
    return path
