"""On a true terminal: colours, bars, and nothing from upstream that it would obey."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mirror.demo.reply import Reply
from mirror.demo.site import Site, sample_site, serve

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(*words: str, columns: int = 100, term: str = "xterm-256color") -> tuple[int, str]:
    """Runs `mirror` with a pseudo-terminal as stdout and stderr; its exit code and all it wrote."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": term, "COLUMNS": str(columns), "LINES": "40"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "mirror", *words], stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment,
    )  # fmt: skip
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # EIO: the other side was closed
            break
        if not some:
            break
        written += some
    os.close(ours)
    return process.wait(), written.decode()


@pytest.mark.parametrize(
    "words",
    [["changes"], ["show", "4"], ["show", "4", "--html"], ["show", "4", "--content"],
     ["show", "4", "--json"], ["search", "Evil"], ["history", "4"], ["explain", "4"]],
)  # fmt: skip
def test_no_sequence_but_our_colours(mirrored: Path, words: list[str]) -> None:
    code, written = on_a_terminal(*words)
    assert code == 0
    bare = COLOURS.sub("", written)
    assert "\x1b" not in bare
    assert "\x07" not in bare
    assert "\u202e" not in bare


def test_a_word_diff_in_colour(mirrored: Path) -> None:
    _, written = on_a_terminal("diff", "1")
    assert "\x1b[9;31mMonday\x1b[0m\x1b[1;32mnext Friday\x1b[0m" in written


def test_a_table_keeps_to_the_width(mirrored: Path) -> None:
    for columns in (60, 100):
        _, written = on_a_terminal("status", columns=columns)
        assert max(len(line) for line in COLOURS.sub("", written).splitlines()) <= columns


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_number_of_a_table_is_cut(mirrored: Path, columns: int) -> None:
    """What there is no room for is named, and the rest is whole."""
    for command in (["status"], ["upstreams"], ["history", "1"]):
        code, written = on_a_terminal(*command, columns=columns)
        assert code == 0
        lines = COLOURS.sub("", written).splitlines()
        assert "…" not in written
        assert max(map(len, lines)) <= columns
        assert columns > 60 or "no room for" in written
        assert {"site", "upstream", "version"} & set(lines[0].split())


def test_what_matters_most_is_whole_at_80_columns(mirrored: Path) -> None:
    with closing(sqlite3.connect(mirrored)) as db, db:
        db.execute("UPDATE crawls SET outcome = NULL, finished_at = NULL")
    _, written = on_a_terminal("status", columns=80)
    titles, *rows = COLOURS.sub("", written).splitlines()
    for title in ("site", "last run", "outcome", "posts", "coverage", "failures", "next due"):
        assert title in titles
    assert "gazette.example" in rows[0]


def test_a_list_of_sites_is_not_cut_either(mirrored: Path) -> None:
    _, written = on_a_terminal("sites", columns=60)
    lines = COLOURS.sub("", written).splitlines()
    assert "https://gazette.example" in lines[1]
    assert max(map(len, lines)) <= 60
    assert "database" in written or "no room for: comments" in written


def test_a_crawl_shows_bars_and_leaves_only_its_summary(folder: Path) -> None:
    with serve(sample_site()) as served:
        code, written = on_a_terminal("crawl", served.url, "--no-media")
    assert code == 0
    assert "127.0.0.1 posts" in written
    assert "31/31" in written
    last = COLOURS.sub("", written.rsplit("\x1b[2K", 1)[-1])
    assert "127.0.0.1  complete in" in last
    assert "31 of 31" in last


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202e\r\x08"


def commanding() -> Site:
    """A site that puts what would command a terminal wherever it can."""
    site = sample_site()
    site.name = f"{EVIL}Gazette"
    site.edit(40, title=f"{EVIL}red", slug=f"x{EVIL}", content=f"<p>Source: {EVIL} x</p>")
    plain = site.respond

    def respond(method: str, path: str, query: str, headers: object) -> Reply:
        reply = plain(method, path, query, headers)  # type: ignore[arg-type]
        if path.endswith(("/users", "/tags", "/pages")):
            error = {"code": f"rest_{EVIL}", "message": EVIL, "data": {"status": 403}}
            status = {"/users": 403, "/tags": 500}.get(path[path.rfind("/") :], 400)
            return Reply.of_json(status, error, {})
        if path.endswith("/categories"):
            return Reply(200, {"Content-Type": "application/json"}, f"{EVIL}<b>Fatal".encode())
        if path.endswith(("/types", "/taxonomies")):
            text = reply.body.decode().replace('"notices"', '"not\\u001b[2Jices"')
            return reply._replace(body=text.encode())
        return reply

    site.respond = respond  # type: ignore[method-assign, assignment]
    return site


@pytest.mark.slow
def test_no_sequence_of_a_site_that_wants_to_command(folder: Path) -> None:
    with serve(commanding()) as served:
        for words in (["crawl", served.url, "--no-media"], ["plan", served.url]):
            _, written = on_a_terminal(*words)
            check_harmless(written, words)
    host, shown = "127.0.0.1", 0
    for words in (
        ["status"], ["status", host], ["status", "--json"], ["sites", "list"], ["changes"],
        ["search", "red"], ["upstreams"], ["stories"], ["check"], ["history", f"{host}:40"],
        ["show", f"{host}:40"], ["explain", f"{host}:40"], ["diff", f"{host}:40"],
        ["show", f"{host}:{EVIL[:4]}"], ["search", f'"{EVIL[:4]}'], ["status", EVIL[:4]],
    ):  # fmt: skip
        _, written = on_a_terminal(*words)
        check_harmless(written, words)
        shown += r"\x1b" in written
    assert shown >= 6  # it was there to be printed


def check_harmless(written: str, words: list[str]) -> None:
    """Whether there is nothing in it but our own colours, bars and line ends."""
    ours = re.compile(r"\x1b\[(?:[0-9;]*m|2K|\?25[lh]|1A)|\r")
    bare = ours.sub("", written)
    found = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", bare)
    assert found is None, (words, bare[max(0, found.start() - 80) : found.end() + 20])


def test_where_there_is_no_colour_a_diff_has_marks(mirrored: Path) -> None:
    _, written = on_a_terminal("diff", "1", term="dumb")
    assert "[-Monday-]{+next Friday+}" in written
