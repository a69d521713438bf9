"""Fifty sites in one run: each on its own schedule, whatever the others do."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawl.comparing import differences
from tests.memory import finished
from tests.mirrored import Mirror
from tests.mockserver import MockServer, MockSite, mock_servers

WELL, SLOW, HOSTILE, DEAD = 40, 3, 2, 5
DELAY = 1.0  # seconds between two requests to one site
MOST_MB = 500


@pytest.fixture
def servers() -> Iterator[list[MockServer]]:
    """One server a host: 127.0.0.11, 127.0.0.12, …"""
    hosts = [f"127.0.0.{11 + n}" for n in range(WELL + SLOW + HOSTILE)]
    with mock_servers(hosts) as running:
        yield running


@pytest.mark.slow
def test_sites_of_one_host_take_turns(server: MockServer, mirror: Mirror) -> None:
    sites = [server.site("slow-150ms"), server.site("slow-150ms")]
    configure(mirror, [site.url for site in sites], delay=0)
    assert mirror.run("crawl", "--json", named=False).exit_code == 0
    first, second = mirror.rows("SELECT started_at, finished_at FROM crawls ORDER BY id")
    assert first["finished_at"] <= second["started_at"]


@pytest.mark.slow
def test_fifty_sites(servers: list[MockServer], mirror: Mirror, tmp_path: Path) -> None:
    names = ["plain"] * WELL + ["slow-1500ms"] * SLOW + ["endless", "redirect-grows"]
    posts = [40 + 5 * n for n in range(WELL)] + [0] * (SLOW + HOSTILE)
    sites = [
        one.site(name, posts=count) for one, name, count in zip(servers, names, posts, strict=True)
    ]
    with closing(socket.create_server(("127.0.0.99", 0), backlog=1)) as deaf:
        dead = [f"http://127.0.0.{90 + n}:9" for n in range(DEAD - 1)]
        dead.append(f"http://127.0.0.99:{deaf.getsockname()[1]}")
        alone = Mirror(tmp_path / "alone.db")
        configure(alone, [sites[WELL - 1].url], DELAY)
        begun = time.monotonic()
        assert alone.run("crawl", "--json", named=False).exit_code == 0
        one_site = time.monotonic() - begun

        configure(mirror, [*(site.url for site in sites), *dead], DELAY)
        summaries, peak = watched(mirror)
    well = {site.url: site for site in sites[: WELL + SLOW]}
    outcomes = {told["url"]: told["outcome"] for told in summaries}
    assert len(outcomes) == WELL + SLOW + HOSTILE + DEAD
    assert {url for url in well if outcomes[url] != "complete"} == set()
    assert {outcomes[url] for url in dead} == {"failed"}
    longest = max(t["seconds"] for t in summaries if t["url"] in list(well)[:WELL])
    print(f"one site alone {one_site:.1f} s, the last of {WELL}: {longest:.1f} s, {peak:.0f} MB")
    # 1.3 on a machine with nothing else to do (benchmarks/RESULTS.md); here others test too.
    assert longest < 3 * one_site
    assert peak < MOST_MB
    check_some(mirror, sites)


def check_some(mirror: Mirror, sites: list[MockSite]) -> None:
    """What one site of fifty holds is that site's, and all of it."""
    for n in (0, WELL - 1):
        own = Mirror(mirror.path.with_name(f"own-{n}.db"))
        site = mirror.value("SELECT id FROM sites WHERE url LIKE ?", f"{sites[n].url}%")
        held = mirror.value("SELECT count(*) FROM posts WHERE site_id = ?", site)
        assert own.crawl(sites[n].url, "--no-media").exit_code == 0
        assert held == own.value("SELECT count(*) FROM posts")
        assert differences(own, sites[n].truth()) == []


def configure(mirror: Mirror, urls: list[str], delay: float) -> None:
    """A config file with these sites, beside the database."""
    tables = [f'[[site]]\nurl = "{url}"\nmedia = false\ndelay = {delay}\n' for url in urls]
    folder = mirror.path.parent
    text = f'[mirror]\ndb = "{mirror.path.name}"\n' + "".join(tables)
    (folder / "mirror.toml").write_text(text)


def watched(mirror: Mirror) -> tuple[list[dict[str, object]], float]:
    """Crawls what is configured; the summaries, and the peak memory in MB of all processes."""
    with subprocess.Popen(
        mirror.command("crawl", "--json")[:-2], cwd=mirror.path.parent, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=mirror.environment(),
    ) as process:  # fmt: skip
        printed, _, peak = finished(process, seconds=300)
    return json.loads(printed), peak
