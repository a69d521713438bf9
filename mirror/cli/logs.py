"""Where the log goes: nowhere but errors on stderr, unless a file or --debug asks for more.

`WatchedFileHandler` opens the file again when logrotate has moved it, without a signal.
"""

import json
import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Literal

import click

from mirror.cli.text import one_line
from mirror.errors import ConfigError
from mirror.machine import advice

LogFormat = Literal["text", "json"]
PATTERN = "%(asctime)s %(levelname)s %(name)s: %(message)s"


# Says at length, with a traceback, what the crawl itself then says in a line.
_TALKATIVE = "scrapy.downloadermiddlewares.robotstxt"


class _OneLine(logging.Formatter):
    """A record on one line, fit for a terminal; of an exception only its last line."""

    def formatException(self, ei: Any) -> str:
        return f"({ei[0].__name__}: {ei[1]})" if ei[0] else ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another formatter may have left its own there
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
            row["traceback"] = super().formatException(record.exc_info)
        return json.dumps(row)


class _Stderr(logging.Handler):
    """Writes to whatever stderr is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


class _File(WatchedFileHandler):
    """Appends to a file; where that fails it says so once, and the crawl goes on without a log."""

    failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not self.failed and isinstance(error, OSError):
            click.echo(f"mirror: --log-file {self.baseFilename}: {advice(error)}", err=True)
        elif not isinstance(error, OSError):
            super().handleError(record)
        self.failed = True


def configure(*, file: Path | None, form: LogFormat, debug: bool) -> None:
    """Sets up logging for a crawl, once. Raises ConfigError when the file cannot be written."""
    stderr = _Stderr(logging.DEBUG if debug else logging.ERROR)
    if not debug:
        stderr.addFilter(lambda record: record.name != _TALKATIVE)
    handlers: list[logging.Handler] = [stderr]
    if file is not None:
        try:
            handlers.append(_File(file, encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"--log-file {file}: {error.strerror or error}") from error
    formatter = _Json() if form == "json" else _OneLine(PATTERN)
    for handler in handlers:
        handler.setFormatter(formatter)
    if debug and form == "text":
        stderr.setFormatter(logging.Formatter(PATTERN))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.DEBUG if debug else logging.INFO)
