"""The headers of every reply: nothing is indexed, nothing is framed, nothing comes from elsewhere.

REST replies of WordPress carry `X-Robots-Tag: noindex`; a copy of them must not compete with the
original either.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Scripts, pictures, sound and film from this server alone. Styles may be inline: Datasette's tables
# and the SQL editor set some, and a style cannot fetch anything under this policy.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A post's content: no script whatever it is, pictures and sounds from this server, one style sheet.
READING_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
# A mirrored file opened by itself: an SVG or what passes for one gets no script and no origin.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

_ALWAYS = (
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-dns-prefetch-control", b"off"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
)


def guard(app: App) -> App:
    """Wraps an ASGI application: adds the headers, and the page policy where a reply has none."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message.get("headers") or [])
            await send(message)

        await app(scope, receive, send_guarded if scope["type"] == "http" else send)

    return guarded


def _with_ours(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in given}
    ours = [*_ALWAYS, (b"content-security-policy", PAGE_POLICY.encode())]
    return [*given, *(header for header in ours if header[0] not in names)]
