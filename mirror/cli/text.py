"""Text from upstream made fit for a terminal: it may not move the cursor, nor lie about its order.

Escape sequences in a title could rewrite the screen or the clipboard; bidirectional overrides make
text read as what it is not (CVE-2021-42574). Both are shown as what they are, `\\x1b` or `\\u202e`.
"""

import json
import re
from dataclasses import asdict, is_dataclass
from typing import Any

# C0 and C1 controls, DEL, line separators, bidirectional controls, interlinear marks, the byte
# order mark, lone surrogates and invisible tag characters. Tab and newline have their own rules.
_UNFIT = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
    r"\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_UNFIT_TEXT = re.compile(_UNFIT)
_SPACE = re.compile(r"\s+")


def _show(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: str) -> str:
    """Text of many lines, fit for a terminal.

    >>> clean("a\\x1b[2Jb\\r\\nc")
    'a\\\\x1b[2Jb\\nc'
    """
    return _UNFIT_TEXT.sub(_show, text.replace("\r\n", "\n"))


def one_line(text: str | None) -> str:
    """The same on one line: any white space becomes one blank.

    >>> one_line(" Two\\nlines\\x07 ")
    'Two lines\\\\x07'
    """
    if not text:
        return ""
    return _UNFIT_TEXT.sub(_show, _SPACE.sub(" ", text).strip())


def shorten(text: str, width: int) -> str:
    """The beginning of a line, in at most `width` characters."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def to_json(value: Any, *, ascii_only: bool = False) -> str:
    """JSON of dataclasses, mappings and lists: readable in any script, safe on any terminal."""
    text = json.dumps(value, indent=2, ensure_ascii=ascii_only, default=_plain)
    return _UNFIT_TEXT.sub(_escape, text)
