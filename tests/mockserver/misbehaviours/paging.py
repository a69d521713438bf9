"""Lists that are not served as they should be."""

import json

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import (
    Answer,
    Ask,
    Behaviour,
    each_row,
    page,
    rows_of,
    with_rows,
    without,
)


class PerPageFails(Behaviour):
    """More than N rows at once are too much: 500. Smaller pages bring everything."""

    urls = ("per-page-20",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None and ask.number("per_page") > self.number:
            return page(500, "Internal Server Error")
        return self.usual(ask, site)


class PerPageRefused(Behaviour):
    """The maximum of `per_page` is lowered to N: 400 above. Smaller pages bring everything."""

    urls = ("per-page-refused-25",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None and ask.number("per_page") > self.number:
            what = {"per_page": f"per_page must be between 1 (inclusive) and {self.number}"}
            refusal = {
                "code": "rest_invalid_param",
                "message": "Invalid parameter(s): per_page",
                "data": {"status": 400, "params": what, "details": {}},
            }
            return Reply.of_json(400, refusal, {})
        return self.usual(ask, site)


class PerPageCapped(Behaviour):
    """A plugin silently gives N rows at most, and counts pages by its own size. All is mirrored."""

    urls = ("per-page-capped-7",)
    most = 300

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None and ask.number("per_page") > self.number:
            return self.usual(ask.with_values(per_page=self.number), site)
        return self.usual(ask, site)


class Poison(Behaviour):
    """Every answer that would contain post N is a 500. All others are mirrored; exit 1."""

    urls = ("poison-35",)
    exit_code = 1
    whole = False
    kinds = frozenset({"server-error"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        wanted = ask.values.get("_fields", "")
        # Asked for its id alone, the post is not rendered, and does no harm.
        if wanted != "id" and f'"id":{self.number},"date"'.encode() in reply.body:
            return page(500, "There has been a critical error on this website.")
        return reply


class NoTotals(Behaviour):
    """X-WP-Total and X-WP-TotalPages are lost on the way. Everything is mirrored."""

    urls = ("no-totals",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return without(self.usual(ask, site), "X-WP-Total", "X-WP-TotalPages")


class LowTotals(Behaviour):
    """The total is too low (`no_found_rows`, a stale cache): fewer than the rows. All is mirrored.

    A walk that trusts it stops early.
    """

    urls = ("low-totals",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if "X-WP-Total" in reply.headers:
            return reply._replace(headers={**reply.headers, "X-WP-Total": "1"})
        return reply


class HighTotals(Behaviour):
    """The total counts 40 rows that nobody may see. What can be seen is mirrored."""

    urls = ("high-totals",)
    most = 300

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        total = int(reply.headers.get("X-WP-Total", "0"))
        if ask.is_posts and total:
            return reply._replace(headers={**reply.headers, "X-WP-Total": str(total + 40)})
        return reply


class Unsorted(Behaviour):
    """A plugin forces its own order on posts, newest first. Everything is mirrored.

    Windows of such a list prove nothing; ids asked for by `include` do.
    """

    urls = ("unsorted",)
    most = 400

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return self.usual(ask.with_values(orderby="date", order="desc"), site)
        return self.usual(ask, site)


class IgnoresOffset(Behaviour):
    """`offset` is ignored: every window is the first one. The crawl ends, and says if it lacks any.

    A walk that only looks at what it is given goes round for ever.
    """

    urls = ("ignores-offset",)
    most = 400

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return self.usual(ask.with_values(offset=None), site)
        return self.usual(ask, site)


class EmptyLists(Behaviour):
    """A site on which nothing was written yet. Nothing is mirrored, completely."""

    urls = ("empty-site",)

    def prepare(self, site: Site) -> None:
        site.posts.clear()
        site.comments.clear()
        site.terms.clear()
        site.users.clear()


class ErrorAsList(Behaviour):
    """A cached error comes as 200 where the posts are due. Exit 1; never "there are none"."""

    urls = ("object-for-list",)
    exit_code = 1
    whole = False
    kinds = frozenset({"not-a-list"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            error = {"code": "internal_server_error", "message": "Oops", "data": {"status": 500}}
            return Reply.of_json(200, error, {})
        return self.usual(ask, site)


class PageAsList(Behaviour):
    """A theme's page comes as 200 where the posts are due. Exit 1; never "there are none"."""

    urls = ("html-as-200",)
    exit_code = 1
    whole = False
    kinds = frozenset({"unreadable"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return page(200, "Latest news") if ask.is_posts else self.usual(ask, site)


class PostsAlwaysFail(Behaviour):
    """The posts are a 500 at any size. The rest is mirrored, with few attempts; exit 1."""

    urls = ("posts-500",)
    exit_code = 1
    whole = False
    kinds = frozenset({"server-error"})
    most = 250

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return page(500, "Error") if ask.is_posts else self.usual(ask, site)


class TypesOddities(Behaviour):
    """One entry of `/types` is null, one has no base, one a regex. The others are mirrored."""

    urls = ("odd-types",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route == "/wp/v2/types":
            odd = {"nothing": None, "baseless": {"slug": "baseless", "rest_base": False}, "n": 7}
            return with_rows(reply, {**odd, **json.loads(reply.body)})
        return reply


class RowsTwice(Behaviour):
    """Every row of a list comes twice. Each is stored once."""

    urls = ("rows-twice",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        rows = rows_of(reply)
        return with_rows(reply, [row for row in rows for _ in (1, 2)]) if rows else reply


class OddEntries(Behaviour):
    """Among the posts there is null, a number, and an object whose id is no number. Exit 1.

    What has an id is mirrored; each of the others is a failure of its own.
    """

    urls = ("odd-entries",)
    exit_code = 1
    kinds = frozenset({"bad-object"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.is_posts and rows_of(reply) and "_fields" not in ask.values:
            odd = [None, 7, {"id": "abc", "title": {"rendered": "No number"}}, {"id": 2**70}]
            return with_rows(reply, rows_of(reply) + odd)
        return reply


class StringIds(Behaviour):
    """All ids are strings, which WordPress never sends. Each is a failure of its own; exit 1."""

    urls = ("string-ids",)
    exit_code = 1
    whole = False
    kinds = frozenset({"bad-object"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return each_row(self.usual(ask, site), lambda row: row.update(id=str(row["id"])))
