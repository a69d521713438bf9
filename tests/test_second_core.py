"""The second process finds what this one would, and its death costs no post."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from mirror.attribution import Site
from mirror.content import searchable
from mirror.examination import examine, take_apart
from mirror.second_core import Batch, SecondCore

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
    sent = orjson.dumps([post(n) for n in numbers])
    given: dict[str, Any] = {"embedded": {}, "held": {}, **more}
    return Batch(kind="post", objects=sent, site=SITE, site_url=URL, **given)


@pytest.fixture
def core() -> Iterator[SecondCore]:
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


def test_what_is_too_much_is_given_back(core: SecondCore) -> None:
    async def four() -> list[Any]:
        return await asyncio.gather(*(core.read(batch(n)) for n in range(1, 5)))

    read = asyncio.run(four())
    assert [one is None for one in read] == [False, False, False, True]


def test_an_answer_that_nobody_waits_for_is_no_other_ones(core: SecondCore) -> None:
    async def cancelled() -> Any:
        first = asyncio.create_task(core.read(batch(1)))
        await asyncio.sleep(0)
        first.cancel()
        return await core.read(batch(2))

    assert asyncio.run(cancelled()) == batch(2).read()


def test_one_core_has_no_second() -> None:
    core = SecondCore(cores=1)
    assert asyncio.run(core.read(batch(1))) is None
    assert not core.started
    core.close()


def test_its_death_is_survived(core: SecondCore, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(core.read(batch(1)))
    assert core.pid is not None
    os.kill(core.pid, signal.SIGKILL)
    assert asyncio.run(core.read(batch(2))) is None
    assert "going on without it" in caplog.text
    assert asyncio.run(core.read(batch(3))) is None


def test_it_ends_with_whoever_started_it() -> None:
    program = (
        "import asyncio, os, signal, tests.test_second_core as t\n"
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
