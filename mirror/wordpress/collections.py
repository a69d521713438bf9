"""The lists that a site serves, found in `/wp/v2/types` and `/wp/v2/taxonomies`.

Both list everything that is `show_in_rest`, public or not; what a visitor may not read refuses
when it is asked, and is recorded as refused. One odd entry costs that entry, never the others.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice

from mirror.items import Collection, Kind
from mirror.wordpress.objects import storable
from mirror.wordpress.routes import arguments, has_route, languages

CORE = "wp/v2"

# What the theme is made of, not what the site says: its ids are names ("theme//single"), and core
# shows it to nobody who is not logged in (templates controller, `permissions_check`).
FURNITURE = frozenset({
    "wp_template", "wp_template_part", "wp_global_styles", "wp_font_family", "wp_font_face",
})  # fmt: skip

# Letters, digits and what `sanitize_key` and custom bases leave; no regex (`(?P<id>`), no dots.
_BASE = re.compile(r"[^\s\x00-\x1f()\[\]{}<>?*+\\^$|#%.&=\"'`]{1,200}")
_NAMESPACE = re.compile(r"[\w.-]+(?:/[\w.-]+)*")

# Referred to before referring: terms and authors, then media, then what shows them.
_ORDER: Mapping[Kind, int] = {"term": 0, "author": 1, "media": 2, "post": 3, "comment": 4}
_FIRST = ("category", "post_tag", "post", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The collections of a site, in the order to read them, and what was odd, in words.

    `left_out`: how many more it names than are believed.
    """

    collections: tuple[Collection, ...]
    oddities: tuple[str, ...] = ()
    left_out: int = 0


# Collections of one kind: each is asked for by itself. Sites with many plugins have some thirty.
MOST = 100


def from_types(
    types: object, taxonomies: object, index: object, *, comments: bool = False
) -> tuple[Collection, ...]:
    """The collections that a site serves; see `survey`."""
    return survey(types, taxonomies, index, comments=comments).collections


def survey(types: object, taxonomies: object, index: object, *, comments: bool = False) -> Survey:
    """The collections that a site serves, from the JSON of `/types`, `/taxonomies` and `/`.

    Where one of the first two could not be read (pass None), the routes of the index serve: their
    parameters tell what they list. Routes that the index does not know are left out.
    """
    oddities: list[str] = []
    found = [
        *_listed(types, "types", "post", index, oddities),
        *_listed(taxonomies, "taxonomies", "term", index, oddities),
        _collection("author", "user", CORE, "users"),
    ]
    if comments:
        found.append(_collection("comment", "comment", CORE, "comments"))
    known: dict[str, Collection] = {}
    for collection in _at_their_routes(found, index):
        if has_route(index, collection.route) is False:
            oddities.append(f"{collection.slug}: the index knows no route {collection.route}")
        elif collection.route in known:
            first = known[collection.route].slug
            oddities.append(f"{collection.slug}: its route {collection.route} is that of {first}")
        else:
            known[collection.route] = _in_languages(collection, index)
    named = sorted(_named(list(known.values())), key=_rank)
    by_kind = groupby(named, key=lambda collection: collection.kind)
    kept = tuple(chain.from_iterable(islice(some, MOST) for _, some in by_kind))
    return Survey(collections=kept, oddities=tuple(oddities), left_out=len(named) - len(kept))


def _in_languages(collection: Collection, index: object) -> Collection:
    """What is written by people, in all the languages that it is written in."""
    codes = () if collection.kind == "author" else languages(index, collection.route)
    return replace(collection, languages=codes) if len(codes) > 1 else collection


