"""Backfills of collections that are long, that change meanwhile, or that take no offset."""

import random
from typing import Any

import pytest

from tests.crawl.comparing import differences
from tests.mirrored import Mirror
from tests.mockserver import MockServer, MockSite

pytestmark = pytest.mark.slow


def test_terms_of_a_hierarchical_taxonomy_take_no_offset(
    server: MockServer, mirror: Mirror
) -> None:
    """`get_collection_params` of the terms controller names `offset` for flat taxonomies alone."""
    site = server.site("plain", categories=250)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0
    assert differences(mirror, site.truth()) == []
    assert len([r for r in site.log() if r["route"] == "/wp/v2/categories"]) <= 6


@pytest.mark.parametrize("behaviour", ["per-page-20", "per-page-refused-20"])
def test_the_page_size_is_learned_once_for_all_collections(
    behaviour: str, server: MockServer, mirror: Mirror
) -> None:
    site = server.site(behaviour, posts=100, categories=50)
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []
    first = site.log()
    posts = [r["status"] for r in first if r["route"] == "/wp/v2/posts"]
    assert posts[:4] == [200] * 4, "what the terms taught serves the posts"
    assert mirror.crawl(site.url, "--no-media", "--full").exit_code == 0
    refused = [r["status"] in (400, 500) for r in first]
    again = [r["status"] in (400, 500) for r in site.log()[len(first) :]]
    assert sum(again) <= sum(refused) // 4


@pytest.mark.parametrize("behaviour", ["no-totals", "lost-headers"])
def test_totals_that_get_lost_are_asked_for_in_the_body(
    behaviour: str, server: MockServer, mirror: Mirror
) -> None:
    """So the counts are known, and a post that vanished is missed without reading all of them."""
    site = server.site(behaviour, posts=120)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.stderr
    truth = site.truth()
    assert differences(mirror, truth) == []
    totals = {route.rpartition("/")[2]: shown["total"] for route, shown in truth.items()}
    for row in run.summary["coverage"]:
        if "refused" not in row["how"]:
            assert row["reported"] == totals[row["collection"]], row
    site.call("delete", number=mirror.ids("posts")[40])
    again = mirror.crawl(site.url, "--no-media")
    assert again.counts("new", "edited", "deleted") == (0, 0, 1)
    assert differences(mirror, site.truth()) == []


@pytest.mark.parametrize("behaviour", ["plain", "per-page-20", "no-totals", "low-totals"])
def test_long_collections(behaviour: str, server: MockServer, mirror: Mirror) -> None:
    site = server.site(behaviour, posts=600)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 0, run.stderr
    assert differences(mirror, site.truth()) == []


def churn(seed: int, count: int) -> list[dict[str, Any]]:
    """Things that happen to the filler posts, each of which is there only once."""
    chance = random.Random(seed)
    numbers = chance.sample(range(76, 700), count)
    calls: list[dict[str, Any]] = []
    for number in numbers:
        kind = chance.choice(["delete", "delete", "edit", "trash", "add"])
        if kind == "add":
            calls.append({"method": "add", "arguments": {"title": f"Late {number}"}})
        elif kind == "edit":
            arguments = {"number": number, "title": f"Edited {number}"}
            calls.append({"method": "edit", "arguments": arguments})
        else:
            calls.append({"method": kind, "arguments": {"number": number}})
    return calls


def existing(site: MockSite, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those calls whose posts exist: the ids have gaps."""
    ids = {row["id"] for row in site.truth()["/wp/v2/posts"]["objects"]}
    return [c for c in calls if c["arguments"].get("number", min(ids)) in ids]


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(n, marks=pytest.mark.slow)
                                             for n in range(4, 21))])  # fmt: skip
def test_nothing_is_missed_while_the_site_changes(
    seed: int, server: MockServer, mirror: Mirror
) -> None:
    """Something happens before every other request; one catch-up run later all is equal."""
    site = server.site("per-page-20", posts=500)
    site.churn(2, existing(site, churn(seed, 60)))
    first = mirror.crawl(site.url, "--no-media")
    # Honest about what it could not prove while things moved; never a failure of the whole.
    assert first.exit_code in (0, 1), first.stderr
    site.churn(1, [])
    again = mirror.crawl(site.url, "--no-media")
    assert again.exit_code == 0, again.stderr
    assert differences(mirror, site.truth()) == []
    assert mirror.integrity() == "ok"
