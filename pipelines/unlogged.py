"""What Scrapy need not say."""

from typing import Any

from scrapy.logformatter import LogFormatter


class Unlogged(LogFormatter):
    """Says nothing of items: a debug line each, with the whole object, at a cost when unread too.

    Stored and dropped items are counted, and failures are rows; those that break are still logged.
    """

    def scraped(self, *_: Any) -> None:  # type: ignore[override]
        """No line."""

    def dropped(self, *_: Any) -> None:  # type: ignore[override]
        """No line."""
