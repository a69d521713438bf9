"""Sites and posts by the names that users have for them."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mirror.store.connection import connect
from tests.cli.conftest import Crawl, post

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
