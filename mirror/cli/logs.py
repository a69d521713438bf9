"""Where the log goes: nowhere but errors on stderr, unless a file or --debug asks for more.

`WatchedFileHandler` opens the file again when logrotate has moved it, without a signal.
"""

import json
import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Literal

import click

from mirror.cli.text import one_line
from mirror.errors import ConfigError

LogFormat = Literal["text", "json"]


class _OneLine(logging.Formatter):
    """A record on one line, fit for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


class _Json(logging.Formatter):
    """A record as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row)


class _Stderr(logging.Handler):
    """Writes to whatever stderr is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def configure(*, file: Path | None, form: LogFormat, debug: bool) -> None:
    """Sets up logging for a crawl, once. Raises ConfigError when the file cannot be written."""
    handlers: list[logging.Handler] = [_Stderr(logging.DEBUG if debug else logging.ERROR)]
    if file is not None:
        try:
            handlers.append(WatchedFileHandler(file, encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"--log-file {file}: {error.strerror or error}") from error
    pattern = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    formatter = _Json() if form == "json" else _OneLine(pattern)
    for handler in handlers:
        handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.DEBUG if debug else logging.INFO)
