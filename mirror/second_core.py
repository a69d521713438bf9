"""A second process that reads objects while this one asks for them and writes them.

Started when this process has no time left, which a polite crawl of one site never comes to, nor one
of a site that is slower than this program. It runs this module with a pipe on either side, and ends
when the pipe does: whatever kills the crawl leaves nothing behind. If it dies itself, the crawl
goes on without it. What is to be read waits in pieces: the second process is given the oldest, and
whenever this one has nothing more urgent to do, it reads the newest itself. So neither is idle
while the other has work. Batches and what is read in them travel as pickles: both ends are this
program.
"""

import asyncio
import contextlib
import gc
import logging
import os
import pickle
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import orjson

from mirror.examination import Found, Parts, examine, take_apart
from mirror.items import JsonObject, Kind

if TYPE_CHECKING:
    from mirror.attribution import Site

logger = logging.getLogger(__name__)

# Objects in a piece: the loop of this process waits no longer than for one of them to be read.
PIECE = 25
# Pieces on their way: one is being read, the others are there when it is done.
ON_THE_WAY = 3

# The share of its time for which this process must have computed, and over how many seconds, before
# the second one is started, which costs half a second's work.
BUSY = 0.6
WATCHED = 0.5
# Seconds that a turn of the loop takes which has nothing to do; how many others to wait for one.
IDLE = 0.0001
PATIENCE = 20

# Room for some pieces, or for what was read in them: neither end waits for the other.
PIPE_BYTES = 1 << 20

# What an object consists of, and what is found in it unless it is held as it is.
Read = tuple[Parts, Found | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Objects of one kind and site, to be read.

    `embedded` is what to put under `_embedded` of some of them, for the judgement alone; `held` are
    the fingerprints of those that are held. Both by WordPress' id.
    """

    kind: Kind
    objects: Sequence[JsonObject]
    embedded: Mapping[int, JsonObject]
    held: Mapping[int, str]
    site: "Site"
    site_url: str

    def pieces(self) -> Iterator["Batch"]:
        """The same, in batches of at most PIECE objects."""
        for start in range(0, len(self.objects), PIECE):
            some = self.objects[start : start + PIECE]
            ids = [obj["id"] for obj in some]
            yield replace(
                self,
                objects=some,
                embedded={n: self.embedded[n] for n in ids if n in self.embedded},
                held={n: self.held[n] for n in ids if n in self.held},
            )

    def read(self) -> list[Read]:
        """Takes each object apart, and looks into those that are not held as they are."""
        return [self._read(obj) for obj in self.objects]

    def _read(self, obj: JsonObject) -> Read:
        number = obj["id"]
        parts = take_apart(self.kind, obj)
        if self.held.get(number) == parts.fingerprint:
            return parts, None
        if number in self.embedded:
            obj = {**obj, "_embedded": self.embedded[number]}
        try:
            return parts, examine(self.kind, obj, parts.columns, self.site, self.site_url)
        except Exception:  # a bug: the pipelines meet it again, and tell it of this one object
            return parts, None


@dataclass(slots=True, eq=False)
class Job:
    """A piece that waits to be read, and who waits for it."""

    batch: Batch
    answer: asyncio.Future[list[Read]]

    def message(self) -> bytes:
        """The batch for the other process. Raises TypeError for what orjson cannot write.

        Objects are written and read faster as JSON than as anything else.
        """
        objects = orjson.dumps(self.batch.objects)
        return pickle.dumps((replace(self.batch, objects=()), objects), pickle.HIGHEST_PROTOCOL)

    def read_here(self) -> None:
        """Answers in this process."""
        if self.answer.done():  # nobody waits any more
            return
        try:
            self.answer.set_result(self.batch.read())
        except Exception as error:
            self.answer.set_exception(error)


class SecondCore:
    """The other process, as this one sees it."""

    def __init__(self, cores: int | None = None) -> None:
        self._useful = (cores or len(os.sched_getaffinity(0))) > 1
        self._jobs: deque[Job] = deque()
        self._watched: tuple[float, float] | None = None  # since when, and the CPU time then
        self._on_the_way = 0
        self._helping: asyncio.AbstractEventLoop | None = None
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

    async def read(self, batch: Batch) -> list[Read]:
        """What each object holds, wherever it is read."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        jobs = [Job(piece, loop.create_future()) for piece in batch.pieces()]
        self._jobs.extend(jobs)
        if self.started or self._is_busy(now):
            self._feed()
        if self._helping is not loop:
            self._helping = loop
            loop.call_soon(self._help, loop, now)
        answers = await asyncio.gather(*(job.answer for job in jobs))
        return [read for answer in answers for read in answer]

    def close(self) -> None:
        """Lets the process end."""
        self._asking.shutdown()
        self._hearing.shutdown()
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError), self._process:
                pass  # closes both pipes, and waits
            self._process = None

    def _is_busy(self, now: float) -> bool:
        """Whether this process has computed most of the time, lately."""
        spent = time.process_time()
        since, before = self._watched = self._watched or (now, spent)
        if now - since < WATCHED:
            return False
        self._watched = (now, spent)
        return spent - before >= BUSY * (now - since)

    def _feed(self) -> None:
        """Gives the other process what waits longest."""
        while self._useful and self._jobs and self._on_the_way < ON_THE_WAY:
            job = self._jobs.popleft()
            if job.answer.done():
                continue
            try:
                message = job.message()
            except TypeError:  # what only `mirror.wordpress.parse` reads exactly
                job.read_here()
                continue
            self._on_the_way += 1
            # Both at once, and neither taken back: else an answer would be taken for another one's.
            asked = self._asking.submit(self._ask, message)
            heard = asyncio.wrap_future(self._hearing.submit(self._hear, asked))
            heard.add_done_callback(partial(self._heard, job))

    def _heard(self, job: Job, heard: asyncio.Future[list[Read]]) -> None:
        self._on_the_way -= 1
        if heard.cancelled():
            return
        error = heard.exception()  # of the pipe, or whatever comes out of a broken pickle
        if error is None:
            if not job.answer.done():
                job.answer.set_result(heard.result())
        else:
            if self._useful:
                logger.warning("the second process is gone (%s): going on without it", error)
            self._useful = False
            job.read_here()
        self._feed()

    def _help(self, loop: asyncio.AbstractEventLoop, since: float, turns: int = 0) -> None:
        """Reads a piece if nothing else was to be done since the last look: a request that is on
        its way out would wait for it, and the site for that.

        The newest piece, if the other process reads the oldest; else the oldest, and that also
        after some `turns` in which there was something to be done.
        """
        if not self._jobs:
            self._helping = None
            return
        alone = not (self.started and self._useful)
        if loop.time() - since < IDLE or (alone and turns >= PATIENCE):
            (self._jobs.popleft() if alone else self._jobs.pop()).read_here()
            turns = -1
        loop.call_soon(self._help, loop, loop.time(), turns + 1)

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
    import mirror.attribution  # noqa: F401 - before it is asked for, and before what stays is fixed

    # Buffers of its own: with PYTHONUNBUFFERED `sys.stdout.buffer` has none, and an interrupted
    # write (a stop and a continue are enough) would lose what it had not written.
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as answers:
        # What is loaded stays, and reading makes no cycles: looking for some costs a sixth.
        gc.freeze()
        gc.set_threshold(200_000)
        while True:
            try:
                batch, objects = pickle.load(asked)  # noqa: S301 - of our own
            except EOFError:
                return
            read = replace(batch, objects=orjson.loads(objects)).read()
            pickle.dump(read, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    main()
