"""Headers in the body: what `_envelope=1` asks for, where a cache or a proxy loses them.

WordPress then answers `{"body": …, "status": 200, "headers": {…}}` with status 200
(`WP_REST_Server::envelope_response`). Opened, it is the reply that would have come without: nobody
else needs to know.
"""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import Api

_PARAMETER = "_envelope"
_BEGIN = '{"body":'
_JSON = json.JSONDecoder(strict=False)


def wrapped(api: Api) -> Api:
    """The API, with every reply asked for in an envelope: the parameter is part of its root."""
    parts = urlsplit(api.root)
    query = "&".join(filter(None, (parts.query, f"{_PARAMETER}=1")))
    return replace(api, root=urlunsplit(parts._replace(query=query)))


def is_wrapped(url: str) -> bool:
    """Whether an address asks for an envelope."""
    return _PARAMETER in parse_qs(urlsplit(url).query, keep_blank_values=True)


def opened(reply: Reply) -> Reply:
    """The reply in an envelope; the same reply if it holds none.

    The body is cut out as it was sent, with what stood before and behind the envelope.
    """
    if not is_wrapped(reply.url):
        return reply
    text = reply.body.decode(errors="surrogateescape")
    begin = text.find(_BEGIN)
    try:
        _, end = _JSON.raw_decode(text, begin + len(_BEGIN)) if begin >= 0 else (None, 0)
        rest = "{" + text[end:].lstrip().removeprefix(",")
        said, behind = _JSON.raw_decode(rest)
    except (ValueError, RecursionError):
        return reply
    status, headers = said.get("status"), said.get("headers")
    if begin < 0 or type(status) is not int or not 100 <= status <= 599:
        return reply
    body = text[:begin] + text[begin + len(_BEGIN) : end] + rest[behind:]
    return replace(
        reply,
        status=status,
        headers={**reply.headers, **_headers(headers)},
        body=body.encode(errors="surrogateescape"),
    )


def _headers(sent: Any) -> dict[str, str]:
    """PHP writes an empty map as `[]`, and numbers as numbers."""
    if not isinstance(sent, dict):
        return {}
    return {
        name.lower(): str(value) for name, value in sent.items() if isinstance(value, str | int)
    }
