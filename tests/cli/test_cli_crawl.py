"""`mirror crawl`: which sites, with which settings, and what it ends with."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mirror.cli import logs
from mirror.cli.app import BROKEN_PIPE
from mirror.cli.progress import LINE_SECONDS, Lines
from mirror.cli.summary import exit_code
from mirror.demo.reply import Reply
from mirror.demo.site import sample_site, second_day, serve
from mirror.demo.tour import MARK
from mirror.errors import LockedError, StoreError
from mirror.lock import lock_path, locked
from mirror.progress import CrawlOrder, CrawlSummary

CONFIG = """
[mirror]
contact = "mailto:ops@example.org"

[[site]]
url = "https://gazette.example"
every = "6h"
comments = true
delay = 2.5
connections = 2

[[site]]
url = "https://new.example"
only = ["posts"]
media = false
"""


def summary(url: str, **fields: Any) -> CrawlSummary:
    host = url.split("/")[2]
    return CrawlSummary(
        **{"site": host, "url": url, "crawl_id": 1, "mode": "update", "outcome": "complete"}
        | fields
    )


class Crawler:
    """Stands in for `mirror.crawl.run`: keeps the orders, answers with summaries."""

    def __init__(self) -> None:
        self.orders: list[CrawlOrder] = []
        self.answers: list[CrawlSummary] | None = None
        self.asked: dict[str, Any] = {}

    def run(self, rounds: Any, **asked: Any) -> Sequence[CrawlSummary]:
        self.asked = asked
        self.orders = [order for round_ in rounds for order in round_]
        return self.answers or [summary(order.url) for order in self.orders]


@pytest.fixture
def crawler(monkeypatch: pytest.MonkeyPatch) -> Crawler:
    found = Crawler()
    monkeypatch.setattr("mirror.crawl.run", found.run)
    return found


def test_a_url_that_is_not_known_is_mirrored_at_the_defaults(
    folder: Path, mirror: Any, crawler: Crawler
) -> None:
    assert mirror("crawl", "new.example").code == 0
    assert crawler.orders == [CrawlOrder(url="https://new.example")]
    assert crawler.asked["db"] == folder / "mirror.db"


def test_options_go_before_the_config_file(folder: Path, mirror: Any, crawler: Crawler) -> None:
    (folder / "mirror.toml").write_text(CONFIG)
    mirror("crawl", "https://www.gazette.example/")
    assert crawler.orders == [
        CrawlOrder(
            url="https://gazette.example",
            comments=True,
            delay=2.5,
            connections=2,
            contact="mailto:ops@example.org",
        )
    ]
    mirror("crawl", "gazette.example", "--no-comments", "--delay", "0", "--connections", "1",
           "--full", "--no-media", "--only", "posts, pages", "--limit", "5", "--accept-deletions",
           "--contact", "https://example.org/bot")  # fmt: skip
    assert crawler.orders == [
        CrawlOrder(
            url="https://gazette.example",
            full=True,
            only=("posts", "pages"),
            limit=5,
            media=False,
            accept_deletions=True,
            contact="https://example.org/bot",
            delay=0.0,
            connections=1,
        )
    ]


def test_without_a_url_what_is_due_is_mirrored(
    mirrored: Path, mirror: Any, crawler: Crawler
) -> None:
    (mirrored.parent / "mirror.toml").write_text(CONFIG)
    assert mirror("crawl").code == 0
    assert {order.url for order in crawler.orders} == {
        "https://gazette.example",
        "https://new.example",
    }
    touch(mirrored, started_at=now(minutes=5))
    mirror("crawl")
    assert [order.url for order in crawler.orders] == ["https://new.example"]


def test_a_try_out_puts_nothing_off(mirrored: Path, mirror: Any, crawler: Crawler) -> None:
    touch(mirrored, started_at=now(minutes=5))
    mirror("crawl")
    assert crawler.orders == []
    with closing(sqlite3.connect(mirrored)) as db, db:
        db.execute("INSERT OR REPLACE INTO coverage (crawl_id, collection, mirrored, hidden, "
                   "missing, complete, how) SELECT max(id), 'posts', 5, 0, 0, 0, 'limited to 5' "
                   "FROM crawls")  # fmt: skip
    mirror("crawl")
    assert [order.url for order in crawler.orders] == ["https://gazette.example"]


def test_what_was_cut_short_comes_first(mirrored: Path, mirror: Any, crawler: Crawler) -> None:
    (mirrored.parent / "mirror.toml").write_text(
        '[[site]]\nurl = "https://new.example"\n' + '[[site]]\nurl = "https://gazette.example"\n'
    )
    touch(mirrored, started_at=now(minutes=1), outcome="interrupted")
    mirror("crawl")
    assert [order.url for order in crawler.orders] == [
        "https://gazette.example",
        "https://new.example",
    ]


def test_without_a_config_file_the_sites_of_the_database_are_looked_after(
    mirrored: Path, mirror: Any, crawler: Crawler
) -> None:
    mirror("crawl")
    assert crawler.orders == [CrawlOrder(url="https://gazette.example")]
    touch(mirrored, started_at=now(minutes=5))
    crawler.orders = []
    found = mirror("crawl")
    assert (found.code, found.out, crawler.orders) == (0, "", [])
    assert found.err.startswith("nothing is due; the next is gazette.example, in 2")
    assert mirror("crawl", "--quiet").err == ""


def test_a_site_that_asked_to_wait_is_skipped(
    mirrored: Path, mirror: Any, crawler: Crawler
) -> None:
    db = sqlite3.connect(mirrored)
    db.execute("UPDATE sites SET back_off_until = ?", [now(minutes=-60)])
    db.commit()
    db.close()
    assert "nothing is due" in mirror("crawl").err
    assert json.loads(mirror("status", "--json").out)[0]["why"] == "it asked to wait"


def test_the_summary_says_what_was_found(folder: Path, mirror: Any, crawler: Crawler) -> None:
    crawler.answers = [
        summary(
            "https://a.example",
            outcome="partial",
            new=1204,
            edited=3,
            requests=210,
            bytes=3_100_000,
            seconds=12.34,
            failures=2,
            exit_code=1,
            coverage=[
                {"collection": "posts", "mirrored": 1000, "reported": 1000, "complete": 1},
                {"collection": "users", "mirrored": 0, "reported": None, "complete": 0,
                 "how": "refused: 401\x1b[2J"},
            ],
        )
    ]  # fmt: skip
    found = mirror("crawl", "a.example")
    assert found.code == 1
    assert "a.example  partial in 12.3 s: 1,204 new, 3 edited" in found.out
    assert "(210 requests, 3.1 MB)" in found.out
    assert "posts                    1,000 of 1,000" in found.out
    assert "refused: 401\\x1b[2J" in found.out
    assert "mirror status a.example" in found.out
    as_json = json.loads(mirror("crawl", "a.example", "--json").out)
    assert as_json[0]["coverage"][0]["mirrored"] == 1000


def test_one_of_something_is_told_as_one(folder: Path, mirror: Any, crawler: Crawler) -> None:
    crawler.answers = [
        summary("https://a.example", outcome="partial", exit_code=1, failures=1, requests=1)
    ]
    found = mirror("crawl", "a.example")
    assert "1 failure recorded" in found.out
    assert "(1 request, " in found.out
    assert "1 failure recorded" in mirror("crawl", "a.example", "--quiet").err


def test_where_a_site_was_looked_for_is_told_on_demand(folder: Path, mirror: Any) -> None:
    def respond(method: str, path: str, query: str, headers: object) -> Reply:
        status = 200 if path == "/" else 404
        return Reply(status, {"Content-Type": "text/html"}, b"<p>Nothing here</p>")

    nothing = sample_site()
    nothing.respond = respond  # type: ignore[method-assign, assignment]
    with serve(nothing) as served:
        crawl = [sys.executable, "-m", "mirror", "crawl", served.url]
        found = subprocess.run(crawl, capture_output=True, text=True)
        told = subprocess.run([*crawl, "--debug"], capture_output=True, text=True)
        planned = subprocess.run(
            [sys.executable, "-m", "mirror", "plan", served.url], capture_output=True, text=True
        )
    assert found.returncode == planned.returncode == 3
    for written in (found.stdout, found.stderr, planned.stderr):
        assert "no WordPress REST API found at 127.0.0.1; if it is in a folder there" in written
        assert "wp-json" not in written
    assert planned.stderr.count("\n") == 1
    assert f"{served.url}/wp-json/: " in told.stdout
    status = mirror("status", "127.0.0.1").out
    assert "last run: no WordPress REST API found" in status
    assert f"\n  {served.url}/wp-json/: " in status


def test_quiet_says_only_what_went_wrong(folder: Path, mirror: Any, crawler: Crawler) -> None:
    assert mirror("crawl", "a.example", "-q").err == ""
    crawler.answers = [
        summary("https://a.example"),
        summary("https://b.example", outcome="failed", exit_code=3, message="no WordPress at /"),
    ]
    found = mirror("crawl", "a.example", "b.example", "--quiet")
    assert (found.code, found.out) == (1, "")
    assert found.err == "mirror: b.example: failed: no WordPress at /\n"


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([3], 3), ([3, 3], 3), ([0, 3], 1), ([1, 0], 1)]
)
def test_the_exit_code_of_many_sites(codes: list[int], code: int) -> None:
    found = [summary(f"https://{n}.example", exit_code=c) for n, c in enumerate(codes)]
    assert exit_code(found) == code


def test_another_run_is_not_disturbed(folder: Path, mirror: Any, crawler: Crawler) -> None:
    with locked(folder / "mirror.db"):
        found = mirror("crawl", "a.example")
    assert found.code == 75
    assert f"another run holds the lock: process {os.getpid()} on" in found.err
    assert crawler.orders == []


@pytest.mark.parametrize("words", [["crawl", "a.example"], ["vacuum"]])
def test_nothing_is_put_beside_a_file_that_is_no_mirror(
    folder: Path, mirror: Any, words: list[str]
) -> None:
    (folder / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n" * 30)
    found = mirror(*words, "--db", "passwd")
    assert (found.code, "not a SQLite database" in found.err) == (2, True)
    assert [path.name for path in folder.iterdir()] == ["passwd"]


def test_a_crawl_of_nothing_leaves_nothing(folder: Path, mirror: Any) -> None:
    assert mirror("crawl").code == 2
    assert list(folder.iterdir()) == []


def test_trouble_with_the_database_is_one_line(
    folder: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("mirror.db: the disk is full")

    monkeypatch.setattr("mirror.crawl.run", full)
    found = mirror("crawl", "a.example")
    assert (found.code, found.err) == (3, "mirror: mirror.db: the disk is full\n")


def test_progress_in_a_pipe_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("mirror.cli.progress.time.monotonic", lambda: clock[0])
    lines = Lines()
    lines.started("a.example")
    for done in range(0, 1001, 100):
        lines.collection("a.example", "posts", done, 1000)
        clock[0] += LINE_SECONDS / 4
    lines.collection("a.example", "posts", 1000, 1000)
    lines.note("a.example", "asks to wait\x1b[2J")
    assert capsys.readouterr().err.splitlines() == [
        "a.example started",
        "a.example posts 400 of 1,000",
        "a.example posts 800 of 1,000",
        "a.example posts 1,000 of 1,000",
        "a.example asks to wait\\x1b[2J",
    ]


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[str, Any]]:
    site = sample_site()
    with serve(site) as at:
        yield at.url, site


def program(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mirror", *words], capture_output=True, text=True, timeout=90
    )


def test_the_true_command_mirrors_a_site_and_catches_up(served: tuple[str, Any]) -> None:
    url, site = served
    first = program("crawl", url, "--json")
    assert (first.returncode, json.loads(first.stdout)[0]["outcome"]) == (0, "complete")
    again = json.loads(program("crawl", url, "--json").stdout)[0]
    assert (again["new"], again["edited"], again["deleted"]) == (0, 0, 0)
    second_day(site)
    third = program("crawl", url)
    assert "1 new, 1 edited, 1 deleted" in third.stdout
    assert third.returncode == 0
    assert "posts" in third.stderr
    assert program("crawl", "--quiet").stdout == ""
    assert json.loads(program("check", "--json").stdout)["faults"] == []


def test_the_true_plan(served: tuple[str, Any], folder: Path) -> None:
    found = program("plan", served[0], "--json")
    assert found.returncode == 0
    plan = json.loads(found.stdout)
    assert {row["name"]: row["reported"] for row in plan["collections"]}["posts"] == 31
    assert plan["requests"] > 0
    assert not (folder / "mirror.db").exists()


def test_no_wordpress_exits_3_with_the_places_that_were_asked(folder: Path) -> None:
    found = program("crawl", "http://127.0.0.1:9", "--quiet")
    assert (found.returncode, found.stdout) == (3, "")
    assert "Traceback" not in found.stderr
    assert found.stderr.startswith("mirror: ")


def test_the_demo_shows_it_all(folder: Path) -> None:
    for _ in range(2):  # a second one takes the place of the first
        found = program("demo")
        assert (found.returncode, found.stderr) == (0, "")
        for words in (
            "31 of 31",
            "1 new, 1 edited, 1 deleted",
            "{+2.4+} million",
            "first published by cnn.com",
            "mirror browse --db mirror-demo.db",
        ):
            assert words in found.stdout
    assert "all is well" in program("check", "--db", "mirror-demo.db").stdout


def test_a_quiet_demo_says_nothing(folder: Path) -> None:
    found = program("demo", "-q", "--db", "quiet.db")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert (folder / "quiet.db").exists()


def test_the_demo_says_where_it_goes(
    folder: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where MIRROR_DB and the config file say: that may be a mirror of one's own."""
    monkeypatch.setenv("MIRROR_DB", "own.db")
    went: list[Path | None] = []
    monkeypatch.setattr("mirror.demo.tour.run", lambda db, *, quiet: went.append(db))
    assert "default: mirror-demo.db here" in mirror("demo", "--help").out
    for words in ([], ["--db", "other.db"]):
        assert mirror("demo", *words).code == 0
    assert went == [None, Path("other.db")]


