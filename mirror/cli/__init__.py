"""The command `mirror`. Each command is imported when it is called, not before."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

# New containers until the collector of cycles looks at them, while programs are loaded: they stay,
# and looking at them takes a tenth of that time.
LOADED = 200_000


def main() -> NoReturn:
    """Runs the command that the arguments name, and exits with its code."""
    gc.set_threshold(LOADED)
    _open_closed()
    from mirror.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a locale that lacks a letter is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run())


def _open_closed() -> None:
    """Standard streams that were closed (`>&-`, some daemons) become the null device.

    Else Python has None in their place, and the next file to be opened, maybe the database, would
    have their number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
