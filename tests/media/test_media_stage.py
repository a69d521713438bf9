"""A site's media over several runs: cheap to keep in step, versions, resumption, limits."""

import asyncio
import errno
import hashlib
import json
import math
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mirror.content_media import of_attachment
from mirror.errors import StoreError
from mirror.media.incoming import Part
from mirror.media.sniff import measure
from mirror.store import files, held
from mirror.store.connection import transaction
from tests.media.hostile import GOOD, LARGE, numbered, png
from tests.media.sites import QUICK, Server, Site


def test_a_file_is_kept_under_the_hash_of_its_bytes(site: Site) -> None:
    site.want("/good.png")
    summary = site.fetch()
    digest = hashlib.sha256(GOOD).hexdigest()
    name = f"{digest[:2]}/{digest[2:]}.png"
    assert (summary.fetched, summary.bytes) == (1, len(GOOD))
    assert (site.path / "media" / name).read_bytes() == GOOD
    assert dict(next(site.db.query("SELECT * FROM files"))) == {
        "sha256": digest,
        "path": name,
        "bytes": len(GOOD),
        "mime": "image/png",
        "width": 640,
        "height": 480,
        "first_seen_at": "2026-01-01T00:00:00Z",
    }
    assert list((site.path / "media" / ".incoming").iterdir()) == []


def test_the_same_bytes_at_two_addresses_are_one_file(site: Site) -> None:
    site.want("/good.png", "/good.png?v=2", "/to-good.png")
    assert site.fetch().fetched == 3
    assert len(site.kept()) == 1


def test_a_second_run_asks_for_nothing(site: Site, server: Server) -> None:
    site.want("/good.png", "/404.png", "/n/5000/a.jpg")
    site.fetch()
    server.get("/log/clear")
    site.now += timedelta(hours=6)
    site.want("/good.png")
    summary = site.fetch()
    assert (summary.fetched, summary.unchanged, summary.failed, summary.bytes) == (0, 0, 0, 0)
    assert server.log() == []


def test_old_files_are_looked_at_again_conditionally(site: Site, server: Server) -> None:
    site.want("/good.png", "/dated.png")
    site.fetch()
    server.get("/log/clear")
    site.now += timedelta(days=31)
    summary = site.fetch()
    assert (summary.fetched, summary.unchanged, summary.bytes) == (0, 2, 0)
    asked = {entry["path"]: entry["headers"] for entry in server.log()}
    assert asked["/good.png"]["if-none-match"] == '"good-1"'
    assert asked["/dated.png"]["if-modified-since"] == "Wed, 21 Oct 2015 07:28:00 GMT"
    # As long again as it has stood: the next look is a month from now, then two.
    assert site.row("/good.png")["next_at"] == site.stamp(site.now + timedelta(days=31))


def test_a_replaced_file_makes_a_version(site: Site, server: Server) -> None:
    attachment = {"source_url": f"{site.url}/replaced.png"}
    with transaction(site.db):
        site.db.execute(
            "INSERT INTO media (id, site_id, wp_id, collection, fingerprint, valid_from, "
            "first_seen_at, crawl_id, extra) VALUES (7, 1, 7, 'media', '', 'x', 'x', 1, '{}')"
        )
        site.link_uses("media", 7, of_attachment(attachment, site.url))
    site.want("/good.png")
    site.fetch()
    before = site.row("/replaced.png")
    server.get("/replace")
    site.now += timedelta(hours=1)
    with transaction(site.db):  # the attachment has been edited: its file may be another
        site.link_uses("media", 7, of_attachment(attachment, site.url))
    summary = site.fetch()
    assert (summary.fetched, summary.unchanged) == (1, 0)
    after = site.row("/replaced.png")
    assert after["sha256"] != before["sha256"]
    assert after["media_id"] == 7
    versions = list(site.db.query("SELECT sha256, valid_from, valid_to FROM media_file_versions"))
    assert versions == [
        {
            "sha256": before["sha256"],
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_to": "2026-01-01T01:00:00Z",
        }
    ]
    assert len(site.kept()) == 3


