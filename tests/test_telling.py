"""Telling: what is a problem, and that hooks are told of it whatever they do."""

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mirror.config import Telling
from mirror.progress import CrawlSummary
from mirror.store.connection import connect
from mirror.store.reading.trends import CoverageChange, VolatilePost, coverage_changes
from mirror.telling import hooks
from mirror.telling.hooks import TellingError, tell
from mirror.telling.problems import disk_problem, site_problems
from mirror.telling.run import after_run

LIMITS = Telling()


def summary(**fields: Any) -> CrawlSummary:
    usual = {"crawl_id": 1, "mode": "update", "outcome": "complete"}
    return CrawlSummary(site="a.example", url="https://a.example", **usual | fields)


def coverage(before: int | None, now: int | None, *, lost: bool = False) -> CoverageChange:
    return CoverageChange(
        collection="posts",
        reported_before=before,
        reported=now,
        complete_before=True,
        complete=not lost,
    )


def kinds(**found: Any) -> list[str]:
    usual = {"failed_in_a_row": 0, "coverage": [], "volatile": [], "limits": LIMITS}
    this = found.pop("summary", summary())
    return [problem.kind for problem in site_problems(this, **usual | found)]


def test_all_is_well() -> None:
    assert kinds(coverage=[coverage(1000, 1010)]) == []


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (1000, 700, []),
        (1000, 699, ["drop"]),
        (1000, 1301, ["surge"]),
        (10, 29, []),
        (10, 30, ["surge"]),
        (0, 20, ["surge"]),
        (None, 500, []),
        (500, None, []),
    ],
)
def test_a_sudden_drop_or_surge(before: int | None, now: int | None, found: list[str]) -> None:
    assert kinds(coverage=[coverage(before, now)]) == found


def test_the_other_problems() -> None:
    assert kinds(failed_in_a_row=2) == []
    assert kinds(failed_in_a_row=3) == ["failing"]
    assert kinds(failed_in_a_row=4) == []
    assert kinds(coverage=[coverage(5, 5, lost=True)]) == ["coverage lost"]
    assert kinds(summary=summary(held_back=("30 of 60 posts are gone",))) == ["deletions held back"]
    post = VolatilePost(host="a.example", wp_id=1, link=None, versions=25)
    assert kinds(volatile=[post]) == ["volatile post"]
    assert [p.kind for p in disk_problem(10**8, LIMITS, "/")] == ["disk"]
    assert list(disk_problem(10**10, LIMITS, "/")) == []


@dataclass
class Receiver:
    """A web hook on loopback: the answers that it gives in turn, and what it was told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(hooks, "PAUSES", (0.01, 0.01))
    found = Receiver()

    class Conversation(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.told.append((self.path, self.headers["X-Mirror-Event"], body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_hook_is_told_and_a_ping_address_gets_the_exit_code(receiver: Receiver) -> None:
    tell(f"{receiver.url}/ping/uuid/{{exit_code}}", "finish", {"exit_code": 3}, 5)
    assert receiver.told == [("/ping/uuid/3", "finish", {"exit_code": 3})]


@pytest.mark.parametrize(
    ("answers", "attempts", "fails"),
    [([503], 2, False), ([500, 429], 3, False), ([500] * 3, 3, True), ([404], 1, True)],
)
def test_what_may_go_better_is_tried_again(
    receiver: Receiver, answers: list[int], attempts: int, fails: bool
) -> None:
    receiver.answers = list(answers)
    if fails:
        with pytest.raises(TellingError, match=f"answers {answers[-1]}") as failed:
            tell(f"{receiver.url}/secret-key", "finish", {"exit_code": 0}, 5)
        assert "secret-key" not in str(failed.value)
    else:
        tell(f"{receiver.url}/", "finish", {"exit_code": 0}, 5)
    assert len(receiver.told) == attempts


def test_nobody_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "PAUSES", (0.01, 0.01))
    with pytest.raises(TellingError, match=r"127\.0\.0\.1:9: .*refused.*, 3 times"):
        tell("http://127.0.0.1:9/", "finish", {"exit_code": 0}, 5)


def test_a_program_gets_it_on_its_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "told.json"
    program = (
        f"import os, sys; out = open({str(out)!r}, 'w'); "
        "out.write(os.environ['MIRROR_EVENT'] + sys.stdin.read())"
    )
    tell([sys.executable, "-c", program], "problem", {"exit_code": 1, "é": 2}, 10)
    assert out.read_text() == 'problem{"exit_code": 1, "\\u00e9": 2}'


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["/no/such/program"], "there is no such program"),
        ([sys.executable, "-c", "raise SystemExit(4)"], "ended with 4, 3 times"),
        ([sys.executable, "-c", "import time; time.sleep(9)"], r"did not end within 0\.2 s"),
    ],
)
def test_programs_that_fail(monkeypatch: pytest.MonkeyPatch, words: list[str], says: str) -> None:
    monkeypatch.setattr(hooks, "PAUSES", (0.01, 0.01))
    with pytest.raises(TellingError, match=says):
        tell(words, "finish", {"exit_code": 0}, 0.2 if "sleep" in words[-1] else 10)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A site whose posts fell from 100 to 10 between two crawls, and that then failed thrice."""
    path = tmp_path / "mirror.db"
    db = connect(path, write=True)
    db.execute("INSERT INTO sites (url, host, first_seen_at) VALUES "
               "('https://a.example', 'a.example', '2026-01-01T00:00:00Z')")  # fmt: skip
    for number, outcome in enumerate(("complete", "complete", "failed", "failed", "failed"), 1):
        moment = f"2026-01-0{number}T00:00:00Z"
        db.execute("INSERT INTO crawls (site_id, mode, started_at, finished_at, outcome) "
                   "VALUES (1, 'update', ?, ?, ?)", [moment, moment, outcome])  # fmt: skip
    for crawl, reported in ((1, 100), (2, 10)):
        db.execute("INSERT INTO coverage (crawl_id, collection, reported, mirrored, complete, how) "
                   "VALUES (?, 'posts', ?, ?, 1, '')", [crawl, reported, reported])  # fmt: skip
    db.close()
    return path


