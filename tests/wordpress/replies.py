"""Replies as the tests need them."""

import json
from typing import Any

from mirror.wordpress.reply import Reply


def reply(
    body: Any = b"",
    *,
    url: str = "https://example.org/wp-json/wp/v2/posts",
    status: int = 200,
    error: str | None = None,
    redirected_from: tuple[str, ...] = (),
    **headers: str,
) -> Reply:
    """A reply; a body that is no text is sent as JSON, `x_wp_total` becomes a header's name."""
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return Reply(
        url=url,
        status=0 if error is not None else status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        error=error,
        redirected_from=redirected_from,
    )


def wp_error(code: str, status: int, **more: Any) -> dict[str, Any]:
    """A WordPress error object, with a message in no language that code may match."""
    return {"code": code, "message": "Přístup odepřen", "data": {"status": status, **more}}
