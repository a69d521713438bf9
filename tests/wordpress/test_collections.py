import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.collections import from_types, survey

LIST = {"per_page": {}, "slug": {}, "status": {}}


def wp_type(slug: str, base: Any, namespace: str | None = "wp/v2") -> dict[str, Any]:
    entry = {"slug": slug, "rest_base": base, "name": slug.title()}
    return entry if namespace is None else {**entry, "rest_namespace": namespace}


TYPES = {
    "post": wp_type("post", "posts"),
    "page": wp_type("page", "pages"),
    "attachment": wp_type("attachment", "media"),
    "nav_menu_item": wp_type("nav_menu_item", "menu-items"),
    "wp_block": wp_type("wp_block", "blocks"),
    "wp_template": wp_type("wp_template", "templates"),
    "wp_template_part": wp_type("wp_template_part", "template-parts"),
    "wp_global_styles": wp_type("wp_global_styles", "global-styles"),
    "wp_navigation": wp_type("wp_navigation", "navigation"),
    "wp_font_family": wp_type("wp_font_family", "font-families"),
    "wp_font_face": wp_type("wp_font_face", "font-families/(?P<font_family_id>[\\d]+)/font-faces"),
    "book": wp_type("book", "books"),
    "event": wp_type("event", "events", "testbed/v1"),
}
TAXONOMIES = {
    "category": wp_type("category", "categories"),
    "post_tag": wp_type("post_tag", "tags"),
    "genre": wp_type("genre", "genre"),
}


def routes(*paths: str) -> dict[str, Any]:
    return {"routes": {path: {"methods": ["GET"]} for path in paths}}


def test_types_and_taxonomies_become_collections_in_the_order_to_read_them() -> None:
    found = from_types(TYPES, TAXONOMIES, {})
    assert [(c.name, c.kind, c.slug, c.route) for c in found] == [
        ("categories", "term", "category", "/wp/v2/categories"),
        ("tags", "term", "post_tag", "/wp/v2/tags"),
        ("genre", "term", "genre", "/wp/v2/genre"),
        ("users", "author", "user", "/wp/v2/users"),
        ("media", "media", "attachment", "/wp/v2/media"),
        ("posts", "post", "post", "/wp/v2/posts"),
        ("pages", "post", "page", "/wp/v2/pages"),
        ("blocks", "post", "wp_block", "/wp/v2/blocks"),
        ("books", "post", "book", "/wp/v2/books"),
        ("events", "post", "event", "/testbed/v1/events"),
        ("menu-items", "post", "nav_menu_item", "/wp/v2/menu-items"),
        ("navigation", "post", "wp_navigation", "/wp/v2/navigation"),
    ]


def test_comments_come_when_asked_for() -> None:
    assert "comments" not in {c.name for c in from_types(TYPES, TAXONOMIES, {})}
    last = from_types(TYPES, TAXONOMIES, {}, comments=True)[-1]
    assert (last.name, last.kind, last.slug, last.route) == (
        "comments", "comment", "comment", "/wp/v2/comments",
    )  # fmt: skip


def test_before_wordpress_5_9_there_is_no_namespace() -> None:
    types = {"book": wp_type("book", "books", None), "bare": {"slug": "bare"}}
    found = {c.slug: c.route for c in from_types(types, {}, {})}
    assert found["book"] == "/wp/v2/books"
    assert found["bare"] == "/wp/v2/bare"


@pytest.mark.parametrize("namespaces", [("gazette/v1",), ("gazette/v1", "other/v1")])
def test_before_wordpress_5_9_the_index_tells_where_a_controller_of_its_own_is(
    namespaces: tuple[str, ...],
) -> None:
    endpoint = {"methods": ["GET"], "args": {name: {} for name in POSTS}}
    paths = [f"/{namespace}/notices" for namespace in namespaces]
    index = {"routes": {path: {"methods": ["GET"], "endpoints": [endpoint]} for path in paths}}
    found = survey({"notice": wp_type("notice", "notices", None)}, {}, index)
    told = [(c.name, c.slug, c.route) for c in found.collections if c.kind == "post"]
    assert told == ([("notices", "notice", paths[0])] if len(paths) == 1 else [])
    assert len(found.oddities) == 1 + (len(paths) != 1)  # there are no users


@pytest.mark.parametrize(
    "odd",
    [
        None, 3, "x", [], {"rest_base": "a(?P<id>[\\d]+)"}, {"rest_base": "../../etc"},
        {"rest_base": "a b"}, {"rest_base": "a?b=c"}, {"rest_base": "a#b"}, {"rest_base": 7},
        {"rest_base": "x", "rest_namespace": "a b"}, {"rest_base": "x", "rest_namespace": 3},
        {"rest_base": "a\x00b"}, {"rest_base": "é" * 201},
    ],
)  # fmt: skip
def test_one_odd_entry_is_told_and_costs_only_itself(odd: object) -> None:
    whole = survey(TYPES, TAXONOMIES, {})
    for where in ({"odd": odd, **TYPES}, {**TYPES, "odd": odd}):
        found = survey(where, TAXONOMIES, {})
        assert found.collections == whole.collections
        assert len(found.oddities) == len(whole.oddities) + 1
        assert "odd" in " ".join(found.oddities)


