"""Reading `mirror.toml`: everything that is wrong with it is said at once, each with its line."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mirror.config.kinds import nearest
from mirror.config.lines import Lines
from mirror.config.settings import (
    TABLES,
    Config,
    Setting,
    Site,
    Telling,
    settings_of,
    variable,
)
from mirror.errors import ConfigError
from mirror.urls import site_key

# What people write instead of a table's name.
_ALIASES = {
    "sites": "[[site]]",
    "source": "[[site]]",
    "sources": "[[site]]",
    "settings": "[mirror]",
}


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """The config file, as the environment overrides it.

    Raises ConfigError, with one line an error, when anything in it is wrong.
    """
    try:
        source = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8: save it as UTF-8") from error
    source = source.replace("\r\n", "\n")
    try:
        document = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error or 'nested too deeply'}") from error
    return build(document, Lines(path, source), path.parent, environment)


def build(
    document: Mapping[str, Any], lines: Lines | None, folder: Path, environment: Mapping[str, str]
) -> Config:
    """The settings of a parsed document; relative paths are relative to `folder`."""
    reading = _Reading(document, lines)
    general = reading.table("mirror", document.get("mirror", {}), ("mirror",))
    general |= reading.variables(environment)
    told = reading.table("telling", document.get("telling", {}), ("telling",))
    sites = reading.sites(document.get("site", []))
    reading.unknown_tables()
    if reading.errors:
        raise ConfigError("\n".join(reading.errors))
    _anchor(general, folder, environment)
    if "metrics" in told:
        told["metrics"] = str((folder / told["metrics"]).absolute())
    path = lines.path if lines else None
    sites = tuple(_anchored(site, folder) for site in sites)
    return Config(path=path, sites=sites, telling=Telling(**told), **general)


def _anchored(site: Site, folder: Path) -> Site:
    """The site with the file of its credentials relative to the config file's folder."""
    kind, _, place = (site.credentials or "").partition(":")
    if kind != "file":
        return site
    return replace(site, credentials=f"file:{(folder / Path(place).expanduser()).absolute()}")


def _anchor(general: dict[str, Any], folder: Path, environment: Mapping[str, str]) -> None:
    """Paths of the file are relative to its folder, those of the environment to this one."""
    general.setdefault("db", Config.__dataclass_fields__["db"].default)
    for key in ("db", "media"):
        text = str(general.get(key, ""))
        if text and not text.startswith("s3://"):
            base = Path() if environment.get(variable(key)) else folder
            absolute = (base / Path(text).expanduser()).absolute()
            general[key] = absolute if key == "db" else str(absolute)


class _Reading:
    """One document being read, and what was found wrong with it."""

    def __init__(self, document: Mapping[str, Any], lines: Lines | None) -> None:
        self.document = document
        self.lines = lines
        self.errors: list[str] = []

    def table(self, name: str, values: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
        """The values of a table that are right; the rest becomes errors."""
        settings = settings_of(TABLES[name][0])
        if not isinstance(values, Mapping):
            self._wrong(path, f"expected a table, [{name}]")
            return {}
        read = {}
        for key, value in values.items():
            if key not in settings:
                known = ", ".join(settings)
                hint = self._elsewhere(key, name) or nearest(key, list(settings))
                self._wrong((*path, key), f"unknown key; {hint or f'known are {known}'}")
                continue
            for right in self._value((*path, key), settings[key], value):
                read[key] = right
        for key, setting in settings.items():
            if setting.required and key not in values:
                self._wrong(path, f"{key} is missing; expected {setting.kind.expected}")
        return read

    def sites(self, tables: Any) -> tuple[Site, ...]:
        if not isinstance(tables, list):
            self._wrong(("site",), "expected [[site]] with two brackets: one table a site")
            return ()
        found: list[Site] = []
        first: dict[str, str] = {}
        for place, values in enumerate(tables):
            before = len(self.errors)
            read = self.table("site", values, ("site", place))
            if len(self.errors) > before:
                continue
            site = Site(**read)
            key = site_key(site.url)
            if key in first:
                self._wrong(("site", place, "url"), f"{site.url} is there already: {first[key]}")
            first.setdefault(key, self._where(("site", place, "url")))
            found.append(site)
        return tuple(found)

    def variables(self, environment: Mapping[str, str]) -> dict[str, Any]:
        """What the environment overrides."""
        found = {}
        for key, setting in settings_of(Config).items():
            value = environment.get(variable(key))
            if value:
                for right in self._value((variable(key),), setting, value):
                    found[key] = right
        return found

    def unknown_tables(self) -> None:
        for key, value in self.document.items():
            if key in TABLES:
                continue
            if isinstance(value, Mapping | list):
                hint = (
                    f"did you mean {_ALIASES[key]}?"
                    if key in _ALIASES
                    else nearest(key, list(TABLES))
                )
                self._wrong(
                    (key,), f"unknown table; {hint or 'known are [mirror], [telling] and [[site]]'}"
                )
            else:
                hint = self._elsewhere(key, "") or nearest(key, list(settings_of(Config)))
                self._wrong((key,), f"stands in no table; {hint or 'put it below [mirror]'}")

    def _elsewhere(self, key: str, here: str) -> str:
        for name, (table, _) in TABLES.items():
            if name != here and key in settings_of(table):
                return f"it belongs below {'[[site]]' if name == 'site' else f'[{name}]'}"
        return ""

    def _value(self, path: tuple[str | int, ...], setting: Setting, value: Any) -> Iterator[Any]:
        try:
            yield setting.kind.read(value)
        except ValueError as error:
            hint = f"; {error}" if str(error) else ""
            shown = "what stands there" if getattr(setting.kind, "secret", False) else _shown(value)
            self._wrong(path, f"{shown} is wrong, expected {setting.kind.expected}{hint}")

    def _wrong(self, path: tuple[str | int, ...], message: str) -> None:
        name = ".".join(str(part) for part in path if isinstance(part, str))
        number = [part + 1 for part in path if isinstance(part, int)]
        which = f" (site {number[0]})" if number else ""
        self.errors.append(f"{self._where(path)}: {name}{which}: {message}")

    def _where(self, path: tuple[str | int, ...]) -> str:
        if str(path[0]).startswith("MIRROR_") or self.lines is None:
            return "environment"
        return f"{self.lines.path}:{self.lines.of(path)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
