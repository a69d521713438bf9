"""How long a command takes that does next to nothing, on a large mirror.

Beside them Python alone, which no command can beat.
"""

import sys
from functools import partial

from benchmarks.bench import Bench
from benchmarks.measuring import Command, all_of, in_turns, run, spread
from benchmarks.report import Report, Table, Target

LIMITS = {"mirror --help": 0.15, "mirror status": 0.4}
TIMES = 4  # as often as what takes long


def measure(bench: Bench) -> Report:
    """Seconds of each."""
    made = bench.mirrored(bench.posts)
    python = [sys.executable, "-m", "mirror"]
    commands: dict[str, Command] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "mirror --help": [*python, "--help"],
        "mirror status": [*python, "status", "--db", made.db],
    }
    ways = {name: partial(run, command) for name, command in commands.items()}
    rows, targets = [], []
    for name, result in in_turns(ways, TIMES * bench.runs).items():
        measured = all_of(result)
        found = spread([one.seconds for one in measured])
        cpu = spread([one.cpu for one in measured])
        rows.append((f"`{name}`", found.told(".3f"), cpu.told(".3f")))
        if name in LIMITS:
            targets.append(
                Target(what=f"`{name}`, s", value=found.median, limit=LIMITS[name], form=".3f")
            )
    table = Table(head=(f"on {made.posts:,} posts", "s", "CPU s"), rows=rows)
    return Report(tables=[table], targets=targets)