def test_failures_are_tried_again_ever_more_rarely(site: Site) -> None:
    site.want("/500.png", "/404.png", "/to-metadata.png")
    pauses: dict[str, list[float]] = {"/500.png": [], "/404.png": []}
    for _ in range(4):
        site.fetch()
        for path, seen in pauses.items():
            row = site.row(path)
            due = site.now.fromisoformat(row["next_at"])
            seen.append((due - site.now) / timedelta(hours=1))
        assert site.row("/to-metadata.png")["next_at"] is None
        site.now += timedelta(days=100)
    assert pauses["/500.png"] == [1, 4, 16, 64]
    assert pauses["/404.png"] == [168, 672, 2160, 2160]


def test_a_file_that_vanishes_upstream_stays_here(site: Site) -> None:
    site.want("/good.png")
    site.fetch()
    for table in ("media_files", "post_media"):
        site.db.execute(f"UPDATE {table} SET url = ?", [f"{site.url}/404.png"])
    site.now += timedelta(days=40)
    assert site.fetch().errors == {"not found": 1}
    row = site.row("/404.png")
    assert (row["error"], row["sha256"]) == ("not found", hashlib.sha256(GOOD).hexdigest())
    assert len(site.kept()) == 1


def test_a_large_file_is_resumed(site: Site, server: Server) -> None:
    site.want("/breaks-once.jpg")
    first = site.fetch()
    assert first.errors == {"truncated": 1}
    site.now += timedelta(hours=2)
    second = site.fetch()
    assert (second.fetched, second.bytes) == (1, len(LARGE) - 2_000_000)
    assert site.row("/breaks-once.jpg")["sha256"] == hashlib.sha256(LARGE).hexdigest()
    asked = server.log()[-1]["headers"]
    assert (asked["range"], asked["if-range"]) == ("bytes=2000000-", '"large-1"')


def test_headers_that_are_no_text_are_no_validators(site: Site) -> None:
    site.want("/odd-validators.png", "/odd-encoding.png", "/good.png")
    found = site.fetch()
    assert (found.fetched, found.errors) == (2, {"bad encoding": 1})
    row = site.row("/odd-validators.png")
    assert (row["etag"], row["last_modified"]) == (None, None)
    assert "\\udcff" in site.row("/odd-encoding.png")["message"]


def test_less_than_was_asked_for_is_not_the_rest(site: Site) -> None:
    """A cache may send a range shorter than the one asked for."""
    site.want("/by-pieces.jpg")
    pieces = 1 + math.ceil(len(LARGE) / 2 / 600_000)
    for _ in range(pieces - 1):
        assert site.fetch().errors == {"truncated": 1}
        site.now += timedelta(days=8)
    assert site.fetch().fetched == 1
    assert site.row("/by-pieces.jpg")["sha256"] == hashlib.sha256(LARGE).hexdigest()


def test_a_file_that_changed_meanwhile_is_not_glued_together(site: Site) -> None:
    site.want("/changes-meanwhile.jpg", "/lying-range.jpg")
    assert site.fetch().errors == {"truncated": 2}
    site.now += timedelta(hours=2)
    assert site.fetch().fetched == 2
    other = numbered("other", 2_000_000)
    assert site.row("/changes-meanwhile.jpg")["sha256"] == hashlib.sha256(other).hexdigest()
    assert site.row("/lying-range.jpg")["sha256"] == hashlib.sha256(LARGE).hexdigest()


def test_variants_are_fetched_only_where_the_original_is_not_to_be_had(
    site: Site, server: Server
) -> None:
    site.want("/n/900/a.jpg", "/n/900/a-300x200.jpg", "/n/900/b-300x200.jpg")
    proxied = "http://i0.wp.com/media.invalid/404-1.png?w=100"
    site.want(proxied)
    site.fetch(resolver=None)
    asked = {entry["path"] for entry in server.log()}
    assert asked == {"/n/900/a.jpg", "/n/900/b-300x200.jpg"}
    assert site.row("/n/900/a-300x200.jpg")["sha256"] is None
    assert site.row("http://media.invalid/404-1.png")["error"] == "no such host"
    assert site.row(proxied)["error"] in ("no such host", "unreachable")


