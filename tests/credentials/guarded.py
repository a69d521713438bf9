"""A site that knows a password, and notes who was told it."""

import base64
import copy
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from mirror.demo import rest
from mirror.demo.reply import Reply
from mirror.demo.site import Site, sample_site

USER = "reader"
PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"
# As it may lie about: as it is shown, as it is used, as it is sent.
TOKEN = base64.b64encode(f"{USER}:{PASSWORD.replace(' ', '')}".encode()).decode()
SECRETS = (PASSWORD, PASSWORD.replace(" ", ""), TOKEN)

ALL = ("edit_posts", "edit_others_posts", "edit_published_posts", "edit_private_posts")
ONLY_OF_EDITORS = ("status", "context")
_REVISIONS = re.compile(r"/wp/v2/posts/(\d+)/revisions")


@dataclass(frozen=True, slots=True)
class Told:
    """One request: what it asked for, and the `Authorization` it brought."""

    path: str
    query: str
    authorization: str | None


class Guarded(ThreadingHTTPServer):
    """The sample site for whoever brings the password; anybody may see what is published.

    `redirects` sends requests whose path contains a text on to another address; `accepts` and
    `knows`: whether the password is the right one, and whether the site looks at it at all.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.site = sample_site()
        self.site.url = self.url
        self.redirects: dict[str, str] = {}
        self.accepts = self.knows = True
        self.locked = False  # nobody may read the API without a password
        self.told: list[Told] = []
        self.revisions: dict[int, list[dict[str, Any]]] = {}  # by post
        self.broken = False  # the route of revisions fails
        self.poison: int | None = None  # a revision with which it fails

    def answer(self, path: str, query: str, authorization: str | None) -> Reply:
        """The answer to any request."""
        self.told.append(Told(path, query, authorization))
        for part, target in self.redirects.items():
            if part in path:
                return Reply(302, {"Location": f"{target}{path}?{query}"}, b"")
        if path == "/robots.txt":
            return Reply.of_text(200, "text/plain", "User-agent: *\nDisallow: /wp-admin/\n")
        route = rest.route_of(self.site, path, query)
        if route is None:
            head = f'<link rel="https://api.w.org/" href="{self.url}/wp-json/">'
            return Reply.of_text(200, "text/html", f"<html><head>{head}</head></html>")
        return self._api(route, query, authorization)

    def _api(self, route: str, query: str, authorization: str | None) -> Reply:
        known = authorization == f"Basic {TOKEN}" and self.accepts and self.knows
        if authorization and self.knows and not known:
            return self._error(401, "incorrect_password")
        if self.locked and not known:
            return self._error(401, "rest_login_required")
        if route == "/wp/v2/users/me":
            if not known:
                return self._error(401, "rest_not_logged_in")
            return Reply.of_json(200, {"id": 1, "capabilities": dict.fromkeys(ALL, True)}, {})
        if (match := _REVISIONS.fullmatch(route)) is not None:
            return self._revisions(int(match[1]), query) if known else self._error(401, "rest_no")
        fields = [f for f in query.split("&") if f.partition("=")[0] not in ONLY_OF_EDITORS]
        if "context=edit" not in query:
            return rest.respond(self.site, route, "&".join(fields))
        if not known:
            return self._error(401, "rest_forbidden_context")
        reply = rest.respond(self._unlocked(), route, "&".join(fields))
        edited = _edited(json.loads(reply.body))
        for row in edited if isinstance(edited, list) else ():
            if "content" in row and self.site.posts[row["id"]].password:
                row["content"]["protected"] = row["excerpt"]["protected"] = True
            if kept := self.revisions.get(row.get("id")):
                last = [{"id": kept[-1]["id"]}]
                row["_links"] = {
                    "version-history": [{"count": len(kept)}], "predecessor-version": last
                }  # fmt: skip
        return Reply.of_json(reply.status, edited, reply.headers)

    def _unlocked(self) -> Site:
        """The site as who may edit it sees it: no password hides a text."""
        seen = copy.copy(self.site)
        seen.posts = {n: replace(row, password="") for n, row in self.site.posts.items()}
        return seen

    def _revisions(self, post: int, query: str) -> Reply:
        """As the revisions controller: by id, with an offset that may be past the end."""
        if self.broken:
            return self._error(500, "internal_server_error")
        asked = dict(parse_qsl(query))
        rows = sorted(self.revisions[post], key=lambda row: int(row["id"]))
        if asked["order"] == "desc":
            rows.reverse()
        if "include" in asked:
            wanted = set(map(int, asked["include"].split(",")))
            rows = [row for row in rows if row["id"] in wanted]
        offset, size = int(asked.get("offset", 0)), int(asked["per_page"])
        if self.poison in [row["id"] for row in rows[offset : offset + size]]:
            return self._error(500, "internal_server_error")
        if offset >= len(rows):
            return self._error(400, "rest_revision_invalid_offset_number")
        total = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // size))}
        return Reply.of_json(200, rows[offset : offset + size], total)

    def revise(self, post: int, number: int, **more: Any) -> None:
        """Adds a revision of a post."""
        row = {
            "id": number, "parent": post, "author": 1, "slug": f"{post}-revision-v1",
            "date_gmt": "2024-05-01T10:00:00", "modified_gmt": "2024-05-01T10:00:00",
            "title": {"rendered": f"Title {number}", "raw": f"Title {number}"},
            "content": {"rendered": f"<p>{number}</p>", "raw": str(number)}, **more,
        }  # fmt: skip
        self.revisions.setdefault(post, []).append(row)

    def _error(self, status: int, code: str) -> Reply:
        return Reply.of_json(status, {"code": code, "message": "Nein."}, {})


def _edited(value: Any) -> Any:
    """A reply as editors see it: raw texts; and what each type's capabilities are."""
    if isinstance(value, list):
        return [_edited(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if "content" in value and isinstance(value["content"], dict):
        raw = {"raw": value["content"]["rendered"].strip()}
        return {**value, "content": {**value["content"], **raw}, "password": "open sesame"}
    named = {"capabilities": {name: name for name in ALL}}
    return {
        slug: {**entry, **named} if isinstance(entry, dict) and "rest_base" in entry else entry
        for slug, entry in value.items()
    }


class Conversation(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Guarded

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        reply = self.server.answer(path, query, self.headers.get("Authorization"))
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def guarded() -> Iterator[Guarded]:
    """A running site."""
    server = Guarded()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