def test_the_demo_ends_when_nobody_reads_on(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", "set -o pipefail; timeout 60 $PYTHON -m mirror demo | head -n 2"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHON": sys.executable},
    )  # fmt: skip
    assert done.stdout.strip() == "A sample site is mirrored, whole"
    assert (done.returncode, done.stderr) == (BROKEN_PIPE, "")


def test_the_demo_ends_when_it_is_told_to(folder: Path) -> None:
    """In the night between its two days."""
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "mirror", "demo"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        while "complete in" not in demo.stdout.readline():
            assert demo.poll() is None
        demo.terminate()
        out, err = demo.communicate(timeout=30)
    finally:
        demo.kill()
    assert demo.returncode == 1
    assert "the demo was stopped before its end" in err
    assert "Now look around" not in out


def test_the_demo_touches_no_mirror_of_ones_own(mirrored: Path, mirror: Any) -> None:
    """Not even of a site on this machine."""
    for host in ("a.de", "127.0.0.1"):
        with closing(sqlite3.connect(mirrored)) as db, db:
            db.execute("UPDATE sites SET host = ?1, url = 'https://' || ?1", [host])
        refuses_to_be_the_demo(mirror, mirrored)


def test_the_demo_touches_no_demo_that_somebody_goes_on_with(mirrored: Path, mirror: Any) -> None:
    """By a site of one's own on this machine."""
    with closing(sqlite3.connect(mirrored)) as db, db:
        db.execute(f"PRAGMA application_id = {MARK}")
        db.execute("UPDATE sites SET host = '127.0.0.1', url = 'http://127.0.0.1:1'")
        columns = "url, host, first_seen_at"
        db.execute(
            f"INSERT INTO sites ({columns}) SELECT 'http://127.0.0.1:2', host, first_seen_at"
            " FROM sites"
        )
    refuses_to_be_the_demo(mirror, mirrored)


