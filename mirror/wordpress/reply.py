"""What a server answered, as a value: status, headers, body, and what the headers say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# No WordPress counts more rows than this in one collection; what claims more, lies.
MOST_ROWS = 1_000_000_000
# 68 years: RFC 9111 1.2.2 lets a recipient cap `Age` at 2^31 seconds; more is nonsense.
MOST_SECONDS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, after redirects: `url` is where it came from at last.

    `headers` has lower-case names; a header sent several times is joined with `, `. A failure of
    the network has `status` 0 and says in `error` what happened. `redirected_from` are the
    addresses asked before `url`, the first one first.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    error: str | None = None
    redirected_from: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """A header's value without white space around it; empty where it was not sent."""
        return self.headers.get(name.lower(), "").strip()

    @property
    def date(self) -> datetime | None:
        """The server's clock when it made this reply: `Date` less `Age` (RFC 9111 5.1), in UTC."""
        sent = http_date(self.header("date"))
        if sent is None:
            return None
        age = natural(self.header("age"), MOST_SECONDS) or 0
        try:
            return sent - timedelta(seconds=age)
        except OverflowError:
            return sent

    @property
    def total(self) -> int | None:
        """`X-WP-Total`: the rows that the query counts, hidden ones included; None if not sane."""
        return natural(self.header("x-wp-total"), MOST_ROWS)

    @property
    def pages(self) -> int | None:
        """`X-WP-TotalPages`: the total by the page size that was really used, or None."""
        return natural(self.header("x-wp-totalpages"), MOST_ROWS)

    def retry_after(self, now: datetime | None = None) -> float | None:
        """Seconds to wait as `Retry-After` asks (RFC 9110 10.2.3: seconds or a date), uncapped.

        A date is compared with `now`, or with the server's own clock where that is None.
        """
        value = self.header("retry-after")
        if value.isascii() and value.isdigit():
            seconds = float(value[:400])
            return seconds if math.isfinite(seconds) else None
        until = http_date(value)
        now = now or self.date
        if until is None or now is None:
            return None
        return max(0.0, (until - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """An HTTP date in any of the three forms of RFC 9110 5.6.7 as UTC, or None."""
    try:
        when = parsedate_to_datetime(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def natural(text: str, most: int) -> int | None:
    """A header's integer from 0 to `most`, or None. `7, 7` (sent twice) is 7."""
    values = {part.strip() for part in text.split(",")}
    if len(values) != 1:
        return None
    value = values.pop()
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        return None
    number = int(value)
    return number if number <= most else None
