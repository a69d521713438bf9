"""Texts of a site that nobody can store, and clocks that nobody believes: the rest is mirrored."""

import json
from typing import Any

import pytest

from mirror.demo.reply import Reply
from mirror.demo.site import Site, sample_site, serve
from tests.mirrored import Mirror

pytestmark = pytest.mark.slow

HALF = "Gazette \ud83d"  # an emoji that was cut in two


def index_with(**fields: Any) -> Any:
    """Makes a site's index say so."""

    def spoil(self: Site, path: str, reply: Reply) -> Reply:
        if path.rstrip("/").endswith("/wp-json"):
            index = {**json.loads(reply.body), **fields}
            return reply._replace(body=json.dumps(index).encode())
        return reply

    return spoil


@pytest.mark.parametrize("field", ["name", "description", "timezone_string"])
def test_half_a_character_in_the_index(
    field: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, respond = index_with(**{field: HALF}), Site.respond

    def answer(self: Site, method: str, path: str, *rest: Any, **more: Any) -> Reply:
        return spoil(self, path, respond(self, method, path, *rest, **more))

    monkeypatch.setattr(Site, "respond", answer)
    with serve(sample_site()) as site:
        for _ in range(2):
            assert mirror.crawl(site.url, "--no-media").exit_code == 0
    assert "\ufffd" in str(mirror.rows("SELECT name, description, timezone FROM sites"))
    assert len(mirror.ids("posts")) > 30
