"""What the objects of a site say alike, said once: a tenth of what a site sends.

WordPress gives every object some ten links of the same form, in which nothing but ids differs, and
the same settings where nobody chose others. A *shape* is that part of an object, as JSON, with what
is the object's own taken out: `{"_links":{"self":[{"href":"https://example.com/…/{id}"}], …}, …}`.
Thousands of posts share a handful of shapes; the rest of each stays in its `extra`. What stands for
what is told in docs/schema.md.

No shape is made that would not give the object back: it is filled in and compared first.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from mirror.items import JsonObject
from mirror.wordpress.literals import MARK

LINKS = "_links"
# The links that differ in ids alone (`prepare_links` of the controllers). Others stay in `extra`:
# `version-history` counts the revisions of one post, and a plugin's may name anything.
ALIKE = frozenset(
    ("self", "collection", "about", "author", "replies", "up", "curies", "children", "in-reply-to",
     "wp:featuredmedia", "wp:attachment", "wp:attached-to", "wp:term", "wp:post_type")
)  # fmt: skip

# What WordPress says where nobody chose otherwise (`prepare_item_for_response` of the controllers).
# Nothing that says that a post is not public may be among it: `mirror.browse.public` looks for that
# in `extra`.
USUAL: dict[str, tuple[Any, ...]] = {
    "comment_status": ("open", "closed"),
    "ping_status": ("open", "closed"),
    "sticky": (False,),
    "template": ("",),
    "format": ("standard",),
    "content": ({"protected": False},),
    "excerpt": ({"protected": False},),
    "type": ("attachment",),
    "featured_media": (0,),
    "parent": (0,),
    "post": (None,),
}

# How an object names another, or itself, and the field that holds the id: an address ends with it,
# a class does. Those that say whom they name come first, for a post may have its author's number.
NAMES = (
    ("/users/", "author"),
    ("/media/", "featured_media"),
    ("/", "id"),
    ("=", "id"),
    ('"post-', "id"),
    ("/", "parent"),
    ("/", "post"),
)
FIELDS = ("id", "author", "featured_media", "parent", "post")

# What WordPress tells in the site's time and in UTC. In a shape it is as in
# `"date":"{date_gmt}+01:00"`: the one, and how far the site's clock was ahead.
CLOCKS = (("date", "date_gmt"), ("modified", "modified_gmt"))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
QUARTER, FARTHEST = timedelta(minutes=15), timedelta(hours=14)

# What the sizes of a picture have in common with it: they lie beside it, and are of its type
# (`prepare_item_for_response` in class-wp-rest-attachments-controller.php).
DETAILS, EACH = "media_details", "*"
OF_SIZES: dict[str, tuple[str, Callable[[str, JsonObject], str]]] = {
    "source_url": (
        "{source_url}/../{file}", lambda url, size: f"{url.rpartition('/')[0]}/{size.get('file')}"
    ),
    "mime_type": ("{mime_type}", lambda mime_type, _: mime_type),
}  # fmt: skip


def take_out(obj: JsonObject, extra: dict[str, Any]) -> str | None:
    """Takes what an object has in common with others out of its `extra`; returns its shape.

    None, and nothing is taken, where there is no such part.
    """
    shared: dict[str, Any] = {
        key: extra[key] for key, usual in USUAL.items() if extra.get(key, ...) in usual
    }
    left: dict[str, Any] = {}
    if _is_empty(extra.get("meta")):
        shared["meta"] = extra["meta"]
    if _names_no_term(obj):
        shared["class_list"] = extra["class_list"]
    if isinstance(links := extra.get(LINKS), dict):
        shared[LINKS] = {name: links[name] for name in links if name in ALIKE}
        left[LINKS] = {name: links[name] for name in links if name not in ALIKE}
    for local, gmt in CLOCKS:
        if (zone := _zone(obj.get(local), obj.get(gmt))) is not None:
            shared[local] = f"{{{gmt}}}{zone}"
    if alike := _alike(obj):
        shared[DETAILS] = {"sizes": {EACH: {name: OF_SIZES[name][0] for name in alike}}}
        left[DETAILS] = _less(extra[DETAILS], alike)
    shape = _emptied(shared, obj)
    if shape is None:
        return None
    for key in shared:
        del extra[key]
    extra |= {key: value for key, value in left.items() if value}
    return shape


def fill(shape: str, rest: JsonObject) -> dict[str, Any]:
    """The part of an object that its shape stands for; `rest` is all else, the id included."""
    filled: dict[str, Any] = orjson.loads(_filled(shape, rest))
    for local, gmt in CLOCKS:
        if local in filled:
            filled[local] = _at(rest[gmt], filled[local].removeprefix(f"{{{gmt}}}"))
    if DETAILS in filled:
        alike = filled[DETAILS]["sizes"][EACH]
        filled[DETAILS]["sizes"] = {
            key: {name: OF_SIZES[name][1](rest[name], size) for name in alike}
            for key, size in rest[DETAILS]["sizes"].items()
        }
    return filled


def _is_empty(meta: object) -> bool:
    """Whether fields are registered, and none of them holds anything."""
    return isinstance(meta, dict | list) and not any(meta.values() if type(meta) is dict else meta)


def _names_no_term(obj: JsonObject) -> bool:
    """Whether a post's classes are those of every other, but for its id (`get_post_class`)."""
    classes, of_type = obj.get("class_list"), obj.get("type")
    if not isinstance(classes, list):
        return False
    usual = (f"post-{obj['id']}", of_type, f"type-{of_type}", f"status-{obj.get('status')}",
             "format-standard", "has-post-thumbnail", "hentry")  # fmt: skip
    return all(name in usual for name in classes)


