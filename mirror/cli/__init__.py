"""The command `mirror`. Each command is imported when it is called, not before."""

import gc
import sys
from io import TextIOWrapper
from typing import NoReturn

# New containers until the collector of cycles looks at them, while programs are loaded: they stay,
# and looking at them takes a tenth of that time.
LOADED = 200_000


def main() -> NoReturn:
    """Runs the command that the arguments name, and exits with its code."""
    gc.set_threshold(LOADED)
    from mirror.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a locale that lacks a letter is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run())
