"""Numbers as they were written, where Python's and JSON's own would not give them back.

PHP writes integers of any size (`JSON_BIGINT_AS_STRING` is no output option), and plugins that
build their JSON by hand write NaN, Infinity or `1e400`. Each is kept by its text. The store's JSON
stays JSON: there, such a number is `{"$json": "1e400"}`; should a site send an object with this one
key, it is wrapped once more, as `{"$json": {"$json": …}}`.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

KEY = "$json"
# As it stands in compact JSON; in a string, its quotes would be escaped.
MARK = f'"{KEY}":'

# What a double and orjson give back whatever it is: 15 digits; a point may stand between them.
_SAFE = 15
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789." else ord(" ") for byte in range(256))
_LONG = b"0" * (_SAFE + 1)


class Literal(float):
    """A number with its text; its value is the nearest that Python has."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Literal":
        """From a JSON number, or NaN, Infinity, -Infinity. Raises ValueError for anything else."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]
        return (self.text,)

    def __repr__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        """By text: NaN equals itself, and `1e400` is not `1e500`."""
        return self.text == other.text if isinstance(other, Literal) else float(self) == other

    __hash__ = float.__hash__


def may_hold(body: bytes) -> bool:
    """Whether JSON may hold a number that orjson would round: one of many digits.

    A run of digits may stand in a string as well. Fractions below 5e-324 are not found: they are
    read as zero.
    """
    return _LONG in body.translate(_DIGITS)


def exactly(text: str) -> Any:
    """The value of a JSON text, and of what Python takes besides. Raises ValueError."""
    return json.loads(
        text, strict=False, parse_int=_integer, parse_float=_fraction, parse_constant=Literal
    )


def _integer(text: str) -> int | Literal:
    fits = len(text) <= 20 and -(2**63) <= int(text) < 2**64
    return int(text) if fits else Literal(text)


def _fraction(text: str) -> float:
    value = float(text)
    if len(text) <= _SAFE and math.isfinite(value):
        return value
    try:
        same = math.isfinite(value) and Decimal(repr(value)) == Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        same = False
    return value if same else Literal(text)


def spelled(value: Any) -> Any:
    """A value with its literals as objects that any JSON can hold; `read` is the inverse."""
    if isinstance(value, float):
        if isinstance(value, Literal) or not math.isfinite(value):
            return {KEY: value.text if isinstance(value, Literal) else json.dumps(value)}
        return value
    if type(value) is int and not -(2**63) <= value < 2**64:
        return {KEY: str(value)}
    if isinstance(value, Mapping):
        inner = {key: spelled(part) for key, part in value.items()}
        return {KEY: inner} if inner.keys() == {KEY} else inner
    return [spelled(part) for part in value] if isinstance(value, list) else value


def read(value: Any) -> Any:
    """The inverse of `spelled`."""
    if isinstance(value, list):
        return [read(part) for part in value]
    if not isinstance(value, dict):
        return value
    inner = value.get(KEY) if len(value) == 1 else None
    if isinstance(inner, str):
        return Literal(inner)
    if isinstance(inner, dict):
        value = inner
    return {key: read(part) for key, part in value.items()}
