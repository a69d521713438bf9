"""Sites, init, schedules, backups: what keeps a mirror going for years."""

import json
import re
import shutil
import sqlite3
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations

from mirror.cli.units import Job, cron_line, cron_times, service_unit, timer_unit
from mirror.config import load
from mirror.lock import locked
from mirror.store.migrations import migrations

SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")


def test_sites_add_list_remove(folder: Path, mirror: Any) -> None:
    assert mirror("sites", "add", "one.example", "--every", "6h", "--only", "posts,pages").code == 0
    assert mirror("sites", "add", "https://two.example", "--no-media", "--delay", "2").code == 0
    rows = json.loads(mirror("sites", "--json").out)
    assert [(r["url"], r["every"], r["media"], r["only"], r["delay"]) for r in rows] == [
        ("https://one.example", "6h", True, ["posts", "pages"], None),
        ("https://two.example", "1d", False, [], 2.0),
    ]
    assert mirror("sites", "list", "--json").out == mirror("sites", "--json").out
    assert "https://one.example" in mirror("sites").out
    again = mirror("sites", "add", "http://www.one.example/")
    assert (again.code, "is in mirror.toml already" in again.err) == (2, True)
    assert mirror("sites", "remove", "one.example").code == 0
    assert [site.url for site in load(folder / "mirror.toml", {}).sites] == ["https://two.example"]
    gone = mirror("sites", "remove", "one.example")
    assert (gone.code, "its sites: https://two.example" in gone.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ftp://a.example"], "only http and https"),
        (["a.example", "--every", "6 hours"], 'did you mean "6h"?'),
        (["a.example", "--every", "1s"], "from 1m to 52w"),
    ],
)
def test_a_wrong_site_is_not_added(folder: Path, mirror: Any, words: list[str], says: str) -> None:
    found = mirror("sites", "add", *words)
    assert (found.code, says in found.err) == (2, True)
    assert not (folder / "mirror.toml").exists()


def test_the_first_configured_site_does_not_make_the_others_forgotten(
    mirrored: Path, mirror: Any
) -> None:
    mirror("sites", "add", "https://two.example")
    assert [site.url for site in load(mirrored.parent / "mirror.toml", {}).sites] == [
        "https://gazette.example",
        "https://two.example",
    ]


def test_init(mirrored: Path, mirror: Any) -> None:
    assert mirror("init").code == 0
    config = load(mirrored.parent / "mirror.toml", {})
    assert [site.url for site in config.sites] == ["https://gazette.example"]
    assert mirror("init").code == 2
    assert mirror("init", "--force").code == 0
    assert mirror("init", "--print").out == (mirrored.parent / "mirror.toml").read_text()


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(1, "* * * * *"), (7, "5-59/6 * * * *"), (30, "17-59/30 * * * *"), (90, "17 * * * *"),
     (300, "17 */4 * * *"), (720, "17 */12 * * *"), (1440, "17 3 * * *"), (99999, "17 3 * * *")],
)  # fmt: skip
def test_cron_fires_at_least_as_often_as_wanted(minutes: int, times: str) -> None:
    assert cron_times(timedelta(minutes=minutes), 17) == times