def test_a_run_is_told_with_its_problems_and_figures(
    mirror: Path, receiver: Receiver, tmp_path: Path
) -> None:
    telling = Telling(
        on_finish=f"{receiver.url}/finish/{{exit_code}}",
        on_problem=f"{receiver.url}/problem",
        metrics=str(tmp_path / "mirror.prom"),
    )
    crawled = [summary(crawl_id=2), summary(crawl_id=5, outcome="failed", exit_code=3)]
    assert after_run(telling, mirror, crawled, exit_code=1) == []
    (_, _, finished), (path, event, body) = receiver.told
    assert (path, event, finished["event"]) == ("/problem", "problem", "finish")
    assert [(p["kind"], p["message"]) for p in body["problems"] if p["kind"] != "disk"] == [
        ("failing", "failed 3 times in a row: no reason given"),
        ("drop", "posts went from 100 to 10"),
        ("failing", "failed 3 times in a row: no reason given"),
    ]
    assert body["crawls"][1]["outcome"] == "failed"
    assert datetime.fromisoformat(body["at"]) <= datetime.now(UTC)
    figures = (tmp_path / "mirror.prom").read_text()
    assert 'mirror_site_outcome{outcome="failed",site="a.example"} 1.0' in figures
    assert "mirror_run_exit_code 1.0" in figures
    assert 'mirror_site_last_complete_timestamp_seconds{site="a.example"} 1.7673' in figures


def test_only_problems_reach_on_problem(mirror: Path, receiver: Receiver) -> None:
    telling = Telling(on_problem=f"{receiver.url}/problem", disk_free=0)
    assert after_run(telling, mirror, [], exit_code=0) == []
    assert receiver.told == []
    after_run(telling, mirror, [], exit_code=1, trouble="the disk is full")
    assert receiver.told[0][2]["problems"] == [
        {"kind": "run", "message": "the disk is full", "site": None}
    ]


def test_that_telling_failed_is_said_and_no_more(mirror: Path, tmp_path: Path) -> None:
    telling = Telling(on_finish=("/no/such/program",), metrics=str(tmp_path / "no" / "m.prom"))
    complaints = after_run(telling, mirror, [], exit_code=0)
    assert len(complaints) == 2
    assert complaints[1] == "on_finish: /no/such/program: there is no such program"


def test_coverage_is_compared_with_the_last_crawl_that_looked(mirror: Path) -> None:
    db = connect(mirror)
    (change,) = coverage_changes(db, 2)
    assert (change.reported_before, change.reported) == (100, 10)
    assert coverage_changes(db, 1) == []
    db.close()
