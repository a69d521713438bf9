"""Moments as the database writes them: `YYYY-MM-DDTHH:MM:SSZ`, always in UTC."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """A moment as the database writes it.

    >>> timestamp(datetime.fromisoformat("2026-03-01T14:00:00.5+02:00"))
    '2026-03-01T12:00:00Z'
    """
    # Not strftime: what it makes of a year before 1000 has no four digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment(text: str | None) -> datetime | None:
    """The inverse of `timestamp`; None also of what that did not write."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
