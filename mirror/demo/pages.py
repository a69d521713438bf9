"""The front end: a theme's pages, robots.txt, uploads, feeds, sitemaps, and the RSD document."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from mimetypes import guess_type
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mirror.demo import arguments, objects
from mirror.demo.reply import Reply, http_date
from mirror.demo.rows import Post

if TYPE_CHECKING:
    from mirror.demo.site import Site

STYLE = "body{font:1.1em/1.5 serif;max-width:40em;margin:2em auto;padding:0 1em}img{max-width:100%}"
SITEMAPS_SINCE = (5, 5)
LASTMOD_SINCE = (6, 5)
FEED_LENGTH = 10


def respond(site: "Site", path: str, text: str, headers: Mapping[str, str]) -> Reply:
    """The answer to a request that is not for the REST API."""
    reply = _special(site, path, text, headers) or _page(site, path, text)
    reply.headers.setdefault("Link", f'<{site.rest_root}>; rel="https://api.w.org/"')
    reply.headers["Date"] = http_date(site.clock().timestamp())
    if not reply.headers["Link"]:
        del reply.headers["Link"]
    return reply


def _special(site: "Site", path: str, text: str, headers: Mapping[str, str]) -> Reply | None:
    asked = arguments.fields(text)
    if path == "/robots.txt":
        sitemap = f"\nSitemap: {site.url}/wp-sitemap.xml\n"
        return Reply.of_text(200, "text/plain", site.robots + sitemap)
    if path.startswith("/wp-content/uploads/"):
        return _upload(site, path.removeprefix("/wp-content/uploads/"))
    if path == "/xmlrpc.php" and "rsd" in asked:
        return Reply.of_text(200, "text/xml", _rsd(site))
    if path.startswith("/wp-sitemap") and path.endswith(".xml") and site.version >= SITEMAPS_SINCE:
        return _sitemap(site, path)
    if path.rstrip("/") == "/feed" or (path == "/" and asked.get("feed") == "rss2"):
        return _feed(site, asked, headers)
    return None


def visible(site: "Site") -> list[Post]:
    """What has a page of its own and may be read, in order of id."""
    rows = [p for p in list(site.posts.values()) if site.readable(p)]
    return sorted(rows, key=lambda p: p.id)


def _page(site: "Site", path: str, text: str) -> Reply:
    asked = arguments.fields(text)
    if path in ("/", "/index.php") and not asked.keys() & {"p", "page_id", "attachment_id"}:
        return Reply.of_text(200, "text/html", _document(site, site.name, _front(site)))
    rows = visible(site)
    for name in ("p", "page_id", "attachment_id"):
        for row in rows:
            if asked.get(name) == str(row.id):
                link = objects.permalink(site, row)
                if site.permalinks == "plain":
                    return _single(site, row)
                return Reply.of_text(301, "text/html", "", Location=link)
    base = urlsplit(site.url).path
    for row in rows:
        own = urlsplit(objects.permalink(site, row))
        if not own.query and own.path == base + path:
            return _single(site, row)
        if not own.query and own.path == f"{base}{path}/":
            return Reply.of_text(
                301, "text/html", "", Location=objects.permalink(site, row), Link=""
            )
    body = "<h1>Nothing here</h1><p>The tide has taken it.</p>"
    return Reply.of_text(404, "text/html", _document(site, "Page not found", body, "error404"))


def _single(site: "Site", row: Post) -> Reply:
    kind = site.types[row.type]
    item = f"{site.rest_root}{kind.namespace}/{kind.rest_base}/{row.id}"
    link = objects.permalink(site, row)
    head = (
        f'<link rel="alternate" title="JSON" type="application/json" href="{item}" />\n'
        f'<link rel="canonical" href="{link}" />\n'
        f"<link rel='shortlink' href='{site.url}/?p={row.id}' />\n"
    )
    content = site.absolute(row.content)
    if row.type == "attachment":
        content = f'<img src="{site.url}/wp-content/uploads/{row.file}" alt="">'
    if row.password:
        content = "<p>This content is password protected.</p>"
    body = f"<article><h1>{row.title}</h1>\n<time>{row.date}</time>\n{content}</article>"
    one = {"page": "page page-id", "attachment": "attachment attachmentid"}.get(
        row.type, f"single single-{row.type} postid"
    )
    text = _document(site, row.title, body, f"{one}-{row.id}", head)
    return Reply.of_text(200, "text/html", text)


def _front(site: "Site") -> str:
    posts = sorted(
        (p for p in visible(site) if p.type == "post"), key=lambda p: p.date, reverse=True
    )
    lines = [
        f'<li><time>{p.date[:10]}</time> <a href="{objects.permalink(site, p)}">{p.title}</a></li>'
        for p in posts
    ]
    about = html.escape(site.description)
    return f"<h1>{html.escape(site.name)}</h1><p>{about}</p><ul>\n" + "\n".join(lines) + "</ul>"


def _document(
    site: "Site", title: str, body: str, classes: str = "home blog", head: str = ""
) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="UTF-8" />\n'
        f"<title>{title} &#8211; {html.escape(site.name)}</title>\n"
        f'<link rel="alternate" type="application/rss+xml" href="{site.url}/feed/" />\n'
        f'<link rel="https://api.w.org/" href="{site.rest_root}" />\n{head}'
        f'<link rel="EditURI" type="application/rsd+xml" title="RSD" '
        f'href="{site.url}/xmlrpc.php?rsd" />\n'
        f'<meta name="generator" content="WordPress {site.version[0]}.{site.version[1]}" />\n'
        f"<style>{STYLE}</style>\n</head>\n"
        f'<body class="{classes}">\n{body}\n</body>\n</html>\n'
    )


def _upload(site: "Site", path: str) -> Reply:
    """A file, with the validators that a web server sends (none of WordPress)."""
    content = site.files.get(path)
    if content is None:
        return Reply.of_text(404, "text/html", "<h1>404 Not Found</h1>", Link="")
    mime = guess_type(path)[0] or "application/octet-stream"
    tag = md5(content, usedforsecurity=False).hexdigest()
    return Reply(200, {"Content-Type": mime, "ETag": f'"{tag}"', "Link": ""}, content)


def _rsd(site: "Site") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rsd version="1.0" xmlns="http://archipelago.phrasewise.com/rsd"><service>'
        "<engineName>WordPress</engineName>"
        f"<homePageLink>{site.url}</homePageLink><apis>"
        f'<api name="WordPress" blogID="1" preferred="true" apiLink="{site.url}/xmlrpc.php" />'
        f'<api name="WP-API" blogID="1" preferred="false" apiLink="{site.rest_root}" />'
        "</apis></service></rsd>\n"
    )


def _sitemap(site: "Site", path: str) -> Reply | None:
    """Core's sitemaps of posts: an index, and one file a type (class-wp-sitemaps-posts.php)."""
    by_type: dict[str, list[Post]] = {}
    for row in visible(site):
        if row.type != "attachment":
            by_type.setdefault(row.type, []).append(row)
    if path == "/wp-sitemap.xml":
        places = [f"{site.url}/wp-sitemap-posts-{name}-1.xml" for name in by_type]
        return _xml("sitemapindex", [f"<sitemap><loc>{p}</loc></sitemap>" for p in places])
    asked = re.fullmatch(r"/wp-sitemap-posts-([\w-]+)-1\.xml", path)
    if asked is None or asked[1] not in by_type:
        return None
    dated = site.version >= LASTMOD_SINCE
    urls = [
        f"<url><loc>{html.escape(objects.permalink(site, row))}</loc>"
        + (f"<lastmod>{row.modified_gmt}+00:00</lastmod></url>" if dated else "</url>")
        for row in by_type[asked[1]]
    ]
    return _xml("urlset", urls)


