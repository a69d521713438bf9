"""An application password of WordPress: where it is read from, and where it may be sent.

Settings, orders, the database and the log know only a reference such as `env:NEWS_PASSWORD` or
`file:/etc/mirror/news`. What it refers to is read just before the first request, lives in one
object that shows it to nobody, and goes into one header of requests to one origin.

WordPress takes application passwords as HTTP Basic since 5.6, and ignores the spaces that it shows
them with (`wp_authenticate_application_password` in wp-includes/user.php).
"""

import base64
import contextlib
import ipaddress
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mirror.errors import ConfigError
from mirror.wordpress.routes import origin

EXPECTED = '"env:NAME" or "file:PATH"'
_REFERENCE = re.compile(r"env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|file:(?P<path>\S.*)")
# A line of a file: perhaps the origin that it is for, then user and password.
_BOUND = re.compile(r"(?P<url>https?://\S+)\s+(?P<secret>\S.*)", re.IGNORECASE)
# Scheme, host and perhaps a port, and no character that address parsers disagree about.
_CLEAR = re.compile(
    r"https?://[\w.:\[\]-]+(?:[/?#][^\\\s\x00-\x1f\x7f]*)?", re.IGNORECASE | re.ASCII
)
# One password a site, with room for comments: what is larger is another file.
MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user and an application password for one origin (scheme, host, port).

    `source` is the reference that they came from, for messages. Neither `repr` nor `str` shows the
    password, and there is no way to it but `authorization`.
    """

    source: str
    user: str
    origin: tuple[str, str, int]
    _secret: str = field(repr=False)

    def authorization(self, url: str) -> str | None:
        """The `Authorization` header for an address; None where it must not be sent.

        That is everywhere but on the origin itself: same scheme, host and port (RFC 9110 15.4,
        RFC 6454), written so that nobody can read another host out of it: to browsers and some
        libraries a backslash is a slash, and `https://evil.test\\@example.com/` is `evil.test`.
        """
        if origin(url) != self.origin or not _CLEAR.fullmatch(url):
            return None
        token = base64.b64encode(f"{self.user}:{self._secret}".encode()).decode("ascii")
        return f"Basic {token}"


def read(reference: str, url: str, *, environment: Mapping[str, str] | None = None) -> Credentials:
    """The credentials that a reference stands for, for the site at `url`.

    Raises ConfigError, which never quotes what was read, when there is nothing there, when a file
    can be read by others, and when the site's address is neither https nor this very machine.
    """
    place = _origin(url)
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        # What was given instead may well be the password itself.
        raise ConfigError(f"credentials: expected {EXPECTED}, never the password itself")
    if name := match["name"]:
        text = (os.environ if environment is None else environment).get(name)
        if not text:
            raise ConfigError(f"credentials: the environment variable {name} is not set")
        secret = text.strip()
    else:
        secret = _in_file(Path(match["path"]).expanduser(), place)
    user, password = _parted(secret, reference)
    return Credentials(source=reference, user=user, origin=place, _secret=password)


def _origin(url: str) -> tuple[str, str, int]:
    place = origin(url if "://" in url else f"https://{url}")
    if place is None:
        raise ConfigError("credentials: the site's address is no web address")
    scheme, host, port = place
    with contextlib.suppress(UnicodeError):  # addresses are asked for in ASCII (RFC 5891)
        host = host.encode("idna").decode("ascii")
    if scheme != "https" and not is_loopback(host):
        raise ConfigError(
            f"credentials are not sent over plain http: write https://{host} as the site's address"
        )
    return scheme, host, port


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, whatever a resolver says.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.9", "::1", "wp.localhost.example")]
    [True, True, True, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _parted(secret: str, reference: str) -> tuple[str, str]:
    """User and password. A colon cannot stand in a user's name (RFC 7617 2)."""
    user, colon, password = secret.partition(":")
    user, password = user.strip(), "".join(password.split())
    if not colon or not user or not password or not (user + password).isprintable():
        raise ConfigError(
            f"credentials: {reference} must hold one line, USER:APPLICATION PASSWORD "
            "(WordPress, Users, Profile, Application Passwords)"
        )
    return user, password


def _in_file(path: Path, place: tuple[str, str, int]) -> str:
    """The line of a file that is for an origin, or its only line if that names no origin."""
    lines = list(_lines(_private_text(path)))
    bound = [match for match in map(_BOUND.fullmatch, lines) if match]
    for match in bound:
        if origin(match["url"]) == place:
            return match["secret"].strip()
    if bound or len(lines) != 1:
        scheme, host, port = place
        raise ConfigError(
            f"credentials: {path} has no line for {scheme}://{host}:{port}; write "
            "ORIGIN USER:APPLICATION PASSWORD, one a line"
        )
    return lines[0]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def _private_text(path: Path) -> str:
    """What a file holds that nobody else can read or replace: as ssh asks of its private keys.

    The descriptor is checked, not the name: the file cannot be changed for another in between.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(f"credentials: {path}: {error.strerror or 'unreadable'}") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError(f"credentials: {path} is no regular file")
        if found.st_uid not in (os.geteuid(), 0):
            raise ConfigError(f"credentials: {path} belongs to another user: own it, or copy it")
        if found.st_mode & 0o077:
            mode = stat.S_IMODE(found.st_mode)
            raise ConfigError(
                f"credentials: {path} can be used by others (mode {mode:04o}): run chmod 600 {path}"
            )
        content = os.read(descriptor, MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    try:
        if len(content) > MOST_BYTES:
            raise ValueError
        return content.decode("utf-8-sig")
    except ValueError:
        raise ConfigError(f"credentials: {path} is no text of up to {MOST_BYTES} bytes") from None
