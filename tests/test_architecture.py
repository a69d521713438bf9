"""The floors of docs/design.md, held by the imports that the code really has."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Longest prefix wins. A package whose modules may import each other shares one floor.
FLOORS = {
    "mirror": 0,
    "mirror.counted": 0,
    "mirror.moments": 0,
    "mirror.errors": 0,
    "mirror.ids": 0,
    "mirror.items": 0,
    "mirror.machine": 0,
    "mirror.descriptors": 0,
    "mirror.urls": 0,
    "mirror.project": 0,
    "mirror.progress": 0,
    "mirror.wordpress": 1,
    "mirror.content": 1,
    "mirror.marks": 1,
    "mirror.content_media": 1,
    "mirror.media_urls": 1,
    "mirror.attribution": 2,
    "mirror.sync": 2,
    "mirror.differences": 2,
    "mirror.media": 2,
    "mirror.credentials": 2,
    "mirror.config": 3,
    "mirror.schedule": 3,
    "mirror.lock": 3,
    "mirror.store": 3,
    "mirror.examination": 3,
    "mirror.second_core": 3,
    "mirror.session": 4,
    "mirror.window": 4,
    "mirror.media.stage": 4,
    "mirror.demo": 0,
    "mirror.demo.tour": 8,
    "mirror.backup": 4,
    "spiders": 5,
    "pipelines": 5,
    "mirror.settings": 6,
    "mirror.crawl": 6,
    "mirror.telling": 6,
    "mirror.browse": 7,
    "mirror.cli": 8,
    "mirror.__main__": 8,
}


@cache
def modules() -> list[Path]:
    return sorted(
        path for top in ("mirror", "spiders", "pipelines") for path in (ROOT / top).rglob("*.py")
    )


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> int:
    known = [name for name in FLOORS if module == name or module.startswith(name + ".")]
    return FLOORS[max(known, key=len)]


@cache
def names() -> frozenset[str]:
    return frozenset(name_of(path) for path in modules())


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found & names()


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    module = name_of(path)
    above = {name for name in imports(path) if floor_of(name) > floor_of(module)}
    assert not above, f"{module} (floor {floor_of(module)}) imports {sorted(above)}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_package_does_not_know_the_spiders(path: Path) -> None:
    if name_of(path).startswith("mirror"):
        assert not {n for n in imports(path) if n.split(".")[0] in ("spiders", "pipelines")}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_no_module_is_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
