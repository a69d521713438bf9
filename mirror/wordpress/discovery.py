"""Finding a site's REST root: six signals, in order, without any I/O.

`discover` is a generator: it yields what to ask and is sent each `Reply` in return, so that the
same logic serves Scrapy, tests and anything else that can fetch. The driver follows redirects and
obeys robots.txt. The origin that answered is pinned: what pages advertise is asked there and
nowhere else (WordPress does not canonicalise REST addresses, and behind a proxy it advertises the
wrong host).
"""

import html
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from mirror.errors import ConfigError, DiscoveryError, RefusedError, SiteErrorKind
from mirror.items import JsonObject
from mirror.urls import host_of, is_global_host
from mirror.wordpress import advertised
from mirror.wordpress.objects import storable
from mirror.wordpress.parse import Unreadable, decode
from mirror.wordpress.problems import Problem, classify, read_list
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import WORDPRESS_COM, Api, origin, same_site

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
# WordPress answers PHP fatals as JSON, too, where JSON is asked for.
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """An address to GET, and the `Accept` header to send."""

    url: str
    accept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A REST root that answered, and what its index says of the site.

    `home` is on the pinned origin; `name` and `description` are plain text; `gmt_offset` is in
    hours. `trail` says which places were asked and what each answered, one line each.
    """

    api: Api
    index: JsonObject
    home: str
    name: str
    description: str
    timezone: str | None
    gmt_offset: float | None
    trail: tuple[str, ...]


Steps = Generator[Ask, Reply, Root | None]


def discover(url: str) -> Generator[Ask, Reply, Root]:
    """Finds the REST root behind whatever a user types.

    A host, a home page, a post's address and the root itself will do. A host alone means https,
    in whose place http is never tried: whoever can break the one would have the other read.

    Raises `ConfigError` for what is no web address, `RefusedError` where the site refuses (which
    is an answer: no other spelling is tried), `DiscoveryError` where no signal leads to a root.
    """
    search = _Search(_normalised(url))
    root = yield from search.run()
    if root is None:
        raise search.verdict()
    return root


class _Search:
    """One search: the places asked so far, and the page that answered first."""

    def __init__(self, start: str) -> None:
        self.start = start
        self.trail: list[str] = []
        self.asked: set[str] = set()
        self.elsewhere: str | None = None
        self.failing: str | None = None
        self.unheard: str | None = None  # why nothing came from where the search began
        self.is_wordpress = False

    def run(self) -> Steps:
        if host := _wordpress_com_site(self.start):
            return (yield from self._wordpress_com(f"https://{host}/"))
        page = yield from self._ask(self.start, PAGE)
        if root := self._front(page):
            return root
        if self._is_silent(page):
            return None
        base = page.url if page.status else self.start
        for find in (advertised.in_header, advertised.in_head):
            if root := (yield from self._index(find(page), base)):
                return root
        if root := (yield from self._rsd(page, base)):
            return root
        for place in _guesses(base, advertised.feed_home(page), self.start):
            if root := (yield from self._index(place, base)):
                return root
            if self._unreachable(page):
                return None
        return (yield from self._wordpress_com(base))

    def _front(self, page: Reply) -> Root | None:
        """Judges the first reply: the root itself, a refusal, another host, or a page to read."""
        if away := _away(page, self.start):
            self.elsewhere = away
            self._note(page, f"sent on to {away}")
            raise self.verdict()
        if index := _index_in(page):
            self._note(page, "the REST root")
            return self._root(page, index)
        problem = classify(page)
        if problem is not None and problem.kind in ("network", "timeout"):
            self.unheard = problem.message
        if problem and (problem.stops_site or problem.kind == "rate-limited"):
            raise self._refused(page, problem)
        if page.status == 401 or (_is_rest(page.url) and problem and problem.kind == "refused"):
            raise self._refused(page, problem)
        self.is_wordpress = bool(_MARKS.search(page.body[: advertised.MOST_BYTES]))
        self._note(page, _told(page))
        return None

    def _rsd(self, page: Reply, base: str) -> Steps:
        link = advertised.rsd_link(page)
        place = advertised.pinned(link, base) if link else None
        if place is None or not re.search(r"[?&]rsd\b", place):
            return None
        reply = yield from self._ask(place, PAGE)
        self._note(reply, _told(reply))
        return (yield from self._index(advertised.in_rsd(reply), base))

    def _index(self, place: str | None, base: str, hops: int = 2) -> Steps:
        """Asks for an index at a place, on the origin that answered."""
        where = advertised.pinned(place, base) if place else None
        if place and not same_site(place, base) and origin(place):
            self.trail.append(f"{place}: advertised, but not followed: it is another host")
            self.elsewhere = self.elsewhere or place
        if where is None or where in self.asked:
            return None
        reply = yield from self._ask(where, JSON)
        if index := _index_in(reply):
            self._note(reply, "the REST root")
            return self._root(reply, index)
        self._judge(where, reply)
        named = advertised.in_header(reply)
        if named and hops:
            return (yield from self._index(named, base, hops - 1))
        return None

    def _judge(self, where: str, reply: Reply) -> None:
        """Notes what a place answered that is no index. Raises `RefusedError` for a refusal."""
        problem = classify(reply)
        if problem is None:
            self._note(reply, "JSON, but no REST index")
            return
        if problem.kind in ("refused", "challenge", "rate-limited"):
            raise self._refused(reply, problem)
        if problem.kind == "redirected-away" and self.is_wordpress and _is_rest(where):
            raise self._refused(reply, problem)
        unusable = ("network", "timeout", "server-error", "maintenance", "truncated")
        if problem.kind in unusable or 300 <= reply.status < 400:
            self.failing = self.failing or f"{where} answers {problem.message}"
        self._note(reply, problem.message)

    def _wordpress_com(self, base: str) -> Steps:
        """Signal 6: sites on WordPress.com have no local `/wp-json`."""
        host = host_of(base)
        if not is_global_host(host) or self.failing:
            return None
        api = Api(f"https://{WORDPRESS_COM}/wp/v2/sites/{quote(host)}")
        reply = yield from self._ask(api.url("/wp/v2/posts", {"per_page": 1}), JSON)
        listing = read_list(reply)
        if isinstance(listing, Problem):
            self._note(reply, listing.message)
            return None
        self._note(reply, "posts")
        about = yield from self._ask(f"https://{WORDPRESS_COM}/rest/v1.1/sites/{quote(host)}", JSON)
        self._note(about, _told(about))
        site = _json_object(about) or {}
        index = {"name": site.get("name"), "description": site.get("description")}
        home = urlunsplit((*urlsplit(base)[:2], "/", "", ""))
        return _described(api, {**index, "namespaces": ["wp/v2"], "routes": {}}, home, self.trail)

    def _ask(self, url: str, accept: str) -> Generator[Ask, Reply, Reply]:
        self.asked.add(url)
        return (yield Ask(url=url, accept=accept))

    def _root(self, reply: Reply, index: JsonObject) -> Root:
        parts = urlsplit(reply.url)
        root = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
        said = index.get("home")
        home = advertised.pinned(said, reply.url) if isinstance(said, str) else None
        fallback = urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
        return _described(Api(root), index, home or fallback, self.trail)

    def _is_silent(self, page: Reply) -> bool:
        """No answer in all the time there is: other places there would take as long, each."""
        problem = classify(page)
        if problem is None or page.status or problem.kind != "timeout":
            return False
        self.failing = problem.message
        return True

    def _unreachable(self, page: Reply) -> bool:
        """Neither the page nor the first guess was answered: the rest will not be either."""
        return page.error is not None and self.failing is not None

    def _note(self, reply: Reply, what: str) -> None:
        by = f" (from {reply.redirected_from[0]})" if reply.redirected_from else ""
        self.trail.append(f"{reply.url}{by}: {what}")

    def _refused(self, reply: Reply, problem: Problem | None) -> RefusedError:
        what = problem.message if problem else str(reply.status)
        self._note(reply, what)
        kind: SiteErrorKind = "refused"
        does = "refuses its REST API"
        if problem and problem.kind == "challenge":
            kind, does = "challenge", "wants a browser, not a robot"
        elif problem and problem.kind == "rate-limited":
            kind, does = "rate-limited", "asks to come back later"
        elif problem and problem.kind == "redirected-away":
            does = "hides its REST API"
        return RefusedError(f"{host_of(reply.url)} {does} ({what})", self.trail, kind=kind)

    def verdict(self) -> DiscoveryError:
        """Why there is no root, once all places were asked."""
        host = host_of(self.start)
        if self.elsewhere:
            said = f"{host} points to another host; if that is the site, mirror {self.elsewhere}"
            return DiscoveryError(said, self.trail, kind="elsewhere")
        if self.failing:
            said = f"{host} gave no usable answer: {self.unheard or self.failing}"
            if self.unheard and self.start.startswith("https:"):
                said += f" (if it has no https, name {self.start.replace('https:', 'http:', 1)})"
            return DiscoveryError(said, self.trail, kind="failing")
        said = f"no WordPress REST API found at {host}; if it is in a folder there, name that, too"
        return DiscoveryError(said, self.trail, kind="absent")


# What a theme cannot help showing: a site that has these is WordPress, whatever else it hides.
_MARKS = re.compile(rb"/wp-(?:content|includes)/|content=[\"']WordPress ", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def _normalised(typed: str) -> str:
    """A full address without user, password and fragment."""
    text = typed.strip()
    if not _SCHEME.match(text):
        text = "https://" + text.lstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode()
        path = quote(parts.path or "/", safe="/:@!$&'()*+,;=-._~%")
        query = quote(parts.query, safe="/:@!$&'()*+,;=-._~%?")
    except ValueError:  # so are the errors of encodings
        raise ConfigError(f"{typed!r} is not a web address") from None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.-]+|[\da-f:.]+", host):
        raise ConfigError(f"{typed!r} is not a web address (https://example.com is one)")
    netloc = f"[{host}]" if ":" in host else host
    netloc += f":{port}" if port is not None else ""
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _guesses(base: str, feed_home: str | None, start: str) -> Iterator[str]:
    """Signal 5: the three usual spellings below each folder that may be the home."""
    folders = [urlsplit(feed_home).path] if feed_home else []
    for address in (base, start):
        folders += _folders(urlsplit(address).path)
    origin_of_base = urlunsplit((*urlsplit(base)[:2], "", "", ""))
    for folder in dict.fromkeys(folders):
        for spelling in ("wp-json/", "index.php/wp-json/", "?rest_route=/"):
            yield f"{origin_of_base}{folder}{spelling}"


# The last name of a path that is a file rather than a folder.
_FILE = re.compile(r"\.(?:php|html?|xml|aspx?|txt)$", re.IGNORECASE)


def _folders(path: str) -> list[str]:
    """The folder that a path names, the first one in it, and the root: `/a/b` as `/a/b/ /a/ /`."""
    names = [name for name in path.split("/") if name]
    if names and not path.endswith("/") and _FILE.search(names[-1]):
        del names[-1]
    return ["".join(f"/{name}" for name in names[:n]) + "/" for n in (len(names), 1, 0)]


def _wordpress_com_site(address: str) -> str | None:
    """The site's host in a root of WordPress.com's public API."""
    parts = urlsplit(address)
    match = re.match(r"/wp/v2/sites/([\w.-]+)", parts.path)
    return match[1] if match and parts.hostname == WORDPRESS_COM else None


def _away(page: Reply, start: str) -> str | None:
    """The address on another host at which the first request ended, or to which it was sent."""
    end = page.url
    if 300 <= page.status < 400:
        end = advertised.absolute(page.url, page.header("location")) or page.url
    return end if page.status and not same_site(end, start) else None


def _index_in(reply: Reply) -> JsonObject | None:
    """A root index: a JSON object with `namespaces` and `routes`, with a good status."""
    index = _json_object(reply)
    shaped = index is not None and {"namespaces", "routes"} <= index.keys()
    return index if shaped and 200 <= reply.status < 300 else None


def _json_object(reply: Reply) -> JsonObject | None:
    if classify(reply) is not None:
        return None
    try:
        value = decode(reply.body).value
    except Unreadable:
        return None
    return value if isinstance(value, dict) else None


def _is_rest(url: str) -> bool:
    """Whether an address is one of the REST API's, as far as one can tell by looking."""
    return bool(re.search(r"/wp-json(?:/|$)|[?&]rest_route=", url))


def _told(reply: Reply) -> str:
    if reply.error is not None:
        return reply.error
    what = "a page" if reply.body.lstrip()[:1] == b"<" else f"{len(reply.body)} bytes"
    return f"{reply.status}, {what}"


def _described(api: Api, index: JsonObject, home: str, trail: list[str]) -> Root:
    return Root(
        api=api,
        index=index,
        home=home,
        name=_text(index.get("name")),
        description=_text(index.get("description")),
        timezone=_text(index.get("timezone_string")) or None,
        gmt_offset=_hours(index.get("gmt_offset")),
        trail=tuple(trail),
    )


def _text(value: object) -> str:
    """REST sends names as HTML: unescaped once, they are plain."""
    return storable(html.unescape(value).strip()) if isinstance(value, str) else ""


def _hours(value: object) -> float | None:
    """`gmt_offset` is a number, or the option's string."""
    try:
        hours = float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return None
    return hours if hours is not None and -24 <= hours <= 24 else None
