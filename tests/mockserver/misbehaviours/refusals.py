"""Sites that do not want to be read, wholly or in part."""

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, page


class RestRefused(Behaviour):
    """REST is switched off for visitors, with a status of N. Feeds and sitemaps are read; exit 1.

    A refusal is not worked around by another spelling of the address: no `?rest_route=`.
    """

    urls = ("rest-401", "rest-403")
    exit_code = 1
    whole = False
    most = 60

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is None:
            return self.usual(ask, site)
        error = {
            "code": "rest_disabled",
            "message": "L’API REST est désactivée.",
            "data": {"status": self.number},
        }
        link = {"Link": f'<{site.rest_root}>; rel="https://api.w.org/"'}
        return Reply.of_json(self.number, error, link)


class RestAbsent(Behaviour):
    """The REST API answers 404 to everything. Feeds and sitemaps are read instead; exit 1."""

    urls = ("rest-404",)
    exit_code = 1
    whole = False
    most = 60

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return self.usual(ask, site) if ask.route is None else page(404, "Not Found")


class UsersRefused(Behaviour):
    """A security plugin refuses users, with a status of N. The rest is mirrored; exit 0."""

    urls = ("users-401", "users-404")
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is None or not ask.route.startswith("/wp/v2/users"):
            return self.usual(ask, site)
        code = "rest_user_cannot_view" if self.number == 401 else "rest_no_route"
        error = {"code": code, "message": "No.", "data": {"status": self.number}}
        return Reply.of_json(self.number, error, {})


class TypesRefused(Behaviour):
    """`/types` and `/taxonomies` are refused. All that the index's routes tell is mirrored; exit 1.

    Nothing says that the routes tell of everything.
    """

    urls = ("types-401",)
    exit_code = 1

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route in ("/wp/v2/types", "/wp/v2/taxonomies"):
            error = {"code": "rest_forbidden", "message": "No.", "data": {"status": 401}}
            return Reply.of_json(401, error, {})
        return self.usual(ask, site)


class Challenge(Behaviour):
    """Cloudflare wants to see a browser. Exit 3 at once: it is reported, not fought."""

    urls = ("challenge",)
    exit_code = 3
    whole = False
    most = 8

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return page(
            403, "Just a moment...", **{"cf-mitigated": "challenge", "Server": "cloudflare"}
        )


class ChallengeLater(Behaviour):
    """The challenge comes after N requests. What came before is kept; exit 1, and no more asked."""

    urls = ("challenge-after-14",)
    exit_code = 1
    whole = False
    most = 30

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.count > self.number:
            return page(403, "Just a moment...", **{"cf-mitigated": "challenge"})
        return self.usual(ask, site)


class RobotsDisallow(Behaviour):
    """The host's robots.txt forbids this site to everybody. Exit 3 without a request to it."""

    urls = ("robots-disallow",)
    exit_code = 3
    whole = False
    most = 0


class RobotsDisallowRest(Behaviour):
    """The host's robots.txt forbids the REST API alone. Feeds and sitemaps are read; exit 1."""

    urls = ("robots-no-rest",)
    exit_code = 1
    whole = False
    most = 60
