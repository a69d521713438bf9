"""The mock server itself: `python -m tests.mockserver.server` prints its address and serves.

`/NAME.KEY/...` is a site with the behaviour NAME; each KEY is a site of its own. Sites appear when
they are first asked for. Control requests are never counted:

    POST /_control/NAME.KEY/make   {"posts": 250, "timezone": "America/Santiago", ...}
    POST /_control/NAME.KEY/call   {"method": "edit", "arguments": {"number": 23, "title": "New"}}
    POST /_control/NAME.KEY/churn  {"every": 3, "calls": [{"method": ...}, ...]}
    POST /_control/NAME.KEY/log    → what was asked so far
    POST /_control/NAME.KEY/truth  → what anybody may see, by route
    POST /_control/robots          {"text": "User-agent: *\\nCrawl-delay: 1\\n"}
"""

import contextlib
import itertools
import json
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from mirror.demo import rest
from mirror.demo.reply import Reply
from mirror.demo.rows import Term
from mirror.demo.site import Site, sample_site, second_day
from tests.mockserver.behaviour import Answer, Ask, Behaviour, page
from tests.mockserver.misbehaviours import find

ROBOTS = """User-agent: *
Disallow: /wp-admin/
Disallow: /robots-disallow
Disallow: /robots-no-rest*/wp-json
Disallow: /robots-no-rest*?rest_route
Disallow: /robots-no-rest*/index.php
"""


class MockSite:
    """One site with one behaviour: its content, its requests so far, and what happens between."""

    def __init__(self, url: str, behaviour: Behaviour) -> None:
        self.url = url
        self.behaviour = behaviour
        self.lock = threading.Lock()
        self.make()

    def make(self, posts: int = 0, categories: int = 0, **settings: Any) -> None:
        """Starts over: the sample site, with some more posts of little content, and categories."""
        self.site = sample_site()
        self.site.url = self.url
        if "version" in settings:
            settings["version"] = tuple(settings["version"])
        for name, value in settings.items():
            setattr(self.site, name, value)
        add_posts(self.site, posts)
        for number in range(100, 100 + categories):
            self.site.terms[number] = Term(
                id=number, taxonomy="category", name=f"Subject {number}", slug=f"subject-{number}",
                parent=number - 1 if number % 10 else 0,
            )  # fmt: skip
        self.behaviour.prepare(self.site)
        self.log: list[dict[str, Any]] = []
        self.turns: Counter[str | None] = Counter()
        self.churn: list[dict[str, Any]] = []
        self.every = 0

    def answer(self, method: str, path: str, query: str, headers: dict[str, str]) -> Answer:
        """Answers a request, after what is due before it has happened."""
        with self.lock:
            if self.every and self.churn and len(self.log) % self.every == self.every - 1:
                self.call(**self.churn.pop(0))
            route = rest.route_of(self.site, path, query)
            self.turns[route] += 1
            self.log.append({"method": method, "path": path, "query": query, "route": route,
                             "at": time.time(), "headers": headers})  # fmt: skip
            ask = Ask(
                method=method, path=path, query=query, headers=headers, route=route,
                count=len(self.log), turn=self.turns[route],
            )  # fmt: skip
            answer = self.behaviour.answer(ask, self.site)
        if isinstance(answer, Reply):
            answer = Answer(reply=answer)
        self.log[ask.count - 1]["status"] = answer.reply.status
        return answer

    def call(self, method: str, arguments: dict[str, Any] | None = None) -> Any:
        """Does something to the site, such as `edit`; `set` changes its settings."""
        arguments = dict(arguments or {})
        if method == "set":
            for name, value in arguments.items():
                setattr(self.site, name, value)
            return None
        if method == "advance":
            seconds = timedelta(seconds=arguments["seconds"])
            self.site.clock = lambda: datetime.now(UTC) + seconds
            return None
        if method == "translate":
            written = getattr(self.site, "in_language", {})
            self.site.in_language = {**written, str(arguments["number"]): arguments["code"]}
            return None
        if method == "second_day":
            return second_day(self.site)
        if method == "rename_term":
            import dataclasses

            number = arguments.pop("number")
            self.site.terms[number] = dataclasses.replace(self.site.terms[number], **arguments)
            return None
        if "at" in arguments:
            arguments["at"] = datetime.fromisoformat(arguments["at"])
        for name in ("terms",):
            if name in arguments:
                arguments[name] = tuple(arguments[name])
        row = getattr(self.site, method)(**arguments)
        return getattr(row, "id", None)

    def truth(self) -> dict[str, Any]:
        """The objects that anybody may see, by route, and the totals, without misbehaviour."""
        found: dict[str, Any] = {}
        for route, kind in rest.collections(self.site).items():
            objects: list[Any] = []
            total, number = 1, 1
            while number == 1 or (number - 1) * 100 < total:
                reply = rest.respond(self.site, route, f"per_page=100&page={number}&orderby=id")
                if reply.status != 200:
                    break
                total = int(reply.headers["X-WP-Total"])
                objects += json.loads(reply.body)
                number += 1
            if number > 1:
                found[route] = {"total": total, "objects": objects, "kind": type(kind).__name__}
        return found


