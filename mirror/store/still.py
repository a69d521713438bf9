"""Reading a mirror beside which nothing can be written.

SQLite reads by way of an index of the log, which it makes beside the file (sqlite.org/wal.html,
section 5). Where this account may not, and there is no log, the file can be read as one that nobody
writes (`immutable=1`). Another account may write it all the same, or this one by another mount, and
SQLite would not notice: it would take old pages together with new ones. So what was read is to be
believed only if the file has stood still meanwhile.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from mirror.errors import StoreError


@dataclass(frozen=True, slots=True)
class Still:
    """A file that is read as if nobody wrote it, as it was before it was opened."""

    path: Path
    state: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether nobody has written it since."""
        # In this order: a log that has come and gone has changed the file.
        try:
            return not _beside(self.path, "wal").exists() and _state(self.path) == self.state
        except OSError:
            return False


def still(path: Path) -> Still | None:
    """What stands for a file that has to be read as if nobody wrote it; None for any other.

    Raises StoreError where this account can read it in neither way.
    """
    file = path.resolve()
    if not os.access(file, os.R_OK):
        raise StoreError(f"{path}: this account may not read it: check its permissions")
    if os.access(file.parent, os.W_OK):
        return None
    found = Still(file, _state(file))  # before the log is looked for: it may come at any moment
    log, index = _beside(file, "wal"), _beside(file, "shm")
    if not log.exists():
        return found
    if os.access(log, os.R_OK) and os.access(index, os.R_OK):
        return None
    raise StoreError(
        f"{path}: its latest changes are in {log.name}, which only an account that may write to "
        "its folder can read: run this as such a one"
    )


def address(path: Path, as_still: Still | None) -> str:
    """The URI by which SQLite reads a file."""
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if as_still else ''}"


def _state(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _beside(file: Path, what: str) -> Path:
    return file.with_name(f"{file.name}-{what}")
