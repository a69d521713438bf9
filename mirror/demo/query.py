"""Which rows a collection's parameters select: WP_Query and its kin, with their peculiarities."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from mirror.demo.arguments import Refused
from mirror.demo.objects import count_of, plain
from mirror.demo.rows import Comment, Post, Taxonomy, Term, User

if TYPE_CHECKING:
    from mirror.demo.site import Site

Values = dict[str, Any]
Row = TypeVar("Row", Post, Term, User, Comment)


def posts(site: "Site", type: str, values: Values) -> tuple[list[Post], int]:
    """The rows of one window, and what X-WP-Total says (posts controller, `get_items`).

    An offset past the end makes the total 0, since an empty window is not counted
    (`WP_Query::set_found_posts`); a page past the end is an error. Rows that may not be read are
    counted, and leave the window only afterwards.
    """
    if type == "attachment":
        status = "inherit"
    else:
        status = "publish"
        if values["status"] not in ("publish", ["publish"]):
            params = {"status": "Status is forbidden."}
            message = "Invalid parameter(s): status"
            raise Refused(400, "rest_invalid_param", message, params=params, details={})
    found = [p for p in list(site.posts.values()) if p.type == type and p.status == status]
    found = _between(site, found, "date", values.get("after"), values.get("before"))
    modified_after, modified_before = values.get("modified_after"), values.get("modified_before")
    found = _between(site, found, "modified", modified_after, modified_before)
    found = _common(found, values)
    for owner in ("author", "parent"):
        if values.get(owner):
            found = [p for p in found if getattr(p, owner) in values[owner]]
    for taxonomy in site.taxonomies.values():
        if values.get(taxonomy.rest_base):
            found = [p for p in found if set(p.terms) & set(values[taxonomy.rest_base])]
    if "search" in values:
        words = values["search"].lower().split()
        found = [p for p in found if all(w in _searched(p) for w in words)]
    column = "date" if values["orderby"] == "relevance" else str(values["orderby"])
    found = _ordered(found, values, lambda p: getattr(p, column))
    window = _window(found, values)
    total = len(found) if window or "offset" not in values else 0
    if not window and "offset" not in values and total and values["page"] > 1:
        message = "The page number requested is larger than the number of pages available."
        raise Refused(400, "rest_post_invalid_page_number", message)
    return [p for p in window if site.readable(p)], total


def terms(site: "Site", taxonomy: Taxonomy, values: Values) -> tuple[list[Term], int]:
    """The terms of one window and their number; past the end the window is empty."""
    found = [t for t in list(site.terms.values()) if t.taxonomy == taxonomy.slug]
    if "parent" in values and taxonomy.hierarchical:
        found = [t for t in found if t.parent == values["parent"]]
    if "post" in values:
        own = site.posts[values["post"]].terms if values["post"] in site.posts else ()
        found = [t for t in found if t.id in own]
    if values["hide_empty"]:
        found = [t for t in found if count_of(site, t)]
    if "search" in values:
        found = [t for t in found if values["search"].lower() in t.name.lower()]
    found = _common(found, values)
    if values["orderby"] == "count":
        found = _ordered(found, values, lambda t: count_of(site, t))
    else:
        found = _ordered(found, values, lambda t: getattr(t, values["orderby"]))
    return _window(found, values), len(found)


def users(site: "Site", values: Values) -> tuple[list[User], int]:
    """The users that have published something, who alone are shown to anybody."""
    if values["orderby"] == "registered_date":
        message = "Sorry, you are not allowed to order users by this parameter."
        raise Refused(401, "rest_forbidden_orderby", message)
    found = _common([u for u in list(site.users.values()) if has_published(site, u)], values)
    if "search" in values:
        found = [u for u in found if values["search"].lower() in u.name.lower()]
    found = _ordered(found, values, lambda u: getattr(u, values["orderby"]))
    return _window(found, values), len(found)


def has_published(site: "Site", user: User) -> bool:
    """Whether the user is the author of something published."""
    return any(p.author == user.id and p.status == "publish" for p in list(site.posts.values()))


def comments(site: "Site", values: Values) -> tuple[list[Comment], int]:
    """The approved comments of one window; those of hidden posts are counted, but not shown.

    Those of a post in the trash are approved no more (`wp_trash_post_comments`). Whoever asks for
    those of certain posts must be allowed to read them all.
    """
    for number in values.get("post", ()):
        post = site.posts.get(number)
        if post is not None and not _is_open(site, post):
            message = "Sorry, you are not allowed to read the post for this comment."
            raise Refused(401, "rest_cannot_read_post", message)
    found = _common([c for c in list(site.comments.values()) if _counts(site, c)], values)
    found = _between(site, found, "date", values.get("after"), values.get("before"))
    for name in ("post", "parent"):
        if values.get(name):
            found = [c for c in found if getattr(c, name) in values[name]]
    # WP_Comment_Query breaks ties by id.
    found = _ordered(found, values, lambda c: (getattr(c, values["orderby"]), c.id))
    return [c for c in _window(found, values) if comment_readable(site, c)], len(found)


def _counts(site: "Site", comment: Comment) -> bool:
    post = site.posts.get(comment.post)
    return comment.approved and (post is None or post.status != "trash")


def comment_readable(site: "Site", comment: Comment) -> bool:
    """Whether anybody may read the comment: its post is shown, and has no password."""
    post = site.posts.get(comment.post)
    return comment.approved and post is not None and _is_open(site, post)


def _is_open(site: "Site", post: Post) -> bool:
    return site.readable(post) and not post.password


def _common(found: list[Row], values: Values) -> list[Row]:
    if values.get("include"):
        found = [row for row in found if row.id in values["include"]]
    if values.get("exclude"):
        found = [row for row in found if row.id not in values["exclude"]]
    slugs = values.get("slug")
    return [row for row in found if getattr(row, "slug", "") in slugs] if slugs else found


def _between(
    site: "Site", found: list[Row], column: str, after: str | None, before: str | None
) -> list[Row]:
    """Rows strictly between two moments, compared in the site's own time (WP_Date_Query)."""
    if after:
        moment = _local(site, after)
        found = [row for row in found if getattr(row, column) > moment]
    if before:
        moment = _local(site, before)
        found = [row for row in found if getattr(row, column) < moment]
    return found


def _local(site: "Site", text: str) -> str:
    """A timestamp as the tables hold it; a bare one is in the site's time already (since 5.3)."""
    text = text.replace(" ", "T").replace("t", "T")
    if not re.search(r"([Zz]|[+-]\d\d(:?\d\d)?)$", text[19:]):
        return text[:19]
    try:
        return site.local(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError):
        raise Refused(400, "rest_invalid_param", "Invalid date.", params={}, details={}) from None


def _ordered(found: list[Row], values: Values, key: Callable[[Row], Any]) -> list[Row]:
    if values["orderby"] == "include":
        place = {number: n for n, number in enumerate(values.get("include", []))}
        return sorted(found, key=lambda row: place.get(row.id, len(place)))
    return sorted(found, key=key, reverse=values["order"] == "desc")


def _window(found: Sequence[Row], values: Values) -> list[Row]:
    size = values["per_page"]
    start = max(0, values.get("offset", (values["page"] - 1) * size))
    return list(found[start : start + size])


def _searched(row: Post) -> str:
    return f"{row.title} {plain(row.content)} {row.excerpt}".lower()
