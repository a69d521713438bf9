"""Where the REST root is, and where it is not."""

import re
from dataclasses import replace

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, page, without


class Plain(Behaviour):
    """Behaves. Everything is mirrored."""

    urls = ("plain",)


class PlainPermalinks(Behaviour):
    """Without rewrite rules only `?rest_route=` leads to the API. Everything is mirrored."""

    urls = ("plain-permalinks",)

    def prepare(self, site: Site) -> None:
        site.permalinks = "plain"

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is None and ask.path not in ("/", "/index.php", "/robots.txt", "/xmlrpc.php"):
            return page(404, "Not Found")  # of the web server: it knows no such file
        return self.usual(ask, site)


class IndexPermalinks(PlainPermalinks):
    """PATHINFO permalinks: the API is below `index.php/wp-json`. Everything is mirrored."""

    urls = ("index-permalinks",)

    def prepare(self, site: Site) -> None:
        site.permalinks = "index"

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return self.usual(ask, site)


class ChangedPrefix(Behaviour):
    """`rest_url_prefix` is filtered. The Link header tells; everything is mirrored."""

    urls = ("changed-prefix",)

    def prepare(self, site: Site) -> None:
        site.prefix = "api"


class NoLinkHeader(ChangedPrefix):
    """A cache strips the Link header; the page's head still names the root. All is mirrored."""

    urls = ("no-link-header",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return without(self.usual(ask, site), "Link")


class RsdOnly(ChangedPrefix):
    """The head's REST link is removed, too; the RSD document is left. Everything is mirrored."""

    urls = ("rsd-only",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = without(self.usual(ask, site), "Link")
        if ask.route is None:
            hidden = re.sub(rb"<link rel=\"https://api.w.org/\"[^>]*>", b"", reply.body)
            return reply._replace(body=hidden)
        return reply


class NoSignals(Behaviour):
    """A hardened site says nothing of its API, which is where it always is. All is mirrored."""

    urls = ("no-signals",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.path == "/xmlrpc.php":
            return page(403, "Forbidden")
        reply = without(self.usual(ask, site), "Link")
        if ask.route is None:
            return reply._replace(body=re.sub(rb"<link [^>]*>", b"", reply.body))
        return reply


class CrossOriginLink(Behaviour):
    """Behind a proxy WordPress thinks that it has another host, and says so everywhere.

    The origin that answered is asked, never the advertised one; everything is mirrored.
    """

    urls = ("cross-origin-link",)

    def prepare(self, site: Site) -> None:
        site.url = site.url.replace("127.0.0.1", "localhost")


class NotWordPress(Behaviour):
    """A site of another make. Nothing to mirror: exit 3 after a handful of requests."""

    urls = ("not-wordpress",)
    exit_code = 3
    whole = False
    most = 25

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.path == "/" and not ask.query:
            return page(200, "A hand-made site")
        return page(404, "Not Found")


class SoftNotFound(NotWordPress):
    """Not WordPress, and every address gives the same page with 200. Exit 3."""

    urls = ("soft-404",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return page(200, "A single-page application")


class RedirectedAway(Behaviour):
    """`/wp-json` is redirected to the home page, to hide it (Clearfy). Feeds are read; exit 1."""

    urls = ("rest-to-home",)
    exit_code = 1
    whole = False
    most = 60

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None:
            return page(301, "Moved", Location=f"{site.url}/")
        return self.usual(ask, site)


class OldRelease(Behaviour):
    """WordPress 5.6 ignores `modified_after`, which it does not know. Everything is mirrored."""

    urls = ("wordpress-5-6",)

    def prepare(self, site: Site) -> None:
        site.version = (5, 6)
        # Types have had namespaces of their own since 5.9.
        site.types["notice"] = replace(site.types["notice"], namespace="wp/v2")
