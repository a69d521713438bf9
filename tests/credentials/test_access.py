"""What a user may see, by WordPress' own capabilities; and one state seen with different rights."""

from typing import Any

import pytest

from mirror.items import Collection
from mirror.sync.fingerprint import projection
from mirror.wordpress.access import (
    PUBLIC,
    Access,
    WideApi,
    access,
    has_raw,
    is_same,
    latest_revision,
    without_secrets,
)
from mirror.wordpress.routes import Api

CORE = {
    name: name
    for name in (
        "edit_posts", "edit_others_posts", "edit_published_posts", "edit_private_posts",
        "read_private_posts",
    )
}  # fmt: skip
THEME = dict.fromkeys(CORE, "edit_theme_options")
# As `/types?context=edit` of WordPress 7.1 tells them.
BLOCK = {
    **CORE, "edit_private_posts": "edit_private_blocks",
    "read_private_posts": "read_private_blocks",
}  # fmt: skip
TYPES = {
    "post": {"capabilities": CORE},
    "attachment": {"capabilities": CORE},
    "wp_block": {"capabilities": BLOCK},
    "wp_navigation": {"capabilities": THEME},
}
EDITOR = frozenset(CORE)


def of(slug: str, kind: Any = "post") -> Collection:
    return Collection(name=slug, kind=kind, slug=slug, route=f"/wp/v2/{slug}")


def by(*granted: str, types: dict[str, Any] | None = None) -> Access:
    user = {"id": 5, "capabilities": dict.fromkeys(granted, True)}
    return access(user, TYPES if types is None else types)


@pytest.mark.parametrize(
    ("granted", "slug", "sight"),
    [
        (EDITOR, "post", "edit"),
        (EDITOR, "wp_block", "edit"),
        (EDITOR, "wp_navigation", "public"),
        ({"edit_theme_options"}, "wp_navigation", "edit"),
        ({"edit_posts", "edit_published_posts"}, "post", "own"),  # an author
        ({"edit_posts"}, "post", "own"),  # a contributor
        (EDITOR - {"edit_private_posts"}, "post", "own"),  # what may be read would be left out
        (EDITOR - {"edit_private_posts", "read_private_posts"}, "post", "edit"),
        ({"read"}, "post", "public"),  # a subscriber
        (EDITOR, "unknown", "public"),
    ],
)
def test_sight(granted: frozenset[str], slug: str, sight: str) -> None:
    assert by(*granted).sight(of(slug)) == sight


def test_what_is_asked_for() -> None:
    editor, author = by(*EDITOR), by("edit_posts")
    assert editor.parameters(of("post")) == {"context": "edit", "status": "any"}
    media = of("attachment", "media")
    assert editor.parameters(media) == {"context": "edit", "status": "inherit,private"}
    assert author.parameters(of("post")) == {"status": "any"}
    for kind in ("term", "author", "comment"):
        assert editor.parameters(of("post", kind)) == {}
    assert PUBLIC.parameters(of("post")) == {}


@pytest.mark.parametrize(
    "odd",
    [{}, {"post": None}, {"post": []}, {"post": {"capabilities": []}}, {"post": {"capabilities": {
        "edit_posts": ["edit_posts"], "edit_others_posts": None}}}],
)  # fmt: skip
def test_odd_types_are_public(odd: dict[str, Any]) -> None:
    assert by(*EDITOR, types=odd).sight(of("post")) == "public"


@pytest.mark.parametrize(
    "capabilities", [None, [], "all", {"edit_posts": "yes"}, {"edit_posts": 1}]
)
def test_odd_capabilities_grant_nothing(capabilities: object) -> None:
    assert access({"capabilities": capabilities}, TYPES).sight(of("post")) == "public"


def test_lists_are_asked_for_more_and_single_objects_are_not() -> None:
    api = WideApi("https://a.de/wp-json/", {"/wp/v2/posts": {"context": "edit", "status": "any"}})
    asked = api.url("/wp/v2/posts", {"per_page": 1, "context": "view"})
    assert asked == "https://a.de/wp-json/wp/v2/posts?context=view&status=any&per_page=1"
    for route in ("/wp/v2/posts/5", "/wp/v2/pages"):
        assert api.url(route, {"a": 1}) == Api(api.root).url(route, {"a": 1})


PUBLIC_POST: dict[str, Any] = {
    "id": 5, "modified_gmt": "2024-01-01T00:00:00", "title": {"rendered": "A &amp; B"},
    "content": {"rendered": "<p>x</p>", "protected": False}, "meta": {"a": 1},
    "categories": [1, 2],
}  # fmt: skip
FULL_POST: dict[str, Any] = {
    **PUBLIC_POST, "title": {"raw": "A & B", "rendered": "A &amp; B"}, "permalink_template": "x",
    "content": {"raw": "x", "rendered": "<p>x</p>", "protected": False, "block_version": 0},
    "newly_invented": {"raw": "only for editors"},
}  # fmt: skip


def same(full: dict[str, Any], public: dict[str, Any]) -> bool:
    return is_same(full, public, lambda obj: projection("post", obj))


def test_the_same_state_with_more_rights() -> None:
    assert same(FULL_POST, PUBLIC_POST)
    assert (has_raw(FULL_POST), has_raw(PUBLIC_POST)) == (True, False)


@pytest.mark.parametrize(
    "edit",
    [
        {"title": {"rendered": "C"}}, {"content": {"rendered": "<p>y</p>", "protected": False}},
        {"modified_gmt": "2024-01-02T00:00:00"}, {"meta": {"a": 2}}, {"categories": [1]},
        {"added": 1}, {"content": {"rendered": "", "protected": True}},
    ],
)  # fmt: skip
def test_an_edit_is_an_edit_whoever_looks(edit: dict[str, Any]) -> None:
    assert not same(FULL_POST, {**PUBLIC_POST, **edit})


def test_a_post_with_a_password_is_the_same_to_who_knows_it() -> None:
    locked = {"rendered": "", "protected": True}
    opened = {"rendered": "<p>x</p>", "raw": "x", "protected": True}
    public = {**PUBLIC_POST, "content": locked, "excerpt": locked}
    full = {**FULL_POST, "content": opened, "excerpt": opened, "password": "sesame"}
    assert same(without_secrets(full), public)
    assert "password" not in without_secrets(full)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"version-history": [{"count": 3}], "predecessor-version": [{"id": 9}]}, (3, 9)),
        ({"version-history": [{"count": 0}]}, (0, None)),
        ({"version-history": [{"href": "x"}]}, (1, None)),  # before 5.0 there is no count
        ({"version-history": [{"count": "3"}], "predecessor-version": [{"id": "9"}]}, (1, None)),
        ({"version-history": []}, None),
        ({"version-history": {"count": 3}}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_how_many_revisions_a_post_has(links: object, expected: object) -> None:
    assert latest_revision({"_links": links}) == expected
