"""Addresses below a REST root, in each of its three spellings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from mirror.items import LANGUAGE

WORDPRESS_COM = "public-api.wordpress.com"
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,8})*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Api:
    """A REST root, pinned to the origin that answered.

    Pretty (`https://h/wp-json/`), by parameter (`https://h/?rest_route=/`; routes are appended to
    its value, `get_rest_url` in rest-api.php), or WordPress.com's public one
    (`https://public-api.wordpress.com/wp/v2/sites/h`; the site stands behind the namespace).
    """

    root: str

    def url(self, route: str, params: Mapping[str, object] | None = None) -> str:
        """The address of a route such as `/wp/v2/posts`; `/` is the index."""
        parts = urlsplit(self.root)
        path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
        route = "/" + route.lstrip("/")
        if self.wordpress_com:
            path = _with_site(path, route)
        elif any(name == "rest_route" for name, _ in query):
            query = [
                (name, value.rstrip("/") + route if name == "rest_route" else value)
                for name, value in query
            ]
        else:
            path = path.rstrip("/") + quote(route, safe="/:@!$&'()*+,;=-._~%")
        query += [(name, str(value)) for name, value in (params or {}).items()]
        # A raw `+` would arrive as a space: `quote` writes %2B.
        text = urlencode(query, quote_via=quote, safe="/:,")
        return urlunsplit((parts.scheme, parts.netloc, path, text, ""))

    @property
    def wordpress_com(self) -> bool:
        """Whether this is WordPress.com's public API."""
        parts = urlsplit(self.root)
        return parts.hostname == WORDPRESS_COM and "/sites/" in parts.path

    def same_origin(self, url: str) -> bool:
        """Whether an address has the root's scheme, host and port."""
        return origin(url) is not None and origin(url) == origin(self.root)


def _with_site(path: str, route: str) -> str:
    """`/wp/v2/sites/h` and `/wp/v2/posts` make `/wp/v2/sites/h/posts`, for any namespace."""
    if route == "/":
        return path
    site = path.rstrip("/").rpartition("/")[2]
    vendor, _, versioned = route.lstrip("/").partition("/")
    version, slash, rest = versioned.partition("/")
    return f"/{vendor}/{version}/sites/{site}{slash}{rest}"


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a web address, or None if it is not one."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or _DEFAULT_PORTS[parts.scheme]


def same_site(one: str, other: str) -> bool:
    """Whether two addresses differ in origin at most by scheme and `www.`.

    Where the scheme differs, both must use its default port, or the same port.
    """
    a, b = origin(one), origin(other)
    if a is None or b is None or a[1].removeprefix("www.") != b[1].removeprefix("www."):
        return False
    return a[2] == b[2] or (a[2] == _DEFAULT_PORTS[a[0]] and b[2] == _DEFAULT_PORTS[b[0]])


def supports(index: object, route: str, parameter: str) -> bool:
    """Whether the root index registers a parameter for GET on a route.

    An unregistered parameter is ignored in silence: `modified_after` before WordPress 5.7 returns
    the whole collection. An index that does not say counts as no.
    """
    return parameter in arguments(index, route)


def pages_only(index: object, route: str) -> bool:
    """Whether a list is to be had by `page` alone: it would ignore an `offset`.

    So it is with terms of hierarchical taxonomies (terms controller, `get_collection_params`). An
    index that does not say counts as no: a walk finds out by itself.
    """
    known = arguments(index, route)
    return "page" in known and "offset" not in known


def arguments(index: object, route: str) -> frozenset[str]:
    """The parameters that the root index registers for GET on a route; empty if it says nothing."""
    return frozenset(_arguments(index, route))


def _arguments(index: object, route: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for endpoint in _values(_map(_map(_map(index).get("routes")).get(route)).get("endpoints")):
        if _readable(endpoint):
            found.update(_map(_map(endpoint).get("args")))
    return found


def languages(index: object, route: str) -> tuple[str, ...]:
    """The languages in which a list has to be asked, sorted; none where there are no such.

    WPML shows one at a time, and registers all as the values of an argument (its
    `WPML_REST_Extend_Args`). Polylang shows all.
    """
    codes = _values(_map(_arguments(index, route).get(LANGUAGE)).get("enum"))
    return tuple(sorted({code for code in codes if _CODE.fullmatch(str(code))}))


def has_route(index: object, route: str) -> bool | None:
    """Whether the root index lists a route that can be read; None if it lists no routes at all."""
    routes = _map(_map(index).get("routes"))
    return _readable(routes.get(route)) if routes else None


def _readable(endpoint: object) -> bool:
    methods = _map(endpoint).get("methods")
    return isinstance(methods, list | dict) and "GET" in methods


def _map(value: object) -> Mapping[str, Any]:
    """PHP writes an empty map as `[]`."""
    return value if isinstance(value, dict) else {}


def _values(value: object) -> list[Any]:
    """PHP writes a list with gaps as a map."""
    return value if isinstance(value, list) else list(_map(value).values())
