"""A fast WordPress of N generated posts on loopback: `python -m benchmarks.site --posts 20000`.

Every object is serialised once, into one file that is mapped into memory; a reply is a slice of it,
or several. So the site costs a crawl next to nothing, and what is measured is the crawler. Prints
one line of JSON when it is ready: `url`, `posts`, `media`, `json_bytes` (of posts and media). Ends
with SIGTERM, or when its standard input closes.

`POST /_edit?id=N` changes a post, now; `POST /_requests` tells what was asked since the last time:
`{"requests", "bytes"}` sent, less the control requests themselves.
"""

import argparse
import asyncio
import contextlib
import json
import mmap
import signal
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from benchmarks.newsroom import AUTHORS, CATEGORIES, MEDIA_FROM, TAGS, Newsroom
from mirror.demo import arguments, objects
from mirror.demo.arguments import Refused
from mirror.demo.reply import Reply
from mirror.demo.rest import respond, route_of, schemas
from mirror.demo.rows import Term, User
from mirror.demo.site import Site

# The smallest JPEG-like answer for any picture: its header, and nothing to see.
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")

# Ids are unique across types, and those of media are below; pages were written long ago.
PAGES_FROM, PAGES_AT = 2 * MEDIA_FROM, datetime(2020, 1, 1, tzinfo=UTC)


