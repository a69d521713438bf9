"""The second process finds what this one would, and its death costs no post."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mirror.attribution import Site
from mirror.content import searchable
from mirror.examination import examine
from mirror.items import Item
from mirror.second_core import Batch, SecondCore
from mirror.wordpress.objects import split

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


def item(obj: dict[str, Any]) -> Item:
    columns, extra = split("post", obj)
    return Item(
        site_id=1, collection="posts", kind="post", wp_id=obj["id"], object=obj, columns=columns,
        extra=extra, fingerprint="", read_at="2026-01-01T00:00:00Z", window=1,
    )  # fmt: skip


def batch(*numbers: int) -> Batch:
    return Batch(items=[item(post(n)) for n in numbers], site=SITE, site_url=URL)


@pytest.fixture
def core() -> Iterator[SecondCore]:
    core = SecondCore(cores=2)
    yield core
    core.close()


def test_it_finds_what_this_process_would(core: SecondCore) -> None:
    found = asyncio.run(core.examine(batch(1, 2, 3)))
    assert found == [examine(item(post(n)), SITE, URL) for n in (1, 2, 3)]
    assert found is not None
    assert found[0].attribution is not None
    assert found[0].attribution.upstream_domain == "grist.org"
    assert found[0].media is not None
    assert found[0].searchable is not None


@pytest.mark.parametrize("text", ["two\x00words", "half a \ud83d pair", "&#0;<b>\x00</b>", "plain"])
@pytest.mark.parametrize("whole", [True, False])
def test_what_is_indexed_can_be_taken_out_again(text: str, *, whole: bool) -> None:
    """The index is contentless: an edit takes out what the stored columns give."""
    obj = {"id": 1, "title": text, "content": text}
    if whole:
        obj |= {name: {"rendered": text} for name in ("title", "content")}
    read = item(obj)
    assert examine(read, SITE, URL).searchable == searchable(
        read.columns["title"], read.columns["content"]
    )


def test_what_is_too_much_is_given_back(core: SecondCore) -> None:
    async def three() -> list[Any]:
        return await asyncio.gather(*(core.examine(batch(n)) for n in range(3)))

    found = asyncio.run(three())
    assert [one is None for one in found] == [False, False, True]


def test_one_core_has_no_second() -> None:
    core = SecondCore(cores=1)
    assert asyncio.run(core.examine(batch(1))) is None
    assert not core.started
    core.close()


def test_its_death_is_survived(core: SecondCore, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(core.examine(batch(1)))
    assert core.pid is not None
    os.kill(core.pid, signal.SIGKILL)
    assert asyncio.run(core.examine(batch(2))) is None
    assert "going on without it" in caplog.text
    assert asyncio.run(core.examine(batch(3))) is None


def test_it_ends_with_whoever_started_it() -> None:
    program = (
        "import asyncio, os, signal, tests.test_second_core as t\n"
        "core = t.SecondCore(cores=2)\n"
        "asyncio.run(core.examine(t.batch(1)))\n"
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
