"""The media of real WordPress: every file equals the one on the server's disk."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.conftest import MakeSite

pytestmark = pytest.mark.real


def truths(site: WordPress) -> dict[str, dict[str, Any]]:
    """Each attachment's files as they are on the server's disk, by address."""
    items = site.truth()["types"]["attachment"]["items"]
    return {file["url"]: file for item in items for file in item["files"]}


def whole(role: str) -> bool:
    """Whether a file is fetched by default: the full one, and the upload behind a scaled one."""
    return role in ("full", "original")


def held(mirror: Mirror) -> dict[str, dict[str, Any]]:
    """What each address has here."""
    rows = mirror.rows("SELECT * FROM media_files LEFT JOIN files USING (sha256)")
    return {row["url"]: dict(row) for row in rows}


def test_every_file_equals_the_servers(new_site: MakeSite, mirror: Mirror) -> None:
    site = new_site(seed_content="medium")
    first = mirror.crawl(site.url)
    assert first.exit_code in (0, 1), first.stdout + first.stderr
    mine, theirs = held(mirror), truths(site)
    assert len(theirs) > 20
    for url, file in theirs.items():
        row = mine.get(quote(url, safe=":/%"))
        if row is None or row["checked_at"] is None:
            assert not whole(file["role"]), (url, file)
        elif file["sha256"] is None:
            assert row["error"] == "not found"
        else:
            assert row["sha256"] == file["sha256"], (url, row)
    assert {row["error"] for row in mine.values() if row["error"]} <= {
        "not found", "no such host", "unreachable",
    }  # fmt: skip

    assert sum(row["error"] == "not found" for row in mine.values()) == 1  # `missing.png`
    twins = [row["sha256"] for url, row in mine.items() if "/twin" in url]
    assert len(twins) == 2
    assert len(set(twins)) == 1

    before = len(site.access_log())
    again = mirror.crawl(site.url)
    assert again.exit_code in (0, 1)
    asked = [r for r in site.access_log()[before:] if "/wp-content/uploads/" in r["uri"]]
    assert asked == []

    jpeg = site.info["content"]["media"]["jpeg"]
    change = site.change("replace-media", id=jpeg)
    before = len(site.access_log())
    mirror.crawl(site.url)
    asked = [r for r in site.access_log()[before:] if "/wp-content/uploads/" in r["uri"]]
    assert [r["status"] for r in asked].count(200) == 1
    url = mirror.value("SELECT source_url FROM media WHERE wp_id = ?", jpeg)
    assert change["changed"]
    versions = mirror.rows(
        "SELECT m.url, v.sha256 FROM media_file_versions v "
        "JOIN media_files m ON m.id = v.media_file_id"
    )
    assert versions == [{"url": url, "sha256": mine[url]["sha256"]}]
    assert held(mirror)[url]["sha256"] == truths(site)[url]["sha256"]
