"""A copy of a mirror that is whole: the database first, then the media files that it names."""

import errno
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mirror.errors import ConfigError, StoreError
from mirror.machine import advice
from mirror.store import held
from mirror.store.connection import connect
from mirror.store.held import HeldFile
from mirror.store.upkeep import copy_into

MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup came to: the copy's path and size, and what became of each media file.

    `missing` are files that the database names but that are not in the media folder.
    """

    database: Path
    bytes: int
    linked: int = 0
    copied: int = 0
    present: int = 0
    missing: int = 0


def back_up(db: Path, media: str | None, folder: Path, *, copy: bool = False) -> Backup:
    """Copies a mirror into a folder, in the place of an older copy when the new one is whole.

    `media` is the folder of media files; None, or an S3 address, leaves them out. Raises
    StoreError when there is no mirror, or the folder cannot be written, and ConfigError when it is
    the mirror's own.
    """
    target = folder / db.name
    if target.resolve() == db.resolve():
        raise ConfigError(f"{folder} is where the mirror itself lies: give another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows = _copy_database(db, target)
        counts = dict.fromkeys(("linked", "copied", "present", "missing"), 0)
        if media is not None and not media.startswith("s3://"):
            for fate in _copy_files(rows, Path(media), folder / MEDIA, copy=copy):
                counts[fate] += 1
        return Backup(database=target, bytes=target.stat().st_size, **counts)
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: {advice(error)}") from error


def _copy_database(db: Path, target: Path) -> list[HeldFile]:
    """Writes beside the target, then takes its place; the media files that the copy names."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    source = connect(db)
    try:
        copy_into(source, unfinished)
        source.believe()
    finally:
        source.close()
    copied = connect(unfinished)
    try:
        rows = list(held.everything(copied))
    finally:
        copied.close()
    # A journal of the older copy would be applied to the new one.
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    unfinished.replace(target)
    return rows


def _copy_files(
    rows: Iterable[HeldFile], source: Path, target: Path, *, copy: bool
) -> Iterable[str]:
    """What becomes of each file. A file's name is its content's hash: what is there is right."""
    for row in rows:
        origin, place = source / row.path, target / row.path
        if not place.resolve().is_relative_to(target.resolve()):
            raise StoreError(f"{row.path} leads out of the media folder: see `mirror check`")
        if place.exists() and place.stat().st_size == row.bytes:
            yield "present"
        elif not origin.is_file():
            yield "missing"
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            yield _copy_file(origin, place, copy=copy)


def _copy_file(origin: Path, place: Path, *, copy: bool) -> str:
    unfinished = place.with_name(f".{place.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    fate = "copied" if copy or not _linked(origin, unfinished) else "linked"
    if fate == "copied":
        shutil.copy2(origin, unfinished)
    unfinished.replace(place)
    return fate


def _linked(origin: Path, place: Path) -> bool:
    """Makes a hard link where the file systems allow one."""
    try:
        os.link(origin, place)
    except OSError as error:
        if error.errno in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            return False
        raise
    return True