def test_the_demo_touches_no_file_of_another_kind(folder: Path, mirror: Any) -> None:
    (folder / "notes.txt").write_text("not a database, but long enough to look at" * 50)
    refuses_to_be_the_demo(mirror, folder / "notes.txt")
    assert not lock_path(folder / "notes.txt").exists()


def refuses_to_be_the_demo(mirror: Any, path: Path) -> None:
    before = path.read_bytes()
    found = mirror("demo", "--db", str(path))
    assert found.code == 2
    assert "is no demo: name another file with --db" in found.err
    assert path.read_bytes() == before


def test_the_demo_waits_for_nobody_and_disturbs_nobody(folder: Path, mirror: Any) -> None:
    with locked(folder / "mirror-demo.db"):
        found = mirror("demo")
    assert found.code == 75
    assert not (folder / "mirror-demo.db").exists()


def test_the_demo_holds_the_lock_while_it_mirrors(
    folder: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crawl(rounds: Any, *, db: Path, watcher: Any, settings: Any) -> None:
        with pytest.raises(LockedError), locked(db):
            pass

    monkeypatch.setattr("mirror.crawl.run", crawl)
    assert "stopped before its end" in mirror("demo").err


def now(*, minutes: int) -> str:
    from datetime import UTC, datetime, timedelta

    from mirror.moments import timestamp

    return timestamp(datetime.now(UTC) - timedelta(minutes=minutes))


def touch(db: Path, **columns: str) -> None:
    """Changes the latest crawl."""
    connection = sqlite3.connect(db)
    names = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(
        f"UPDATE crawls SET {names} WHERE id = (SELECT max(id) FROM crawls)", [*columns.values()]
    )
    connection.commit()
    connection.close()


def test_the_log_is_json_where_asked_and_survives_logrotate(
    folder: Path, restored_logging: None
) -> None:
    file = folder / "mirror.log"
    logs.configure(file=file, form="json", debug=False)
    logging.getLogger("spiders.visit").info("one\n\x1b[2J")
    file.rename(folder / "mirror.log.1")
    try:
        raise ValueError("two")
    except ValueError:
        logging.getLogger("spiders.visit").exception("trouble")
    first = json.loads((folder / "mirror.log.1").read_text())
    second = json.loads(file.read_text())
    assert (first["level"], first["message"]) == ("info", "one\n\x1b[2J")
    assert "ValueError: two" in second["traceback"]


def test_errors_of_libraries_are_one_line_without_a_traceback(
    capsys: pytest.CaptureFixture[str], restored_logging: None
) -> None:
    logs.configure(file=None, form="text", debug=False)
    try:
        raise ValueError("two\nlines\x1b[2J")
    except ValueError:
        logging.getLogger("scrapy.core.scraper").exception("trouble")
    logging.getLogger("scrapy").info("chatter")
    printed = capsys.readouterr().err
    assert printed.endswith("ERROR scrapy.core.scraper: trouble (ValueError: two lines\\x1b[2J)\n")
    assert printed.count("\n") == 1


def test_a_log_that_cannot_be_written(folder: Path, mirror: Any) -> None:
    found = mirror("crawl", "a.example", "--log-file", "none/mirror.log")
    assert (found.code, found.err) == (
        2, "mirror: --log-file none/mirror.log: No such file or directory\n"
    )  # fmt: skip
