"""Sites and posts by the names that users have for them."""

import doctest
import importlib
import json
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mirror.errors import ConfigError
from mirror.store.connection import connect
from mirror.store.reading.posts import find_post
from tests.cli.conftest import URL, Crawl, post

LOCAL = ["http://127.0.0.1:8001", "http://127.0.0.1:8002"]
TONGUES = ["https://example.com", "https://example.com/fr"]
TEXT = "<p>The harbour reopens on Monday, says the council, and ferries will run.</p>"


@pytest.fixture
def neighbours(folder: Path) -> Path:
    """A mirror of four sites on two hosts, each with one post and one story, of an upstream."""
    path = folder / "mirror.db"
    with closing(connect(path, write=True)) as db:
        for n, url in enumerate([*LOCAL, *TONGUES], 1):
            crawl = Crawl(db, 1, url)
            crawl.write("post", post(n, f"Harbour {n}", TEXT, link=f"{url}/{n}/"))
            crawl.end()
            db.execute("INSERT INTO upstreams (id, domain) VALUES (?, ?)", [n, f"u{n}.example"])
            db.execute("UPDATE posts SET upstream_id = ? WHERE wp_id = ?", [n, n])
            db.execute(
                "INSERT INTO stories (id, first_post_id, posts, sites, first_at, latest_at) "
                "SELECT ?1, id, 2, 2, first_seen_at, first_seen_at FROM posts WHERE wp_id = ?1",
                [n],
            )
            db.execute(
                "INSERT INTO story_posts SELECT id, ?1, 1, first_seen_at, 1, 0, 0 FROM posts "
                "WHERE wp_id = ?1",
                [n],
            )
    return path


SITES = [
    ("127.0.0.1", [1, 2]),
    ("127.0.0.1:8001", [1]),
    ("http://127.0.0.1:8002/", [2]),
    ("example.com", [3, 4]),
    ("www.Example.com", [3, 4]),
    ("https://example.com", [3]),
    ("http://www.example.com/fr/", [4]),
    ("example.com/fr", [4]),
]


@pytest.mark.parametrize(("site", "wanted"), SITES)
def test_an_address_names_one_site_of_a_host(
    neighbours: Path, mirror: Any, site: str, wanted: list[int]
) -> None:
    def listed(*words: str) -> Any:
        found = mirror(*words, "--site", site, "--json")
        assert (found.code, found.err) == (0, "")
        return json.loads(found.out)

    assert sorted(row["wp_id"] for row in listed("changes")) == wanted
    assert sorted(row["wp_id"] for row in listed("search", "harbour")) == wanted
    upstreams = listed("upstreams")
    assert sorted(row["domain"] for row in upstreams) == [f"u{n}.example" for n in wanted]
    assert {row["share"] for row in upstreams} == {1 / len(wanted)}
    assert [posts["posts"] for row in upstreams for posts in row["sites"]] == [1] * len(wanted)
    assert sorted(row["id"] for row in listed("stories", "--stored")) == wanted


@pytest.mark.parametrize("site", ["127.0.0.1:9", "example.com/de", "https://127.0.0.1"])
def test_what_is_at_no_address_is_told_the_addresses(
    neighbours: Path, mirror: Any, site: str
) -> None:
    for words in (["changes", "--site"], ["status"]):
        found = mirror(*words, site)
        assert found.code == 2
        assert "127.0.0.1:8001 · 127.0.0.1:8002 · example.com · example.com/fr" in found.err


@pytest.mark.parametrize(("site", "wanted"), SITES)
def test_a_post_by_its_site_and_number(
    neighbours: Path, mirror: Any, site: str, wanted: list[int]
) -> None:
    for number in range(1, 5):
        found = mirror("history", f"{site}:{number}", "--json")
        assert found.code == (0 if number in wanted else 2)
        if number in wanted:
            assert json.loads(found.out)[0]["wp_id"] == number


STORED = "https://gazette.example/%e6%97%a5%e6%9c%ac-%d8%b3%d9%84%d8%a7%d9%85/"


@pytest.mark.parametrize(
    "name",
    [
        STORED,
        "https://gazette.example/%E6%97%A5%E6%9C%AC-%D8%B3%D9%84%D8%A7%D9%85/",
        "https://gazette.example/日本-سلام/",
        "http://www.gazette.example/日本-%D8%B3%d9%84%D8%A7%D9%85",
        "gazette.example/日本-سلام",
    ],
)
@pytest.mark.parametrize("stored", ["lower", "upper", "shown"])
def test_a_permalink_however_its_letters_are_quoted(
    mirrored: Path, mirror: Any, name: str, stored: str
) -> None:
    links = {"lower": STORED, "upper": STORED.upper().replace("HTTPS://GAZETTE.EXAMPLE", URL),
             "shown": f"{URL}/日本-سلام/"}  # fmt: skip
    with closing(connect(mirrored, write=True)) as db:
        Crawl(db, 3).write("post", post(9, "Peace", "", link=links[stored]))
    found = mirror("history", name, "--json")
    assert (found.code, found.err) == (0, "")
    assert json.loads(found.out)[0]["wp_id"] == 9


@pytest.mark.parametrize("path", ["a%2fb", "a%23b", "a%25e6"])
def test_what_is_quoted_for_a_reason_stays_so(mirrored: Path, path: str) -> None:
    other = f"{URL}/{unquote(path)}/"
    with closing(connect(mirrored, write=True)) as db:
        Crawl(db, 3).write("post", post(9, "Another", "", link=other))
        assert find_post(db, other)
        with pytest.raises(ConfigError, match="no post"):
            find_post(db, f"{URL}/{path}/")


@pytest.mark.parametrize("path", ["%e6", "%FF%fe", "%", "a%2Fb"])
def test_what_is_quoted_wrongly_is_found_as_it_is(mirrored: Path, path: str) -> None:
    with closing(connect(mirrored, write=True)) as db:
        Crawl(db, 3).write("post", post(9, "Odd", "", link=f"{URL}/{path}/"))
        assert find_post(db, f"{URL}/{path}/") == find_post(db, f"{URL}/{path}")


def test_a_slug_that_is_nearly_right_is_read_as_a_browser_shows_it(
    mirrored: Path, mirror: Any
) -> None:
    with closing(connect(mirrored, write=True)) as db:
        Crawl(db, 3).write("post", post(9, "Peace", "", link=STORED))
    assert STORED in mirror("history", f"{URL}/日本-سلامة/").err


@pytest.mark.parametrize("name", ["mirror.urls", "mirror.store.reading.posts"])
def test_the_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
