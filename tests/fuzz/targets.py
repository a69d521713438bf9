"""What is fuzzed: every parser of what a site sends, and what must hold whatever it is given.

A target takes one input and returns, or fails: by an assertion, or by an exception that the
parser's documentation does not promise.
"""

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from PIL import Image
from protego import Protego

from mirror import content_media, differences, media_urls
from mirror.attribution import judge, site_of, to_line
from mirror.browse.reading import readable
from mirror.cli.text import clean, one_line, to_json
from mirror.content import Content, plain, searchable
from mirror.errors import ConfigError, SiteError
from mirror.media.encodings import BadEncoding, Unpacker
from mirror.media.offline import localise
from mirror.media.page import sanitise, standalone
from mirror.media.sniff import measure, sniff
from mirror.sync.fingerprint import changed_fields, fingerprint
from mirror.urls import guid_key, host_of, is_global_host, site_key
from mirror.wordpress import advertised, feeds, pages, partial, problems
from mirror.wordpress.collections import survey
from mirror.wordpress.discovery import discover
from mirror.wordpress.envelope import opened
from mirror.wordpress.objects import dumps, loads, rebuild, split, without_personal
from mirror.wordpress.parse import Unreadable, decode
from mirror.wordpress.reply import MOST_ROWS, Reply, http_date
from mirror.wordpress.routes import pages_only, same_site, supports
from mirror.wordpress.sitemaps import places, subject_of
from spiders.sitemaps import entries_of
from tests.fuzz import inputs
from tests.fuzz.inputs import ADDRESSES, DATES, HEADERS, HOME, HTML, SERVED, VALUES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST_ASKED = 60  # requests that looking for a REST root may take, whatever is answered


@dataclass(frozen=True, slots=True)
class Target:
    """A parser, or some that belong together: what to give them, and what to do with it."""

    inputs: st.SearchStrategy[Any]
    check: Callable[[Any], None]


bodies = inputs.spoiled_bytes(list(SERVED.values()))
texts = inputs.spoiled(HTML)
addresses = inputs.spoiled(ADDRESSES)
headers = st.dictionaries(
    st.sampled_from(HEADERS),
    inputs.spoiled((*DATES, f'<{HOME}wp-json/>; rel="https://api.w.org/"', *ADDRESSES)),
    max_size=4,
)
replies = st.builds(
    Reply,
    url=st.sampled_from([*ADDRESSES[:4], f"{HOME}wp-json/wp/v2/posts?_envelope=1"]),
    status=st.sampled_from((0, 200, 200, 200, 301, 302, 400, 401, 403, 404, 429, 500, 503, 999)),
    headers=headers,
    body=bodies,
)


def storable(value: object) -> bool:
    """Whether SQLite takes a text and gives it back."""
    with closing(sqlite3.connect(":memory:")) as db:
        return value is None or db.execute("SELECT ?", [value]).fetchone() == (value,)


def json_in_noise(body: bytes) -> None:
    with suppress(Unreadable):
        decoded = decode(body)
        assert isinstance(decoded.value, dict | list)
        assert loads(dumps(decoded.value)) == decoded.value
        assert all("\n" not in noise and len(noise) < 300 for noise in decoded.noise)


def answers(reply: Reply) -> None:
    reply = opened(reply)
    problems.classify(reply, NOW)
    problems.absence(reply)
    problems.read_object(reply)
    listing = problems.read_list(reply)
    if isinstance(listing, problems.Listing):
        assert listing.total is None or 0 <= listing.total <= MOST_ROWS
    for seconds in (reply.retry_after(NOW), reply.retry_after()):
        assert seconds is None or seconds >= 0
    assert reply.date is None or reply.date.tzinfo is UTC
    pages.read_page(reply)
    for look in (
        advertised.in_header, advertised.in_head, advertised.rsd_link, advertised.in_rsd,
        advertised.feed_home,
    ):  # fmt: skip
        found = look(reply)
        pinned = advertised.pinned(found, HOME) if found is not None else None
        assert pinned is None or same_site(pinned, HOME)


