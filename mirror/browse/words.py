"""How values are said in templates: dates, counts, sizes, titles; and where the menu leads."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from mirror.content import plain
from mirror.counted import counted

NAVIGATION = (
    ("/", "Home"),
    ("/search", "Posts"),
    ("/changes", "Changes"),
    ("/upstreams", "Upstreams"),
    ("/stories", "Stories"),
    ("/media", "Media"),
    ("/queries", "Questions"),
)

_STEPS = ((60, "minutes"), (60, "hours"), (24, "days"), (30, "months"), (12, "years"))


def moment(stamp: str | None) -> datetime | None:
    """A time of the database (`YYYY-MM-DDTHH:MM:SS`, a `Z` or not), or None if it is none."""
    try:
        return datetime.fromisoformat((stamp or "")[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def day(stamp: str | None) -> Markup:
    """A date: `3 Mar 2026`, with the exact time for whoever points at it."""
    at = moment(stamp)
    return _time(at, f"{at.day} {at:%b %Y}") if at else escape(stamp or "–")


def clock(stamp: str | None) -> Markup:
    """A date and a time: `3 Mar 2026, 14:05`."""
    at = moment(stamp)
    return _time(at, f"{at.day} {at:%b %Y, %H:%M}") if at else escape(stamp or "–")


def ago(stamp: str | None, now: datetime | None = None) -> Markup:
    """How long ago, roughly: `3 days ago`. The future is given as a date."""
    at = moment(stamp)
    if at is None:
        return escape(stamp or "–")
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    if seconds < 0:
        return clock(stamp)
    return _time(at, _roughly(seconds))


def span(hours: float | None) -> str:
    """A length of time.

    >>> [span(h) for h in (0.3, 5.2, 50, 24 * 800, None)]
    ['18 minutes', '5 hours', '2 days', '26 months', '–']
    """
    if hours is None:
        return "–"
    if hours < 1:
        return counted(round(hours * 60), "minutes")
    if hours < 48:
        return counted(round(hours), "hours")
    days = hours / 24
    return counted(round(days), "days") if days < 90 else counted(round(days / 30.4), "months")


def count(number: float | None) -> str:
    """
    >>> count(1234567), count(None)
    ('1,234,567', '–')
    """
    return "–" if number is None else f"{number:,}"


def size(amount: float | None) -> str:
    """Bytes.

    >>> size(999), size(1_500_000)
    ('999 B', '1.5 MB')
    """
    if amount is None:
        return "–"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def share(value: float | None) -> str:
    """
    >>> share(0.973), share(None)
    ('97 %', '–')
    """
    return "–" if value is None else f"{value * 100:.0f} %"


def outward(address: str | None) -> Markup:
    """An address as a link if it leads to the web, else as text: upstream may send anything."""
    text = address or ""
    shown = text if len(text) <= 90 else f"{text[:89]}…"
    if not text.startswith(("http://", "https://")):
        return escape(shown)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(text, shown)


def titled(title: str | None) -> str:
    """A title as text; a post without one has to be called something."""
    return plain(title or "")[:300] or "Untitled"


def _roughly(seconds: float) -> str:
    amount, name = seconds / 60, "minutes"
    if amount < 1:
        return "just now"
    for (_, unit), (limit, _) in zip(_STEPS, (*_STEPS[1:], (10**9, "")), strict=True):
        name = unit
        if amount < limit:
            break
        amount /= limit
    return f"{counted(int(amount), name)} ago"


def _time(at: datetime, text: str) -> Markup:
    exact = at.isoformat(" ", "seconds")[:19]
    # Digits, and names of months: nothing in it could need escaping.
    stamp = f"{exact[:10]}T{exact[11:]}Z"
    return Markup(f'<time datetime="{stamp}" title="{exact} UTC">{text}</time>')  # noqa: S704


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "clock": clock,
    "ago": ago,
    "span": span,
    "count": count,
    "counted": counted,
    "size": size,
    "share": share,
    "outward": outward,
    "titled": titled,
    "plain": lambda text: plain(text or ""),
}
