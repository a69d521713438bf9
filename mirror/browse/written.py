"""A mirror that cannot be followed while it is written (`mirror.store.still`): pages that were read
from it count only while nobody has written it. From then on every reply says so."""

from collections.abc import Callable, MutableMapping
from typing import Any

from mirror.browse.headers import App, Receive, Scope, Send

TOLD = (
    b"The mirror has been written since this was started, by an account that may do so; this one "
    b"may not, and cannot follow it. Start `mirror browse` anew.\n"
)


def guard(app: App, holds: Callable[[], bool]) -> App:
    """Wraps an ASGI application: it sends nothing of what it read once the mirror was written."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        begun = refused = False

        async def send_believed(message: MutableMapping[str, Any]) -> None:
            nonlocal begun, refused
            if not refused and not holds():
                if begun:
                    raise ConnectionAbortedError("the mirror was written while it was sent")
                refused = True
                await send(
                    {
                        "type": "http.response.start",
                        "status": 503,
                        "headers": [(b"content-type", b"text/plain; charset=utf-8")],
                    }
                )
                await send({"type": "http.response.body", "body": TOLD})
            begun = True
            if not refused:
                await send(message)

        await app(scope, receive, send_believed if scope["type"] == "http" else send)

    return guarded
