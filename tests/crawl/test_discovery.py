"""Discovery on sites of many shapes: what is asked, and what is said."""

import json

import pytest

from mirror.store.rejudging import publisher
from tests.mirrored import Mirror
from tests.mockserver import MockServer

pytestmark = pytest.mark.slow  # a crawl each


def test_only_the_origin_that_answered_is_asked(server: MockServer, mirror: Mirror) -> None:
    site = server.site("cross-origin-link")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    hosts = {request["headers"]["Host"].partition(":")[0] for request in site.log()}
    assert hosts == {"127.0.0.1"}
    assert mirror.value("SELECT api_root FROM sites").startswith(f"{site.url}/")


def test_another_address_of_a_site_makes_no_second_mirror_of_it(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("plain")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    for place in ("/wp-json/", "/?p=27", "/nothing-here"):
        run = mirror.crawl(f"{site.url}{place}", "--no-media")
        assert run.exit_code == 2
        assert f"is the site that is mirrored as {site.url}" in run.summary["message"]
    assert mirror.value("SELECT count(*) FROM sites") == 1
    assert mirror.integrity() == "ok"


def test_a_mistyped_collection_is_told(server: MockServer, mirror: Mirror) -> None:
    """What else was asked for is read; that something is left out must not look complete."""
    site = server.site("plain")
    run = mirror.crawl(site.url, "--no-media", "--only", "pgaes,tags,comments")
    assert (run.exit_code, run.summary["outcome"]) == (1, "partial")
    assert run.summary["message"].endswith(
        "and no comments, pgaes (comments are read with --comments)"
    )
    assert "pages" in run.summary["message"]
    assert mirror.ids("tags")
    run = mirror.crawl(site.url, "--no-media", "--only", "pgaes")
    assert run.exit_code == 3
    assert run.summary["message"].endswith(", and no pgaes")


def test_a_mistyped_address_can_be_taken_out_again(server: MockServer, mirror: Mirror) -> None:
    site = server.site("plain")
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert mirror.crawl("http://no-such-host.invalid").exit_code == 3
    assert mirror.run("sites", "remove", "http://no-such-host.invalid").exit_code == 0
    assert mirror.run("sites", "remove", site.url).exit_code == 2
    assert mirror.rows("SELECT url FROM sites") == [{"url": site.url}]


def test_what_judges_again_knows_the_hosts_that_the_crawl_knew(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("plain")
    mirror.crawl(site.url, "--no-media")
    said = json.loads(mirror.value("SELECT index_json FROM sites"))
    assert said["home"].rstrip("/") == said["url"].rstrip("/") == site.url
    row = {"url": "https://cms.a.de", "host": "cms.a.de", "name": None, "api_root": None}
    own = publisher({**row, "index_json": '{"home": "https://a.de", "url": null}'})
    assert own.owns("a.de")


def test_a_redirect_to_another_host_is_not_followed(server: MockServer, mirror: Mirror) -> None:
    site = server.site("redirect-elsewhere")
    mirror.crawl(site.url, "--no-media")
    assert {r["headers"]["Host"].partition(":")[0] for r in site.log()} == {"127.0.0.1"}


@pytest.mark.parametrize("behaviour", ["rest-401", "rest-403"])
def test_a_refusal_is_not_worked_around(behaviour: str, server: MockServer, mirror: Mirror) -> None:
    site = server.site(behaviour)
    run = mirror.run("crawl", site.url, "--no-media")
    assert run.exit_code == 1
    assert "refuses its REST API" in run.stdout + run.stderr
    assert not any("rest_route" in request["query"] for request in site.log())


def test_no_wordpress_names_the_places_and_their_answers(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("not-wordpress")
    run = mirror.run("crawl", site.url, "--debug")
    assert run.exit_code == 3
    for place in ("/wp-json/", "/index.php/wp-json/", "rest_route", "404"):
        assert place in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("behaviour", "exit_code"), [("robots-disallow", 3), ("robots-no-rest", 1)]
)
def test_robots_txt_is_obeyed(
    behaviour: str, exit_code: int, server: MockServer, mirror: Mirror
) -> None:
    site = server.site(behaviour)
    run = mirror.run("crawl", site.url, "--no-media")
    assert run.exit_code == exit_code
    assert "robots.txt" in run.stdout + run.stderr
    assert not [request for request in site.log() if request["route"]]


@pytest.mark.parametrize("behaviour", ["rest-401", "rest-404", "rest-to-home", "robots-no-rest"])
def test_without_rest_feeds_and_sitemaps_are_read(
    behaviour: str, server: MockServer, mirror: Mirror
) -> None:
    site = server.site(behaviour, posts=30)
    run = mirror.crawl(site.url, "--no-media")
    assert run.summary["outcome"] == "partial"
    truth = site.truth()
    for base in ("posts", "pages"):
        shown = {row["id"]: row["link"] for row in truth[f"/wp/v2/{base}"]["objects"]}
        links = "SELECT wp_id, link FROM posts WHERE collection = ?"
        assert {row["wp_id"]: row["link"] for row in mirror.rows(links, base)} == shown
    assert not any(row["complete"] for row in run.summary["coverage"])


def test_the_agent_names_itself(server: MockServer, mirror: Mirror) -> None:
    site = server.site("plain")
    mirror.crawl(site.url, "--no-media")
    assert all("syndication-mirror" in r["headers"]["User-Agent"] for r in site.log())


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://no-such-host.invalid", "there is no such host: is its name right?"),
        ("http://127.0.0.1:9", "it refuses the connection: is the port right, and is the site up?"),
    ],
)
def test_what_is_not_there_is_told_once(address: str, says: str, mirror: Mirror) -> None:
    run = mirror.crawl(address)
    assert run.exit_code == 3
    message = run.summary["message"]
    assert message.endswith(f"gave no usable answer: {says}")


def test_a_plan_of_a_site_without_rest_says_what_a_crawl_would_do(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("rest-401")
    planned = mirror.run("plan", site.url)
    assert (planned.exit_code, planned.stdout) == (3, "")
    assert planned.stderr.endswith("`mirror crawl` would look for feeds and sitemaps instead\n")
    assert mirror.crawl(site.url, "--no-media").summary["new"]
