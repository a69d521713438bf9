"""Lists: whole for programs, cut for people and never without a word."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mirror.cli.output import print_json_rows
from mirror.store.connection import connect
from tests.cli.conftest import Crawl, post

MANY = 104
LISTS = ["changes", "upstreams", "stories --stored"]


@pytest.fixture
def many(mirrored: Path) -> Path:
    """The mirror of three days, with more events, upstreams and stories than a list shows."""
    numbers = range(100, 100 + MANY)
    with closing(connect(mirrored, write=True)) as db:
        Crawl(db, 3).write("post", *(post(n, f"Post {n}", "") for n in numbers))
        for n in numbers:
            (row,) = db.execute("SELECT id FROM posts WHERE wp_id = ?", [n]).fetchone()
            db.execute("INSERT INTO upstreams (id, domain) VALUES (?, ?)", [n, f"u{n}.example"])
            db.execute("UPDATE posts SET upstream_id = ? WHERE id = ?", [n, row])
            db.execute(
                "INSERT INTO stories (id, first_post_id, posts, sites, first_at, latest_at) "
                "VALUES (?, ?, 2, 2, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
                [n, row],
            )
            db.execute(
                "INSERT INTO story_posts (story_id, post_id, place, published_at, similarity, "
                "added, removed) VALUES (?, ?, 1, '2026-01-01T00:00:00Z', 1, 0, 0)",
                [n, row],
            )
    return mirrored


@pytest.mark.parametrize("command", LISTS)
def test_a_program_is_given_all(many: Path, mirror: Any, command: str) -> None:
    found = mirror(*command.split(), "--json")
    assert found.code == 0
    assert len(json.loads(found.out)) >= MANY
    assert found.out == json.dumps(json.loads(found.out), indent=2) + "\n"


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("words", ["--limit 3 --json", "--json -n 3"])
def test_a_limit_holds_for_programs_too(many: Path, mirror: Any, command: str, words: str) -> None:
    found = mirror(*command.split(), *words.split())
    assert len(json.loads(found.out)) == 3


@pytest.mark.parametrize("command", LISTS)
def test_a_list_that_is_cut_says_so(many: Path, mirror: Any, command: str) -> None:
    assert "`--limit 0` shows all" in mirror(*command.split()).err
    assert "--limit 0" not in mirror(*command.split(), "--limit", "0").err


@pytest.mark.parametrize("command", LISTS)
def test_the_help_says_what_a_program_is_given(mirror: Any, command: str) -> None:
    told = " ".join(mirror(command.split()[0], "--help").out.split())
    assert "with --json all" in told


def test_a_search_gives_its_best_to_programs_too(many: Path, mirror: Any) -> None:
    assert len(json.loads(mirror("search", "post", "--json").out)) == 20
    assert len(json.loads(mirror("search", "post", "--json", "--limit", "0").out)) >= MANY
    told = " ".join(mirror("search", "--help").out.split())
    assert "Print the best N, 0 for all. [default: (20, with --json too)" in told


def test_a_long_list_is_printed_as_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield {"title": "One"}
        assert "One" in capsys.readouterr().out
        yield {"title": "Two"}

    print_json_rows(rows())
    assert capsys.readouterr().out == ',\n  {\n    "title": "Two"\n  }\n]\n'
    print_json_rows([])
    assert capsys.readouterr().out == "[]\n"