def test_two_that_share_a_base_have_two_names_and_core_keeps_its_own() -> None:
    types = {
        "event": wp_type("event", "events", "a/v1"),
        "happening": wp_type("happening", "events", "b/v1"),
        "paper": wp_type("paper", "posts", "b/v1"),
        **TYPES,
    }
    del types["event"]
    types = {"event": wp_type("event", "events", "a/v1"), **types}
    names = {c.slug: c.name for c in from_types(types, TAXONOMIES, {})}
    assert names["event"] == "a/v1/events"
    assert names["happening"] == "b/v1/events"
    assert names["paper"] == "b/v1/posts"
    assert names["post"] == "posts"
    assert len(set(names.values())) == len(names)


def test_two_that_share_a_route_are_one_collection_and_an_oddity() -> None:
    found = survey({**TYPES, "copy": wp_type("copy", "posts")}, TAXONOMIES, {})
    assert [c.slug for c in found.collections if c.name == "posts"] == ["post"]
    assert any("copy" in oddity for oddity in found.oddities)


def test_what_the_index_does_not_route_is_left_out_and_told() -> None:
    found = survey(TYPES, TAXONOMIES, routes("/wp/v2/posts", "/wp/v2/tags"))
    assert [c.name for c in found.collections] == ["tags", "posts"]
    assert any("/wp/v2/users" in oddity for oddity in found.oddities)


def core_index() -> dict[str, Any]:
    args = {
        "posts": {**LIST, "after": {}}, "pages": LIST, "media": {**LIST, "media_type": {}},
        "categories": {"per_page": {}, "slug": {}, "hide_empty": {}},
        "tags": {"per_page": {}, "slug": {}, "hide_empty": {}},
        "users": {"per_page": {}, "slug": {}, "roles": {}, "who": {}},
        "comments": {"per_page": {}, "author_email": {}, "status": {}},
        "types": {"context": {}}, "search": {"per_page": {}},
    }  # fmt: skip
    paths = {
        f"/wp/v2/{base}": {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": own}]}
        for base, own in args.items()
    }
    nested = {"/wp/v2/posts/(?P<id>[\\d]+)": paths["/wp/v2/posts"]}
    return {"routes": {**paths, **nested}}


@pytest.mark.parametrize("refused", [None, "x", 3])
def test_where_types_are_refused_the_routes_tell(refused: object) -> None:
    found = survey(refused, refused, core_index(), comments=True)
    assert [(c.name, c.kind, c.slug) for c in found.collections] == [
        ("categories", "term", "category"),
        ("tags", "term", "post_tag"),
        ("users", "author", "user"),
        ("media", "media", "attachment"),
        ("posts", "post", "post"),
        ("pages", "post", "page"),
        ("comments", "comment", "comment"),
    ]
    assert len(found.oddities) == 2


LISTED = ["context", "page", "per_page", "search", "include", "exclude", "order", "orderby", "slug"]
POSTS = [*LISTED, "after", "before", "offset", "status"]


@pytest.mark.parametrize(
    ("route", "parameters", "expected"),
    [
        ("/gazette/v1/notices", POSTS, ("notices", "post", "notices")),
        ("/a/b/v1/beats", [*LISTED, "hide_empty", "post"], ("beats", "term", "beats")),
        ("/wp/v2/books", POSTS, ("books", "post", "books")),
        ("/shop/store/v1/things", [*LISTED, "after", "before", "offset"], None),
        ("/shop/v1/orders", ["per_page", "slug", "status"], None),
        ("/shop/v1/kinds", ["per_page", "slug", "hide_empty"], None),
        ("/gazette/v1/notices/(?P<id>[\\d]+)", POSTS, None),
        ("/gazette/v1/members", [*POSTS, "roles"], None),
        ("/notices", POSTS, None),
    ],
)
def test_the_routes_of_other_namespaces_tell_too(
    route: str, parameters: list[str], expected: tuple[str, str, str] | None
) -> None:
    endpoint = {"methods": ["GET"], "args": {name: {} for name in parameters}}
    index = {"routes": {route: {"methods": ["GET"], "endpoints": [endpoint]}}}
    found = [(c.name, c.kind, c.slug) for c in from_types(None, None, index) if c.route == route]
    assert found == ([expected] if expected else [])


def test_phps_list_instead_of_a_map() -> None:
    found = from_types(list(TYPES.values()), list(TAXONOMIES.values()), {})
    assert found == from_types(TYPES, TAXONOMIES, {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["slug", "rest_base", "rest_namespace", "routes", "methods", "a"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON, st.booleans())
def test_any_answer_gives_collections_with_unique_names_and_routes(
    types: object, taxonomies: object, index: object, comments: bool
) -> None:
    found = from_types(types, taxonomies, index, comments=comments)
    assert len({c.name for c in found}) == len(found)
    assert len({c.route for c in found}) == len(found)
    assert json.dumps([c.route for c in found])
    assert not any(set("(?#\\ ") & set(c.route) for c in found)
