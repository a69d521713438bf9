"""On a true terminal: colours, bars, and nothing from upstream that it would obey."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mirror.demo.site import sample_site, serve

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(*words: str, columns: int = 100) -> tuple[int, str]:
    """Runs `mirror` with a pseudo-terminal as stdout and stderr; its exit code and all it wrote."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "40"}
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


def test_a_crawl_shows_bars_and_leaves_only_its_summary(folder: Path) -> None:
    with serve(sample_site()) as served:
        code, written = on_a_terminal("crawl", served.url, "--no-media")
    assert code == 0
    assert "127.0.0.1 posts" in written
    assert "31/31" in written
    last = COLOURS.sub("", written.rsplit("\x1b[2K", 1)[-1])
    assert "127.0.0.1  complete in" in last
    assert "31 of 31" in last
