"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import mirror.attribution
import mirror.content

MODULES = [
    mirror.content,
    *(
        importlib.import_module(f"mirror.attribution.{found.name}")
        for found in pkgutil.iter_modules(mirror.attribution.__path__)
    ),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
