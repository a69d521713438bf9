"""`mirror attribute`."""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO

import click
from click.core import ParameterSource

from mirror.attribution import judge, site_of, to_line
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import note
from mirror.cli.rejudging import rejudge_all
from mirror.wordpress.objects import dumps, loads


@click.command(cls=Command)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--all", "stored", is_flag=True, help="Judge the stored posts again instead.")
@click.option("--wait", is_flag=True, help="With --all: wait for another run to end.")
@json_option
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context,
    invocation: Invocation,
    file: BinaryIO,
    stored: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """WordPress posts in, attributions out (JSON Lines); needs no database.

    FILE holds post objects as the WordPress API sends them, one a line (or one JSON array of
    them); - or nothing is standard input. A line that is no such object is reported on stderr and
    the rest goes on; the exit code is then 1.

    With --all the current version of every stored post is judged again, by the rules of this
    release and without a network, and what comes out differently is printed. Older versions keep
    the judgements that they got.
    """
    if stored:
        if ctx.get_parameter_source("file") is not ParameterSource.DEFAULT:
            raise click.UsageError("--all judges the stored posts: give it no FILE", ctx)
        rejudge_all(invocation, wait=wait, as_json=as_json)
    elif _judge(file):
        ctx.exit(1)


def _judge(file: BinaryIO) -> int:
    """Judges the posts of a file; how many lines were refused."""
    out = sys.stdout.buffer
    refused = 0
    for place, post in _posts(file):
        if isinstance(post, dict):
            line = to_line(post, judge(post, site_of(post)))
            out.write(f"{dumps(line)}\n".encode())
        else:
            refused += 1
            note(f"mirror: {place}: {post if isinstance(post, str) else 'not a JSON object'}")
    out.flush()
    return refused


def _posts(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    """(where, the object), or (where, what is wrong with it)."""
    first = next(file, b"")
    value = _parsed(first)
    if isinstance(value, dict) or not first.strip():
        yield from _lines(chain([first], file))
        return
    # No object on the first line: an array, or a document of many lines as editors write it.
    rest = file.read()
    whole = _parsed(first + rest)
    if isinstance(whole, dict | list):
        values = whole if isinstance(whole, list) else [whole]
        yield from ((f"object {number}", value) for number, value in enumerate(values, 1))
    else:
        yield from _lines(chain([first], BytesIO(rest)))


def _lines(lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield f"line {number}", _parsed(line)


def _parsed(text: bytes) -> Any:
    """The JSON value, or, as a text, why it is none."""
    try:
        return loads(text.decode("utf-8-sig"))
    except ValueError as error:
        return f"not JSON: {error}"