def _listed(
    answer: object, what: str, kind: Kind, index: object, oddities: list[str]
) -> Iterator[Collection]:
    if not isinstance(answer, dict | list):
        oddities.append(f"/{what} could not be read: taken from the routes of the index")
        yield from _from_routes(index, kind)
        return
    entries = answer.items() if isinstance(answer, dict) else enumerate(answer)
    for key, entry in entries:
        named = entry.get("slug") if isinstance(entry, dict) else None
        slug = named if isinstance(named, str) and named else str(key)
        if slug in FURNITURE:
            continue
        if not isinstance(entry, dict) or slug.isdigit():
            oddities.append(f"{slug[:80]!r} in /{what} describes no collection")
            continue
        base = entry.get("rest_base") or slug
        namespace = entry.get("rest_namespace") or CORE
        if not (isinstance(base, str) and _BASE.fullmatch(base.strip("/"))):
            oddities.append(f"{slug[:80]}: rest_base is {str(base)[:80]!r}")
        elif not (isinstance(namespace, str) and _NAMESPACE.fullmatch(namespace.strip("/"))):
            oddities.append(f"{slug[:80]}: rest_namespace is {str(namespace)[:80]!r}")
        else:
            own: Kind = "media" if slug == "attachment" else kind
            yield _collection(own, slug, namespace.strip("/"), base.strip("/"))


def _at_their_routes(told: Sequence[Collection], index: object) -> Iterator[Collection]:
    """Collections whose routes the index does not know at those of their bases that it does.

    Before WordPress 5.9 `/types` and `/taxonomies` tell no namespace, and a controller may have
    its own.
    """
    lost = {one.route for one in told if has_route(index, one.route) is False}
    routes: dict[tuple[Kind, str], list[str]] = {}
    for kind in ("post", "term") if lost else ():
        for routed in _from_routes(index, kind):
            routes.setdefault((routed.kind, routed.name), []).append(routed.route)
    for one in told:
        elsewhere = routes.get((one.kind, one.name), [])
        found = one.route in lost and len(elsewhere) == 1
        yield replace(one, route=elsewhere[0]) if found else one


def _from_routes(index: object, wanted: Kind) -> Iterator[Collection]:
    """What the parameters of list routes tell, in core's namespace and in others.

    Only terms know `hide_empty`, only media `media_type`. Elsewhere lists of any kind may be found:
    those of types have all that core's controllers register (`get_collection_params`).
    """
    routes = index.get("routes") if isinstance(index, dict) else None
    for route in routes if isinstance(routes, dict) else ():
        namespace, _, base = route.strip("/").rpartition("/")
        if route.startswith(f"/{CORE}/"):
            namespace, base = CORE, route.removeprefix(f"/{CORE}/")
        if not (_NAMESPACE.fullmatch(namespace) and _BASE.fullmatch(base)):
            continue
        kind = _kind_of(arguments(index, route), core=namespace == CORE)
        if kind is not None and (kind == wanted or (kind, wanted) == ("media", "post")):
            slug = _CORE_SLUGS.get(base, base) if namespace == CORE else base
            yield _collection(kind, slug, namespace, base)


# Of terms and posts controllers, in every release since 4.7.
_LIST = frozenset({"context", "page", "per_page", "search", "include", "exclude", "order",
                   "orderby", "slug"})  # fmt: skip
_POSTS = _LIST | {"after", "before", "offset", "status"}


def _kind_of(parameters: frozenset[str], *, core: bool) -> Kind | None:
    """What a route with these parameters lists, if it lists what is mirrored."""
    if not {"per_page", "slug"} <= parameters or "roles" in parameters:
        return None
    if "hide_empty" in parameters:
        return "term" if core or parameters >= _LIST else None
    if "media_type" in parameters:
        return "media"
    return "post" if parameters >= ({"status"} if core else _POSTS) else None


_CORE_SLUGS = {
    "posts": "post", "pages": "page", "media": "attachment", "categories": "category",
    "tags": "post_tag", "blocks": "wp_block", "navigation": "wp_navigation",
    "menu-items": "nav_menu_item", "menus": "nav_menu",
}  # fmt: skip


def _collection(kind: Kind, slug: str, namespace: str, base: str) -> Collection:
    return Collection(name=base, kind=kind, slug=storable(slug), route=f"/{namespace}/{base}")


def _named(collections: list[Collection]) -> list[Collection]:
    """Unique names: where two share a base, only core's namespace keeps it bare."""
    shared = Counter(collection.name for collection in collections)
    return [
        collection
        if shared[collection.name] == 1 or collection.route == f"/{CORE}/{collection.name}"
        else replace(collection, name=collection.route.lstrip("/"))
        for collection in collections
    ]


def _rank(collection: Collection) -> tuple[int, int, str]:
    own = _FIRST.index(collection.slug) if collection.slug in _FIRST else len(_FIRST)
    return _ORDER[collection.kind], own, collection.name