def test_limits_of_a_site_and_of_types_and_of_hosts(site: Site) -> None:
    site.want(*(f"/n/1000/{n}.jpg" for n in range(40)))
    summary = site.fetch(replace(QUICK, site_bytes=5000))
    assert summary.stopped == "the site's limit of 5000 bytes is reached"
    assert 5 <= summary.fetched <= 5 + 16
    site.want("/doc.pdf", "http://other.invalid/a.jpg")
    site.fetch(replace(QUICK, types=("image/*",), third_party=False))
    assert site.row("/doc.pdf")["error"] == "forbidden type"
    assert site.row("http://other.invalid/a.jpg")["error"] == "forbidden host"


def test_only_what_posts_use(site: Site) -> None:
    with transaction(site.db):
        site.db.execute(
            "INSERT INTO media (id, site_id, wp_id, collection, fingerprint, valid_from, "
            "first_seen_at, crawl_id, extra) VALUES (7, 1, 7, 'media', '', 'x', 'x', 1, '{}')"
        )
        site.link_uses("media", 7, of_attachment({"source_url": f"{site.url}/good.png"}, site.url))
    site.want("/n/100/a.jpg")
    assert site.fetch(replace(QUICK, mode="linked")).fetched == 1
    assert site.row("/good.png")["checked_at"] is None
    assert site.fetch().fetched == 1


def test_every_size_if_asked_for(site: Site) -> None:
    details = {"sizes": {"thumbnail": {"source_url": f"{site.url}/n/300/t-150x150.jpg"}}}
    with transaction(site.db):
        site.db.execute(
            "INSERT INTO media (id, site_id, wp_id, collection, fingerprint, valid_from, "
            "first_seen_at, crawl_id, source_url, extra) "
            "VALUES (7, 1, 7, 'media', '', 'x', 'x', 1, ?, ?)",
            [f"{site.url}/n/300/t.jpg", json.dumps({"media_details": details})],
        )
        attachment = {"source_url": f"{site.url}/n/300/t.jpg", "media_details": details}
        site.link_uses("media", 7, of_attachment(attachment, site.url))
    assert site.fetch().fetched == 1
    assert site.fetch(replace(QUICK, every_size=True)).fetched == 1
    assert site.row("/n/300/t-150x150.jpg")["size"] == "thumbnail"
    assert site.fetch(replace(QUICK, every_size=True)).fetched == 0


def test_link_rot_is_counted(site: Site) -> None:
    site.want("/404.png", "/good.png", "/410.png", "/404.jpg")
    site.fetch()
    assert held.rot(site.db, 1) == {"not found": 2, "gone": 1}


def test_everything_again_on_request(site: Site) -> None:
    site.want("/good.png", "/to-metadata.png")
    site.fetch()
    with transaction(site.db):
        files.all_due(site.db, 1, site.stamp())
    summary = site.fetch()
    assert (summary.unchanged, summary.failed) == (1, 1)


def test_a_busy_host_is_left_alone(site: Site, server: Server) -> None:
    site.want("/429.png", *(f"/n/100/{n}.jpg" for n in range(60)))
    summary = site.fetch(concurrency=1)
    assert summary.errors == {"busy": 1}
    assert summary.postponed == 60 - summary.fetched
    assert summary.postponed > 40
    assert site.row("/429.png")["next_at"] == site.stamp(site.now + timedelta(hours=1))


def test_requests_to_a_host_keep_their_distance(site: Site) -> None:
    site.want(*(f"/n/100/{n}.jpg" for n in range(6)))

    async def timed() -> float:
        loop = asyncio.get_running_loop()
        start = loop.time()
        await site.run(delay=0.1)
        return loop.time() - start

    assert asyncio.run(timed()) >= 0.5


