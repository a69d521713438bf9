"""A second process that reads objects while this one asks for them and writes them.

Started when there is more to read than this process can do beside its other work, which a polite
crawl of one site never comes to. It runs this module with a pipe on either side, and ends when the
pipe does: whatever kills the crawl leaves nothing behind. If it dies itself, the crawl goes on
without it. Batches and what is read in them travel as pickles: both ends are this program.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import orjson

from mirror.attribution import Site
from mirror.examination import Found, Parts, examine, take_apart
from mirror.items import JsonObject, Kind

logger = logging.getLogger(__name__)

# One batch is being read, two wait: more would be read here sooner.
BACKLOG = 3

# Room for a batch, or for what was read in one: neither end waits for the other.
PIPE_BYTES = 1 << 20

# What an object consists of, and what is found in it unless it is held as it is.
Read = tuple[Parts, Found | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Objects of one kind and site, to be read: a JSON list of them.

    `embedded` is what to put under `_embedded` of some of them, for the judgement alone; `held` are
    the fingerprints of those that are held. Both by WordPress' id.
    """

    kind: Kind
    objects: bytes
    embedded: Mapping[int, JsonObject]
    held: Mapping[int, str]
    site: Site
    site_url: str

    def read(self) -> list[Read]:
        """Takes each object apart, and looks into those that are not held as they are."""
        return [self._read(obj) for obj in orjson.loads(self.objects)]

    def _read(self, obj: JsonObject) -> Read:
        number = obj["id"]
        parts = take_apart(self.kind, obj)
        if self.held.get(number) == parts.fingerprint:
            return parts, None
        if number in self.embedded:
            obj = {**obj, "_embedded": self.embedded[number]}
        return parts, examine(self.kind, obj, parts.columns, self.site, self.site_url)


class SecondCore:
    """The other process, as this one sees it."""

    def __init__(self, cores: int | None = None) -> None:
        self._useful = (cores or len(os.sched_getaffinity(0))) > 1
        self._waiting = 0
        self._process: subprocess.Popen[bytes] | None = None
        # A thread at each pipe, so that the next batch is there when one has been read.
        self._asking = ThreadPoolExecutor(1, "second-core-asking")
        self._hearing = ThreadPoolExecutor(1, "second-core-hearing")

    @property
    def started(self) -> bool:
        """Whether it runs."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The process, if there is one."""
        return self._process.pid if self._process is not None else None

    async def read(self, batch: Batch) -> list[Read] | None:
        """What each object holds; None if the caller had better look for himself."""
        if not self._useful or self._waiting >= BACKLOG:
            return None
        message = pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)
        self._waiting += 1
        # Both at once, and neither taken back: else an answer would be taken for another one's.
        asked = self._asking.submit(self._ask, message)
        answer = asyncio.wrap_future(self._hearing.submit(self._hear, asked))
        try:
            return await asyncio.shield(answer)
        except (OSError, EOFError, pickle.PickleError) as error:
            self._useful = False
            logger.warning("the second process is gone (%s): going on without it", error)
            return None
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Lets the process end."""
        self._asking.shutdown()
        self._hearing.shutdown()
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError), self._process:
                pass  # closes both pipes, and waits
            self._process = None

    def _ask(self, message: bytes) -> None:
        process = self._process = self._process or subprocess.Popen(  # noqa: S603 - this program
            # Where this process finds its modules, and nowhere else: not in the current folder.
            [sys.executable, "-P", "-m", __name__],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=PIPE_BYTES,
            start_new_session=True,  # Ctrl-C is for the crawl, which lets this one finish
        )
        assert process.stdin is not None
        process.stdin.write(message)
        process.stdin.flush()

    def _hear(self, asked: Future[None]) -> list[Read]:
        asked.result()
        assert self._process is not None
        assert self._process.stdout is not None
        read: list[Read] = pickle.load(self._process.stdout)  # noqa: S301 - of our own
        return read


def main() -> None:
    """Reads batches from stdin until it ends."""
    while True:
        try:
            batch: Batch = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own
        except EOFError:
            return
        pickle.dump(batch.read(), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
