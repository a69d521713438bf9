"""Where files are kept: a folder on this machine, or what `mirror.media.bucket` reaches."""

import filecmp
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from mirror.errors import StoreError
from mirror.machine import advice
from mirror.media.incoming import FOLDER
from mirror.media.names import sha256_of


class Store(Protocol):
    """A place for files by name (`names.path_of`). Every method raises StoreError if it fails.

    `incoming` is a folder of this machine for files on their way.
    """

    incoming: Path

    def keep(self, file: Path, name: str) -> None:
        """Takes a whole, synced file from `incoming` and gives it its name, in one step."""

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def open(self, name: str) -> BinaryIO:
        """The file, to be read."""

    def names(self) -> Iterator[tuple[str, int]]:
        """(name, bytes) of every file kept."""

    def remove(self, name: str) -> None:
        """Removes a file; no error if it is not there."""

    def local(self, name: str) -> Path | None:
        """The file's path on this machine, if it has one."""


class Folder:
    """A folder: `ab/cd….jpg`, and `.incoming/` for what is on its way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.incoming = path / FOLDER

    def keep(self, file: Path, name: str) -> None:
        """Renames the file, which POSIX does in one step; of two with the same bytes one stays.

        One that was damaged meanwhile is replaced.
        """
        target = self.path / name
        try:
            if target.is_file() and filecmp.cmp(target, file, shallow=False):
                file.unlink()
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise StoreError(f"{target}: {advice(error)}") from error

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return (self.path / name).is_file()

    def open(self, name: str) -> BinaryIO:
        """The file, to be read."""
        try:
            return (self.path / name).open("rb")
        except OSError as error:
            raise StoreError(f"{self.path / name}: {advice(error)}") from error

    def names(self) -> Iterator[tuple[str, int]]:
        """(name, bytes) of every file kept. What does not have our names is not ours."""
        for folder in sorted(self.path.glob("[0-9a-f][0-9a-f]")):
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = f"{folder.name}/{entry.name}"
                    if sha256_of(name) is not None and entry.is_file(follow_symlinks=False):
                        yield name, entry.stat(follow_symlinks=False).st_size

    def remove(self, name: str) -> None:
        """Removes a file; no error if it is not there."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path / name}: {advice(error)}") from error

    def local(self, name: str) -> Path | None:
        """The file's path."""
        return self.path / name


def store_at(place: str, *, beside: Path) -> Store:
    """The store that a config names: a folder, or `s3://bucket/prefix`.

    Files on their way to a bucket lie `beside` the database. Raises ConfigError.
    """
    if place.startswith("s3://"):
        from mirror.media.bucket import Bucket

        return Bucket(place, beside / FOLDER)
    return Folder(Path(place))


def _sync_folder(path: Path) -> None:
    """Brings a new name to the disk. File systems that cannot are as safe as they are."""
    with suppress(OSError):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
