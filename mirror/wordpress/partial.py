"""Comparing what a feed or a page shows with what is held: less must never overwrite more.

The same post looks different in REST and in a feed: other filters run over its HTML. So texts are
compared as a reader sees them, with the addresses in them, and where they say the same, the held
one stays as it is.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from mirror.content import Content
from mirror.items import JsonObject
from mirror.wordpress.feeds import MARK

# Said by the place an object was found at, and known better by whoever has the object itself.
_HELD_KNOWS_BETTER = ("id", "type", "status", "guid")

_NEXT_PAGE = "<!--nextpage-->"
_TAG = re.compile(r"<[^<>]*>")


def merged(held: JsonObject, partial: JsonObject) -> JsonObject:
    """What is held, with those fields of a partial object that say something else.

    Returns `held` itself where nothing does. The excerpt is compared only where there is no
    content: most are made from it, and not everywhere alike.
    """
    announced = held.get("modified_gmt"), partial.get("modified_gmt")
    if announced[0] is not None and announced[0] == announced[1]:
        return held
    edited = {
        key: _joined(held.get(key), value)
        for key, value in partial.items()
        if key not in _HELD_KNOWS_BETTER
        and (key != "excerpt" or "content" not in partial or announced[1])
        and (key != MARK or MARK in held)
        and not _same(key, held.get(key), value)
    }
    return {**held, **edited} if edited else held


def _joined(held: object, value: object) -> object:
    """`content` has more than `rendered`: what the partial object does not say stays."""
    if isinstance(held, Mapping) and isinstance(value, Mapping):
        return {**held, **value}
    return value


def _same(key: str, held: object, value: object) -> bool:
    if key in ("content", "excerpt"):
        if _NEXT_PAGE in _rendered(held):
            return True  # feeds and pages show the first part alone (`setup_postdata`)
        return _shown(_rendered(held)) == _shown(_rendered(value))
    if key == "title":
        return _bare(_rendered(held)) == _bare(_rendered(value))
    if key == "link":
        return html.unescape(str(held)) == html.unescape(str(value))
    return held == value


def _rendered(value: object) -> str:
    text = value.get("rendered") if isinstance(value, Mapping) else None
    return text if isinstance(text, str) else ""


def _shown(text: str) -> tuple[Any, ...]:
    """What a reader gets of some HTML: the words, the links, the pictures."""
    content = Content(text)
    links = tuple(link.href for link in content.links)
    return _words(content.text), links, tuple(source.src for source in content.sources)


def _bare(title: str) -> str:
    """A title as feeds show it: `strip_tags` leaves the text of a script, too."""
    return _words(html.unescape(_TAG.sub("", title)))


def _words(text: str) -> str:
    return " ".join(text.split())