def add_posts(site: Site, count: int) -> None:
    """Gives a site some more posts, an hour apart, and now and then a gap in the ids."""
    first = datetime(2024, 1, 1, 8, tzinfo=UTC)
    number = site.next_id() + 9
    for n in range(count):
        number += 1 + (n % 7 == 0)
        site.add(
            id=number, at=first + timedelta(hours=n), slug=f"small-news-{n}",
            title=f"Small news {n}", content=f"<p>Something small happened, no. {n}.</p>\n",
            author=1 + n % 2, terms=(1 + n % 8,),
        )  # fmt: skip


class Server(ThreadingHTTPServer):
    """All mock sites of one process."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Conversation)
        self.host = host
        self.sites: dict[str, MockSite] = {}
        self.robots = ROBOTS
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """The server's own address."""
        return f"http://{self.host}:{self.server_port}"

    def mock(self, name: str) -> MockSite | None:
        """The site called `NAME.KEY`, made if need be."""
        with self.lock:
            if name not in self.sites:
                behaviour = find(name.partition(".")[0])
                if behaviour is None:
                    return None
                self.sites[name] = MockSite(f"{self.url}/{name}", behaviour)
            return self.sites[name]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to any request to this server."""
        path, _, query = target.partition("?")
        segments = unquote(path).split("/", 2)
        name = segments[1]
        rest_of_path = "/" + (segments[2] if len(segments) > 2 else "")
        if name == "_control":
            return Answer(reply=self._control(rest_of_path[1:], json.loads(body or b"{}")))
        if path == "/robots.txt":
            return Answer(reply=Reply.of_text(200, "text/plain", self.robots))
        site = self.mock(name)
        if site is None:
            return Answer(reply=page(404, "Not Found"))
        return site.answer(method, rest_of_path, query, headers)

    def _control(self, what: str, told: dict[str, Any]) -> Reply:
        if what == "robots":
            self.robots = told.get("text", ROBOTS)
            return Reply.of_json(200, None, {})
        name, _, action = what.partition("/")
        site = self.mock(name)
        if site is None:
            return Reply.of_json(404, f"no such behaviour: {name}", {})
        match action:
            case "make":
                site.make(**told)
            case "call":
                with site.lock:
                    return Reply.of_json(200, site.call(**told), {})
            case "churn":
                site.every, site.churn = told["every"], list(told["calls"])
            case "log":
                return Reply.of_json(200, site.log, {})
            case "truth":
                with site.lock:
                    return Reply.of_json(200, site.truth(), {})
            case _:
                return Reply.of_json(404, f"no such action: {action}", {})
        return Reply.of_json(200, None, {})


class Conversation(BaseHTTPRequestHandler):
    """One connection: sends an answer, or what is left of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.answer(self.command, self.path, dict(self.headers.items()), body)
        time.sleep(answer.wait)
        if answer.reset:
            self._reset()
            return
        self._send(answer)

    do_HEAD = do_POST = do_GET

    def _send(self, answer: Answer) -> None:
        reply = answer.reply
        self.send_response_only(reply.status)
        if answer.head is not None:
            self._send_for_ever(answer.head, answer.drip)
            return
        if "Date" not in reply.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.command == "HEAD":
            self.end_headers()
            self.wfile.flush()
            return
        if answer.endless:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._send_endlessly(reply.body, answer.endless)
            return
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if answer.drip:
            self._send_for_ever(reply.body, answer.drip)
            return
        self.wfile.write(reply.body[: answer.cut])
        self.wfile.flush()
        if answer.cut is not None:
            self.close_connection = True

    def _send_endlessly(self, body: bytes, times: int) -> None:
        try:
            for _ in range(times):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
                self.wfile.flush()
        except OSError:
            pass  # the client hung up, as it should
        self.close_connection = True

    def _send_for_ever(self, text: bytes, drip: float) -> None:
        """In pieces of 64 kB, or byte by byte, until the client hangs up: a GB at most."""
        self.wfile.flush()
        pieces = (
            (text[n : n + 1] for n in itertools.count())
            if drip
            else itertools.repeat(text * (65536 // len(text) + 1), 16384)
        )
        with contextlib.suppress(OSError):
            for piece in pieces:
                self.connection.sendall(piece or text[:1])
                time.sleep(drip)
        self.close_connection = True

    def _reset(self) -> None:
        """SO_LINGER with a timeout of zero makes `close` send RST instead of FIN."""
        import socket
        import struct

        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True  # the client is gone

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def main() -> None:
    """Serves until standard input closes, which it does when whoever started this is gone."""
    for host in sys.argv[1:] or ["127.0.0.1"]:
        server = Server(host)
        print(server.url, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
