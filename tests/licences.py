"""The tables of docs/dependencies.md: `python -m tests.licences`.

What is installed says by itself under which licence it is (core metadata; PEP 639, or before it
classifiers and free text).
"""

import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
HEAD = "| package | licence | what it is |\n| --- | --- | --- |\n"
# Older metadata has a classifier, or whatever its author wrote; here is what that is in SPDX.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Zope Public License": "ZPL-2.1",
}
# These say it in the text of their LICENSE alone.
SAID_ELSEWHERE = {"axe-playwright-python": "MIT", "click-default-group": "BSD-3-Clause"}


def pinned() -> list[str]:
    """The names in the constraints file, sorted."""
    lines = CONSTRAINTS.read_text().splitlines()
    return sorted(canonicalize_name(line.split("==")[0].strip()) for line in lines if "==" in line)


def needed() -> set[str]:
    """The names of what is installed with the program itself, without any extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment: Environment = {**default_environment(), "python_version": "3.11"}  # type: ignore[typeddict-item]
    found: set[str] = set()
    todo = [(Requirement(text), "") for text in project["dependencies"]]
    while todo:
        wanted, extra = todo.pop()
        name = canonicalize_name(wanted.name)
        if wanted.marker and not wanted.marker.evaluate({**environment, "extra": extra}):  # type: ignore[dict-item]
            continue
        extras = sorted(wanted.extras) or [""]
        if name in found and extras == [""]:
            continue
        found.add(name)
        todo += [(one, extra) for one in _requires(name) for extra in extras]
    return found


def _requires(name: str) -> Iterable[Requirement]:
    try:
        return [Requirement(text) for text in distribution(name).requires or ()]
    except PackageNotFoundError:  # for another platform
        return []


def licence(found: Distribution) -> str:
    """A distribution's licence, as SPDX writes it where that is known."""
    about = found.metadata
    if name := SAID_ELSEWHERE.get(canonicalize_name(found.name)):
        return name
    if expression := about.get("License-Expression"):
        return expression
    classified = [
        value.rpartition(" :: ")[2]
        for value in about.get_all("Classifier") or ()
        if value.startswith("License :: OSI Approved :: ")
    ]
    if classified:
        return " OR ".join(SPDX.get(name, name) for name in classified)
    said = (about.get("License") or "").strip().splitlines()
    return SPDX.get(said[0], said[0]) if said and len(said[0]) < 40 else "not said"


def rows() -> dict[str, str]:
    """A row of the table for each pinned distribution that is installed, by name."""
    found = {}
    for name in pinned():
        try:
            one = distribution(name)
        except PackageNotFoundError:  # for another platform or another extra
            continue
        words = (one.metadata.get("Summary") or "").replace("|", "/").split()
        about = " ".join(words).strip(".")
        found[name] = f"| {name} | {licence(one)} | {about} |"
    return found


def document() -> str:
    """Both tables."""
    found, ours = rows(), needed()
    own = "\n".join(row for name, row in found.items() if name in ours)
    others = "\n".join(row for name, row in found.items() if name not in ours)
    return (
        f"### Installed with the program\n\n{HEAD}{own}\n\n"
        f"### Only for tests, S3 and deployment\n\n{HEAD}{others}\n"
    )


if __name__ == "__main__":
    print(document(), end="")
