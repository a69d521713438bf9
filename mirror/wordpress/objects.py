"""WordPress objects as rows: split into columns and `extra`, and rebuilt, key for key.

A column holds what a reader asks for; its shape, what it has in common with others
(`mirror.wordpress.shapes`); `extra`, as JSON, whatever those two do not give back exactly. So the
split is lossless by construction: rebuild from the columns, keep the rest.
Field names are those of the REST schemas (`class-wp-rest-*-controller.php`, `get_item_schema`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from mirror.items import JsonObject, Kind
from mirror.wordpress import literals, shapes
from mirror.wordpress.literals import MARK

SQLITE_MAX_INT = 2**63 - 1

# SQLite's TEXT cannot hold lone surrogates, and its functions stop at a NUL.
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


class Column(NamedTuple):
    """Where a column's text is found: `object[key]`, or `object[key][part]`."""

    name: str
    key: str
    part: str | None = None
    gmt: bool = False


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name) for name in names)


def _rendered(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name, "rendered") for name in names)


DATES = (Column("date_gmt", "date_gmt", gmt=True), Column("modified_gmt", "modified_gmt", gmt=True))

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    "post": (
        *_plain("type", "status", "slug", "link"),
        *_rendered("guid", "title", "content", "excerpt"),
        *DATES,
    ),
    "media": (
        *_plain("status", "slug", "link", "alt_text", "media_type", "mime_type", "source_url"),
        *_rendered("guid", "title", "caption", "description"),
        *DATES,
    ),
    "term": _plain("taxonomy", "name", "slug", "description", "link"),
    "author": _plain("name", "slug", "url", "description", "link"),
    "comment": (
        *_plain("type", "status", "link", "author_name", "author_url"),
        *_rendered("content"),
        DATES[0],
    ),
}

# Avatar addresses carry a hash of the e-mail address (MD5; SHA-256 since WordPress 6.8).
PERSONAL = frozenset(
    ("avatar_urls", "author_avatar_urls", "author_email", "author_ip", "author_user_agent")
)


def wp_id(obj: JsonObject) -> int | None:
    """The object's id, or None if it is not one that WordPress' tables could hold."""
    value = obj.get("id")
    if type(value) is int and 0 < value <= SQLITE_MAX_INT:
        return value
    return None


def identified(rows: Iterable[JsonObject]) -> list[dict[str, Any]]:
    """Those rows of a list that have an id; the others cannot be told apart (`wp_id`)."""
    return [dict(row) for row in rows if wp_id(row) is not None]


def without_personal(obj: JsonObject) -> JsonObject:
    """The object without the personal data that is kept only when asked for."""
    if PERSONAL.isdisjoint(obj):
        return obj
    return {key: value for key, value in obj.items() if key not in PERSONAL}


def split(kind: Kind, obj: JsonObject) -> tuple[dict[str, str | None], str]:
    """The object as column values (None where it has no such text) and `extra`, a JSON object.

    Among the columns is `shape`, which the store keeps once for all that have the same.
    """
    columns: dict[str, str | None] = {}
    extra = dict(obj)
    extra.pop("id", None)
    for name, key, part, gmt in COLUMNS[kind]:
        value = obj.get(key)
        around: JsonObject = {}
        if part is not None:
            around = value if isinstance(value, dict) else {}
            value = around.get(part)
        if not isinstance(value, str):
            columns[name] = None
            continue
        if gmt:
            held = columns[name] = f"{value}Z" if shapes.TIME.fullmatch(value) else None
            gives_back = held is not None
        else:
            held = columns[name] = storable(value)
            gives_back = held == value
        if not gives_back:
            continue
        if len(around) > 1:
            extra[key] = {other: rest for other, rest in around.items() if other != part}
        else:
            del extra[key]
    columns["shape"] = shapes.take_out(obj, extra)
    return columns, dumps(extra)


def rebuild(kind: Kind, wp_id: int, columns: Mapping[str, Any], extra: str) -> dict[str, Any]:
    """The object that the API sent, from its row.

    A key in `extra` wins over its column, and that over the shape; two objects under one key are
    merged.
    """
    obj = _merged({"id": wp_id, **_from_columns(kind, columns)}, loads(extra))
    shape = columns["shape"]
    return obj if shape is None else _merged(shapes.fill(shape, obj), obj)


def _merged(one: JsonObject, over: JsonObject) -> dict[str, Any]:
    merged = dict(one)
    for key, value in over.items():
        under = merged.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return merged


def dumps(value: object) -> str:
    """Compact JSON that SQLite can store, of any value that `parse.decode` gives."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # literals, integers beyond 64 bits, lone surrogates
        text = MARK
    if MARK not in text:
        return text
    return json.dumps(literals.spelled(value), separators=(",", ":"))


def loads(text: str) -> Any:
    """The inverse of `dumps`."""
    if MARK not in text:
        try:
            return orjson.loads(text)
        except ValueError:  # lone surrogates
            return json.loads(text)
    return literals.read(json.loads(text))


def storable(text: str) -> str:
    """The text as SQLite can hold it: what it cannot is U+FFFD here (and kept in `extra`)."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return UNSTORABLE.sub("\ufffd", text)
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _from_columns(kind: Kind, columns: Mapping[str, Any]) -> dict[str, Any]:
    obj: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        value = columns[column.name]
        if value is None:
            continue
        if column.gmt:
            value = value[:-1]
        obj[column.key] = value if column.part is None else {column.part: value}
    return obj
