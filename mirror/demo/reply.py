"""An answer to a request."""

import json
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """Status, headers and body. The server adds what belongs to the connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of_json(cls, status: int, value: Any, headers: Mapping[str, str]) -> "Reply":
        """A JSON value as PHP's `json_encode` writes it: ASCII, slashes escaped."""
        text = json.dumps(value, separators=(",", ":")).replace("/", "\\/")
        return cls(
            status,
            {
                "Content-Type": "application/json; charset=UTF-8",
                "X-Robots-Tag": "noindex",
                "X-Content-Type-Options": "nosniff",
                "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
                **headers,
                "Vary": "Origin",
            },
            text.encode(),
        )

    @classmethod
    def of_text(cls, status: int, mime: str, text: str, **headers: str) -> "Reply":
        """A text, with the charset that WordPress declares."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, {"Content-Type": f"{mime}; charset=UTF-8", **named}, text.encode())


def http_date(seconds: float) -> str:
    """Seconds since 1970 as an HTTP date (RFC 9110, 5.6.7)."""
    return formatdate(seconds, usegmt=True)
