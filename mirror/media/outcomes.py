"""What is asked for, and what can come of it. Values only."""

from dataclasses import dataclass

from mirror.media.incoming import Part
from mirror.media.sniff import FileType


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOrder:
    """An address, with the validators of what is held of it, if anything."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole file, checked, on the disk but without its final name yet. `part` is to be closed.

    `received` is what came over the network in this attempt (bytes); `part.bytes` the file's size.
    """

    part: Part
    sha256: str
    file_type: FileType
    size: tuple[int, int] | None
    status: int
    etag: str | None
    last_modified: str | None
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """304: what is held is what the address still has."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No file, and why: `error` is one of docs/media.md's outcomes, `message` the particulars.

    `retry_after` is how long the host wishes to be left alone (seconds).
    """

    error: str
    message: str
    status: int | None = None
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Not asked for: its host is left alone for now."""


Outcome = Fetched | Unchanged | Failed | Postponed


class Refusal(Exception):
    """Raised while receiving, for what `Failed` says in the end."""

    def __init__(self, error: str, message: str, *, keep: bool = False) -> None:
        """`keep`: what has come so far may be of use to a later attempt."""
        super().__init__(message)
        self.error = error
        self.keep = keep