def _xml(root: str, lines: list[str]) -> Reply:
    head = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(lines)}</{root}>\n'
    # Core's sitemaps are sent before the Link header is (template_redirect, priority 10).
    return Reply.of_text(200, "application/xml", text, Link="")


def _feed(site: "Site", asked: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    """The RSS feed of posts, ten a page, with the conditional GET of `WP::send_headers`."""
    posts = [p for p in visible(site) if p.type == "post"]
    posts.sort(key=lambda p: p.date, reverse=True)
    newest = max((max(p.date_gmt, p.modified_gmt) for p in posts), default="1970-01-01T00:00:00")
    modified = http_date(_utc(newest).timestamp())
    tag = f'"{md5(modified.encode(), usedforsecurity=False).hexdigest()}"'
    validators = {"Last_Modified": modified, "ETag": tag}
    asked_for = {name.lower(): value for name, value in headers.items()}
    same = [
        asked_for[name] == value
        for name, value in (("if-none-match", tag), ("if-modified-since", modified))
        if name in asked_for
    ]
    if same and all(same):
        return Reply.of_text(304, "application/rss+xml", "", Link="", **validators)
    page = int(asked.get("paged", "1")) if asked.get("paged", "1").isdigit() else 1
    window = (
        posts[(page - 1) * FEED_LENGTH : page * FEED_LENGTH] if page > 0 else posts[:FEED_LENGTH]
    )
    if not window and page > 1:
        return Reply.of_text(404, "application/rss+xml", "<rss version='2.0'></rss>")
    items = "".join(_feed_item(site, row) for row in window)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n'
        '\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        '\txmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
        f"<title>{html.escape(site.name)}</title>\n<link>{site.url}</link>\n"
        f"<description>{html.escape(site.description)}</description>\n"
        f"<generator>https://wordpress.org/?v={site.version[0]}.{site.version[1]}</generator>\n"
        f"{items}</channel>\n</rss>\n"
    )
    return Reply.of_text(200, "application/rss+xml", text, **validators)


def _feed_item(site: "Site", row: Post) -> str:
    creator = site.users[row.author].name if row.author in site.users else ""
    terms = [site.terms[t].name for t in row.terms]
    content = "" if row.password else site.absolute(row.content).replace("]]>", "]]&gt;")
    return (
        f"<item>\n<title>{row.title}</title>\n"
        f"<link>{html.escape(objects.permalink(site, row))}</link>\n"
        f"<dc:creator><![CDATA[{creator}]]></dc:creator>\n"
        f"<pubDate>{format_datetime(_utc(row.date_gmt))}</pubDate>\n"
        + "".join(f"<category><![CDATA[{name}]]></category>\n" for name in terms)
        + f'<guid isPermaLink="false">{site.absolute(row.guid)}</guid>\n'
        f"<description><![CDATA[{objects.plain(content)[:300]}]]></description>\n"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>\n</item>\n"
    )


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
