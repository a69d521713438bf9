"""What to fetch, when to look again, and what to refuse. Pure: no clock, no network."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

MB = 1_000_000

# A file found unchanged is looked at again after as long as it has stood, within these bounds.
REVISIT_FIRST = timedelta(days=30)
REVISIT_MOST = timedelta(days=365)
# A failure is tried again after 1 h, 4 h, 16 h, … at most 30 days; what is gone, more rarely.
RETRY_FIRST = timedelta(hours=1)
RETRY_GROWTH = 4
RETRY_MOST = timedelta(days=30)
GONE_FIRST = timedelta(days=7)
GONE_MOST = timedelta(days=90)
# A post edited twice a day need not have its pictures asked for twice a day.
FRESH = timedelta(days=1)

# Outcomes that another attempt will hardly change ...
LASTING = frozenset(("gone", "not found", "wrong type", "too large", "too many pixels", "refused"))
# ... and those that only another policy can change: they are tried again by `crawl --full`.
FORBIDDEN = frozenset(("forbidden address", "forbidden type", "forbidden host", "robots"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPolicy:
    """Limits and choices for one site.

    `mode`: `all` fetches attachments that no post uses as well, `linked` does not. `types` are
    patterns of MIME types as sniffed. `site_bytes` bounds all of a site's files together.
    """

    mode: Literal["all", "linked"] = "all"
    every_size: bool = False
    third_party: bool = True
    allow_private: bool = False
    obey_robots: bool = True
    types: tuple[str, ...] = ("*/*",)
    file_bytes: int = 100 * MB
    site_bytes: int | None = None
    pixels: int = 250_000_000
    redirects: int = 8
    connect_seconds: float = 20.0
    stall_seconds: float = 30.0
    least_rate: int = 2_000  # bytes a second, on average, once `grace_seconds` have passed
    grace_seconds: float = 60.0
    most_seconds: float = 3600.0


def allows_type(policy: MediaPolicy, mime: str) -> bool:
    """Whether files of this (sniffed) type are kept."""
    return any(fnmatchcase(mime, pattern) for pattern in policy.types)


def allows_host(policy: MediaPolicy, url: str, site_url: str) -> bool:
    """Whether an address may be asked for, by its host alone.

    Hosts below the site's own domain, such as `cdn.example.com`, are not third parties.
    """
    if policy.third_party:
        return True
    host, own = _host(url), _host(site_url)
    return host == own or host.endswith(f".{own}")


def fits_type(url_extension: str, mime: str) -> bool:
    """Whether a file of this type may be what an address with such an extension promises.

    Servers answer a missing picture with a page and status 200; that page is not the picture.

    >>> fits_type("jpg", "text/html"), fits_type("jpg", "image/webp"), fits_type("htm", "text/html")
    (False, True, True)
    """
    if mime == "text/html":
        return url_extension in ("html", "htm", "xhtml")
    if mime == "text/plain":
        return url_extension not in _BINARY_EXTENSIONS
    return True


def next_check(now: datetime, fetched_at: datetime) -> datetime:
    """When to look again at a file that is in hand."""
    return now + min(max(now - fetched_at, REVISIT_FIRST), REVISIT_MOST)


def next_attempt(now: datetime, error: str, attempts: int, retry_after: float) -> datetime | None:
    """When to try again after the failure `error`, the `attempts`-th in a row (from 1).

    `retry_after` (seconds) is what the server asked for. None: not before the policy changes.
    """
    if error in FORBIDDEN:
        return None
    first, most = (GONE_FIRST, GONE_MOST) if error in LASTING else (RETRY_FIRST, RETRY_MOST)
    growth: int = RETRY_GROWTH ** min(attempts - 1, 8)
    pause = min(first * growth, most)
    return now + max(pause, timedelta(seconds=min(retry_after, RETRY_MOST.total_seconds())))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


_BINARY_EXTENSIONS = frozenset(
    ("jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tif", "tiff", "ico", "mp3", "m4a",
     "ogg", "oga", "opus", "wav", "flac", "mp4", "m4v", "mov", "webm", "ogv", "avi", "mkv", "pdf",
     "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip", "gz", "7z", "rar")
)  # fmt: skip
