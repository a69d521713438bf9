"""Writing `mirror.toml`: comments, order and spacing of what is there stay."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT

from mirror.errors import ConfigError


def add_sites(path: Path, tables: Sequence[Mapping[str, Any]]) -> None:
    """Appends `[[site]]` tables to the file, which is made if it is not there."""
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    document = tomlkit.parse(text)
    present = document.get("site")
    known = present if isinstance(present, AoT) else tomlkit.aot()
    for values in tables:
        table = tomlkit.table()
        if text.strip() or known:
            table.trivia.indent = "\n"
        for key, value in values.items():
            table.add(key, value)
        known.append(table)
    if present is None:
        document.append("site", known)
    replace(path, tomlkit.dumps(document))


def remove_site(path: Path, place: int) -> None:
    """Takes the `[[site]]` table at a place (from 0) out of the file."""
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    known = document["site"]
    if not isinstance(known, AoT):
        raise ConfigError(f"{path}: write the sites as [[site]] tables, then they can be removed")
    del known[place]
    if not known:
        del document["site"]
    replace(path, tomlkit.dumps(document))


def replace(path: Path, text: str) -> None:
    """Writes a file as a whole or not at all, through a link to where it leads."""
    target = path.resolve()
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error