def routes(value: tuple[Any, Any, Any]) -> None:
    found = survey(*value, comments=True)
    names = [one.name for one in found.collections]
    assert len(set(names)) == len(names)
    for one in found.collections:
        assert one.route.startswith("/")
        supports(value[2], one.route, "after")
        pages_only(value[2], one.route)


def finding(value: tuple[str, list[Reply]]) -> None:
    typed, answered = value
    asked = 0
    with suppress(ConfigError, SiteError, StopIteration):
        search = discover(typed)
        ask = next(search)
        while True:
            asked += 1
            assert asked <= MOST_ASKED
            assert urlsplit(ask.url).scheme in ("http", "https")
            ask = search.send(replace(answered[asked % len(answered)], url=ask.url))


def feed(body: bytes) -> None:
    with suppress(feeds.NotAFeed):
        for entry in feeds.read_feed(body).entries:
            obj = feeds.rest_object(entry, "post")
            dumps(obj)
            feeds.guid_id(entry.guid, HOME)
            split("post", obj)


def sitemap(body: bytes) -> None:
    found = entries_of("https://example.org/sitemap.xml", body)
    for loc, modified in found[1] if found else ():
        subject_of(loc)
        pages.utc(modified)


def robots(body: bytes) -> None:
    rules = Protego.parse(body.decode("utf-8", "replace"))
    rules.can_fetch("https://example.org/wp-json/wp/v2/posts?per_page=100", "syndication-mirror")
    rules.crawl_delay("syndication-mirror")
    places(HOME, list(rules.sitemaps))


def whole_object(obj: dict[str, Any]) -> None:
    obj = loads(dumps(without_personal(obj)))
    for kind in ("post", "media", "term", "author", "comment"):
        columns, extra = split(kind, obj)  # type: ignore[arg-type]
        assert rebuild(kind, obj["id"], columns, extra) == obj  # type: ignore[arg-type]
        assert all(storable(value) for value in (*columns.values(), extra))
        assert fingerprint(kind, obj) == fingerprint(kind, loads(dumps(obj)))  # type: ignore[arg-type]
    content = obj.get("content")
    html = content.get("rendered") if isinstance(content, dict) else content
    found = Content(html if isinstance(html, str) else "")
    line = to_line(obj, judge(obj, site_of(obj)))
    assert 0 <= (line["confidence"] or 0) <= 1
    to_json(line)
    for use in (*content_media.uses(obj, HOME, found), *content_media.of_attachment(obj, HOME)):
        assert use.url.startswith(("http://", "https://"))
        assert storable(use.url)
    guid_key(obj["guid"] if isinstance(obj.get("guid"), str) else None)


def two_objects(value: tuple[dict[str, Any], dict[str, Any]]) -> None:
    # As sent: numbers that Python cannot hold, such as NaN, are then literals, equal by their text.
    before, after = (loads(dumps(obj)) for obj in value)
    changed_fields("post", before, after)
    for one in differences.differences(before, after):
        to_json(one)
    partial.merged(before, after)
    assert changed_fields("post", before, before) == ()


def html(text: str) -> None:
    content = Content(text)
    for link in content.links:
        assert 0 <= link.start <= len(content.text)
    for aside in content.asides:
        assert 0 <= aside.start <= aside.end <= len(content.text)
    storable(searchable(text, text, content)[1])
    plain(text)
    list(content_media.shown(content))
    for written in (
        localise(text, lambda url: "https://local/x" if "a" in url else None, HOME),
        sanitise(text),
        readable(text, base=HOME, lookup=lambda url: "0" * 64),
        standalone({"content": text, "title": text, "link": HOME}, lambda url: "0" * 64, str),
    ):
        written.encode("utf-8", "surrogatepass")
    for cleaned in (sanitise(text), readable(text, base=HOME, lookup=lambda url: None)):
        assert "<script" not in cleaned.lower()


