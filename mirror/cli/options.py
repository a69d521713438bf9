"""The options that every command takes, and what they come to."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mirror.errors import ConfigError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from mirror.config import Config

DEFAULT_CONFIG = "mirror.toml"


@dataclass(slots=True)
class Invocation:
    """The common options of one command line: given before the command, or after it."""

    db: Path | None = None
    config: Path | None = None
    quiet: bool = False
    debug: bool = False
    _loaded: "Config | None" = None

    def config_path(self) -> Path:
        """`--config`, else MIRROR_CONFIG, else `mirror.toml` here; it need not exist."""
        return self.config or Path(os.environ.get("MIRROR_CONFIG") or DEFAULT_CONFIG)

    def settings(self) -> "Config":
        """The config file, read once. Raises ConfigError, also if a file was named but is not."""
        if self._loaded is None:
            from mirror.config import Config, load

            path = self.config_path()
            named = self.config is not None or bool(os.environ.get("MIRROR_CONFIG"))
            if path.is_file():
                self._loaded = load(path, os.environ)
            elif named:
                raise ConfigError(f"{path}: there is no such file (`mirror init` writes one)")
            else:
                self._loaded = Config.without_file(path.parent, os.environ)
        return self._loaded

    def db_path(self) -> Path:
        """`--db`, else MIRROR_DB, else `db` of the config file, else `mirror.db` here."""
        return self.db or self.settings().db

    def media(self) -> str:
        """The media folder or S3 address, as configured, else the folder beside the database."""
        from mirror.config.settings import media_beside

        return self.settings().media or str(media_beside(self.db_path()))

    def read(self) -> "Database":
        """The database, to read. Raises StoreError, at the command's end if it was read wrong."""
        from mirror.store.connection import connect

        db = connect(self.db_path())
        click.get_current_context().call_on_close(db.believe)
        return db


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    invocation = ctx.find_object(Invocation)
    if invocation is not None and value:
        setattr(invocation, str(param.name), value)


def db_option(help: str) -> click.Option:
    """`--db PATH`, which a command may explain in words of its own."""
    return click.Option(
        ["--db"],
        type=click.Path(dir_okay=False, path_type=Path),
        callback=_keep,
        expose_value=False,
        help=help,
    )


COMMON: list[click.Parameter] = [
    db_option("The database (env MIRROR_DB; default: mirror.db here)."),
    click.Option(
        ["--config"],
        type=click.Path(dir_okay=False, path_type=Path),
        callback=_keep,
        expose_value=False,
        help="The config file (env MIRROR_CONFIG; default: mirror.toml here).",
    ),
    click.Option(
        ["-q", "--quiet"],
        is_flag=True,
        callback=_keep,
        expose_value=False,
        help="Say nothing but what went wrong.",
    ),
    click.Option(
        ["--debug"],
        is_flag=True,
        callback=_keep,
        expose_value=False,
        help="Show where an error came from.",
    ),
]

Function = TypeVar("Function", bound=Callable[..., Any])


def _with_common(params: list[click.Parameter]) -> list[click.Parameter]:
    own = {param.name for param in params}
    return [*params, *(param for param in COMMON if param.name not in own)]


class Command(click.Command):
    """A command that takes the common options after its name too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = _with_common(self.params)


class Group(click.Group):
    """A command with commands of its own, which takes the common options before their names too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = _with_common(self.params)


# Eager: what `--limit` comes to depends on it, wherever the two stand.
json_option = click.option("--json", "as_json", is_flag=True, is_eager=True, help="Print JSON.")


class _Duration(click.ParamType[timedelta]):
    """A span of time such as `90s`, `30m` or `6h`."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        from mirror.config.kinds import duration

        if isinstance(value, timedelta):
            return value
        try:
            return duration(str(value))
        except ValueError as error:
            hint = f"; {error}" if str(error) else ""
            self.fail(f"{value!r}: expected a time such as 90s, 30m or 6h{hint}", param, ctx)


DURATION = _Duration()


def limit_option(default: int, *, ranked: bool = False) -> Callable[[Function], Function]:
    """`--limit N`: how many rows to print, 0 for all.

    The default spares who reads; a program would take what is cut for the whole, so that it gets
    all as JSON. The best of a `ranked` list are what was asked for, by people and programs alike.
    """

    def chosen(ctx: click.Context, param: click.Parameter, value: int | None) -> int:
        if value is not None:
            return value
        return 0 if ctx.params.get("as_json") and not ranked else default

    return click.option(
        "-n",
        "--limit",
        type=click.IntRange(min=0),
        callback=chosen,
        show_default=f"{default}, with --json {'too' if ranked else 'all'}",
        metavar="N",
        help=f"Print {'the best N' if ranked else 'so many'}, 0 for all.",
    )


pass_invocation = click.make_pass_decorator(Invocation)
