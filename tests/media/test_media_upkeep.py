"""Damage is found, what nobody uses is named, and only that."""

import os
from pathlib import Path

from mirror.cli.app import run
from mirror.media.upkeep import Held, strays, sweep_incoming, verify
from mirror.store import held
from mirror.store.connection import transaction
from tests.media.sites import Server, Site


def rows(site: Site) -> list[Held]:
    return [Held(sha256=f.sha256, path=f.path, bytes=f.bytes) for f in held.everything(site.db)]


def test_every_damage_is_found(site: Site) -> None:
    site.want(*(f"/n/5000/{n}.jpg" for n in range(4)))
    site.fetch()
    assert list(verify(site.store, rows(site))) == []
    flipped, shortened, lost, _ = (site.store.path / row.path for row in rows(site))
    content = bytearray(flipped.read_bytes())
    content[100] ^= 1
    flipped.write_bytes(content)
    os.truncate(shortened, 100)
    lost.unlink()
    found = {site.store.path / d.held.path: d.message for d in verify(site.store, rows(site))}
    assert found == {
        flipped: "differs from what was fetched",
        shortened: "has 100 bytes instead of 5,000",
        lost: "is missing",
    }


def test_damaged_files_come_again(site: Site) -> None:
    site.want("/good.png")
    site.fetch()
    (row,) = rows(site)
    (site.store.path / row.path).write_bytes(b"x" * row.bytes)
    (damage,) = verify(site.store, [row])
    with transaction(site.db):
        assert held.fetch_again(site.db, damage.held.path, site.stamp()) == 1
    assert site.fetch().fetched == 1
    assert list(verify(site.store, rows(site))) == []


def test_what_no_version_uses_any_more(site: Site) -> None:
    post = site.add_post('<img src="/n/100/a.jpg"><img src="/n/100/b.jpg">')
    site.add_post('<img src="/n/100/c.jpg">')
    site.fetch()
    site.edit_post(post, '<img src="/n/100/b.jpg">')
    assert held.unused(site.db) == []  # a.jpg is that of the first version
    site.db.execute("DELETE FROM post_media_versions")
    (unused,) = held.unused(site.db)
    assert unused.sha256 == site.row("/n/100/a.jpg")["sha256"]
    with transaction(site.db):
        held.forget(site.db, [unused.sha256])
    site.store.remove(unused.path)
    assert len(site.kept()) == 2
    assert list(verify(site.store, rows(site))) == []


def test_strays_are_files_with_our_names_that_no_row_has(site: Site) -> None:
    site.want("/good.png")
    site.fetch()
    stray = f"ab/{'0' * 62}.jpg"
    (site.store.path / "ab").mkdir(exist_ok=True)
    (site.store.path / stray).write_bytes(b"12345")
    (site.store.path / "ab" / "notes.txt").write_text("mine")
    known = {row.path for row in rows(site)}
    assert list(strays(site.store, known)) == [(stray, 5)]


def test_gc_spares_what_another_database_keeps_in_the_same_folder(
    site: Site, tmp_path: Path, server: Server
) -> None:
    other = Site(tmp_path, server.url, name="other")
    for one, path in ((site, "/good.png"), (other, "/n/100/a.jpg"), (other, "/n/100/b.jpg")):
        one.want(path)
        one.fetch()
    other.db.execute("DELETE FROM post_media WHERE url LIKE '%/a.jpg'")
    other.db.close()
    command = ["gc", "--delete", "--db", str(tmp_path / "mirror.db")]
    assert run([*command, "--also", str(tmp_path / "other.db")]) == 0
    assert len(site.kept()) == 3
    assert run(command) == 0
    assert len(site.kept()) == 1


def test_abandoned_parts_are_swept(site: Site) -> None:
    site.store.incoming.mkdir(parents=True)
    old, new = (site.store.incoming / name for name in ("old.part", "new.part"))
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    assert sweep_incoming(site.store) == 1
    assert [path.name for path in Path(site.store.incoming).iterdir()] == ["new.part"]
