"""WHEN: a moment as people write it. Always UTC, as all times in a mirror are."""

import re
from datetime import UTC, datetime, timedelta

import click

from mirror.moments import timestamp

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,6})\s*(m|h|d|w)(?:in(?:ute)?s?|ours?|ays?|eeks?)?(?:\s+ago)?", re.I)
_DAYS = {"today": 0, "yesterday": 1}
FORMS = "a date (2026-03-01), a time (2026-03-01T12:00), 7d, 12h, 2w, today or yesterday"


def parse_when(text: str, now: datetime) -> str:
    """A moment in the past, as the database writes it. Raises ValueError for what is none.

    >>> now = datetime(2026, 3, 8, 12, tzinfo=UTC)
    >>> parse_when("7d", now), parse_when("yesterday", now)
    ('2026-03-01T12:00:00Z', '2026-03-07T00:00:00Z')
    >>> parse_when("2026-03-01 14:00+02:00", now)
    '2026-03-01T12:00:00Z'
    """
    word = text.strip().lower()
    if word == "now":
        return timestamp(now)
    if word in _DAYS:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return timestamp(midnight - timedelta(days=_DAYS[word]))
    try:
        if ago := _AGO.fullmatch(word):
            return timestamp(now - timedelta(**{_UNITS[ago[2][0].lower()]: int(ago[1])}))
        moment = datetime.fromisoformat(text.strip())
        return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time: give {FORMS}") from None


class When(click.ParamType[str]):
    """A moment, read as `parse_when` does."""

    name = "WHEN"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        try:
            return parse_when(str(value), datetime.now(UTC))
        except ValueError as error:
            self.fail(str(error), param, ctx)
