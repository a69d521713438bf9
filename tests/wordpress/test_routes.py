from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.wordpress.routes import (
    Api,
    has_route,
    languages,
    origin,
    pages_only,
    same_site,
    supports,
)

PRETTY = "https://example.org/wp-json/"
PARAMS = {"per_page": "100", "modified_after": "2026-01-01T00:00:00+02:00"}
QUERY = "per_page=100&modified_after=2026-01-01T00:00:00%2B02:00"
COM = "https://public-api.wordpress.com/wp/v2/sites/example.org"


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (PRETTY, f"https://example.org/wp-json/wp/v2/posts?{QUERY}"),
        ("https://example.org/wp-json", f"https://example.org/wp-json/wp/v2/posts?{QUERY}"),
        (
            "https://example.org/index.php/wp-json/",
            f"https://example.org/index.php/wp-json/wp/v2/posts?{QUERY}",
        ),
        (
            "http://127.0.0.1:8080/blog/api/?lang=de",
            f"http://127.0.0.1:8080/blog/api/wp/v2/posts?lang=de&{QUERY}",
        ),
        (
            "https://example.org/?rest_route=/",
            f"https://example.org/?rest_route=/wp/v2/posts&{QUERY}",
        ),
        (
            "https://example.org/index.php?rest_route=%2F&lang=de",
            f"https://example.org/index.php?rest_route=/wp/v2/posts&lang=de&{QUERY}",
        ),
        (COM, f"{COM}/posts?{QUERY}"),
        (COM + "/", f"{COM}/posts?{QUERY}"),
    ],
)
def test_an_address_below_each_kind_of_root(root: str, expected: str) -> None:
    assert Api(root).url("/wp/v2/posts", PARAMS) == expected


@pytest.mark.parametrize(
    "root", [PRETTY, "https://example.org/?rest_route=/", "http://h/index.php/wp-json/", COM]
)
def test_the_root_itself_is_the_route_of_the_index(root: str) -> None:
    assert Api(root).url("/") == root


def test_wordpress_com_puts_the_site_behind_any_namespace() -> None:
    assert (
        Api(COM).url("/testbed/v1/events/5").endswith(".com/testbed/v1/sites/example.org/events/5")
    )
    assert Api(COM).wordpress_com
    assert not Api(PRETTY).wordpress_com


def test_odd_bases_and_values_are_escaped() -> None:
    url = Api(PRETTY).url("/wp/v2/büc her", {"include": "1,2,3", "search": "a&b=c #"})
    assert url == f"{PRETTY}wp/v2/b%C3%BCc%20her?include=1,2,3&search=a%26b%3Dc%20%23"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/a", "http://example.org/b", True),
        ("https://www.example.org", "https://example.org:443", True),
        ("https://EXAMPLE.org.", "https://www.example.org", True),
        ("http://example.org:8080", "https://example.org:8080", True),
        ("http://example.org:8080", "https://example.org", False),
        ("https://blog.example.org", "https://example.org", False),
        ("https://example.org.evil.test", "https://example.org", False),
        ("https://example.org@evil.test", "https://example.org", False),
        ("ftp://example.org", "https://example.org", False),
        ("https://example.org:99999", "https://example.org", False),
        ("https://[::1", "https://example.org", False),
        ("", "", False),
    ],
)
def test_a_site_is_its_host_but_for_scheme_and_www(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same


def test_the_origin_is_pinned() -> None:
    api = Api("https://example.org/wp-json/")
    assert api.same_origin("https://example.org:443/anything")
    assert not api.same_origin("http://example.org/wp-json/")
    assert not api.same_origin("https://www.example.org/wp-json/")
    assert not api.same_origin("file:///etc/passwd")


ROUTE = "/wp/v2/posts"
ENDPOINT: dict[str, Any] = {"methods": ["GET"], "args": {"modified_after": {}, "per_page": {}}}
OLD: dict[str, Any] = {"methods": {"GET": True}, "args": {"a": {}}}
WRITING: dict[str, Any] = {"methods": ["POST"], "args": {"title": {}}}


@pytest.mark.parametrize(
    ("index", "parameter", "answer"),
    [
        ({"routes": {ROUTE: {"endpoints": [ENDPOINT, WRITING]}}}, "modified_after", True),
        ({"routes": {ROUTE: {"endpoints": [ENDPOINT, WRITING]}}}, "title", False),
        ({"routes": {ROUTE: {"endpoints": {"0": ENDPOINT}}}}, "per_page", True),
        ({"routes": {ROUTE: {"endpoints": [OLD]}}}, "a", True),
        ({"routes": {ROUTE: {"endpoints": [{"methods": ["GET"], "args": []}]}}}, "a", False),
        ({"routes": []}, "modified_after", False),
        ({}, "modified_after", False),
        (None, "modified_after", False),
        ({"routes": {ROUTE: "x"}}, "modified_after", False),
        ({"routes": {ROUTE: {"endpoints": [None, 3, "x"]}}}, "modified_after", False),
    ],
)  # fmt: skip
def test_what_the_index_does_not_say_is_not_supported(
    index: object, parameter: str, answer: bool
) -> None:
    assert supports(index, ROUTE, parameter) is answer


def test_whether_a_route_is_known() -> None:
    index = {"routes": {ROUTE: {"methods": ["GET", "POST"]}, "/a/v1/b": {"methods": ["POST"]}}}
    assert has_route(index, ROUTE) is True
    assert has_route(index, "/a/v1/b") is False
    assert has_route(index, "/a/v1/c") is False
    assert has_route({"routes": []}, ROUTE) is None


@given(st.text())
def test_no_address_raises(text: str) -> None:
    origin(text)
    same_site(text, "https://example.org")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"page": {}, "per_page": {}, "offset": {}}, False),
        ({"page": {}, "per_page": {}}, True),
        ({"per_page": {}}, False),
        ({}, False),
        ([], False),
    ],
)
def test_lists_that_know_pages_alone(args: object, expected: bool) -> None:
    route = {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": args}]}
    assert pages_only({"routes": {"/wp/v2/categories": route}}, "/wp/v2/categories") is expected
    assert not pages_only({"routes": {"/wp/v2/categories": route}}, "/wp/v2/tags")
    assert not pages_only(None, "/wp/v2/categories")


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ({"enum": ["fr", "de", "pt-br"]}, ("de", "fr", "pt-br")),
        ({"enum": {"0": "fr", "2": "de"}}, ("de", "fr")),
        ({"enum": ["fr", 3, None, "\x1b[31m", "../x"]}, ("fr",)),
        ({}, ()),
        (None, ()),
    ],
)
def test_the_languages_of_wpml(argument: object, expected: tuple[str, ...]) -> None:
    route = {"endpoints": [{"methods": ["GET"], "args": {"wpml_language": argument}}]}
    index = {"routes": {"/wp/v2/posts": route}}
    assert languages(index, "/wp/v2/posts") == expected
    assert languages(index, "/wp/v2/pages") == ()
