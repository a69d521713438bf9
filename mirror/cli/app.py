"""The commands by name, and how each kind of trouble ends: a line on stderr and an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from mirror import __version__, machine
from mirror.cli.options import COMMON, Invocation
from mirror.cli.text import one_line
from mirror.errors import MirrorError, SiteError

# Command → what it does, by section. Stated here too, so that `mirror --help` imports none of
# them; a test holds these lines and the commands' own to each other.
SECTIONS: dict[str, dict[str, str]] = {
    "Mirror": {
        "demo": "Mirror a small bundled site and show what comes of it; needs no network.",
        "crawl": "Mirror sites: everything the first time, then what changed.",
        "plan": "Look at a site, and say what mirroring it would take.",
        "init": "Write a commented mirror.toml.",
        "sites": "The sites that are known: list, add, remove.",
        "schedule": "Print a crontab line or systemd units, ready to paste.",
    },
    "Look": {
        "status": "How each site stands, and when it is next due.",
        "changes": "What was new, edited, deleted or restored: one line an event.",
        "history": "The versions of one post.",
        "diff": "What differs between two versions of a post.",
        "show": "A post, as it is or as it stood at a time.",
        "search": "Full-text search over current posts.",
        "browse": "Look at the mirror in a web browser (Datasette).",
    },
    "Attribution": {
        "attribute": "WordPress posts in, attributions out (JSON Lines); needs no database.",
        "explain": "The evidence behind one post's attribution.",
        "upstreams": "The upstream publishers, by number of posts.",
        "stories": "The same story on several sites: who had it first, and what each copy changed.",
    },
    "Maintain": {
        "check": "Check the database, its history and its media files.",
        "backup": "Copy the mirror, database and media, while it may be in use.",
        "gc": "Remove media files that nothing in the mirror uses.",
        "vacuum": "Give free room in the database back to the disk.",
    },
}
COMMANDS = {name: text for section in SECTIONS.values() for name, text in section.items()}

FAILED = 3  # as of a database or a disk: `errors.StoreError`
INTERRUPTED = 130  # 128 + SIGINT, as shells report it
BROKEN_PIPE = 141  # 128 + SIGPIPE, as of any program whose reader went away


class LazyGroup(click.Group):
    """Finds a command in the module of its name, when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"mirror.cli.commands.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"mirror.cli.commands.{cmd_name}.command is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise click.UsageError(f"there is no command {name!r}{_nearest(name)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command. Where nobody reads on, click would end the program, as failed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:  # which click knows by its number
            raise BrokenPipeError from gone

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl(list(commands.items()), col_spacing=4)


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, COMMANDS, n=1)
    return f": did you mean `mirror {close[0]}`?" if close else ""


@click.command(
    cls=LazyGroup,
    params=COMMON,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="mirror %(version)s")
@click.pass_context
def mirror(ctx: click.Context) -> None:
    """A mirror of WordPress sites: every version of every post, and who published it first.

    Start with `mirror demo`, or with `mirror crawl https://a-wordpress-site`.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns the exit code; says on stderr what went wrong, if it did."""
    invocation = Invocation()
    try:
        code = mirror.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="mirror",
            standalone_mode=False,
            obj=invocation,
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except BrokenPipeError:
        return _reader_gone()
    except (KeyboardInterrupt, click.Abort):
        return _complain("interrupted", INTERRUPTED)
    except click.ClickException as error:
        _debug(invocation)
        return _complain(_usage(error), 2)
    except MirrorError as error:
        _debug(invocation)
        return _complain(_explain(error, debug=invocation.debug), error.exit_code)
    except Exception as error:
        _debug(invocation)
        advice = "" if invocation.debug else "; --debug shows where"
        bug = f"this is a bug: {type(error).__name__}: {error}{advice}"
        return _complain(_trouble_below(error, invocation) or bug, FAILED)


def _complain(message: str, code: int) -> int:
    click.echo(f"mirror: {message}", err=True)
    return code


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    message = one_line(error.format_message())
    message = message[:1].lower() + message[1:].rstrip(".")
    return f"{message}; see `{context.command_path} --help`" if context else message


def _explain(error: MirrorError, *, debug: bool) -> str:
    """One line; with --debug, also every place that was asked."""
    trail = error.trail if debug and isinstance(error, SiteError) else ()
    return "\n  ".join(one_line(line) for line in (*str(error).splitlines(), *trail))


def _trouble_below(error: Exception, invocation: Invocation) -> str | None:
    """What the machine or a damaged database did, wherever it came up; None for a bug."""
    if isinstance(error, OSError) and machine.is_refusal(error):
        where = f"{error.filename}: " if error.filename else ""
        return one_line(f"{where}{machine.advice(error)}")
    if "sqlite3" in sys.modules:
        import sqlite3

        from mirror.store.connection import trouble

        if isinstance(error, sqlite3.Error) and (told := trouble(error)) is not None:
            return f"{invocation.db_path()}: {told}"
    return None


def _debug(invocation: Invocation) -> None:
    if invocation.debug:
        import traceback

        traceback.print_exc()


def _reader_gone() -> int:
    """Whoever read our output has enough: end without a word, and let nothing flush into it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
