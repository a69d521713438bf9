"""A site whose troubles begin and end while a test looks on."""

import copy
import json

from mirror.demo import rest
from mirror.demo.reply import Reply
from mirror.demo.rows import PostType, Taxonomy
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, page, rows_of, with_rows


class Switched(Behaviour):
    """WordPress with troubles that a test sets as attributes of the site (`call("set", NAME=…)`).

    `poison`: the id of a post that cannot be rendered; `nameless`: nor be listed; `bad`: a list of
    posts also holds an entry without an id;
    `unanswered`: ids that `include` leaves out; `locked`: posts that visitors may not see;
    `challenge`: a route that wants a browser; `childless`: one that breaks where it is asked for
    what belongs to some posts; `languages`: those that WPML shows one at
    a time, and `in_language` which row is in which.
    """

    urls = ("switched",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        languages = getattr(site, "languages", None)
        reply = self.usual(ask, _in_language(ask, site) if languages else site)
        if ask.route is None:
            return reply
        if ask.route == "/" and languages:
            return _with_languages(reply, languages)
        if ask.route == getattr(site, "challenge", None):
            return page(403, "Just a moment...", **{"cf-mitigated": "challenge"})
        if ask.route == getattr(site, "childless", None) and {"parent", "post"} & ask.values.keys():
            return page(500, "critical")
        if not ask.route.startswith("/wp/v2/posts"):
            return reply
        if _breaks(reply, getattr(site, "poison", None), nameless=getattr(site, "nameless", False)):
            return page(500, "critical")
        locked = set(getattr(site, "locked", ()))
        if locked:
            reply = self._without(ask, reply, locked)
        if not ask.is_posts:
            return reply
        left_out = getattr(site, "unanswered", ())
        if "include" in ask.values and ask.values.get("_fields") != "id":
            reply = with_rows(reply, [row for row in rows_of(reply) if row["id"] not in left_out])
        if getattr(site, "bad", False) and not {"include", "_fields"} & ask.values.keys():
            reply = with_rows(reply, [*rows_of(reply), {"id": "x", "title": "no id"}])
        return reply

    def _without(self, ask: Ask, reply: Reply, locked: set[int]) -> Reply:
        if not ask.is_posts:
            alone = int(str(ask.route).rsplit("/", 1)[-1])
            refused = {"code": "rest_forbidden", "message": "No.", "data": {"status": 401}}
            return Reply.of_json(401, refused, {}) if alone in locked else reply
        rows = [row for row in rows_of(reply) if row["id"] not in locked]
        if "after" in ask.values or "modified_after" in ask.values:
            return with_rows(reply, rows)
        asked = {int(number) for number in ask.values.get("include", "").split(",") if number}
        total = int(reply.headers["X-WP-Total"]) - len(asked & locked if asked else locked)
        return with_rows(reply, rows)._replace(headers={**reply.headers, "X-WP-Total": str(total)})


def _in_language(ask: Ask, site: Site) -> Site:
    """The site as WPML lets a list see it: what is written in one language, or in no other.

    `in_language` says in which each post or term is written, where that is not the first; `*`
    is in all.
    """
    codes = site.languages  # type: ignore[attr-defined]
    code = ask.values.get("wpml_language", codes[0])
    listed = rest.collections(site).get(str(ask.route))
    seen = copy.copy(site)
    written: dict[str, str] = getattr(site, "in_language", {})

    def shown(number: int) -> bool:
        return written.get(str(number), codes[0]) in (code, "*")

    match listed:
        case PostType(slug=slug) if slug != "attachment":
            seen.posts = {n: p for n, p in site.posts.items() if p.type != slug or shown(n)}
        case Taxonomy(slug=slug):
            seen.terms = {n: t for n, t in site.terms.items() if t.taxonomy != slug or shown(n)}
    return seen


def _with_languages(reply: Reply, languages: list[str]) -> Reply:
    """The index as WPML's `WPML_REST_Extend_Args` leaves it."""
    index = json.loads(reply.body)
    for route in index["routes"].values():
        for endpoint in route["endpoints"]:
            endpoint["args"]["wpml_language"] = {"type": "string", "enum": languages}
    return reply._replace(body=json.dumps(index).encode())


def _breaks(reply: Reply, poison: int | None, *, nameless: bool) -> bool:
    """Whether an answer holds the poisoned post, with its content or at all."""
    try:
        sent = json.loads(reply.body)
    except ValueError:
        return False
    rows = [row for row in (sent if isinstance(sent, list) else [sent]) if isinstance(row, dict)]
    return any(row.get("id") == poison and (nameless or "content" in row) for row in rows)
