"""The elements and attributes that a post needs to be read, and nothing that acts.

Whoever shows upstream's HTML, on a page of `mirror browse` or in a file, lets nh3 write it anew
from this list; which addresses may stand in it is for each to say.
"""

from collections.abc import Callable

import nh3

_READABLE = (
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 header hr i img "
    "ins kbd li mark ol p pre q rp rt ruby s samp section small source span strong sub summary sup "
    "table tbody td tfoot th thead time tr track u ul var video wbr"
)
ELEMENTS = frozenset(_READABLE.split())
# Elements that go with their text, which is no prose, or is parsed in ways of its own. (`title` and
# `xmp` stand here because of mutation XSS: nh3 would keep their text as text.)
_UNREADABLE = (
    "script style template noscript iframe object applet svg math select option textarea title xmp "
    "noembed noframes plaintext frameset"
)
GONE = frozenset(_UNREADABLE.split())
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "video": {"src", "poster", "width", "height"},
    "audio": {"src"},
    "source": {"src", "type"},
    "track": {"src", "kind", "srclang", "label"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "details": {"open"},
}
# Attributes that make a browser fetch something.
FETCHING = frozenset(("src", "poster"))
_LENGTHS = frozenset(("width", "height"))
_SCHEMES = frozenset(("http", "https", "mailto"))


def clean(
    html: str,
    *,
    address: Callable[[str, str], str | None],
    schemes: frozenset[str] = frozenset(),
    classes: dict[str, set[str]] | None = None,
    fixed: dict[str, dict[str, str]],
) -> str:
    """The HTML with what is listed here only.

    `address(name, value)` says what stands in an attribute that fetches, or in an `href`: None is
    nothing. `schemes` are allowed beside those of the web; `classes` by element; `fixed` are
    attributes that each element of a name is given.
    """

    def keep(tag: str, name: str, value: str) -> str | None:
        if name in FETCHING or name == "href":
            return address(name, value)
        if name in _LENGTHS:
            return value if value.isascii() and value.isdigit() and len(value) < 6 else None
        return value

    return nh3.clean(
        html,
        tags=set(ELEMENTS),
        clean_content_tags=set(GONE),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        allowed_classes=classes,
        url_schemes=set(_SCHEMES | schemes),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values=fixed,
    )
