"""Looking after the files: each against its hash, and those that nobody names."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from mirror.errors import StoreError
from mirror.machine import advice
from mirror.media.folder import Store

CHUNK = 1 << 20
ABANDONED_SECONDS = 30 * 24 * 3600.0  # a partial file that nobody has resumed for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A row of `files`."""

    sha256: str
    path: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file that is not what its row says, and how."""

    held: Held
    message: str


def verify(store: Store, rows: Iterable[Held]) -> Iterator[Damage]:
    """Reads every file and compares length and hash."""
    for held in rows:
        try:
            size, sha256 = _read(store, held.path)
        except StoreError as error:
            yield Damage(held=held, message=str(error) if store.has(held.path) else "is missing")
            continue
        if size != held.bytes:
            yield Damage(held=held, message=f"has {size:,} bytes instead of {held.bytes:,}")
        elif sha256 != held.sha256:
            yield Damage(held=held, message="differs from what was fetched")


def strays(store: Store, known: Set[str]) -> Iterator[tuple[str, int]]:
    """(name, bytes) of files that no row of `files` names."""
    return ((name, size) for name, size in store.names() if name not in known)


def sweep_incoming(store: Store) -> int:
    """Removes what was on its way so long ago that nobody will resume it; returns how many."""
    if not store.incoming.is_dir():
        return 0
    swept = 0
    before = time.time() - ABANDONED_SECONDS
    for path in store.incoming.iterdir():
        if path.suffix in (".part", ".json") and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _read(store: Store, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with store.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise StoreError(f"{name}: {advice(error)}") from error
    return size, digest.hexdigest()
