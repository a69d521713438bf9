"""Every misbehaviour of the hostile server has its outcome: the table of docs/media.md."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.media.sites import QUICK, Names, Site

DOCS = Path(__file__).parents[2] / "docs" / "media.md"


def outcomes() -> list[tuple[str, str]]:
    """(path, outcome) of the rows of the documented table."""
    return re.findall(r"^\| `(/[^`]+)` \|[^|]*\| ([a-z ]+) \|$", DOCS.read_text(), re.MULTILINE)


def test_the_table_is_long() -> None:
    assert len(outcomes()) >= 30


def test_what_everybody_asks_about_is_in_it() -> None:
    known = dict(outcomes())
    named = {
        "a redirect to file:///etc/passwd": ("/to-file.png", "bad redirect"),
        "a redirect to 127.0.0.1": ("/to-other-port.png", "forbidden address"),
        "a redirect to the metadata service": ("/to-metadata.png", "forbidden address"),
        "DNS that answers a private address": ("/to-name.png", "forbidden address"),
        "an endless body": ("/endless.png", "too large"),
        "Content-Length of 10 GB": ("/announced.png", "too large"),
        "a gzip bomb": ("/bomb.png", "too large"),
        "a PNG of 50,000 × 50,000": ("/pixels.png", "too many pixels"),
        "HTML as JPEG": ("/html.jpg", "wrong type"),
        "a body that stalls at 90 %": ("/stalls.png", "stalled"),
    }
    assert {what: known.get(path) for what, (path, _) in named.items()} == {
        what: outcome for what, (_, outcome) in named.items()
    }


@pytest.mark.parametrize(("path", "expected"), outcomes(), ids=lambda value: str(value))
def test_outcome(site: Site, path: str, expected: str) -> None:
    site.want(path)
    summary = site.fetch(resolver=Names())
    row = site.row(path)
    if expected == "kept":
        assert (row["error"], row["message"]) == (None, None)
        assert summary.fetched == 1
        assert len(site.kept()) == 1
        assert row["sha256"]
    else:
        assert (row["error"], summary.failed) == (expected, 1)
        assert site.kept() == []
        assert row["sha256"] is None
        assert row["message"]
        assert row["attempts"] == 1


def test_names_that_resolve_to_private_addresses(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    urls = [
        f"http://{host}:{port}/good.png"
        for host in ("private.test", "metadata.test", "127.0.0.2", "localhost.test", "rebinds.test")
    ]
    site.want(*urls)
    names = Names()
    site.fetch(resolver=names)
    found = {url.split("/")[2].split(":")[0]: site.row(url)["error"] for url in urls}
    assert found == {
        "private.test": "forbidden address",
        "metadata.test": "forbidden address",
        "127.0.0.2": "forbidden address",
        "localhost.test": "no such host",
        "rebinds.test": "forbidden address",
    }
    assert site.kept() == []


def test_private_addresses_are_reached_if_allowed(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    # The server listens on 127.0.0.1 alone: another loopback address is reached, and refuses.
    site.want(f"http://127.0.0.2:{port}/good.png")
    site.fetch(replace(QUICK, allow_private=True), resolver=Names())
    assert site.row(f"http://127.0.0.2:{port}/good.png")["error"] == "unreachable"
