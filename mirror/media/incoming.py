"""Files on their way: written under a name of their own, hashed as they come, resumable.

A file that may be resumed has a note beside it: of which address, and of which state of it
(its validator). Without a note a partial file is worth nothing and is written anew.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mirror.errors import StoreError
from mirror.machine import advice

FOLDER = ".incoming"
CHUNK = 1 << 20
WORTH_RESUMING = 1 << 20  # bytes; below that, asking anew is cheaper than keeping notes
HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a partial file is part of.

    `validator` is a strong ETag or a Last-Modified date, `total` the size of the whole (bytes).
    """

    url: str
    validator: str
    total: int


class Busy(Exception):
    """Raised by `Part.open` if another run is writing the very same file."""


class Part:
    """One file being received. In the end it is `moved`, or `close`d: kept only if resumable.

    Every method raises StoreError where the disk fails.
    """

    def __init__(self, path: Path, file: BinaryIO, note: Note | None) -> None:
        self.path = path
        self.note = note
        self.bytes = 0
        self.head = b""
        self._file = file
        self._hash = hashlib.sha256()

    @classmethod
    def open(cls, folder: Path, url: str) -> "Part":
        """Opens the file for an address, empty or to be resumed: `reread` it if it has a `note`.

        Raises Busy.
        """
        path = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.part"
        with _told(path):
            folder.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b")
            if not _own(file, path):
                file.close()
                raise Busy(f"{path} is being written by another run")
            # A note without bytes says nothing, and most files are new.
            part = cls(path, file, _read_note(path) if file.tell() else None)
        if part.note is None or part.note.url != url:
            part.restart()
        return part

    def restart(self) -> None:
        """Forgets what is there."""
        with _told(self.path):
            self._note_path.unlink(missing_ok=True)
            self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.note, self.bytes, self.head = None, 0, b""

    def reread(self) -> None:
        """Hashes what is there, which takes a while. Of a file that is whole already all but one
        byte: an empty range cannot be asked for."""
        assert self.note is not None
        with _told(self.path):
            if os.fstat(self._file.fileno()).st_size >= self.note.total:
                self._file.truncate(self.note.total - 1)
            self._file.seek(0)
            while chunk := self._file.read(CHUNK):
                self._took(chunk)

    def keep_note(self, note: Note) -> None:
        """Makes the file resumable from here on."""
        if note != self.note:
            text = json.dumps(asdict(note))
            with _told(self.path):
                self._note_path.write_text(text, encoding="utf-8")
            self.note = note

    def write(self, chunk: bytes) -> None:
        """Appends bytes."""
        with _told(self.path):
            self._file.write(chunk)
        self._took(chunk)

    @property
    def sha256(self) -> str:
        """The hash of all bytes so far."""
        return self._hash.hexdigest()

    def flush(self) -> None:
        """Makes all bytes visible to who reads `path`."""
        with _told(self.path):
            self._file.flush()

    def sync(self) -> None:
        """Brings the bytes to the disk, so that a name given now is never that of half a file.

        What the disk did not take is not resumed: Linux forgets which bytes were lost, and reports
        it only once (fsync(2), EIO).
        """
        with _told(self.path):
            self._file.flush()
            try:
                os.fsync(self._file.fileno())
            except OSError:
                self.restart()
                raise

    def close(self, *, keep: bool = False) -> None:
        """Lets go of the file; it stays for another run if `keep` and if it is resumable."""
        with _told(self.path):
            if not keep or self.note is None:
                if self.note is not None:
                    self._note_path.unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)
            self._file.close()

    def moved(self) -> None:
        """To be called when `path` has got its final name: lets go of the file and its note."""
        with _told(self.path):
            if self.note is not None:
                self._note_path.unlink(missing_ok=True)
            self._file.close()

    @property
    def _note_path(self) -> Path:
        return self.path.with_suffix(".json")

    def _took(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.bytes += len(chunk)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path.parent}: {advice(error)}") from error


def _own(file: BinaryIO, path: Path) -> bool:
    """Locks the file for this run, if nobody else has it and it still has its name."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _read_note(path: Path) -> Note | None:
    try:
        found: Any = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return Note(
            url=str(found["url"]), validator=str(found["validator"]), total=int(found["total"])
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
