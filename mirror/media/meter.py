"""What fetching costs, as it is spent: a run may end before it has a summary."""

from typing import Protocol


class Meter(Protocol):
    """Whoever counts. Called on the loop's thread; never blocks."""

    def asked(self) -> None:
        """A request goes out: for a file, to where a redirect leads, for a robots.txt."""

    def received(self, size: int) -> None:
        """So many bytes of a file have come, as they were sent."""


class Unmetered:
    """Nobody counts."""

    def asked(self) -> None:
        """Nothing."""

    def received(self, size: int) -> None:
        """Nothing."""
