"""Errors are one line that says what was wrong and what to do; each kind has its exit code."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mirror.cli.app import COMMANDS
from mirror.cli.app import mirror as group


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stauts"], "did you mean `mirror status`?"),
        (["crawl", "--bogus"], "see `mirror crawl --help`"),
        (["changes", "--since", "soon"], "'soon' is no time: give a date"),
        (["changes", "--event", "renamed"], "not one of 'new', 'edited', 'deleted', 'restored'"),
        (["crawl", "--limit", "0", "https://example.com"], "0 is not in the range"),
        (["crawl", "ftp://example.com"], "only http and https are mirrored"),
        (["crawl", "--only", ",", "https://example.com"], "--only names no collection"),
        (["crawl", "--contact", "me@example.org", "https://e.com"], "mailto:me@example.org"),
        (["crawl"], "no site is known: name one"),
        (["--config", "none.toml", "status"], "`mirror init` writes one"),
        (["show"], "missing argument 'POST'"),
        (["search"], "missing argument"),
        (["schedule", "cron", "--every", "often"], "'often' is no interval"),
        (["attribute", "none.jsonl"], "no such file"),
    ],
)
def test_usage_errors_exit_2_with_advice(
    folder: Path, mirror: Any, words: list[str], says: str
) -> None:
    found = mirror(*words)
    assert found.code == 2
    assert found.out == ""
    assert found.err.startswith("mirror: ")
    assert found.err.count("\n") == 1
    assert says in found.err.lower() or says in found.err


@pytest.mark.parametrize(
    "command", ["status", "changes", "upstreams", "check", "search x", "show 1"]
)
def test_no_mirror_yet(folder: Path, mirror: Any, command: str) -> None:
    found = mirror(*command.split())
    assert found.code == 2
    assert found.err.endswith("there is no mirror at " + str(folder / "mirror.db") +
                              ": `mirror crawl URL` makes one\n")  # fmt: skip


def test_a_file_that_is_no_mirror(folder: Path, mirror: Any) -> None:
    (folder / "notes.txt").write_text("not a database, but long enough to look at" * 50)
    found = mirror("status", "--db", "notes.txt")
    assert (found.code, found.err.count("\n")) == (2, 1)
    assert "is not a SQLite database" in found.err


def test_the_database_before_or_after_the_command_or_by_the_environment(
    mirrored: Path, mirror: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored.rename(folder / "other.db")
    assert mirror("status").code == 2
    assert mirror("--db", "other.db", "status").code == 0
    assert mirror("status", "--db", "other.db").code == 0
    monkeypatch.setenv("MIRROR_DB", "other.db")
    assert mirror("status").code == 0
    assert mirror("status", "--db", "nowhere.db").code == 2
    monkeypatch.delenv("MIRROR_DB")
    (folder / "mirror.toml").write_text('[mirror]\ndb = "other.db"\n')
    assert mirror("status").code == 0


def test_bugs_are_told_apart_and_shown_with_debug(
    mirrored: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr("mirror.cli.commands.upstreams.upstreams", broken)
    found = mirror("upstreams")
    assert found.code == 3
    assert found.err == "mirror: this is a bug: ZeroDivisionError: by nought; --debug shows where\n"
    assert "Traceback" in mirror("upstreams", "--debug").err


def test_control_c_is_no_traceback(
    mirrored: Path, mirror: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mirror.cli.commands.upstreams.upstreams", interrupted)
    found = mirror("upstreams")
    assert (found.code, found.err.strip()) == (130, "mirror: interrupted")


def test_a_reader_that_goes_away_is_no_error(mirrored: Path) -> None:
    command = f"{sys.executable} -m mirror changes --limit 0 --json | head -c 10"
    found = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True
    )
    assert found.stderr == ""
    assert found.returncode in (0, 141)


@pytest.mark.parametrize("words", ["status", "changes --json", "diff 1", "--version"])
def test_closed_streams_are_no_error(mirrored: Path, words: str) -> None:
    mirror = f"{sys.executable} -m mirror {words}"
    closed = subprocess.run(["sh", "-c", f"{mirror} >&-"], capture_output=True, text=True)
    assert (closed.returncode, closed.stderr) == (0, "")
    assert subprocess.run(["sh", "-c", f"{mirror} <&- >&- 2>&-"]).returncode == 0


def test_output_in_a_poor_locale(mirrored: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    for words in (["show", "4"], ["show", "4", "--json"], ["status"], ["diff", "1"]):
        found = subprocess.run(
            [sys.executable, "-m", "mirror", *words],
            capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module_its_help_and_the_common_options(
    mirror: Any, name: str
) -> None:
    command = group.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help is not None
    assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name]
    found = mirror(name, "--help")
    assert found.code == 0
    assert "--db" in found.out
    assert "--config" in found.out


def test_common_options_before_the_command_of_a_command(folder: Path, mirror: Any) -> None:
    assert f"--db {folder / 'x.db'}" in mirror("schedule", "--db", "x.db", "cron").out
    (folder / "x.toml").write_text('[[site]]\nurl = "https://gazette.example"\n')
    for words in (["--config", "x.toml"], ["--config", "x.toml", "list"]):
        assert "gazette.example" in mirror("sites", *words).out


# Each costs tens of milliseconds, and is for crawling, judging or browsing.
HEAVY = {
    "PIL", "ahocorasick_rs", "aiohttp", "asyncio", "datasette", "feedparser", "httpx", "jinja2",
    "lxml", "nh3", "prometheus_client", "protego", "publicsuffixlist", "pygal", "rapidfuzz",
    "rensa", "rich.console", "scrapy", "selectolax", "tomlkit", "twisted",
    "urllib.request", "w3lib",
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "heavy", "shown"),
    [
        (
            ["--help"],
            HEAVY | {"rich", "sqlite_utils", "sqlite3", "orjson", "logging"},
            "A mirror of WordPress sites",
        ),
        (["status"], HEAVY, "complete"),
    ],
    ids=["help", "status"],
)
def test_nothing_heavy_is_loaded_where_it_is_not_used(
    mirrored: Path, words: list[str], heavy: set[str], shown: str
) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['mirror', *{words}]\n"
        "from mirror.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert found.stderr == "[]\n"
    assert shown in found.stdout
