"""Running a program and noting what it cost; several in turns; and how far the results spread."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.memory import finished

CHECKOUT = Path(__file__).resolve().parents[1]
LONGEST = 3600.0  # seconds that one run of one program may take

Outcome = TypeVar("Outcome")
Command = Sequence[str | Path]


class Failed(Exception):
    """Raised when something cannot be measured: why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of a program cost.

    `seconds` by the clock, `cpu` in seconds of all its processes, `peak` in MB of all of them
    together; `told` is the JSON that it printed.
    """

    seconds: float
    cpu: float
    peak: float
    told: Any


def run(command: Command) -> Run:
    """Runs a program in the checkout; JSON is expected in its last line, or as all it prints.

    Raises Failed if it ends with an error or takes too long.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)), cwd=CHECKOUT, text=True, env=_environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            printed, errors, peak = finished(process, LONGEST)
        except subprocess.TimeoutExpired:
            raise Failed(f"not done after {LONGEST:.0f} s") from None
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        said = (errors or printed).strip().splitlines()
        raise Failed(said[-1] if said else f"ended with status {process.returncode}")
    return Run(seconds=seconds, cpu=cpu, peak=peak, told=_json(printed))


def _environment() -> dict[str, str]:
    """The checkout first on Python's path, whatever version of this project is installed."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


def _json(printed: str) -> Any:
    for text in (printed, printed.strip().rpartition("\n")[2]):
        try:
            return json.loads(text)
        except ValueError:
            continue
    return None


def crawl(url: str, db: Path, *options: str) -> Run:
    """One crawl by the real command, without media files; `told` is its summary.

    Raises Failed if it was not complete.
    """
    command: Command = [
        sys.executable, "-m", "mirror", "crawl", url, "--no-media", "--quiet", "--json", "--db", db,
        *options,
    ]  # fmt: skip
    done = run(command)
    summary = done.told[0]
    if summary["outcome"] != "complete":
        raise Failed(f"the crawl was {summary['outcome']}: {summary['message']}")
    return Run(seconds=done.seconds, cpu=done.cpu, peak=done.peak, told=summary)


def in_turns(
    contenders: Mapping[str, Callable[[], Outcome]], rounds: int
) -> dict[str, list[Outcome] | Failed]:
    """Each contender once a round, each round begun by another; who fails is not asked again."""
    results: dict[str, list[Outcome] | Failed] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            measured = results[name]
            if isinstance(measured, Failed):
                continue
            try:
                measured.append(contenders[name]())
            except Failed as failed:
                results[name] = failed
    return results


def all_of(measured: list[Outcome] | Failed) -> list[Outcome]:
    """What a contender's rounds gave; raises Failed if it has failed."""
    if isinstance(measured, Failed):
        raise measured
    return measured


@dataclass(frozen=True, slots=True)
class Spread:
    """Measurements of one thing: their median, and from where to where they go."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)

    def told(self, form: str) -> str:
        """The median, and the smallest and the largest in brackets."""
        if len(self.values) == 1:
            return f"{self.median:{form}}"
        return f"{self.median:{form}} ({min(self.values):{form}}–{max(self.values):{form}})"


def spread(values: Sequence[float]) -> Spread:
    """Of one value or more."""
    return Spread(tuple(values))


def ratios(of: Sequence[float], to: Sequence[float]) -> Spread:
    """Of two contenders, round by round."""
    return Spread(tuple(one / other for one, other in zip(of, to, strict=True)))
