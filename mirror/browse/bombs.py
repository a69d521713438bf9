"""HTML made to keep a parser busy: recognised before it is parsed.

The parsers of the HTML standard take time quadratic in the depth of nesting (every end tag, and
every formatting element, searches the open ones) and in the attributes of one tag (each new name
is compared with all before it). Real content has neither depth nor crowds: 200,000 nested `<div>`s
took eight minutes.
"""

import html
import re

from mirror.content import Content

MAX_DEPTH = 400
# The sum over all tags of the square of their attributes: one tag with 10,000, in the worst case.
MAX_ATTRIBUTE_COST = 100_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# One attribute, as the standard's tokenizer reads it (13.2.5.32 onward).
_ATTRIBUTE = re.compile(
    r"[\s/]*(?:=?[^\s/>=]+|=)(?:\s*=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\s>]*))?"
)
# Elements without an end tag, or whose end tag may be left out: they do not pile up.
_FLAT_NAMES = (
    "area base br col embed hr img input link meta param source track wbr "
    "p li dt dd tr td th thead tbody tfoot option optgroup rp rt colgroup caption"
)
_FLAT = frozenset(_FLAT_NAMES.split())
_MARKUP = re.compile(r"<[^<>]*>")


def is_bomb(markup: str) -> bool:
    """Whether parsing this would take out of proportion. Linear in its length."""
    depth = cost = 0
    place = 0
    while tag := _TAG.search(markup, place):
        place = tag.end()
        if tag[1]:
            depth = max(0, depth - 1) if tag[2].lower() not in _FLAT else depth
            continue
        number = 0
        while attribute := _ATTRIBUTE.match(markup, place):
            place = attribute.end()
            number += 1
        cost += number * number
        depth += tag[2].lower() not in _FLAT
        if depth > MAX_DEPTH or cost > MAX_ATTRIBUTE_COST:
            return True
    return False


def words_of(markup: str, limit: int = 200_000) -> str:
    """What can be said of a bomb without parsing it: what stands between its tags."""
    return html.unescape(_MARKUP.sub(" ", markup[:limit]))


def content_of(markup: str | None) -> Content:
    """The content of a post, to be parsed without fear."""
    text = markup or ""
    return Content(html.escape(words_of(text)) if is_bomb(text) else text)
