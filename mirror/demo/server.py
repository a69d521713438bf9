"""A site on a loopback port, answered in a thread of this process."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from mirror.demo.reply import Reply

Answer = Callable[[str, str, str, Mapping[str, str]], Reply]


class Respondent(Protocol):
    """What can be served: a `Site`, or what stands in its place."""

    url: str

    def respond(
        self, method: str, path: str, query: str, headers: Mapping[str, str] | None
    ) -> Reply:
        """What is answered to a request."""


class Served(NamedTuple):
    """A site that can be reached at `url`."""

    url: str


def conversation(answer: Answer) -> type[BaseHTTPRequestHandler]:
    """One connection's side of HTTP: sends what `answer(method, path, query, headers)` says."""

    class Conversation(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # keep-alive
        # Headers and body leave in one piece; else each reply waits for a delayed acknowledgement.
        wbufsize = -1
        disable_nagle_algorithm = True
        timeout = 60  # seconds that an idle connection is kept

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            reply = answer(self.command, unquote(path), query, dict(self.headers.items()))
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            self.wfile.flush()

        do_HEAD = do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: a sample's log is nobody's interest."""

    return Conversation


@contextlib.contextmanager
def serve(site: Respondent, port: int = 0) -> Iterator[Served]:
    """Serves a site on 127.0.0.1, and gives it the address at which it can be reached."""
    server = ThreadingHTTPServer(("127.0.0.1", port), conversation(site.respond))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Served(site.url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
