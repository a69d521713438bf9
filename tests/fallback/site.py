"""A site that refuses REST: feeds, sitemaps and pages as WordPress sends them, on loopback."""

import hashlib
import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PER_PAGE = 3
XML = "application/xml; charset=UTF-8"


@dataclass(slots=True, kw_only=True)
class Post:
    """One post or page. `guid`: None for its permalink, as `wp_insert_post` gives it."""

    id: int
    slug: str
    type: str = "post"
    title: str = "A title"
    content: str = "<p>Some text</p>"
    date: str = "2024-01-01T00:00:00"
    modified: str = "2024-01-01T00:00:00"
    guid: str | None = None


@dataclass(slots=True)
class Site:
    """What there is, how the site is configured, and what was asked: (method, address, headers).

    `feeds`: which kinds it offers; `sitemap`: core's, Yoast's at its own place, or named by
    robots.txt alone; `tells_ids`: whether pages show them; `broken`: what failing addresses hold.
    """

    url: str
    posts: list[Post] = field(default_factory=list)
    feeds: tuple[str, ...] = ("atom", "rss2")
    sitemap: str | None = "core"
    tells_ids: bool = True
    rest: int = 401
    front: str = ""
    broken: str = ""
    log: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def asked(self, part: str, method: str = "") -> int:
        """How many requests had this in their address."""
        return sum(part in path and method in verb for verb, path, _ in self.log)

    def answer(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str, str, Any]:
        """Status, type, body and further headers."""
        self.log.append((method, path, headers))
        if self.broken and self.broken in path:
            return 500, "text/html", "<h1>Fatal error</h1>", {}
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        if parts.path.startswith("/wp-json") or "rest_route" in query:
            body = '{"code":"rest_disabled","message":"No.","data":{"status":401}}'
            if self.rest == 404:
                return 404, "text/html", "<h1>Not found</h1>", {}
            return self.rest, "application/json", body, {}
        kind = {"/feed/atom/": "atom", "/feed/": "rss2"}.get(parts.path) or query.get("feed")
        if kind is not None:
            return self._feed(kind, query, headers)
        if parts.path.endswith((".xml", ".txt")):
            return self._listing(parts.path)
        post = next((p for p in self.posts if p.slug and f"/{p.slug}/" == parts.path), None)
        if post is not None:
            return self._page(post)
        if parts.path == "/":
            feed = f'<link rel="alternate" type="application/rss+xml" href="{self.url}/feed/">'
            return 200, "text/html", self.front or f"<html><head>{feed}</head></html>", {}
        return 404, "text/html", "<h1>Not found</h1>", {}

    def _feed(self, kind: str, query: dict[str, str], headers: dict[str, str]) -> Any:
        wanted = query.get("post_type", "post")
        posts = [p for p in self.posts if p.type == wanted]
        if kind not in self.feeds:
            return 404, "text/html", "<h1>Not found</h1>", {}
        newest = max((p.modified for p in self.posts), default="")
        tag = f'"{hashlib.sha256(newest.encode()).hexdigest()[:32]}"'
        if headers.get("if-none-match") == tag:
            return 304, XML, "", {"ETag": tag}
        by = query.get("orderby", "date")
        posts.sort(key=lambda p: p.modified if by == "modified" else p.date, reverse=True)
        page = int(query.get("paged", 1))
        shown = posts[(page - 1) * PER_PAGE : page * PER_PAGE]
        if not shown:
            return 404, XML, "", {}
        entries = "".join(self._entry(kind, post) for post in shown)
        head = f"<title>Test site</title><link>{self.url}</link>"
        text = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
        if kind == "rss2":
            text = (
                '<?xml version="1.0"?><rss version="2.0" '
                'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
                f"<channel>{head}{entries}</channel></rss>"
            )
        return 200, XML, text, {"ETag": tag}

    def _entry(self, kind: str, post: Post) -> str:
        link = f"{self.url}/{post.slug}/"
        guid = html.escape(post.guid or link)
        if kind == "rss2":
            return (
                f"<item><title>{post.title}</title><link>{link}</link><guid>{guid}</guid>"
                f"<content:encoded><![CDATA[{post.content}]]></content:encoded></item>"
            )
        return (
            f'<entry><title type="html"><![CDATA[{post.title}]]></title>'
            f'<link rel="alternate" href="{link}"/><id>{guid}</id>'
            f"<updated>{post.modified}Z</updated><published>{post.date}Z</published>"
            f'<content type="html"><![CDATA[{post.content}]]></content></entry>'
        )

    def _listing(self, path: str) -> Any:
        index = {"core": "/wp-sitemap.xml", "yoast": "/sitemap_index.xml", "robots": "/all.xml"}
        here = index.get(self.sitemap or "")
        types = dict.fromkeys(post.type for post in self.posts)
        name = "wp-sitemap-posts-{}-1.xml" if self.sitemap == "core" else "{}-sitemap.xml"
        if path == "/robots.txt":
            named = f"Sitemap: {self.url}/all.xml\n" if self.sitemap == "robots" else ""
            return 200, "text/plain", f"User-agent: *\nDisallow: /wp-admin/\n{named}", {}
        if path == here:
            places = [f"{self.url}/{name.format(kind)}" for kind in types]
            return 200, XML, _xml("sitemapindex", "sitemap", [(p, "") for p in places]), {}
        for kind in types if here else ():
            if path == "/" + name.format(kind):
                found = [
                    (f"{self.url}/{p.slug}/" if p.slug else f"{self.url}/", f"{p.modified}+00:00")
                    for p in self.posts
                    if p.type == kind
                ]
                return 200, XML, _xml("urlset", "url", found), {}
        return 404, "text/html", "<h1>Not found</h1>", {}

    def _page(self, post: Post) -> Any:
        shown = f"postid-{post.id}" if post.type != "page" else f"page-id-{post.id}"
        classes = f"single single-{post.type}" if post.type != "page" else "page"
        classes += f" {shown}" if self.tells_ids else ""
        body = (
            f'<html><body class="{classes}"><h1 class="entry-title">{post.title}</h1>'
            f'<div class="entry-content">{post.content}</div></body></html>'
        )
        link = f"<{self.url}/?p={post.id}>; rel=shortlink"
        return 200, "text/html", body, {"Link": link} if self.tells_ids else {}


def _xml(root: str, element: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(
        f"<{element}><loc>{html.escape(place)}</loc>"
        + (f"<lastmod>{modified}</lastmod>" if modified else "")
        + f"</{element}>"
        for place, modified in rows
    )
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{root} xmlns="{schema}">{lines}</{root}>'


@contextmanager
def serving() -> Iterator[Site]:
    """A site without posts, served until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, mime, body, more = site.answer(self.command, self.path, headers)
            content = body.encode()
            self.send_response(status)
            for name, value in {"Content-Type": mime, **more}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: `Site.log` has it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
