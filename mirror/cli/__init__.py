"""The command `mirror`. Each command is imported when it is called, not before."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command that the arguments name, and exits with its code."""
    from mirror.cli.app import run

    sys.exit(run())
