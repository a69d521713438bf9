"""How much memory a process and those that it starts have taken at most (Linux)."""

import contextlib
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

LOOKS = 0.1  # seconds between two


def finished(
    process: subprocess.Popen[str], seconds: float | None = None
) -> tuple[str, str, float]:
    """Waits for a process: its output, its errors, and its and its children's peak memory in MB.

    Raises TimeoutExpired if it takes longer; it is killed then.
    """
    peaks: dict[int, int] = {}
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
    watch.start()
    try:
        printed, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    finally:
        ended.set()
        watch.join()
    return printed, errors, sum(peaks.values()) / 1024


def _watch(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    """Notes the largest memory (`VmHWM`, in KB) of each process, until all has ended.

    A child counts once it was seen twice: until it loads its own program it is a copy of its
    parent, and shares that one's memory.
    """
    seen = {pid}
    while not ended.wait(LOOKS):
        family = set(_family(pid))
        for one in family & seen:
            with contextlib.suppress(OSError):  # it has just ended
                if found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text()):
                    peaks[one] = int(found[1])
        seen |= family


def _family(pid: int) -> Iterator[int]:
    """A process and all that descend from it; the kernel lists children by the thread's id."""
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in listed.read_text().split():
                yield from _family(int(child))