def _alike(picture: JsonObject) -> list[str]:
    """What all sizes of a picture have in common with it."""
    details = picture.get(DETAILS)
    sizes = details.get("sizes") if isinstance(details, dict) else None
    if not sizes or not isinstance(sizes, dict):
        return []
    if not all(isinstance(size, dict) for size in sizes.values()):
        return []
    return [
        name
        for name, (_, of) in OF_SIZES.items()
        if isinstance(own := picture.get(name), str)
        and all(size.get(name) == of(own, size) for size in sizes.values())
    ]


def _less(details: JsonObject, alike: list[str]) -> dict[str, Any]:
    sizes: Mapping[str, JsonObject] = details["sizes"]
    left = {
        key: {name: value for name, value in size.items() if name not in alike}
        for key, size in sizes.items()
    }
    return {**details, "sizes": left}


def _zone(local: object, gmt: object) -> str | None:
    """How far the site's clock was ahead, as `+01:00`, empty for UTC; None if no clock is so."""
    if not (isinstance(local, str) and isinstance(gmt, str)):
        return None
    if not (TIME.fullmatch(local) and TIME.fullmatch(gmt)):
        return None
    try:
        ahead = datetime.fromisoformat(local) - datetime.fromisoformat(gmt)
        if ahead % QUARTER or abs(ahead) > FARTHEST:
            return None
        zone = str(timezone(ahead)).removeprefix("UTC")
        return zone if _at(gmt, zone) == local else None
    except ValueError:  # the 30th of February
        return None


def _at(gmt: str, zone: str) -> str:
    """The time that a site's clock showed."""
    ahead = datetime.fromisoformat(f"{gmt}{zone or '+00:00'}").utcoffset() or timedelta()
    return (datetime.fromisoformat(gmt) + ahead).isoformat()


def _emptied(shared: JsonObject, obj: JsonObject) -> str | None:
    if not shared:
        return None
    try:
        text = shape = orjson.dumps(shared).decode()
    except TypeError:  # literals, integers beyond 64 bits, lone surrogates
        return None
    for before, field in NAMES:
        number = obj.get(field)
        if type(number) is int and number:
            shape = shape.replace(f'{before}{number}"', f'{before}{{{field}}}"')
    return shape if MARK not in shape and _filled(shape, obj) == text else None


def _filled(shape: str, obj: JsonObject) -> str:
    for field in FIELDS:
        number = obj.get(field)
        if type(number) is int:
            shape = shape.replace(f"{{{field}}}", str(number))
    return shape
