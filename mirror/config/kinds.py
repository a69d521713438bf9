"""The kinds of values that settings take: what each expects, in words, and how it is read.

A kind's `read` returns the value, or raises ValueError with a hint to the nearest right spelling,
or with nothing.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, Protocol
from urllib.parse import urlsplit

Interval = timedelta | Literal["auto"]

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_LOOSE = re.compile(r"\s*(\d{1,6})\s*([a-z]*)\s*", re.ASCII | re.IGNORECASE)
_WORDS = {"second": "s", "sec": "s", "minute": "m", "min": "m", "hour": "h", "hr": "h",
          "day": "d", "week": "w"}  # fmt: skip


class Kind(Protocol):
    """A kind of value."""

    @property
    def expected(self) -> str:
        """What it must be, after "expected"."""

    def read(self, value: Any) -> Any:
        """The value, from TOML or, as text, from an environment variable."""


def duration(text: str) -> timedelta:
    """A span of time such as `90s`, `30m`, `6h`, `1d` or `1w`. Raises ValueError with a hint.

    >>> duration("6h")
    datetime.timedelta(seconds=21600)
    """
    if match := _DURATION.fullmatch(text):
        return timedelta(seconds=int(match[1]) * UNITS[match[2]])
    raise ValueError(_meant(text))


def _meant(text: str) -> str:
    loose = _LOOSE.fullmatch(text)
    if not loose:
        return ""
    word = loose[2].lower()
    unit = _WORDS.get(word.removesuffix("s"), word if word in UNITS else "")
    return f'did you mean "{int(loose[1])}{unit}"?' if unit else f'such as "{int(loose[1])}h"'


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time within bounds, or `auto` where that is allowed."""

    least: str
    most: str
    auto: bool = False

    @property
    def expected(self) -> str:
        forms = 'a time such as "30m", "6h", "1d" or "1w"' + (', or "auto"' if self.auto else "")
        return f"{forms}, from {self.least} to {self.most}"

    def read(self, value: Any) -> Interval:
        if self.auto and value == "auto":
            return "auto"
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError
        span = duration(str(value))
        if not duration(self.least) <= span <= duration(self.most):
            raise ValueError
        return span


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    expected: ClassVar[str] = "true or false"

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            raise ValueError(f"write {value.lower()} without quotes")
        raise ValueError


@dataclass(frozen=True, slots=True)
class Media:
    """Which media files: none, those that posts use, or all."""

    expected: ClassVar[str] = 'true or false, or "linked" or "all"'

    def read(self, value: Any) -> bool | Literal["linked"]:
        if value == "linked":
            return "linked"
        return True if value == "all" else Flag().read(value)


@dataclass(frozen=True, slots=True)
class Types:
    """Patterns of MIME types."""

    expected: ClassVar[str] = 'a list of types such as ["image/*", "application/pdf"]'

    def read(self, value: Any) -> tuple[str, ...]:
        types = Words().read(value)
        for one in types:
            if not re.fullmatch(r"[a-z*]+/[a-z0-9*.+-]+", one):
                known = {"pictures": "image/*", "images": "image/*", "pdf": "application/pdf",
                         "audio": "audio/*", "video": "video/*"}  # fmt: skip
                meant = known.get(one.lower().lstrip("."))
                raise ValueError(f'did you mean "{meant}"?' if meant else "")
        return types


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds."""

    least: float
    most: float
    whole: bool = False

    @property
    def expected(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:g}"

    def read(self, value: Any) -> float:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", value):
            raise ValueError(f"write {value} without quotes")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError
        if not math.isfinite(value) or not self.least <= value <= self.most:
            raise ValueError
        if self.whole and value != int(value):
            raise ValueError
        return int(value) if self.whole else float(value)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a site."""

    expected: ClassVar[str] = 'the address of a site, such as "https://example.com"'

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or re.search(r"[\s\x00-\x1f]", value):
            raise ValueError
        try:
            parts = urlsplit(value)
            named, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError from None
        if not parts.scheme or "://" not in value:
            raise ValueError(f'did you mean "https://{value.lstrip("/")}"?')
        if parts.scheme.lower() not in ("http", "https"):
            raise ValueError("only http and https are mirrored")
        if parts.username is not None or parts.password is not None:
            raise ValueError("no user or password may stand in it")
        if not named:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a site's owner can reach whoever mirrors it."""

    expected: ClassVar[str] = 'a "mailto:…" or "https://…" address'

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable() or " " in value:
            raise ValueError
        if re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https?://[^/\s]+\S*", value):
            return value
        if re.fullmatch(r"[^@\s:]+@[^@\s]+", value):
            raise ValueError(f'did you mean "mailto:{value}"?')
        raise ValueError


@dataclass(frozen=True, slots=True)
class Words:
    """A list of texts."""

    expected: ClassVar[str] = 'a list such as ["posts", "pages"]'

    def read(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            listed = ", ".join(f'"{word}"' for word in re.split(r"[,\s]+", value) if word)
            raise ValueError(f"did you mean [{listed}]?" if listed else "")
        if not isinstance(value, list) or not value:
            raise ValueError
        if not all(isinstance(word, str) and word.strip() for word in value):
            raise ValueError
        return tuple(value)


@dataclass(frozen=True, slots=True)
class Hook:
    """Whom to tell: a web address, or a program with its arguments."""

    expected: ClassVar[str] = 'an "https://…" address, or a command such as ["notify", "--now"]'

    def read(self, value: Any) -> str | tuple[str, ...]:
        if isinstance(value, list):
            return Words().read(value)
        if not isinstance(value, str) or not value.isprintable() or " " in value:
            words = value.split() if isinstance(value, str) else []
            listed = ", ".join(f'"{word}"' for word in words if word.isprintable())
            raise ValueError(f"did you mean [{listed}]?" if listed else "")
        if not re.fullmatch(r"https?://[^/\s@]+(/\S*)?", value):
            raise ValueError(f'did you mean ["{value}"]?' if ":" not in value else "")
        return value


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a password is read from. What else stands there may be the password: never shown."""

    expected: ClassVar[str] = (
        '"env:NAME" or "file:PATH", which say where the password is; never the password itself'
    )
    secret: ClassVar[bool] = True

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError
        if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S[^\x00-\x1f]*", value):
            raise ValueError
        return value


_SIZES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes."""

    expected: ClassVar[str] = 'a size such as "500MB" or "2GB"'

    def read(self, value: Any) -> int:
        match = re.fullmatch(r"(\d{1,6}) ?([kMGT]B)", value) if isinstance(value, str) else None
        if match is None:
            loose = re.fullmatch(r"\s*(\d{1,6})\s*([kmgt])i?b?\s*", str(value), re.IGNORECASE)
            units = {unit[0].lower(): unit for unit in _SIZES}
            raise ValueError(
                f'did you mean "{loose[1]}{units[loose[2].lower()]}"?' if loose else ""
            )
        return int(match[1]) * _SIZES[match[2]]


@dataclass(frozen=True, slots=True)
class Line:
    """A text on one line."""

    expected: str = "a text on one line"

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ValueError
        return value


def nearest(word: str, known: Sequence[str]) -> str:
    """`did you mean …?`, or nothing where nothing is near.

    >>> nearest("evry", ["every", "media"])
    'did you mean "every"?'
    """
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f'did you mean "{close[0]}"?' if close else ""
