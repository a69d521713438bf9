"""Scrapy's own ways into the project: `scrapy list`, `crawl`, `shell`, `-a`, `-s` and feeds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mirror.settings import ITEM_PIPELINES
from tests.crawl.comparing import differences
from tests.crawl.slowly import stop
from tests.mirrored import Mirror
from tests.mockserver import MockServer

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")

pytestmark = pytest.mark.slow


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("SCRAPY_")}


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run where a user has checked the project out."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments], cwd=ROOT, env=environment(), timeout=120,
        capture_output=True, text=True, check=True,
    )  # fmt: skip


def test_the_spiders_are_listed() -> None:
    assert "wordpress" in scrapy("list").stdout.split()


def test_a_crawl_with_a_feed(server: MockServer, mirror: Mirror, tmp_path: Path) -> None:
    site = server.site("plain")
    feed = tmp_path / "posts.jsonl"
    scrapy(
        "crawl", "wordpress", "-a", f"url={site.url}", "-a", f"db={mirror.path}", *AT_ONCE,
        "-s", f"MIRROR_MEDIA={tmp_path / 'files'}", "-O", str(feed),
    )  # fmt: skip
    assert differences(mirror, site.truth()) == []
    lines = [json.loads(line) for line in feed.read_text().splitlines()]
    posts = [line for line in lines if line["collection"] == "posts"]
    assert {line["wp_id"] for line in posts} == set(mirror.ids("posts"))
    assert all(line["object"]["id"] == line["wp_id"] for line in posts)
    assert list((tmp_path / "files").rglob("*.*")), "media, too"


def test_part_of_a_site(server: MockServer, mirror: Mirror) -> None:
    site = server.site("plain")
    scrapy(
        "crawl", "wordpress", "-a", f"url={site.url}", "-a", f"db={mirror.path}", *AT_ONCE,
        "-a", "only=pages", "-a", "limit=1",
    )  # fmt: skip
    assert mirror.rows("SELECT collection, count(*) AS n FROM posts GROUP BY 1") == [
        {"collection": "pages", "n": 1}
    ]


def test_a_stop_while_something_is_in_the_pipelines(server: MockServer, mirror: Mirror) -> None:
    """Scrapy by itself would wait for ever."""
    site = server.site("plain", posts=600)
    pipelines = json.dumps({**ITEM_PIPELINES, "tests.crawl.slowly.Slow": 1})
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "wordpress", "-a", f"url={site.url}",
         "-a", f"db={mirror.path}", "-s", f"ITEM_PIPELINES={pipelines}", "-s", "SLOW_SECONDS=1",
         *AT_ONCE],
        cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            stop(process, site)
            _, told = process.communicate(timeout=20)
        finally:
            process.kill()
    assert "Traceback" not in told
    assert mirror.rows("SELECT outcome FROM crawls") == [{"outcome": "interrupted"}]
    assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert differences(mirror, site.truth()) == []


def test_a_shell_asks_as_the_crawl_does(server: MockServer) -> None:
    site = server.site("plain")
    program = "print(response.status, response.request.headers['User-Agent'].decode())"
    printed = scrapy("shell", f"{site.url}/", "-c", program, *AT_ONCE).stdout
    assert "200 syndication-mirror/" in printed
