"""What can go wrong so that a user must hear of it: each error knows its exit code.

A bug is not among them: it crashes with a traceback. Expected trouble with one object or one file
is not either: it becomes a row in `failures`, and the crawl goes on.
"""

from collections.abc import Sequence
from typing import Literal

SiteErrorKind = Literal[
    "unsaid",
    "absent",  # no REST API at any of the usual places
    "refused",  # there is one, but not for us
    "challenge",  # it wants a browser
    "rate-limited",  # it asks to come back later
    "elsewhere",  # it points to another host
    "failing",  # no usable answer
]


class MirrorError(Exception):
    """Something that the user can understand and act on, in one line."""

    exit_code = 1


class ConfigError(MirrorError):
    """Raised for a wrong option, argument or key of `mirror.toml`."""

    exit_code = 2


class SiteError(MirrorError):
    """Raised when nothing of a site could be mirrored."""

    exit_code = 3

    def __init__(
        self, message: str, trail: Sequence[str] = (), *, kind: SiteErrorKind = "unsaid"
    ) -> None:
        """`trail`: the places that were asked and what each answered, one line each."""
        super().__init__(message)
        self.trail = tuple(trail)
        self.kind = kind

    @property
    def leave_alone(self) -> bool:
        """Whether nothing else is to be asked of this site: not its feeds either."""
        return self.kind in ("challenge", "rate-limited", "elsewhere", "failing")


class DiscoveryError(SiteError):
    """Raised when none of the six signals leads to a REST root."""


class RefusedError(SiteError):
    """Raised when a site refuses: 401, 403, robots.txt, a challenge page."""


class ProtocolError(SiteError):
    """Raised when a reply cannot be what WordPress sends."""


class StoreError(MirrorError):
    """Raised when the database cannot be opened, read or written: an operator has to know."""

    exit_code = 3


class NoMirrorError(StoreError):
    """Raised when the file that was named is not there, or is anything but a mirror."""

    exit_code = 2


class LockedError(MirrorError):
    """Raised when another run holds the database's lock."""

    exit_code = 75
