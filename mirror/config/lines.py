"""Where in the file a key stands. `tomllib` does not tell, but it knows where a statement ends."""

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

_BLANK = re.compile(r"\s*(#.*)?")
_HEADER = re.compile(r"\s*(\[\[?)")


class Lines:
    """The lines of a TOML file that is known to be valid, looked up by a key's path.

    A path is a sequence of keys, with the place (from 0) of a table in an array of tables:
    `("site", 2, "every")`. A key that is not there has the line of its table.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self._source = source

    def of(self, path: tuple[str | int, ...]) -> int:
        """The line of a key, from 1."""
        while path:
            if path in self._known:
                return self._known[path]
            path = path[:-1]
        return 1

    @cached_property
    def _known(self) -> dict[tuple[str | int, ...], int]:
        known: dict[tuple[str | int, ...], int] = {}
        counts: dict[str, int] = {}
        here: tuple[str | int, ...] = ()
        for line, text in self._statements():
            header = _HEADER.match(text)
            keys = _path(tomllib.loads(text))
            if header is None:
                known.setdefault((*here, *keys), line)
                continue
            here = tuple(keys)
            if header[1] == "[[":
                counts[keys[0]] = counts.get(keys[0], -1) + 1
            if keys[0] in counts:
                here = (keys[0], counts[keys[0]], *keys[1:])
            known.setdefault(here, line)
            known.setdefault((keys[0],), line)
        return known

    def _statements(self) -> Iterator[tuple[int, str]]:
        """(first line, text) of each header and each key with its value, however many lines."""
        text, first = "", 0
        for number, line in enumerate(self._source.split("\n"), 1):
            if not text and _BLANK.fullmatch(line):
                continue
            text, first = (f"{text}\n{line}", first) if text else (line, number)
            try:
                tomllib.loads(text)
            except tomllib.TOMLDecodeError:
                continue
            yield first, text
            text = ""


def _path(statement: Any) -> list[str]:
    """The keys of a statement that was parsed alone: one way down, as far as it is one."""
    keys = []
    while isinstance(statement, dict) and len(statement) == 1:
        [(key, statement)] = statement.items()
        keys.append(key)
        if isinstance(statement, list) and statement and statement[-1] == {}:
            break
    return keys
