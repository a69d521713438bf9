"""The second process finds what this one would, and its death costs no post."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest

from mirror.attribution import Site
from mirror.content import searchable
from mirror.examination import examine, take_apart
from mirror.second_core import PATIENCE, PIECE, Batch, Job, SecondCore
from mirror.wordpress.literals import Literal

SITE = Site("example.org")
URL = "https://example.org"


def post(n: int) -> dict[str, Any]:
    html = (
        f'<p>Story {n}.</p><img src="/wp-content/uploads/{n}.jpg"><p>This article was originally '
        f'published on <a href="https://grist.org/story-{n}/">Grist</a>.</p>'
    )
    return {
        "id": n, "link": f"{URL}/{n}/", "title": {"rendered": f"Title {n}"},
        "content": {"rendered": html},
    }  # fmt: skip


def batch(*numbers: int, **more: Any) -> Batch:
    given: dict[str, Any] = {"embedded": {}, "held": {}, **more}
    sent = [post(n) for n in numbers]
    return Batch(kind="post", objects=sent, site=SITE, site_url=URL, **given)


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondCore]:
    monkeypatch.setattr("mirror.second_core.WATCHED", -1)  # it starts at once
    core = SecondCore(cores=2)
    yield core
    core.close()


def test_it_finds_what_this_process_would(core: SecondCore) -> None:
    read = asyncio.run(core.read(batch(1, 2, 3)))
    parts = [take_apart("post", post(n)) for n in (1, 2, 3)]
    assert read == [
        (own, examine("post", post(n), own.columns, SITE, URL)) for n, own in enumerate(parts, 1)
    ]
    assert read is not None
    found = read[0][1]
    assert found is not None
    assert found.attribution is not None
    assert found.attribution.upstream_domain == "grist.org"
    assert found.media is not None
    assert found.searchable is not None


def test_what_is_held_as_it_is_is_not_looked_into() -> None:
    held = {n: take_apart("post", post(n)).fingerprint for n in (1, 2)} | {2: "edited since"}
    assert [found is None for _, found in batch(1, 2, 3, held=held).read()] == [True, False, False]


def test_names_are_judged_and_not_stored() -> None:
    """Of the author, whom the post itself names by a number."""
    ((plain, before),) = batch(4).read()
    agency = {4: {"author": [{"name": "Associated Press"}]}}
    ((parts, after),) = batch(4, embedded=agency).read()
    assert parts == plain
    assert before is not None
    assert after is not None
    assert after.attribution is not None
    assert before.attribution is not None
    assert len(after.attribution.evidence) > len(before.attribution.evidence)


@pytest.mark.parametrize("text", ["two\x00words", "half a \ud83d pair", "&#0;<b>\x00</b>", "plain"])
@pytest.mark.parametrize("whole", [True, False])
def test_what_is_indexed_can_be_taken_out_again(text: str, *, whole: bool) -> None:
    """The index is contentless: an edit takes out what the stored columns give."""
    obj = {"id": 1, "title": text, "content": text}
    if whole:
        obj |= {name: {"rendered": text} for name in ("title", "content")}
    columns = take_apart("post", obj).columns
    assert examine("post", obj, columns, SITE, URL).searchable == searchable(
        columns["title"], columns["content"]
    )


def test_both_read_what_waits_and_nothing_is_mixed_up(core: SecondCore) -> None:
    """More pieces than the pipe takes: the others are read here meanwhile, by an idle loop."""
    many = [batch(*range(start, start + 4 * PIECE)) for start in range(1, 1000, 4 * PIECE)]

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(core.read(one) for one in many))

    assert asyncio.run(all_of_them()) == [one.read() for one in many]


def test_a_busy_loop_leaves_the_reading_to_the_other(core: SecondCore) -> None:
    async def crawl() -> None:
        await core.read(batch(1))  # it has started
        reading = asyncio.create_task(core.read(batch(*range(1, 8 * PIECE))))
        while not reading.done():
            time.sleep(0.002)  # something else to do, at every turn
            await asyncio.sleep(0)

    read_here: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "read_here", lambda job: read_here.append(len(job.batch.objects)))
        asyncio.run(crawl())
    assert read_here == []


def test_a_piece_has_the_names_and_fingerprints_of_its_own_objects() -> None:
    named = {n: {"author": [{"name": str(n)}]} for n in (1, PIECE + 1)}
    held = {2: "a", PIECE + 2: "b"}
    whole = batch(*range(1, 2 * PIECE + 1), embedded=named, held=held)
    first, second = whole.pieces()
    assert (first.embedded, first.held) == ({1: named[1]}, {2: "a"})
    assert (second.embedded, second.held) == ({PIECE + 1: named[PIECE + 1]}, {PIECE + 2: "b"})
    assert first.read() + second.read() == whole.read()


def test_what_json_cannot_say_is_read_here(core: SecondCore) -> None:
    odd = replace(batch(1), objects=[{**post(1), "n": Literal("1e400")}])
    assert asyncio.run(core.read(odd)) == odd.read()
    assert not core.started


def test_a_bug_with_one_object_leaves_it_to_the_pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_for_two(kind: Any, obj: Any, *more: Any) -> Any:
        if obj["id"] == 2:
            raise ZeroDivisionError
        return examine(kind, obj, *more)

    monkeypatch.setattr("mirror.second_core.examine", fails_for_two)
    assert [found is None for _, found in batch(1, 2, 3).read()] == [False, True, False]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_interrupted_write_loses_nothing(unbuffered: str) -> None:
    """A pipe that is full, and a stop and a continue meanwhile: the write ends before its end."""
    sent = batch(*range(1, 400))
    message = Job(sent, None).message()  # type: ignore[arg-type]
    with subprocess.Popen(
        [sys.executable, "-m", "mirror.second_core"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, pipesize=4096, env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        writing = Thread(
            target=lambda pipe: (pipe.write(message), pipe.close()), args=[process.stdin]
        )
        writing.start()
        answer = bytearray(os.read(process.stdout.fileno(), 1))  # it has begun to write
        for _ in range(20):
            process.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
            answer += os.read(process.stdout.fileno(), 5000)
        answer += process.stdout.read()
        writing.join()
    assert pickle.loads(answer) == sent.read()


def test_an_answer_that_nobody_waits_for_is_no_other_ones(core: SecondCore) -> None:
    async def cancelled() -> Any:
        first = asyncio.create_task(core.read(batch(1)))
        await asyncio.sleep(0)
        first.cancel()
        return await core.read(batch(2))

    assert asyncio.run(cancelled()) == batch(2).read()


def test_what_this_process_can_do_in_time_starts_no_other() -> None:
    core = SecondCore(cores=2)
    many = batch(*range(1, 4 * PIECE))
    assert asyncio.run(core.read(many)) == many.read()
    assert not core.started
    core.close()


@pytest.mark.parametrize("busy", [True, False])
def test_who_computes_all_the_time_starts_it(
    *, busy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.second_core.WATCHED", 0.1)
    # Others may want the processor, too: less than the usual share has to do.
    monkeypatch.setattr("mirror.second_core.BUSY", 0.15)
    core = SecondCore(cores=2)

    async def crawl() -> None:
        await core.read(batch(1))
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            if not busy:
                await asyncio.sleep(0.01)
        await core.read(batch(2))

    asyncio.run(crawl())
    assert core.started == busy
    core.close()


def test_one_core_has_no_second() -> None:
    core = SecondCore(cores=1)
    assert asyncio.run(core.read(batch(1))) == batch(1).read()
    assert not core.started
    core.close()


def test_its_death_is_survived(core: SecondCore, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(core.read(batch(1)))
    assert core.pid is not None
    os.kill(core.pid, signal.SIGKILL)
    many = batch(*range(1, 10 * PIECE))
    assert asyncio.run(core.read(many)) == many.read()
    assert "going on without it" in caplog.text
    assert asyncio.run(core.read(batch(3))) == batch(3).read()


def test_it_ends_with_whoever_started_it() -> None:
    program = (
        "import asyncio, os, signal, sys, tests.test_second_core as t\n"
        "sys.modules['mirror.second_core'].WATCHED = -1\n"
        "core = t.SecondCore(cores=2)\n"
        "asyncio.run(core.read(t.batch(1)))\n"
        "print(core.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    for _ in range(100):
        if not os.path.exists(f"/proc/{pid}") or _is_zombie(pid):
            return
        time.sleep(0.1)
    pytest.fail("it lives on")


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_request_on_its_way_out_waits_for_no_piece() -> None:
    """Through Scrapy it takes some turns of the loop: the pieces come after all of them."""
    core = SecondCore(cores=1)

    async def crawl() -> int:
        reading = asyncio.create_task(core.read(batch(*range(1, 8 * PIECE))))
        for _ in range(8):
            time.sleep(0.001)
            await asyncio.sleep(0)
        read = len(read_here)
        await reading
        return read

    read_here: list[Job] = []
    plain = Job.read_here
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "read_here", lambda job: (read_here.append(job), plain(job)))
        assert asyncio.run(crawl()) == 0
    assert len(read_here) == 8
    core.close()


def test_a_loop_that_is_never_idle_reads_after_all() -> None:
    core = SecondCore(cores=1)

    async def crawl() -> int:
        reading, turns = asyncio.create_task(core.read(batch(*range(1, 2 * PIECE)))), 0
        while not reading.done():
            time.sleep(0.001)
            await asyncio.sleep(0)
            turns += 1
        return turns

    assert asyncio.run(crawl()) < 4 * PATIENCE
    core.close()
