"""The command `mirror`. Each command is imported when it is called, not before."""

import sys
from io import TextIOWrapper
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command that the arguments name, and exits with its code."""
    from mirror.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a locale that lacks a letter is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run())