def address(text: str) -> None:
    found = media_urls.canonical(text, HOME)
    if found is not None:
        assert urlsplit(found).scheme in ("http", "https")
        assert media_urls.canonical(found, HOME) == found
        media_urls.variant(found)
        content_media.extension(found)
    for _, density in content_media.parse_srcset(text):
        assert density >= 0
    is_global_host(host_of(text))
    site_key(text)
    guid_key(text)
    advertised.pinned(text, HOME)
    advertised.absolute(HOME, text)
    subject_of(text)


def date(text: str) -> None:
    found = http_date(text)
    assert found is None or found.tzinfo is UTC
    utc = pages.utc(text)
    assert utc is None or len(utc) == 19


def terminal(text: str) -> None:
    for shown in (one_line(text), clean(text), to_json({"a": text})):
        assert all(char.isprintable() or char in "\n\t \xa0\xad" or ord(char) > 0x9F
                   for char in shown)  # fmt: skip
        shown.encode()
    assert "\n" not in one_line(text)


def versions(value: tuple[str, str]) -> None:
    before, after = value
    pieces = differences.compare(before, after)
    assert "".join(p.text for p in pieces if p.operation != "delete") == after


def picture(body: bytes) -> None:
    found = sniff(body)
    assert "/" in found.mime
    measure(Path("/nonexistent"), found.mime, body)
    for encoding in ("gzip", "deflate"):
        unpacker = Unpacker(encoding)
        unpacker.feed(body)
        with suppress(BadEncoding):
            for _ in range(8):
                if not unpacker.take():
                    break


def _pictures() -> list[bytes]:
    found = []
    for kind in ("PNG", "GIF", "JPEG", "WEBP", "TIFF", "BMP", "ICO"):
        file = io.BytesIO()
        Image.new("RGB", (3, 5), "red").save(file, kind)
        found.append(file.getvalue())
    return [*found, b"<svg xmlns='http://www.w3.org/2000/svg' width='3' height='5'/>", b"%PDF-1.7"]


def _spoiled_file(random: Random) -> bytes:
    body = random.choice(_FILES)
    for _ in range(random.randrange(5)):
        at, width = random.randint(0, len(body)), random.randrange(5)
        body = body[:at] + random.randbytes(random.randrange(6)) + body[at + width :]
    return body


_FILES = _pictures()
_MAPS = [value for path, value in SERVED.items() if "sitemap" in path]
_FEEDS = [value for path, value in SERVED.items() if path.startswith("/feed")]
_INDEX = [
    decode(SERVED[f"/wp-json/{path}"]).value for path in ("wp/v2/types", "wp/v2/taxonomies", "")
]

TARGETS: dict[str, Target] = {
    "JSON in noise": Target(bodies, json_in_noise),
    "answers": Target(replies, answers),
    "routes": Target(
        st.tuples(*(st.just(one) | VALUES | inputs.changed(one) for one in _INDEX)), routes
    ),
    "finding the API": Target(
        st.tuples(addresses, st.lists(replies, min_size=1, max_size=5)), finding
    ),
    "feeds": Target(inputs.spoiled_bytes(_FEEDS), feed),
    "sitemaps": Target(inputs.spoiled_bytes(_MAPS), sitemap),
    "robots.txt": Target(inputs.spoiled_bytes([SERVED["/robots.txt"]]), robots),
    "objects": Target(inputs.objects(), whole_object),
    "two readings": Target(st.tuples(inputs.objects(), inputs.objects()), two_objects),
    "HTML": Target(texts, html),
    "addresses": Target(addresses, address),
    "dates": Target(inputs.spoiled(DATES), date),
    "terminal": Target(inputs.spoiled(HTML) | st.text(), terminal),
    "versions": Target(st.tuples(texts, texts), versions),
    "files": Target(inputs.SEEDS.map(_spoiled_file), picture),
}
