"""Full disks, failing disks, disks that cannot be written: one line, nothing lost, then on."""

import subprocess
from pathlib import Path

import pytest

from mirror.demo.site import Site
from mirror.errors import StoreError
from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store import collections
from mirror.store.connection import connect
from tests.faults.conftest import Disk, Limited, check_whole, said
from tests.mirrored import Mirror

POSTS = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")


# Before the first table stands, between two migrations, in the middle of the posts.
@pytest.mark.mounts
@pytest.mark.slow
@pytest.mark.parametrize("size", ["100k", "400k", "1200k"])
def test_a_full_disk(size: str, disk: Disk, site: Site) -> None:
    mirror = Mirror(disk.path / "mirror.db")
    disk.resize(size)
    run = mirror.crawl(site.url)
    assert run.exit_code == 3
    assert run.stdout == ""
    assert "mirror.db: the disk is full; what was written before is safe: free some" in said(run)
    assert mirror.integrity() == "ok"
    disk.resize("100m")
    check_whole(mirror, site.url)


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 1_000, 100_000, 400_000, 1_200_000])
def test_writes_that_fail(size: int, tmp_path: Path, site: Site) -> None:
    """SQLite sees EFBIG as any other failure of the disk: SQLITE_IOERR_WRITE."""
    mirror = Limited(tmp_path / "mirror.db", f"--fsize={size}")
    run = mirror.crawl(site.url)
    assert run.exit_code == 3
    assert "mirror.db: the disk failed while it was read or written" in said(run)
    assert "then run again" in said(run)
    assert mirror.integrity() == "ok"
    mirror.limits = ()
    check_whole(mirror, site.url)


@pytest.mark.mounts
@pytest.mark.slow
def test_a_full_disk_for_media(disk: Disk, tmp_path: Path, site: Site) -> None:
    mirror = Mirror(tmp_path / "mirror.db")
    disk.resize("8k")
    media = {"MIRROR_MEDIA": str(disk.path / "media")}
    run = mirror.crawl(site.url, **media)
    assert run.exit_code == 3
    assert "the disk is full" in said(run)
    assert str(disk.path) in said(run)
    assert len(mirror.ids("posts")) > 300
    disk.resize("100m")
    assert mirror.crawl(site.url, **media).exit_code == 0
    assert mirror.value("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL") > 2
    assert mirror.run("check", **media).exit_code == 0


@pytest.mark.slow
def test_a_media_file_that_cannot_be_read(tmp_path: Path, site: Site) -> None:
    """/proc/self/mem answers EIO to who reads it from its beginning, as a bad block does."""
    mirror = Mirror(tmp_path / "mirror.db")
    mirror.crawl(site.url)
    (one, *_) = (tmp_path / "media").glob("??/*")
    one.unlink()
    one.symlink_to("/proc/self/mem")
    checked = mirror.run("check")
    assert checked.exit_code == 1
    assert "the disk failed" in checked.stdout + checked.stderr


@pytest.mark.mounts
@pytest.mark.slow
def test_a_read_only_disk(disk: Disk, site: Site) -> None:
    mirror = Mirror(disk.path / "mirror.db")
    assert mirror.crawl(site.url).exit_code == 0
    disk.freeze()
    run = mirror.crawl(site.url)
    assert run.exit_code == 3
    assert "its file system is read-only: mount it to be written, or name another" in said(run)
    for command in (["status"], ["search", "harbour"], ["changes"], ["check"]):
        read = mirror.run(*command)
        assert read.exit_code == 0, read.stderr
        assert read.stdout
    disk.thaw()
    check_whole(mirror, site.url)


def test_nothing_is_written_after_a_write_that_failed(tmp_path: Path) -> None:
    """A later window, though it would fit, must not set the resume point beyond a lost one."""
    db = connect(tmp_path / "mirror.db", write=True)
    session = Session(db, CrawlOrder(url="https://example.com"))
    with session.transaction():
        collections.state(db, session.site_id, POSTS)
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full"), session.transaction():
        db.execute("UPDATE sites SET description = ?", ["x" * 2**20])
    db.execute(f"PRAGMA max_page_count = {2**30}")
    with pytest.raises(StoreError, match="the disk is full"), session.transaction():
        collections.update(db, session.site_id, "posts", {"resume": "beyond"})
    assert db.execute("SELECT resume FROM collections").fetchone() == (None,)
    db.close()


@pytest.mark.slow
def test_a_log_or_an_output_that_finds_no_room(tmp_path: Path, site: Site) -> None:
    """/dev/full answers ENOSPC to who writes to it (full(4))."""
    mirror = Mirror(tmp_path / "mirror.db")
    run = mirror.crawl(site.url, "--log-file", "/dev/full")
    assert run.exit_code == 0
    assert len(mirror.ids("posts")) == 331
    said_of_it = [line for line in run.stderr.splitlines() if "/dev/full" in line]
    assert len(said_of_it) == 1
    assert "the disk is full" in said_of_it[0]
    for words in (["status"], ["changes", "--json"], ["--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                mirror.command(*words), stdout=full, stderr=subprocess.PIPE, text=True,
                env=mirror.environment(), cwd=tmp_path, check=False,
            )  # fmt: skip
        assert done.returncode == 3, done.stderr
        assert done.stderr.count("\n") == 1
        assert "the disk is full" in done.stderr
