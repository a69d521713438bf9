"""HTTP ranges, so that a browser can seek in a film."""

import re

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def wanted(header: str | None, size: int) -> tuple[int, int]:
    """The bytes that a `Range` header asks for, as (start, end); the whole for what is none.

    RFC 9110, 14.2: a server may ignore a range that it does not like; several at once are not
    liked here.

    >>> wanted("bytes=2-5", 10), wanted("bytes=-3", 10), wanted("bytes=7-", 10)
    ((2, 6), (7, 10), (7, 10))
    >>> wanted(None, 10), wanted("bytes=20-30", 10), wanted("bytes=5-2", 10)
    ((0, 10), (0, 10), (0, 10))
    """
    match = _RANGE.fullmatch((header or "").strip())
    if not match or not (match[1] or match[2]):
        return 0, size
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1 if match[2] else size)
    return (start, end) if 0 <= start < end else (0, size)
