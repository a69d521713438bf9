"""From the config file and the command line to what is fetched, and what status tells of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mirror.cli.app import run
from mirror.config import Site as Configured
from mirror.config import load
from mirror.errors import ConfigError
from mirror.media.policy import MediaPolicy
from mirror.progress import CrawlOrder, CrawlSummary, MediaRules
from spiders.files import policy_of
from tests.media.sites import Site

SITE = '[[site]]\nurl = "https://gazette.example"\n'
EVERYTHING = """
media = "linked"
media_types = ["image/*", "application/pdf"]
media_every_size = true
media_third_party = false
media_file_limit = "2GB"
media_site_limit = "50GB"
"""


def read(folder: Path, text: str) -> Configured:
    path = folder / "mirror.toml"
    path.write_text(SITE + text)
    return load(path, {}).sites[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("true", True), ("false", False), ('"all"', True), ('"linked"', "linked")],
)
def test_which_media(tmp_path: Path, said: str, meant: object) -> None:
    assert read(tmp_path, f"media = {said}").media == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('media = "some"', 'expected true or false, or "linked" or "all"'),
        ('media_types = "image/*"', 'did you mean ["image/*"]?'),
        ('media_types = ["images"]', 'did you mean "image/*"?'),
        ('media_file_limit = "100 mb"', 'did you mean "100MB"?'),
        ("media_file_limit = 100", "expected a size"),
        ('allow_private = "yes"', "expected true or false"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, text)
    assert told in str(wrong.value)


@pytest.fixture
def ordered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CrawlOrder]:
    """What `mirror crawl` orders with some options and this config file."""

    def order(config: str, *options: str) -> CrawlOrder:
        found: list[CrawlOrder] = []

        def crawl(rounds: Any, **_: Any) -> list[CrawlSummary]:
            found.extend(one for orders in rounds for one in orders)
            return []

        monkeypatch.setattr("mirror.crawl.run", crawl)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "mirror.toml").write_text(SITE + config)
        assert run(["crawl", "gazette.example", "--quiet", *options]) == 0
        return found[0]

    return order


def test_settings_become_a_policy(ordered: Callable[..., CrawlOrder]) -> None:
    assert policy_of(ordered("").media_rules, obey_robots=True) == MediaPolicy()
    order = ordered(EVERYTHING, "--allow-private")
    assert order.media
    assert policy_of(order.media_rules, obey_robots=False) == MediaPolicy(
        mode="linked",
        every_size=True,
        third_party=False,
        allow_private=True,
        obey_robots=False,
        types=("image/*", "application/pdf"),
        file_bytes=2_000_000_000,
        site_bytes=50_000_000_000,
    )


def test_options_go_before_settings(ordered: Callable[..., CrawlOrder]) -> None:
    assert not ordered("media = false").media
    assert not ordered('media = "linked"', "--no-media").media
    assert ordered("media = false", "--media").media_rules == MediaRules()
    assert ordered("allow_private = true").media_rules.allow_private


def test_status_tells_of_link_rot(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.want("/good.png", "/404.png", "/410.png")
    site.fetch()
    command = ["status", "--db", str(site.path / "mirror.db")]
    assert run(command) == 0
    assert "127.0.0.1: 2 media files not to be had: 1 gone, 1 not found" in capsys.readouterr().out
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["link_rot"] == {"gone": 1, "not found": 1}
