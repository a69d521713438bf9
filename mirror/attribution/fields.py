"""Reading JSON that may be of any shape: a missing or misshapen field is an empty one."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

# What urlsplit would find, at a tenth of its price.
_AUTHORITY = re.compile(r"(?:[hH][tT][tT][pP][sS]?:)?//([^/?#\s\[\]]{1,460})")


_EMPTY: Mapping[str, Any] = MappingProxyType({})


def words(text: str) -> frozenset[str]:
    """The words of a string as a set: a long table, written to be read.

    >>> sorted(words("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one (PHP sends `[]` and `false` for it)."""
    if type(value) is dict:  # asking an abstract class costs ten times as much
        return value
    return value if value is not None and isinstance(value, Mapping) else _EMPTY


def string(value: object) -> str:
    """The value if it is a string, else ''."""
    return value if isinstance(value, str) else ""


def rendered(value: object) -> str:
    """A `{"rendered": …}` field, or the same as a plain string (WordPress.com's own API).

    >>> rendered({"rendered": "a"}), rendered("b"), rendered(None)
    ('a', 'b', '')
    """
    return value if isinstance(value, str) else string(mapping(value).get("rendered"))


def host_at(value: object) -> str:
    """The host of a URL that may be none.

    >>> host_at("http://me:secret@WWW.Example.com:8080/a@b"), host_at("mailto:a@b.c"), host_at(None)
    ('example.com', '', '')
    """
    found = _AUTHORITY.match(value) if isinstance(value, str) else None
    if found is None:
        return ""
    host = found[1]
    if "@" in host or ":" in host:
        host = host.rpartition("@")[2].partition(":")[0]
    return host.lower().removeprefix("www.").rstrip(".")


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
