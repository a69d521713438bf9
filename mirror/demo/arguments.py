"""The parameters that a route takes: stated once, published in the root index, checked on arrival.

The schemas are those of `get_collection_params()` in wp-includes/rest-api/endpoints/, and the
checks those of `rest_validate_value_from_schema`. A parameter that a route does not know is
ignored without a word, as WordPress does.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

Schema = Mapping[str, Any]

# rest_parse_date() in wp-includes/rest-api.php.
DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}(?::\d{2})?)?"
)

INTEGER: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string"}
DATE: Schema = {"type": "string", "format": "date-time"}
INTEGERS: Schema = {"type": "array", "items": {"type": "integer"}, "default": []}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}


def _one_of(*values: str, default: str) -> Schema:
    return {"type": "string", "enum": list(values), "default": default}


CONTEXT = {"context": _one_of("view", "embed", "edit", default="view")}
PAGING: Mapping[str, Schema] = {
    **CONTEXT,
    "page": {"type": "integer", "default": 1, "minimum": 1},
    "per_page": {"type": "integer", "default": 10, "minimum": 1, "maximum": 100},
    "search": TEXT,
    "exclude": INTEGERS,
    "include": INTEGERS,
}
POSTS: Mapping[str, Schema] = {
    **PAGING,
    "after": DATE,
    "before": DATE,
    "modified_after": DATE,
    "modified_before": DATE,
    "author": INTEGERS,
    "offset": INTEGER,
    "order": _one_of("asc", "desc", default="desc"),
    "orderby": _one_of(
        "author", "date", "id", "include", "modified", "parent", "relevance", "slug", "title",
        default="date",
    ),
    "slug": TEXTS,
    "status": {"type": "array", "items": {"type": "string"}, "default": "publish"},
}  # fmt: skip
CHILDREN: Mapping[str, Schema] = {**POSTS, "parent": INTEGERS, "parent_exclude": INTEGERS}
# Of terms, only those of flat taxonomies take an `offset`.
TERMS: Mapping[str, Schema] = {
    **PAGING,
    "order": _one_of("asc", "desc", default="asc"),
    "orderby": _one_of("id", "include", "name", "slug", "count", default="name"),
    "hide_empty": {"type": "boolean", "default": False},
    "parent": INTEGER,
    "post": INTEGER,
    "slug": TEXTS,
}
FLAT_TERMS: Mapping[str, Schema] = {
    **{k: v for k, v in TERMS.items() if k != "parent"},
    "offset": INTEGER,
}
USERS: Mapping[str, Schema] = {
    **PAGING,
    "offset": INTEGER,
    "order": _one_of("asc", "desc", default="asc"),
    "orderby": _one_of("id", "include", "name", "registered_date", "slug", default="name"),
    "slug": TEXTS,
}
COMMENTS: Mapping[str, Schema] = {
    **PAGING,
    "after": DATE,
    "before": DATE,
    "offset": INTEGER,
    "order": _one_of("asc", "desc", default="desc"),
    "orderby": _one_of("date", "date_gmt", "id", "include", "post", "parent", default="date_gmt"),
    "parent": INTEGERS,
    "post": INTEGERS,
}


class Refused(Exception):
    """Raised for a request that WordPress answers with an error object."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **more}}


def read(query: str, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """The values of a query string by these schemas, defaults included; absent ones are left out.

    Raises `Refused` with `rest_invalid_param` for what WordPress refuses.
    """
    given = fields(query)
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, schema in schemas.items():
        if name in given:
            try:
                values[name] = _value(name, given[name], schema)
            except ValueError as error:
                wrong[name] = str(error)
        elif "default" in schema:
            values[name] = schema["default"]
    if wrong:
        message = "Invalid parameter(s): " + ", ".join(wrong)
        raise Refused(400, "rest_invalid_param", message, params=wrong, details={})
    return values


def fields(query: str) -> dict[str, str]:
    """A query string as PHP reads it: the last of a name wins, `a[]=1&a[]=2` is a list."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        bare = re.sub(r"\[\d*\]$", "", name)
        found[bare] = f"{found[bare]},{value}" if bare != name and bare in found else value
    return found


def _value(name: str, text: str, schema: Schema) -> Any:
    match schema["type"]:
        case "integer":
            return _integer(name, text, schema)
        case "boolean":
            return text.lower() in ("1", "true")
        case "array":
            parts = [part for part in re.split(r"[\s,]+", text.strip()) if part]
            if schema["items"]["type"] == "integer":
                return [_integer(f"{name}[{n}]", part, {}) for n, part in enumerate(parts)]
            return parts
    if "enum" in schema and text not in schema["enum"]:
        raise ValueError(f"{name} is not one of {', '.join(schema['enum'])}.")
    if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(text):
        raise ValueError("Invalid date.")
    return text


def _integer(name: str, text: str, schema: Schema) -> int:
    try:
        number = int(text)
    except ValueError:
        raise ValueError(f"{name} is not of type integer.") from None
    low, high = schema.get("minimum", number), schema.get("maximum", number)
    if not low <= number <= high:
        if "maximum" not in schema:
            raise ValueError(f"{name} must be greater than or equal to {low}")
        raise ValueError(f"{name} must be between {low} (inclusive) and {high} (inclusive)")
    return number