def test_the_printed_cron_line_works_in_a_bare_shell(folder: Path, mirror: Any) -> None:
    odd = folder / "it's 100% odd"
    odd.mkdir()
    (odd / "mirror.toml").write_text('[[site]]\nurl = "http://127.0.0.1:9"\nevery = "30m"\n')
    printed = mirror("--config", str(odd / "mirror.toml"), "schedule", "cron").out
    times, line = " ".join(printed.split(" ")[:5]), " ".join(printed.split(" ")[5:])
    assert times.endswith("-59/30 * * * *")
    assert "\\%" in line
    # cron(8): the escaped % is passed on as %, the environment is all but empty.
    found = subprocess.run(
        ["/bin/sh", "-c", line.replace("\\%", "%")],
        env={"HOME": "/", "PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True,
    )  # fmt: skip
    assert (found.returncode, found.stdout) == (3, "")
    assert "127.0.0.1" in found.stderr
    assert (odd / "mirror.db").exists()


def test_the_environment_goes_with_the_line(
    folder: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRROR_CONTACT", "mailto:ops@example.org")
    monkeypatch.setenv("MIRROR_DB", "elsewhere.db")
    printed = mirror("schedule", "cron").out
    assert "MIRROR_CONTACT=mailto:ops@example.org" in printed
    assert f"--db {folder}/elsewhere.db" in printed


@SYSTEMD
@pytest.mark.slow
@pytest.mark.parametrize("every", ["1m", "30m", "6h", "1d"])
def test_systemd_accepts_the_units(folder: Path, mirror: Any, every: str) -> None:
    (folder / "media").mkdir()
    found = mirror(
        "schedule", "systemd", "--every", every, "--on-failure", "rescue.service",
        "--write", "units",
    )  # fmt: skip
    assert found.code == 0
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "units/mirror.service", "units/mirror.timer"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")


@SYSTEMD
@pytest.mark.slow
@pytest.mark.parametrize("minutes", [1, 7, 30, 90, 300, 720, 1440])
def test_systemd_fires_as_cron_does(minutes: int) -> None:
    job = Job(words=["mirror"], folder=Path("/x"), every=timedelta(minutes=minutes))
    spec = next(
        line.split("=", 1)[1] for line in timer_unit(job).splitlines() if "OnCalendar" in line
    )
    found = subprocess.run(
        ["systemd-analyze", "calendar", spec], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_the_service_may_write_where_the_config_has_it_write(folder: Path, mirror: Any) -> None:
    (folder / "mirror.toml").write_text(
        '[telling]\nmetrics = "/var/lib/node_exporter/mirror.prom"\n[[site]]\nurl = "https://a.de"\n',
        encoding="utf-8",
    )
    (paths,) = re.findall(r"ReadWritePaths=(.*)", mirror("schedule", "systemd").out)
    assert "/var/lib/node_exporter" in paths


def test_odd_characters_in_units_are_quoted() -> None:
    job = Job(
        words=["/opt/my venv/bin/mirror", "--db", '/data/50%/$HOME/"x".db'],
        folder=Path("/data/50%"),
        every=timedelta(hours=6),
        environment={"MIRROR_CONTACT": "mailto:a b@c.de"},
        writable=[Path("/data/my files")],
    )
    unit = service_unit(job)
    assert 'ExecStart="/opt/my venv/bin/mirror" --db "/data/50%%/$$HOME/\\"x\\".db"' in unit
    assert "WorkingDirectory=/data/50%%" in unit
    assert 'Environment="MIRROR_CONTACT=mailto:a b@c.de"' in unit
    assert 'ReadWritePaths="/data/my files"' in unit
    assert cron_line(job).count("\\%") == 2


def test_backup_is_whole_and_can_be_taken_again(mirrored: Path, mirror: Any, folder: Path) -> None:
    (folder / "media" / "ab").mkdir(parents=True)
    (folder / "media" / "ab" / "ab.txt").write_text("abc")
    writer = sqlite3.connect(mirrored)
    writer.execute("INSERT INTO files (sha256, path, bytes, mime, first_seen_at) VALUES "
                   "('ab', 'ab/ab.txt', 3, 'text/plain', '2026-01-01T00:00:00Z')")  # fmt: skip
    writer.commit()
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE posts SET title = 'half done'")
    found = mirror("backup", "copy")
    assert (found.code, "1 linked" in found.out) == (0, True)
    writer.rollback()
    copied = sqlite3.connect(folder / "copy" / "mirror.db")
    assert copied.execute("SELECT count(*) FROM posts WHERE title = 'half done'").fetchone() == (0,)
    assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copied.execute("SELECT count(*) FROM versions").fetchone() == (6,)
    copied.close()
    source = folder / "media" / "ab" / "ab.txt"
    assert (folder / "copy" / "media" / "ab" / "ab.txt").samefile(source)
    assert mirror("status", "--db", "copy/mirror.db").code == 0
    assert "1 there already" in mirror("backup", "copy").out
    assert "1 copied" in mirror("backup", "other", "--copy").out
    source.unlink()
    assert "1 missing" in mirror("backup", "third").out
    assert sorted(p.name for p in (folder / "copy").iterdir()) == ["media", "mirror.db"]
    writer.close()


def test_a_backup_of_itself_is_refused(mirrored: Path, mirror: Any) -> None:
    found = mirror("backup", ".")
    assert (found.code, "give another folder" in found.err) == (2, True)


def test_a_file_that_leads_out_of_the_folder_is_not_followed(
    mirrored: Path, mirror: Any, folder: Path
) -> None:
    db = sqlite3.connect(mirrored)
    db.execute("INSERT INTO files (sha256, path, bytes, mime, first_seen_at) VALUES "
               "('ab', '../../x', 3, 'text/plain', '2026-01-01T00:00:00Z')")  # fmt: skip
    db.commit()
    db.close()
    found = mirror("backup", "copy")
    assert (found.code, "leads out of the media folder" in found.err) == (3, True)


def test_vacuum(mirrored: Path, mirror: Any) -> None:
    db = sqlite3.connect(mirrored)
    db.execute("CREATE TABLE junk AS WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
               "WHERE i < 3000) SELECT i, randomblob(400) AS b FROM n")  # fmt: skip
    db.execute("DROP TABLE junk")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = mirrored.stat().st_size
    assert mirror("vacuum").code == 0
    assert mirrored.stat().st_size < before - 1_000_000
    assert mirror("check").code == 0
    with locked(mirrored):
        assert mirror("vacuum").code == 75


def test_vacuum_makes_no_mirror(folder: Path, mirror: Any) -> None:
    assert mirror("vacuum").code == 2
    assert list(folder.iterdir()) == []


@pytest.fixture
def newer_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of this program with one migration more."""

    def more(db: Database) -> None:
        db.execute("ALTER TABLE sites ADD COLUMN motto TEXT")

    added = Migrations._Migration("m999_motto", more)
    monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations, added])


def test_an_upgrade_keeps_a_copy_and_then_goes_on(
    mirrored: Path, mirror: Any, newer_version: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.crawl.run", lambda *_, **__: [])
    assert "the next `mirror crawl` upgrades it" in mirror("status").err
    found = mirror("crawl")
    copy = mirrored.with_name("mirror.db.before-m999_motto")
    assert found.code == 0
    assert str(copy) in found.err
    assert mirror("status").code == 0
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT count(*) FROM posts").fetchone() == (4,)
    assert "motto" not in [row[1] for row in kept.execute("PRAGMA table_info(sites)")]
    kept.close()
    assert mirror("crawl").err == ""


def test_a_mirror_of_a_newer_version_is_left_alone(mirrored: Path, mirror: Any) -> None:
    db = sqlite3.connect(mirrored)
    db.execute("UPDATE _sqlite_migrations SET name = name || '_of_the_future'")
    db.commit()
    db.close()
    for command in ("status", "crawl", "vacuum"):
        found = mirror(command)
        assert (found.code, "upgrade this program" in found.err) == (3, True)
    assert not list(mirrored.parent.glob("*before*"))