class Shelf:
    """The serialised objects of one collection, each followed by a comma, in order of id."""

    def __init__(self, made: Iterable[Mapping[str, Any]]) -> None:
        self.ids = array("Q")
        self.starts = array("Q", [0])
        self.columns: dict[str, list[str]] = {"date": [], "modified": []}
        self.edited: dict[int, bytes] = {}
        with tempfile.TemporaryFile() as file:
            for one in made:
                text = json.dumps(one, separators=(",", ":")).replace("/", "\\/").encode()
                file.write(text + b",")
                self.ids.append(one["id"])
                self.starts.append(self.starts[-1] + len(text) + 1)
                for name, column in self.columns.items():
                    column.append(one[name])
            file.flush()
            self.text = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self.places = {number: n for n, number in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def one(self, place: int) -> bytes:
        """The object at a place, as it is now."""
        text = self.text[self.starts[place] : self.starts[place + 1] - 1]
        return self.edited.get(place) or bytes(text)

    def list(self, places: Sequence[int]) -> bytes:
        """A JSON list of the objects at some places; a run of neighbours is one slice."""
        if isinstance(places, range) and places.step == 1 and not self.edited and places:
            text = self.text[self.starts[places[0]] : self.starts[places[-1] + 1] - 1]
            return b"".join((b"[", text, b"]"))
        return b"[%b]" % b",".join(self.one(place) for place in places)

    def select(self, values: Mapping[str, Any], site: Site) -> Sequence[int]:
        """The places that a query's filters leave, in its order."""
        places: Sequence[int] = range(len(self))
        if values["include"]:
            places = sorted(self.places[n] for n in values["include"] if n in self.places)
        for name, column in self.columns.items():
            mark = "" if name == "date" else "modified_"
            for side, sign in (("after", 1), ("before", -1)):
                if f"{mark}{side}" in values:
                    bound = _local(site, values[f"{mark}{side}"])
                    places = [p for p in places if sign * _compare(column[p], bound) > 0]
        if values.get("parent"):
            places = []  # no picture here is attached to a post
        if values["orderby"] == "modified":
            places = sorted(places, key=self.columns["modified"].__getitem__)
        return places if values["order"] == "asc" else places[::-1]

    def edit(self, number: int) -> None:
        """Appends a paragraph to a post, and dates it now, in a site one hour east of UTC."""
        place, now = self.places[number], datetime.now(UTC)
        made = json.loads(self.one(place))
        made["content"]["rendered"] += "<p>A word was added.</p>\n"
        made["modified_gmt"] = now.strftime("%Y-%m-%dT%H:%M:%S")
        made["modified"] = datetime.fromtimestamp(now.timestamp() + 3600, UTC).strftime(
            "%Y-%m-%dT%H:%M:%S"
        )
        self.columns["modified"][place] = made["modified"]
        self.edited[place] = json.dumps(made).encode()


def _compare(one: str, other: str) -> int:
    return (one > other) - (one < other)


def _local(site: Site, text: str) -> str:
    if text[19:]:
        return site.local(datetime.fromisoformat(text.upper()))
    return text[:19]


class StaticSite:
    """What is served: posts and media from shelves, the rest from a small `Site`."""

    def __init__(self, url: str, posts: int, seed: int) -> None:
        newsroom = Newsroom(url, posts, seed)
        self.site = Site(url=url, name="Benchmark", timezone="+1")
        for n in range(1, AUTHORS + 1):
            self.site.users[n] = User(id=n, name=f"Author {n}", slug=f"author-{n}")
            self.site.add("page", PAGES_AT, id=PAGES_FROM + n, author=n, title=f"About author {n}")
        for taxonomy, first, count in (("category", 1, CATEGORIES), ("post_tag", 101, TAGS)):
            for n in range(first, first + count):
                self.site.terms[n] = Term(
                    id=n, taxonomy=taxonomy, name=f"Subject {n}", slug=f"subject-{n}"
                )
        self.shelves = {
            "/wp/v2/posts": Shelf(newsroom.posts()), "/wp/v2/media": Shelf(newsroom.media())
        }  # fmt: skip
        self.requests = 0
        self.bytes = 0

    def respond(self, method: str, path: str, query: str) -> Reply:
        """The answer to a request; only a `/_...` path may change or reset anything."""
        if method == "POST":
            return self._control(path, query)
        reply = self._respond(method, path, query)
        self.requests += 1
        self.bytes += len(reply.body)
        return reply

    def _respond(self, method: str, path: str, query: str) -> Reply:
        if path.startswith("/wp-content/uploads/"):
            return Reply(200, {"Content-Type": "image/jpeg"}, PICTURE)
        route = route_of(self.site, path, query)
        if route is None:
            return self.site.respond(method, path, query)
        base, _, number = route.rpartition("/")
        try:
            if route in self.shelves:
                return self._list(route, query)
            if base in self.shelves and number.isdigit():
                return self._one(self.shelves[base], int(number), query)
        except Refused as refused:
            return Reply.of_json(refused.status, refused.body, {})
        return respond(self.site, route, query)

    def _list(self, route: str, query: str) -> Reply:
        shelf = self.shelves[route]
        kind = self.site.types["post" if route.endswith("posts") else "attachment"]
        values = arguments.read(query, schemas(self.site, kind))
        places = shelf.select(values, self.site)
        size = values["per_page"]
        start = values.get("offset", (values["page"] - 1) * size)
        window = places[start : start + size]
        if not window and "offset" not in values and values["page"] > 1 and places:
            raise Refused(400, "rest_post_invalid_page_number", "There is no such page.")
        total = len(places) if window else 0
        body = _trim(shelf.list(window), query)
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // size))}
        if start + size < len(places):
            following = f"{query}&page={start // size + 2}"
            headers["Link"] = f'<{self.site.url}/wp-json{route}?{following}>; rel="next"'
        return Reply(200, {"Content-Type": "application/json; charset=UTF-8", **headers}, body)

    def _one(self, shelf: Shelf, number: int, query: str) -> Reply:
        if number not in shelf.places:
            raise Refused(404, "rest_post_invalid_id", "Invalid post ID.")
        body = _trim(shelf.one(shelf.places[number]), query)
        return Reply(200, {"Content-Type": "application/json; charset=UTF-8"}, body)

    def _control(self, path: str, query: str) -> Reply:
        if path == "/_edit":
            self.shelves["/wp/v2/posts"].edit(int(arguments.fields(query)["id"]))
        counted = {"requests": self.requests, "bytes": self.bytes}
        if path == "/_requests":
            self.requests = self.bytes = 0
        return Reply.of_json(200, counted, {})


def _trim(body: bytes, query: str) -> bytes:
    if "_fields" not in query:
        return body
    names = arguments.fields(query)["_fields"].split(",")
    made = json.loads(body)
    kept = (
        [objects.pick(o, names) for o in made]
        if isinstance(made, list)
        else objects.pick(made, names)
    )
    return json.dumps(kept, separators=(",", ":")).encode()


class Conversation(asyncio.Protocol):
    """One keep-alive connection. Knows as much of HTTP/1.1 as a crawler on loopback needs."""

    def __init__(self, site: StaticSite) -> None:
        self.site = site
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            request, self.pending = self.pending.split(b"\r\n\r\n", 1)
            method, target, _ = request.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            path, _, query = target.partition("?")
            reply = self.site.respond(method, unquote(path), query)
            lines = [f"HTTP/1.1 {reply.status} -", f"Date: {formatdate(usegmt=True)}"]
            lines += [f"{name}: {value}" for name, value in reply.headers.items() if name != "Date"]
            lines.append(f"Content-Length: {len(reply.body)}")
            head = "\r\n".join(lines).encode() + b"\r\n\r\n"
            self.transport.writelines([head, b"" if method == "HEAD" else reply.body])


async def _serve(posts: int, port: int, seed: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    sites: list[StaticSite] = []
    server = await loop.create_server(lambda: Conversation(sites[0]), "127.0.0.1", port)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    sites.append(StaticSite(url, posts, seed))
    shelves = sites[0].shelves
    counts = {"posts": len(shelves["/wp/v2/posts"]), "media": len(shelves["/wp/v2/media"])}
    size = sum(len(shelf.text) for shelf in shelves.values())
    print(json.dumps({"url": url, **counts, "json_bytes": size}), flush=True)
    loop.add_reader(sys.stdin, stop.set)
    await stop.wait()
    server.close()


@contextlib.contextmanager
def serving(posts: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Runs the site in a process of its own while the block lasts; gives the line it printed."""
    command = [sys.executable, "-m", "benchmarks.site", "--posts", str(posts), "--seed", str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.posts, chosen.port, chosen.seed))


if __name__ == "__main__":
    main()
