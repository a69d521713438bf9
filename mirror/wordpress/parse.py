"""JSON out of what WordPress sites really send: marks, notices and comments around it.

Servers put a byte order mark or PHP notices before the value, and caches put comments behind it.
The first complete object or array is the value; what stood around it is named, never silently lost.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import orjson

from mirror.wordpress import literals

BOM = b"\xef\xbb\xbf"
# Deeper than any block tree or plugin blob seen in the wild, and shallow enough for every
# recursive reader after us (Python recurses 1,000).
MOST_DEEP = 200
# Brackets that might open the value and do not: no notice has more of them.
MOST_TRIES = 1000

UnreadableKind = Literal["empty", "truncated", "html", "not-json", "too-deep"]


class Unreadable(Exception):
    """Raised when a body holds no JSON object or array."""

    def __init__(self, kind: UnreadableKind, message: str) -> None:
        super().__init__(message)
        self.kind: UnreadableKind = kind
        self.message = message


@dataclass(frozen=True, slots=True)
class Decoded:
    """A JSON object or array, and what was cut away or replaced to get it, in words."""

    value: Any
    noise: tuple[str, ...] = ()


def decode(body: bytes) -> Decoded:
    """The first complete JSON object or array in a body. At most `MOST_DEEP` levels deep.

    Nothing in it is changed: numbers that Python has no exact value for are `literals.Literal`s,
    and lone surrogates stay. Bytes that are no UTF-8 are no text: they become U+FFFD.

    Raises `Unreadable` where there is none.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _dig(body)
    if not isinstance(value, dict | list):
        raise Unreadable("not-json", f"a bare value, not an object or a list: {_quote(body[:200])}")
    if len(body) > 2 * MOST_DEEP and _too_deep(value):
        raise Unreadable("too-deep", f"JSON of more than {MOST_DEEP} levels")
    if literals.may_hold(body):
        value = literals.exactly(body.decode())
    return Decoded(value)


def _too_deep(value: Any) -> bool:
    """Whether containers nest deeper than MOST_DEEP, of what orjson has read.

    orjson gives up writing beyond some depth, and finds that at a tenth of the price of looking
    into every container here: so many are put around the value that MOST_DEEP are left for it.
    """
    for _ in range(_writes_deep() - MOST_DEEP):
        value = [value]
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return True
    return False


@cache
def _writes_deep() -> int:
    """How many levels orjson writes: 254 or 255, as releases differ."""
    value: list[Any] = []
    for levels in range(1, 1000):
        try:
            orjson.dumps(value)
        except orjson.JSONEncodeError:
            return levels - 1
        value = [value]
    return levels


def _dig(body: bytes) -> Decoded:
    """The slow path: for bodies that are not one clean JSON value."""
    noise: list[str] = []
    if body.startswith(BOM):
        body = body.removeprefix(BOM)
        noise.append("a byte order mark before the JSON")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode(errors="replace")
        noise.append("bytes that are not UTF-8 (replaced by U+FFFD)")
    text = text.replace("\ufeff", " ", 1) if text.lstrip().startswith("\ufeff") else text
    if not text.strip("\0 \t\r\n"):
        raise Unreadable("empty", "an empty body")
    if re.match(r"\s*<(?:!doctype|html|head|body|\?xml)\b", text, re.IGNORECASE):
        raise Unreadable("html", f"a page, not JSON: {_quote(_title(text))}")
    start, end, value = _first_value(text)
    for where, cut in (("before", text[:start]), ("after", text[end:])):
        if cut.strip():
            noise.append(f"{len(cut.encode())} bytes {where} the JSON: {_quote(cut)}")
    return Decoded(value, tuple(noise))


def _first_value(text: str) -> tuple[int, int, Any]:
    """Where the value starts and ends, and the value."""
    spare: tuple[int, int, Any] | None = None
    openings = _Openings(text)
    begins = len(text) - len(text.lstrip())
    for _ in range(MOST_TRIES):
        if (start := openings.next()) is None:
            break
        # What stands inside a candidate is none: a broken list must not be read as its first row.
        openings.at = end = _end(text, start)
        try:
            value = literals.exactly(text[start:end])
        except ValueError:
            continue
        found = (start, end, value)
        # `[]` in a PHP notice is not the list, unless nothing better follows.
        if _looks_sent(value) or start == begins:
            return found
        spare = spare or found
    if spare:
        return spare
    if text.lstrip().startswith("<"):
        raise Unreadable("html", f"markup, not JSON: {_quote(text)}")
    raise Unreadable("not-json", f"no JSON in: {_quote(text)}")


def _looks_sent(value: Any) -> bool:
    """Whether WordPress would send this: an object, or a list of objects, with something in it."""
    return bool(value) and (isinstance(value, dict) or isinstance(value[0], dict))


_OPENER = re.compile(
    r"""<(?P<element>script|style)\b|(?P<comment><!--)"""
    r"""|\[(?=\s*[\[{"\]])|\{(?=\s*["}])|\A\s*[\[{]""",
    re.IGNORECASE,
)


class _Openings:
    """Places where the value may open. Scripts, styles and comments before it are passed over."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.unclosed: set[str] = set()

    def next(self) -> int | None:
        while match := _OPENER.search(self.text, self.at):
            self.at = match.end()
            if not (match["element"] or match["comment"]):
                return match.end() - 1
            close = f"</{match['element'].lower()}" if match["element"] else "-->"
            if close not in self.unclosed:
                behind = self.text.find(close, self.at)
                if behind < 0:
                    self.unclosed.add(close)
                else:
                    self.at = behind + len(close)
        return None


_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[{]|[\]}]', re.DOTALL)


def _end(text: str, start: int) -> int:
    """The index behind the bracket that closes the one at `start`.

    Raises `Unreadable` ("truncated", "too-deep") where it is not closed or nests too deeply.
    """
    depth = 0
    for match in _TOKEN.finditer(text, start):
        if match[0] in "[{":
            depth += 1
            if depth > MOST_DEEP:
                raise Unreadable("too-deep", f"JSON of more than {MOST_DEEP} levels")
        elif match[0] in "]}":
            depth -= 1
            if not depth:
                return match.end()
        elif not match[1]:
            break
    raise Unreadable("truncated", f"the JSON breaks off after {len(text) - start} characters")


def _title(text: str) -> str:
    match = re.search(r"<title[^<>]*>([^<]{0,200})", text[:100_000], re.IGNORECASE)
    return match[1] if match and match[1].strip() else text


def _quote(raw: str | bytes) -> str:
    """The beginning of something foreign, on one line."""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    text = " ".join(text[:400].split())
    text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return text[:80] + ("…" if len(text) > 80 else "")
