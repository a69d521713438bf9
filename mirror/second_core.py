"""A second process that reads objects while this one asks for them and writes them.

Started when there is more to read than this process can do beside its other work, which a polite
crawl of one site never comes to. It runs this module with a pipe on either side, and ends when the
pipe does: whatever kills the crawl leaves nothing behind. If it dies itself, the crawl goes on
without it. Batches and findings travel as pickles: both ends are this program.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from mirror.attribution import Site
from mirror.examination import Found, examine
from mirror.items import Item

logger = logging.getLogger(__name__)

# One batch is being read, one waits: more would be read here sooner.
BACKLOG = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Objects of one site, to be read."""

    items: Sequence[Item]
    site: Site
    site_url: str


class SecondCore:
    """The other process, as this one sees it."""

    def __init__(self, cores: int | None = None) -> None:
        self._useful = (cores or len(os.sched_getaffinity(0))) > 1
        self._waiting = 0
        self._process: subprocess.Popen[bytes] | None = None
        # The thread writes to the pipe and reads from it, one batch after the other.
        self._thread = ThreadPoolExecutor(1, "second-core")

    @property
    def started(self) -> bool:
        """Whether it runs."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The process, if there is one."""
        return self._process.pid if self._process is not None else None

    async def examine(self, batch: Batch) -> list[Found] | None:
        """What is found in each object; None if the caller had better look for himself."""
        if not self._useful or self._waiting >= BACKLOG:
            return None
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, batch)
        except (OSError, EOFError, pickle.PickleError) as error:
            self._useful = False
            logger.warning("the second process is gone (%s): going on without it", error)
            return None
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Lets the process end."""
        self._thread.shutdown()
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError), self._process:
                pass  # closes both pipes, and waits
            self._process = None

    def _ask(self, batch: Batch) -> list[Found]:
        process = self._process = self._process or subprocess.Popen(  # noqa: S603 - this program
            # Where this process finds its modules, and nowhere else: not in the current folder.
            [sys.executable, "-P", "-m", __name__],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the crawl, which lets this one finish
        )
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump(batch, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        found: list[Found] = pickle.load(process.stdout)  # noqa: S301 - of our own
        return found


def main() -> None:
    """Reads batches from stdin until it ends."""
    while True:
        try:
            batch: Batch = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own
        except EOFError:
            return
        found = [examine(item, batch.site, batch.site_url) for item in batch.items]
        pickle.dump(found, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
