"""What statuses, headers and broken connections mean, as outcomes."""

import email.utils
import ssl
import time

import aiohttp

from mirror.media.addresses import ForbiddenAddress
from mirror.media.outcomes import Failed

REDIRECTS = frozenset((301, 302, 303, 307, 308))
MAX_RETRY_AFTER = 7 * 24 * 3600.0
DEFAULT_REST = 60.0  # seconds, after a 429 or 503 that names no time

STATUSES = {
    401: "refused", 402: "refused", 403: "refused", 404: "not found", 410: "gone", 429: "busy",
    451: "refused", 503: "busy",
}  # fmt: skip


def of_status(response: aiohttp.ClientResponse) -> Failed:
    """The outcome of any status but 200, 206, 304 and redirects."""
    status = response.status
    error = STATUSES.get(status, "server error" if status >= 500 else "bad status")
    return Failed(
        error=error,
        message=f"HTTP {status}",
        status=status,
        retry_after=_retry_after(response) if error == "busy" else 0.0,
    )


def of_error(error: Exception) -> Failed:
    """The outcome of what aiohttp or the network raised."""
    forbidden = _cause(error, ForbiddenAddress)
    if forbidden is not None:
        return Failed(error="forbidden address", message=forbidden.strerror or "")
    match error:
        case aiohttp.ClientConnectorDNSError():
            kind = "no such host"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            kind = "bad certificate"
        case aiohttp.ConnectionTimeoutError() | aiohttp.ClientConnectorError():
            kind = "unreachable"
        case aiohttp.SocketTimeoutError() | TimeoutError():
            kind = "stalled"
        case aiohttp.ClientPayloadError():
            kind = "truncated"
        case aiohttp.InvalidURL():
            kind = "bad address"
        case aiohttp.ClientResponseError():
            kind = "bad reply"
        case _:
            kind = "broken connection"
    return Failed(error=kind, message=_one_line(error))


def etag(response: aiohttp.ClientResponse) -> str | None:
    """What tells this state of the file, to be sent back one day (RFC 9110, 8.8.3)."""
    return _validator(response, "ETag", 200)


def last_modified(response: aiohttp.ClientResponse) -> str | None:
    """The date that tells it, as it was sent."""
    return _validator(response, "Last-Modified", 100)


def _validator(response: aiohttp.ClientResponse, name: str, most: int) -> str | None:
    """A header; None if it has other characters than one that is sent back may have."""
    value = response.headers.get(name, "")[:most]
    return value if value and value.isascii() and value.isprintable() else None


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Retry-After in seconds, which may be a number or a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal() and len(text) < 12:
        seconds = float(text)
    else:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return DEFAULT_REST
    return min(max(seconds, 1.0), MAX_RETRY_AFTER)


def _cause(error: BaseException | None, kind: type[ForbiddenAddress]) -> ForbiddenAddress | None:
    for _ in range(8):
        if error is None or isinstance(error, kind):
            return error
        inner = getattr(error, "os_error", None)
        error = inner if isinstance(inner, kind) else error.__cause__
    return None


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300]
