"""What the objects of a site say alike, said once: a tenth of what a site sends.

WordPress gives every object some ten links of the same form, in which nothing but ids differs, and
the same settings where nobody chose others. A *shape* is that part of an object, as JSON, with what
is the object's own taken out: `{"_links":{"self":[{"href":"https://example.com/…/{id}"}], …}, …}`.
Thousands of posts share a handful of shapes; the rest of each stays in its `extra`. What stands for
what is told in docs/schema.md.

No shape is made that would not give the object back: it is filled in and compared first.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple

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

# The classes that say nothing of a post, besides its id, type and status (`get_post_class`).
OF_ALL = ("hentry", "format-standard", "has-post-thumbnail")
MOST_CLASSES = 4 + len(OF_ALL)

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

# `date_gmt` is UTC without a `Z`, `date` the site's own time (`mysql_to_rfc3339`).
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII)

# What WordPress tells in the site's time and in UTC. In a shape it is as in
# `"date":"{date_gmt}+01:00"`: the one, and how far the site's clock was ahead.
CLOCKS = (("date", "date_gmt"), ("modified", "modified_gmt"))
QUARTER, FARTHEST = timedelta(minutes=15), timedelta(hours=14)

# What the sizes of a picture have in common with it: they lie beside it, are named after it and
# their own size, and are of its type (`prepare_item_for_response` in
# class-wp-rest-attachments-controller.php, `WP_Image_Editor::generate_filename`).
DETAILS, META, EACH = "media_details", "image_meta", "*"


class OfSize(NamedTuple):
    """One of them: the picture's field, how a shape writes it, and what it is for a size."""

    field: str
    written: str
    of: Callable[[str, str, JsonObject], str]


def _file(url: str, name: str, size: JsonObject) -> str:
    file = url.rpartition("/")[2]
    if name == "full":
        return file
    stem, dot, kind = file.rpartition(".")
    stem = stem.removesuffix("-scaled")  # `wp_create_image_subsizes`: of what was too large
    return f"{stem}-{size.get('width')}x{size.get('height')}{dot}{kind}"


# In the order in which they are filled in.
OF_SIZES = {
    "file": OfSize("source_url", "{source_url}-{width}x{height}", _file),
    "source_url": OfSize(
        "source_url",
        "{source_url}/../{file}",
        lambda url, _, size: f"{url.rpartition('/')[0]}/{size.get('file')}",
    ),
    "mime_type": OfSize("mime_type", "{mime_type}", lambda mime_type, *_: mime_type),
}


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
        here, there = obj.get(local), obj.get(gmt)
        zone = _zone(here, there) if isinstance(here, str) and isinstance(there, str) else None
        if zone is not None:
            shared[local] = f"{{{gmt}}}{zone}"
    if isinstance(details := extra.get(DETAILS), dict):
        alike, left[DETAILS] = _details(obj, details)
        if alike:
            shared[DETAILS] = alike
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
    if sizes := filled.get(DETAILS, {}).get("sizes"):
        filled[DETAILS]["sizes"] = {
            name: _size(sizes[EACH], rest, name, size)
            for name, size in rest[DETAILS]["sizes"].items()
        }
    return filled


def _is_empty(meta: object) -> bool:
    """Whether fields are registered, and none of them holds anything."""
    if not isinstance(meta, dict | list):
        return False
    values = meta.values() if isinstance(meta, dict) else meta
    return all(not value or value == "0" for value in values)


def _names_no_term(obj: JsonObject) -> bool:
    """Whether a post's classes are those of every other, but for its id (`get_post_class`)."""
    classes, of_type = obj.get("class_list"), obj.get("type")
    if not isinstance(classes, list) or len(classes) > MOST_CLASSES:
        return False
    own = (f"post-{obj['id']}", of_type, f"type-{of_type}", f"status-{obj.get('status')}")
    return all(name in own or name in OF_ALL for name in classes)


def _details(picture: JsonObject, details: JsonObject) -> tuple[dict[str, Any], dict[str, Any]]:
    """The details of a picture: what it has in common with others, and what is left of them."""
    shared: dict[str, Any] = {}
    left = dict(details)
    if _is_empty(details.get(META)):
        shared[META] = left.pop(META)
    sizes = details.get("sizes")
    if isinstance(sizes, dict) and (alike := _alike(picture, sizes)):
        shared["sizes"] = {EACH: {name: OF_SIZES[name].written for name in alike}}
        left["sizes"] = {
            name: {key: value for key, value in size.items() if key not in alike}
            for name, size in sizes.items()
        }
    return shared, left


def _alike(picture: JsonObject, sizes: JsonObject) -> list[str]:
    """What all sizes of a picture have in common with it."""
    if not sizes or not all(isinstance(size, dict) for size in sizes.values()):
        return []
    return [
        key
        for key, (field, _, of) in OF_SIZES.items()
        if isinstance(own := picture.get(field), str)
        and all(size.get(key) == of(own, name, size) for name, size in sizes.items())
    ]


def _size(alike: Iterable[str], picture: JsonObject, name: str, left: JsonObject) -> JsonObject:
    """What is filled into one size."""
    size = dict(left)
    for key in alike:
        size[key] = OF_SIZES[key].of(picture[OF_SIZES[key].field], name, size)
    return size


@lru_cache(maxsize=16)  # most objects were never modified: the same two times twice
def _zone(local: str, gmt: str) -> str | None:
    """How far the site's clock was ahead, as `+01:00`, empty for UTC; None if no clock is so."""
    if not (TIME.fullmatch(local) and TIME.fullmatch(gmt)):
        return None
    try:
        ahead = datetime.fromisoformat(local) - datetime.fromisoformat(gmt)
        if ahead % QUARTER or abs(ahead) > FARTHEST:
            return None
        zone = str(timezone(ahead)).removeprefix("UTC")
        # `fromisoformat` reads more than `isoformat` writes: 24:00:00, from Python 3.13 on.
        return zone if (_at(gmt, ""), _at(gmt, zone)) == (gmt, local) else None
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
