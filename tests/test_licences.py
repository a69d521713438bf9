"""The licences in docs/dependencies.md are those that the installed packages state."""

import re
import tomllib
from pathlib import Path

from tests.licences import needed, pinned, rows

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "dependencies.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def written() -> dict[str, str]:
    """The rows of the tables in the docs, by package."""
    return {row.split(" | ")[0].strip("| "): row for row in TEXT.splitlines() if row[:2] == "| "}


def test_every_row_is_what_is_installed() -> None:
    """Not every extra need be installed here; what is has its row, word for word."""
    found = rows()
    assert len(found) > 100
    known = written()
    assert {name: known.get(name) for name in found} == found


def test_every_pin_has_a_row_and_says_its_licence() -> None:
    known = written()
    assert set(pinned()) <= known.keys()
    assert not [row for row in known.values() if "not said" in row]


def test_what_is_installed_with_the_program_may_be() -> None:
    known, ours = written(), needed()
    assert 40 < len(ours & known.keys()) < 120
    assert ours - known.keys() <= {"pip"}  # which sqlite-utils calls
    assert not [
        n for n in ours & known.keys() if re.search(r"\b(A?GPL)", known[n].replace("LGPL", ""))
    ]


def test_each_supported_python_is_classified_and_resolved() -> None:
    versions = re.findall(r"3\.\d+", re.search(r":-([\d. ]+)\}", _resolve())[1])  # type: ignore[index]
    classified = [c.rpartition(" :: ")[2] for c in PROJECT["classifiers"] if " :: 3." in c]
    assert classified == versions
    assert PROJECT["requires-python"] == f">={versions[0]}"
    assert all(version in TEXT for version in versions)


def _resolve() -> str:
    return (ROOT / ".ci" / "resolve").read_text()
