"""`--max-time` and `--max-requests`: a run ends when it has cost enough, and the next goes on."""

import pytest

from tests.crawl.comparing import differences
from tests.mirrored import Mirror
from tests.mockserver import MockServer


@pytest.mark.slow
def test_requests_are_counted_over_the_run(server: MockServer, mirror: Mirror) -> None:
    site = server.site("plain", posts=1500)
    cut = mirror.crawl(site.url, "--no-media", "--max-requests", "12")
    assert cut.exit_code == 1
    assert cut.summary["outcome"] == "interrupted"
    assert "used up its 12 requests" in cut.summary["message"]
    # What was on its way when the last one was sent comes home; nothing more is sent.
    assert len(site.log()) <= 12 + 4
    held = mirror.value("SELECT count(*) FROM posts")
    again = mirror.crawl(site.url, "--no-media")
    assert again.exit_code == 0
    assert mirror.value("SELECT count(*) FROM posts") > held
    assert differences(mirror, site.truth()) == []


@pytest.mark.slow
def test_media_files_are_counted_and_those_that_were_not_had_are_owed(
    server: MockServer, mirror: Mirror
) -> None:
    site = server.site("plain")
    mirror.crawl(site.url, "--no-media")
    usual = mirror.crawl(site.url, "--no-media").summary["requests"]
    before = len(site.log())
    cut = mirror.crawl(site.url, "--max-requests", str(usual + 2))
    assert (cut.exit_code, cut.summary["outcome"]) == (1, "interrupted")
    assert usual + 2 <= cut.summary["requests"] <= usual + 2 + 4
    assert len(site.log()) - before <= usual + 2 + 4
    fetched = "SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL"
    owed = "SELECT count(*) FROM media_files WHERE checked_at IS NULL"
    held = mirror.value(fetched)
    assert mirror.value(owed) > 0
    before = len(site.log())
    again = mirror.crawl(site.url)
    assert again.exit_code == 0
    assert mirror.value(fetched) > held
    assert mirror.value(owed) == 0
    robots = 2  # not in the log: asked for by Scrapy, and by what fetches files
    assert again.summary["requests"] == len(site.log()) - before + robots


@pytest.mark.slow
def test_time_is_counted_from_the_start_of_the_run(server: MockServer, mirror: Mirror) -> None:
    site = server.site("slow-300ms", posts=1500)
    cut = mirror.crawl(site.url, "--no-media", "--max-time", "2s")
    assert (cut.exit_code, cut.summary["outcome"]) == (1, "interrupted")
    assert "used up its time" in cut.summary["message"]
    assert cut.summary["seconds"] < 10
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--max-time", "2 hours"], 'did you mean "2h"?'),
        (["--max-time", "soon"], "expected a time such as 90s, 30m or 6h"),
        (["--max-requests", "0"], "x>=1"),
    ],
)
def test_a_wrong_budget_is_told(words: list[str], hint: str, mirror: Mirror) -> None:
    found = mirror.crawl("http://127.0.0.1:1", *words)
    assert found.exit_code == 2
    assert hint in found.stderr
