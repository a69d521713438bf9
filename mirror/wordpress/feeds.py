"""What a WordPress feed gives: posts without ids, as far as a visitor sees them.

Atom (wp-includes/feed-atom.php) has all that RSS 2.0 (feed-rss2.php) has, and when a post was last
modified. Neither has ids, terms' ids, slugs, media, pages; both may be cut to excerpts. Feeds list
what is published, ten at a time, so that an entry's absence says nothing.
"""

import html
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mirror.items import JsonObject
from mirror.moments import timestamp
from mirror.urls import host_of

# The field of an object that was made from a feed or a page, with what has no place in REST's.
MARK = "_feed"
MOST_ID = 2**63 - 1

# `wp_staticize_emoji` (formatting.php) puts pictures in place of emoji, in feeds only.
_EMOJI = re.compile(
    r'<img src="https?://s\.w\.org/images/core/emoji/[^"<>]{1,200}" alt="([^"<>]{1,100})" '
    r'class="wp-smiley"[^<>]{0,200}>'
)
# `get_the_password_form` (post-template.php) stands in place of a protected post's content.
_PROTECTED = "post-password-form"
_DECLARATION = re.compile(rb"<\?xml\s[^<>]{1,200}>")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]")


class NotAFeed(ValueError):
    """Raised by `read_feed` for what no feed reader could make sense of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post as a feed shows it.

    `title`, `content` and `excerpt` are HTML; `content` is None where the feed gives excerpts only.
    Times are UTC as REST writes them, `YYYY-MM-DDTHH:MM:SS`; RSS has no `modified_gmt`.
    """

    guid: str
    link: str
    title: str
    content: str | None = None
    excerpt: str | None = None
    date_gmt: str | None = None
    modified_gmt: str | None = None
    author: str | None = None
    categories: tuple[str, ...] = ()
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One page of a feed. `title` is the site's name as plain text; `flaw` what is wrong with it.

    `generator` is what made it, such as `WordPress` or `https://wordpress.org/?v=6.8`.
    """

    kind: Literal["atom", "rss"]
    title: str
    home: str | None
    generator: str
    entries: tuple[Entry, ...]
    flaw: str | None = None


def feed_url(home: str, kind: Literal["atom", "rss"], *, pretty: bool, **more: object) -> str:
    """The address of a site's feed below its home address.

    >>> feed_url("https://example.org/blog/", "atom", pretty=True, paged=2)
    'https://example.org/blog/feed/atom/?paged=2'
    >>> feed_url("https://example.org/", "rss", pretty=False)
    'https://example.org/?feed=rss2'
    """
    parts = urlsplit(home)
    query: dict[str, object] = {} if pretty else {"feed": "atom" if kind == "atom" else "rss2"}
    tail = ("feed/atom/" if kind == "atom" else "feed/") if pretty else ""
    path = parts.path.rstrip("/") + "/" + tail
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode({**query, **more}), ""))


def read_feed(body: bytes) -> Feed:
    """The entries of a feed, of well-formed XML or not. Those without a link are left out.

    Raises NotAFeed where there is none.
    """
    # Here: it takes longer to import than most crawls, which need no feed, can spare.
    from mirror.wordpress.feedparsing import parse

    document = _document(body)
    if document is None:
        raise NotAFeed("no feed")
    try:
        parsed = parse(document)
    except Exception as error:  # feedparser documents none, and has had several
        raise NotAFeed(f"a feed that cannot be read: {error}") from error
    version = str(parsed.get("version") or "")
    if not version:
        raise NotAFeed("XML, but no feed")
    kind: Literal["atom", "rss"] = "atom" if version.startswith("atom") else "rss"
    about = parsed.get("feed") or {}
    flaw = parsed.get("bozo_exception") if parsed.get("bozo") else None
    entries = (_entry(entry, kind) for entry in parsed.get("entries") or ())
    return Feed(
        kind=kind,
        title=html.unescape(_text(about, "title")).strip(),
        home=_text(about, "link") or None,
        generator=_text(about, "generator"),
        entries=tuple(entry for entry in entries if entry is not None),
        flaw=str(flaw)[:200] if flaw else None,
    )


def _document(body: bytes) -> bytes | None:
    """The root element, and the declaration that says its encoding; None where there is no root.

    Between them may be a document type, whose entities are a kilobyte and stand for gigabytes.
    """
    root = _ROOT.search(body[:20_000])
    if root is None:
        return None
    declaration = _DECLARATION.search(body, 0, root.start())
    return (declaration[0] if declaration else b"") + body[root.start() :]


def _entry(entry: Any, kind: str) -> Entry | None:
    link = _text(entry, "link")
    if not link.startswith(("http://", "https://")):
        return None
    title = _text(entry, "title").strip()
    bodies = [part.get("value") for part in dict.get(entry, "content") or ()]
    content = next((body for body in bodies if isinstance(body, str)), None)
    protected = content is not None and _PROTECTED in content
    # Where there is no summary, feedparser answers with the content.
    summary = _text(entry, "summary")
    return Entry(
        guid=html.unescape(_text(entry, "id") or link),
        link=link,
        # Atom's is HTML (`type="html"`), RSS' is text.
        title=title if kind == "atom" else html.escape(title, quote=False),
        content=None if content is None else _EMOJI.sub(r"\1", content),
        excerpt=summary if summary != content else None,
        date_gmt=_time(entry, "published_parsed"),
        modified_gmt=_time(entry, "updated_parsed") if kind == "atom" else None,
        author=_text(entry, "author") or None,
        categories=tuple(
            term for tag in dict.get(entry, "tags") or () if (term := str(tag.get("term") or ""))
        ),
        protected=protected,
    )


def _text(values: Any, key: str) -> str:
    # `dict.get`: feedparser's own answers one key with another, and warns.
    value = dict.get(values, key)
    return value if isinstance(value, str) else ""


def _time(entry: Any, key: str) -> str | None:
    value: Any = dict.get(entry, key)
    try:
        return timestamp(datetime.fromtimestamp(timegm(value), UTC)).removesuffix("Z")
    except (TypeError, ValueError, OverflowError):
        return None


def guid_id(guid: str, home: str) -> int | None:
    """The post's id where its GUID is a plain permalink of this very site.

    A GUID stays when a post moves to another site, where it has another id: one of another host or
    another folder says nothing.

    >>> guid_id("http://www.example.org/?post_type=book&p=34", "https://example.org/")
    34
    >>> guid_id("http://example.com/?p=34", "https://example.org/") is None
    True
    """
    try:
        parts, site = urlsplit(guid), urlsplit(home)
    except ValueError:
        return None
    here = host_of(guid) == host_of(home) and parts.path.strip("/") == site.path.strip("/")
    values = dict(parse_qsl(parts.query))
    if not here or parts.scheme not in ("http", "https") or values.keys() - _PLAIN:
        return None
    number = values.get("p") or values.get("page_id") or ""
    if not (number.isascii() and number.isdigit() and len(number) < 20):
        return None
    return int(number) if 0 < int(number) <= MOST_ID else None


_PLAIN = {"p", "page_id", "post_type"}


def rest_object(entry: Entry, slug: str, wp_id: int | None = None) -> dict[str, Any]:
    """What the feed says, in the shape and the words of the REST API; nothing is made up.

    `slug` is the post type's. Without `wp_id` it is an object that nothing can be keyed by.
    """
    title, content, excerpt = entry.title, entry.content, entry.excerpt
    shown: dict[str, Any] = {}
    if entry.protected:
        # REST shows no "Protected: " (a translated prefix), and empty texts.
        title, content, excerpt = title.partition(": ")[2] or title, "", ""
        shown = {"protected": True}
    obj: dict[str, Any] = {} if wp_id is None else {"id": wp_id}
    obj |= {"date_gmt": entry.date_gmt, "modified_gmt": entry.modified_gmt}
    obj |= {"guid": {"rendered": entry.guid}, "link": entry.link, "type": slug, "status": "publish"}
    obj["title"] = {"rendered": title}
    obj["content"] = None if content is None else {"rendered": content, **shown}
    obj["excerpt"] = None if excerpt is None else {"rendered": excerpt, **shown}
    obj[MARK] = {"author": entry.author, "categories": list(entry.categories)}
    return {key: value for key, value in obj.items() if value is not None}


def is_partial(obj: Mapping[str, Any] | JsonObject) -> bool:
    """Whether an object was made from a feed or a page, and REST has not shown it since."""
    return MARK in obj
