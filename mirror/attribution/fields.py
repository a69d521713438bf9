"""Reading JSON that may be of any shape: a missing or misshapen field is an empty one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Scheme, user and port aside; what urlsplit would find, at a tenth of its price.
_HOST = re.compile(r"(?:[hH][tT][tT][pP][sS]?:)?//(?:[^/?#@\s]{0,200}@)?([^/?#:@\s\[\]]{1,253})")


def words(text: str) -> frozenset[str]:
    """The words of a string as a set: a long table, written to be read.

    >>> sorted(words("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one (PHP sends `[]` and `false` for it)."""
    return value if isinstance(value, Mapping) else {}


def string(value: object) -> str:
    """The value if it is a string, else ''."""
    return value if isinstance(value, str) else ""


def rendered(value: object) -> str:
    """A `{"rendered": …}` field, or the same as a plain string (WordPress.com's own API).

    >>> rendered({"rendered": "a"}), rendered("b"), rendered(None)
    ('a', 'b', '')
    """
    return string(mapping(value).get("rendered")) if isinstance(value, Mapping) else string(value)


def host_at(value: object) -> str:
    """The host of a URL that may be none."""
    host = _HOST.match(string(value))
    return host[1].lower().removeprefix("www.").rstrip(".") if host else ""


def first_string(value: object) -> str:
    """A string, or the first of a list of them: how `register_meta` serves `single: false`."""
    if isinstance(value, list):
        value = value[0] if value else None
    return string(value)


def objects(value: object, limit: int = 50) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in a list, or in a list of lists (`_embedded["wp:term"]`)."""
    if isinstance(value, list):
        for one in value[:limit]:
            if isinstance(one, Mapping):
                yield one
            elif isinstance(one, list):
                yield from (inner for inner in one[:limit] if isinstance(inner, Mapping))
