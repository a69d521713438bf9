"""The REST API: routes, the root index, errors and headers (class-wp-rest-server.php)."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from mirror.demo import arguments, objects, query
from mirror.demo.arguments import Refused, Schema
from mirror.demo.reply import Reply, http_date
from mirror.demo.rows import Comment, Post, PostType, Taxonomy, Term, User

if TYPE_CHECKING:
    from mirror.demo.site import Site

Row = Post | Term | User | Comment
MODIFIED_FILTERS_SINCE = (5, 7)


def no_route() -> Any:
    """The error of a route that nobody registered."""
    message = "No route was found matching the URL and request method."
    return Refused(404, "rest_no_route", message).body


def route_of(site: "Site", path: str, text: str) -> str | None:
    """The REST route that a request asks for, or None if it is not for the REST API.

    `?rest_route=` works under every permalink setting; the prefix only with rewrite rules, or
    behind `index.php` with PATHINFO.
    """
    asked = parse_qs(text).get("rest_route")
    if asked and path in ("", "/", "/index.php"):
        return "/" + asked[-1].strip("/")
    folder = {"pretty": f"/{site.prefix}", "index": f"/index.php/{site.prefix}"}.get(
        site.permalinks
    )
    if folder and (path == folder or path.startswith(f"{folder}/")):
        return "/" + path.removeprefix(folder).strip("/")
    return None


def respond(site: "Site", route: str, text: str) -> Reply:
    """The answer to a GET of a route."""
    date = {"Date": http_date(site.clock().timestamp())}
    home = {"Link": f'<{site.rest_root}>; rel="https://api.w.org/"'}
    envelope = "_envelope" in parse_qs(text, keep_blank_values=True)
    try:
        value, headers = _dispatch(site, route, text)
        status = 200
    except Refused as refused:
        status, value, headers = refused.status, refused.body, {}
    else:
        fields = arguments.fields(text).get("_fields")
        if fields:
            value = _trimmed(value, fields.split(","))
    if envelope:
        value, status, headers = {"body": value, "status": status, "headers": headers}, 200, {}
    return Reply.of_json(status, value, {**date, **home, **headers})


def _trimmed(value: Any, fields: list[str]) -> Any:
    if isinstance(value, list):
        return [objects.pick(one, fields) for one in value]
    return objects.pick(value, fields)


def _dispatch(site: "Site", route: str, text: str) -> tuple[Any, dict[str, str]]:
    if route == "/":
        return _index(site), {}
    if route in ("/wp/v2/types", "/wp/v2/taxonomies"):
        arguments.read(text, arguments.CONTEXT)
        if route.endswith("types"):
            return {t.slug: objects.post_type(site, t) for t in site.types.values()}, {}
        return {t.slug: objects.taxonomy(site, t) for t in site.taxonomies.values()}, {}
    base, _, number = route.rpartition("/")
    routes = collections(site)
    if route in routes:
        return _list(site, route, routes[route], text)
    if base in routes and number.isascii() and number.isdigit():
        return _single(site, routes[base], int(number), text), {}
    namespace = route.strip("/")
    if namespace in namespaces(site):
        own = {r: v for r, v in _routes(site).items() if r.startswith(route)}
        return {"namespace": namespace, "routes": own}, {}
    raise Refused(404, "rest_no_route", no_route()["message"])


Kind = PostType | Taxonomy | type[User] | type[Comment]


def collections(site: "Site") -> dict[str, Kind]:
    """Every list that the site has, by its route."""
    found: dict[str, Kind] = {}
    registered: list[PostType | Taxonomy] = [*site.types.values(), *site.taxonomies.values()]
    for kind in registered:
        found[f"/{kind.namespace}/{kind.rest_base}"] = kind
    return found | {"/wp/v2/users": User, "/wp/v2/comments": Comment}


def schemas(site: "Site", kind: Kind) -> Mapping[str, Schema]:
    """The parameters of a list, as this release of WordPress knows them."""
    if isinstance(kind, Taxonomy):
        return arguments.TERMS if kind.hierarchical else arguments.FLAT_TERMS
    if not isinstance(kind, PostType):
        return arguments.USERS if kind is User else arguments.COMMENTS
    tree = kind.hierarchical or kind.slug == "attachment"
    found = dict(arguments.CHILDREN if tree else arguments.POSTS)
    if site.version < MODIFIED_FILTERS_SINCE:
        del found["modified_after"], found["modified_before"]
    found |= {site.taxonomies[t].rest_base: arguments.INTEGERS for t in kind.taxonomies}
    return found


def _list(site: "Site", route: str, kind: Kind, text: str) -> tuple[Any, dict[str, str]]:
    if isinstance(kind, PostType | Taxonomy) and kind.refusal:
        raise Refused(401, *kind.refusal)
    values = arguments.read(text, schemas(site, kind))
    if values["context"] == "edit":
        message = "Sorry, you are not allowed to edit posts in this post type."
        raise Refused(401, "rest_forbidden_context", message)
    rows, total = _select(site, kind, values)
    made = [objects.MAKERS[type(row)](site, row) for row in rows]
    size = values["per_page"]
    pages = -(-total // size)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages), "Allow": "GET"}
    return made, headers | _neighbours(site, route, text, values["page"], pages)


def _select(site: "Site", kind: Kind, values: dict[str, Any]) -> tuple[list[Any], int]:
    if isinstance(kind, PostType):
        return query.posts(site, kind.slug, values)
    if isinstance(kind, Taxonomy):
        return query.terms(site, kind, values)
    return query.users(site, values) if kind is User else query.comments(site, values)


def _neighbours(site: "Site", route: str, text: str, page: int, pages: int) -> dict[str, str]:
    """The Link header to the pages before and after, which replaces the one to the root."""
    links = []
    others = {k: v for k, v in arguments.fields(text).items() if k not in ("page", "rest_route")}
    for name, number in (("prev", page - 1), ("next", page + 1)):
        if 1 <= number <= pages:
            mark = "&" if "?" in site.rest_root else "?"
            address = f"{site.rest_root}{route[1:]}{mark}{urlencode({**others, 'page': number})}"
            links.append(f'<{address}>; rel="{name}"')
    return {"Link": ", ".join(links)} if links else {}


def _single(site: "Site", kind: Kind, number: int, text: str) -> Any:
    arguments.read(text, arguments.CONTEXT)
    if isinstance(kind, PostType):
        return _post(site, kind, number)
    if isinstance(kind, Taxonomy):
        if kind.refusal:
            raise Refused(401, *kind.refusal)
        term = site.terms.get(number)
        if term is None or term.taxonomy != kind.slug:
            raise Refused(404, "rest_term_invalid", "Term does not exist.")
        return objects.term(site, term)
    if kind is User:
        user = site.users.get(number)
        if user is None:
            raise Refused(404, "rest_user_invalid_id", "Invalid user ID.")
        if not query.has_published(site, user):
            raise Refused(401, "rest_user_cannot_view", "Sorry, you are not allowed to list users.")
        return objects.user(site, user)
    comment = site.comments.get(number)
    if comment is None:
        raise Refused(404, "rest_comment_invalid_id", "Invalid comment ID.")
    if not query.comment_readable(site, comment):
        raise Refused(401, "rest_cannot_read", "Sorry, you are not allowed to read this comment.")
    return objects.comment(site, comment)


def _post(site: "Site", kind: PostType, number: int) -> Any:
    row = site.posts.get(number)
    if row is None or row.type != kind.slug:
        raise Refused(404, "rest_post_invalid_id", "Invalid post ID.")
    if not site.readable(row):
        raise Refused(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
    return objects.post(site, row)


def namespaces(site: "Site") -> list[str]:
    """The namespaces, core's first."""
    found = ["oembed/1.0", "wp/v2"]
    for kind in site.types.values():
        if kind.namespace not in found:
            found.append(kind.namespace)
    return found


