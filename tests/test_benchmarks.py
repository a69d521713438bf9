"""The benchmarks run, and what they find has its place in RESULTS.md."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.measuring import Failed, in_turns, ratios, spread
from benchmarks.report import RESULTS, Report, Table, Target, write

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_all_that_needs_no_network_runs_at_tiny_sizes() -> None:
    before = RESULTS.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--posts", "200"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "wordpress: not measured: real WordPress is not part of a quick run\n" in done.stderr
    assert done.stderr.count("not measured") == 1
    told = dict(part.split("\n", 1) for part in done.stdout.split("## ")[1:])
    assert set(told) == {"machine", *BENCHMARKS} - {"wordpress"}
    rows = {name: re.findall(r"^\| ([^|]*) \| [^-]", text, re.M) for name, text in told.items()}
    assert {"mirror crawl", "Scrapy, one upsert an item", "the server alone"} <= set(rows["engine"])
    assert rows["memory"][1:4] == ["20", "40", "200"]
    assert rows["catching_up"].count("mirror") == 6
    assert "`mirror status`" in rows["startup"]
    assert told["engine"].count("Not measured") == 2
    assert RESULTS.read_bytes() == before


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (CHECKOUT / "benchmarks").glob("[a-z]*.py"))
)
def test_all_can_be_imported(name: str) -> None:
    import_module(f"benchmarks.{name}")


def test_every_benchmark_has_its_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(RESULTS.read_bytes())
    for name in ("machine", *BENCHMARKS):
        write(page, name, f"<{name}>")
        assert f"<!-- begin {name} -->\n<{name}>\n<!-- end {name} -->" in page.read_text()
    with pytest.raises(ValueError, match="no place for another"):
        write(page, "another", "")


def test_only_what_stands_between_the_markers_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->")
    write(page, "x", r"new \1")
    assert page.read_text() == (
        "a\n<!-- begin x -->\nnew \\1\n<!-- end x -->\nb\n<!-- begin y -->\n<!-- end y -->"
    )


def test_a_miss_is_told_with_by_how_much() -> None:
    targets = [
        Target(what="rate", value=500, limit=2000, form=".0f", at_least=True),
        Target(what="seconds", value=0.15, limit=0.15),
        Target(what="size", value=1.5, limit=1.2),
    ]
    table = Table(head=("a", "b"), rows=[("c", "1")])
    report = Report(tables=[table], targets=targets, remarks=["So it is."])
    assert report.markdown() == (
        "| a | b |\n| --- | ---: |\n| c | 1 |\n\n"
        "| target | limit | median |  |\n| --- | ---: | ---: | ---: |\n"
        "| rate | ≥ 2000 | 500 | **missed** by 75 % |\n"
        "| seconds | ≤ 0.15 | 0.15 | kept |\n"
        "| size | ≤ 1.20 | 1.50 | **missed** by 25 % |\n\nSo it is."
    )


def test_rounds_begin_with_another_each_time_and_go_on_without_who_fails() -> None:
    asked = []

    def way(name: str) -> int:
        asked.append(name)
        if name == "c":
            raise Failed("no")
        return len(asked)

    found = in_turns({name: lambda name=name: way(name) for name in "abc"}, 3)
    assert asked == ["a", "b", "c", "b", "a", "a", "b"]
    assert (found["a"], found["b"]) == ([1, 5, 6], [2, 4, 7])
    assert str(found["c"]) == "no"


def test_spread_and_ratios() -> None:
    assert spread([3, 1, 2]).told(".1f") == "2.0 (1.0–3.0)"
    assert spread([3]).told(".0f") == "3"
    # Round by round: not the ratio of the medians.
    assert ratios([2, 9, 4], [1, 3, 4]).values == (2, 3, 1)