def test_robots_txt_is_obeyed(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.get("/robots?disallow=1")
    try:
        site.want("/good.png", "/private/a.png")
        summary = site.fetch()
        assert summary.errors == {"robots": 1}
        assert site.row("/private/a.png")["error"] == "robots"
        with transaction(site.db):
            files.all_due(site.db, 1, site.stamp())
        assert site.fetch(replace(QUICK, obey_robots=False)).errors == {"not found": 1}
    finally:
        server.get("/robots?disallow=0")


def test_a_crawl_delay_holds_for_files_too(site: Site, server: Server) -> None:
    server.get("/robots?delay=150")
    try:
        site.want(*(f"/n/100/{n}.jpg" for n in range(3)))

        async def timed() -> float:
            loop = asyncio.get_running_loop()
            start = loop.time()
            summary = await site.run(robots_agent="patient")
            assert summary.fetched == 3
            return loop.time() - start

        assert asyncio.run(timed()) >= 0.45  # robots.txt is a request as well
    finally:
        server.get("/robots?delay=0")


def test_a_cancelled_run_keeps_what_it_has(site: Site, server: Server) -> None:
    site.want(*(f"/slow/{n}.jpg" for n in range(200)), "/silent.png")

    async def cancelled() -> float:
        task = asyncio.create_task(site.run(replace(QUICK, stall_seconds=30), concurrency=2))
        await asyncio.sleep(1)
        loop = asyncio.get_running_loop()
        start = loop.time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return loop.time() - start

    assert asyncio.run(cancelled()) < 2
    done = site.db.execute("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL").fetchone()
    assert 10 < done[0] < 200
    assert len(site.kept()) == done[0]
    site.db.execute("DELETE FROM media_files WHERE url LIKE '%silent%'")
    asked = {entry["path"] for entry in server.log()}
    site.fetch()
    again = [entry["path"] for entry in server.log()]
    twice = {path for path in asked if again.count(path) > 1}
    assert len(twice) <= 2  # what was on its way when the run was cancelled


def test_a_full_disk_ends_the_run_in_words(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Part, chunk: bytes) -> None:
        raise StoreError("/media/.incoming: No space left on device")

    monkeypatch.setattr(Part, "write", full)
    site.want("/good.png")
    with pytest.raises(StoreError, match="No space left"):
        site.fetch()
    assert site.kept() == []
    assert site.row("/good.png")["error"] is None


def test_what_the_disk_did_not_take_is_fetched_anew(
    site: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    site.want("/whole.jpg")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lost)
        with pytest.raises(StoreError, match="disk failed"):
            site.fetch()
    assert site.kept() == []
    site.now += timedelta(hours=2)
    assert site.fetch().fetched == 1
    assert "range" not in server.log()[-1]["headers"]
    assert site.row("/whole.jpg")["sha256"] == hashlib.sha256(LARGE).hexdigest()


def test_what_a_post_used_before_is_remembered(site: Site) -> None:
    post = site.add_post('<img src="/a.png"><div class="gallery"><img src="/b.png"></div>')
    site.edit_post(post, '<img src="/c.png">')
    assert list(site.db.query("SELECT url, role FROM post_media")) == [
        {"url": f"{site.url}/c.png", "role": "inline"}
    ]
    assert list(site.db.query("SELECT version, url, role FROM post_media_versions")) == [
        {"version": 1, "url": f"{site.url}/a.png", "role": "inline"},
        {"version": 1, "url": f"{site.url}/b.png", "role": "gallery"},
    ]


def test_pictures_with_long_metadata_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png(1234, 567, filler=50_000))
    assert measure(path, "image/png") == (1234, 567)
    path.write_bytes(png(1234, 567)[:20])
    assert measure(path, "image/png") is None


def test_a_picture_without_a_header_is_not_searched_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(4_000_000))
    start = time.process_time()
    assert measure(path, "image/jpeg") is None
    assert time.process_time() - start < 0.5
