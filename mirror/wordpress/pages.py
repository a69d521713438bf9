"""What a post's or page's own HTML page tells: its WordPress id, and the post itself.

Ids: the `Link` header and element `rel=shortlink` (`wp_shortlink_header`, `wp_shortlink_wp_head`),
the alternate of the REST API (5.5), and the body's classes (`get_body_class`, post-template.php).
They must agree. The content is what a theme puts into `.entry-content`, the class that the block
`core/post-content` and nearly all themes give it.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from mirror.content import Content
from mirror.moments import timestamp
from mirror.wordpress.feeds import MARK, MOST_ID
from mirror.wordpress.reply import Reply

MOST_BYTES = 4_000_000

_SHORTLINK = re.compile(r"""<[^<>]*[?&](?:p|page_id)=(\d{1,19})>\s*;\s*rel="?shortlink\b""")
_SHORT = re.compile(r"[?&](?:p|page_id)=(\d{1,19})$")
_OF_REST = re.compile(r"/wp/v2/[\w-]+/(\d{1,19})\b")
_OF_BODY = re.compile(r"(?:postid|page-id|attachmentid)-(\d{1,19})")
_TYPE_OF_BODY = re.compile(r"single-(?!format-)([a-z0-9_-]{1,20})")
_PROTECTED = "post-password-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `slug` is the post type's name; texts are HTML; times UTC as REST writes them."""

    wp_id: int | None
    slug: str | None
    title: str | None
    content: str | None
    date_gmt: str | None
    modified_gmt: str | None
    protected: bool


def id_in_header(reply: Reply) -> int | None:
    """The id in `Link: <https://example.org/?p=12>; rel=shortlink`: a HEAD request brings it."""
    found = {int(number) for number in _SHORTLINK.findall(reply.header("link")[:20_000])}
    return _one(found)


def read_page(reply: Reply) -> Page:
    """What a page tells of the one post that it shows. Never raises."""
    tree = Content(reply.body[:MOST_BYTES].decode(errors="replace")).tree
    classes = (tree.body.attributes.get("class") or "").split() if tree.body else []
    content = _inner(tree, ".entry-content, .wp-block-post-content")
    title = _inner(tree, "h1.entry-title, h1.wp-block-post-title")
    if title is None and (named := _meta(tree, "og:title")):
        title = html.escape(named, quote=False)
    return Page(
        wp_id=_one({*_ids(reply, tree, classes)}),
        slug=_slug(classes),
        title=title.strip() if title is not None else None,
        content=content,
        date_gmt=utc(_meta(tree, "article:published_time")),
        modified_gmt=utc(_meta(tree, "article:modified_time")),
        protected=content is not None and _PROTECTED in content,
    )


def page_object(
    page: Page, link: str, slug: str, *, wp_id: int | None = None, modified_gmt: str | None = None
) -> dict[str, Any]:
    """The page in the shape and the words of the REST API, as far as it shows them."""
    content = "" if page.protected else page.content
    shown = {"protected": True} if page.protected else {}
    obj: dict[str, Any] = {} if wp_id is None else {"id": wp_id}
    obj |= {"date_gmt": page.date_gmt, "modified_gmt": modified_gmt or page.modified_gmt}
    obj |= {"link": link, "type": slug, "status": "publish"}
    obj["title"] = None if page.title is None else {"rendered": page.title}
    obj["content"] = None if content is None else {"rendered": content, **shown}
    obj[MARK] = {"page": True}
    return {key: value for key, value in obj.items() if value is not None}


def utc(text: str | None) -> str | None:
    """A W3C date and time with its zone as REST writes UTC; None for anything else.

    >>> utc("2024-12-26T05:10:51+01:00"), utc("0204-12-26T01+00"), utc("2024-12-26")
    ('2024-12-26T04:10:51', '0204-12-26T01:00:00', None)
    """
    try:
        when = datetime.fromisoformat((text or "").strip())
        return timestamp(when).removesuffix("Z") if when.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _ids(reply: Reply, tree: LexborHTMLParser, classes: list[str]) -> Iterator[int]:
    if (number := id_in_header(reply)) is not None:
        yield number
    for node in tree.css("link[rel='shortlink']"):
        if match := _SHORT.search(node.attributes.get("href") or ""):
            yield int(match[1])
    for node in tree.css("link[rel='alternate'][type='application/json']"):
        if match := _OF_REST.search(node.attributes.get("href") or ""):
            yield int(match[1])
    for name in classes:
        if match := _OF_BODY.fullmatch(name):
            yield int(match[1])


def _one(found: set[int]) -> int | None:
    """The id that all sources agree on."""
    return found.pop() if len(found) == 1 and 0 < min(found) <= MOST_ID else None


def _slug(classes: list[str]) -> str | None:
    if "attachment" in classes:
        return "attachment"
    if "page" in classes:
        return "page"
    if "single" not in classes:
        return None
    return next((m[1] for name in classes if (m := _TYPE_OF_BODY.fullmatch(name))), None)


def _inner(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    return None if node is None else (node.inner_html or "")


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    node = tree.css_first(f"meta[property='{name}']")
    return None if node is None else node.attributes.get("content")
