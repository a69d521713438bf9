"""The generated parts of docs/attribution.md say what the rules and the labelled posts say now."""

import os
from pathlib import Path

import pytest

from mirror.attribution.publishers import publishers
from mirror.attribution.report import figures, filled, read_cases, rule_table
from mirror.attribution.score import verdicts

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("MIRROR_CORPUS") or ROOT.parent / "shared" / "attribution")
PAGE = (ROOT / "docs" / "attribution.md").read_text("utf-8")
HOW = "run: python -m mirror.attribution.report CORPUS"


def test_the_table_of_rules() -> None:
    assert filled(PAGE, {"rules": rule_table()}) == PAGE, HOW


def test_the_figures() -> None:
    if not (CORPUS / "cases.jsonl").exists():
        if os.environ.get("CI"):
            pytest.fail(f"no labelled posts at {CORPUS}: set MIRROR_CORPUS")
        pytest.skip(f"no labelled posts at {CORPUS}: set MIRROR_CORPUS")
    judged, synthetic = (
        verdicts(read_cases(CORPUS / name)) for name in ("cases.jsonl", "synthetic.jsonl")
    )
    assert filled(PAGE, figures(judged, synthetic)) == PAGE, HOW


def test_publishers_are_told_apart() -> None:
    """No domain and no host belongs to two; every entry says where it can be checked."""
    hosts = [host for one in publishers() for host in (one.domain, *one.hosts, *one.assets)]
    assert len(hosts) == len(set(hosts))
    assert all(one.source.startswith("https://") and one.name for one in publishers())