def _index(site: "Site") -> Any:
    offset = site.clock().astimezone(site.zone).utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0.0
    return {
        "name": site.name,
        "description": site.description,
        "url": site.url,
        "home": site.url,
        "gmt_offset": int(hours) if hours.is_integer() else hours,
        "timezone_string": "" if site.timezone[:1] in ("+", "-") else site.timezone,
        "namespaces": namespaces(site),
        "authentication": [],
        "routes": _routes(site),
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def _routes(site: "Site") -> dict[str, Any]:
    lists = {"/": arguments.CONTEXT}
    lists |= {f"/{name}": arguments.CONTEXT for name in namespaces(site)}
    lists |= {"/wp/v2/types": arguments.CONTEXT, "/wp/v2/taxonomies": arguments.CONTEXT}
    found = {route: _endpoint(route, args) for route, args in lists.items()}
    for route, kind in collections(site).items():
        found[route] = _endpoint(route, schemas(site, kind))
        single = f"{route}/(?P<id>[\\d]+)"
        found[single] = _endpoint(single, {"id": arguments.INTEGER, **arguments.CONTEXT})
    return found


def _endpoint(route: str, args: Mapping[str, Schema]) -> Any:
    namespace = "/".join(route.strip("/").split("/")[:2]) if route.count("/") > 1 else ""
    stated = {name: {**schema, "required": False} for name, schema in args.items()}
    return {
        "namespace": re.sub(r"\(.*", "", namespace),
        "methods": ["GET"],
        "endpoints": [{"methods": ["GET"], "args": stated}],
    }
