"""`kill -9` at random moments of backfills and updates: the mirror ends as an undisturbed one."""

import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mirrored import KINDS, Mirror
from tests.real.bed import WordPress
from tests.real.conftest import sites
from tests.real.editors import Editors

pytestmark = pytest.mark.real

# Each seed kills a crawl so many times before one may end: fifty kills in all.
KILLS = (5, 3, 6, 4, 7)
SEEDS = tuple(enumerate(KILLS, 1))
EDITS = {
    "edit": 8, "edit, backdated": 1, "rename": 2, "trash": 3, "delete": 4, "add": 5, "import": 2,
    "unpublish": 2, "protect": 1, "rename a term": 1, "upload": 1,
}  # fmt: skip
# A crawl has not yet begun to write before; Python starts.
EARLIEST = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Undisturbed:
    """The mirrors of a site that nothing happened to, before and after it was edited.

    `seconds`: how long the backfill and the update took.
    """

    site: WordPress
    before: Mirror
    after: Mirror
    backfill: Mirror
    seconds: tuple[float, float]


def crawl(site: WordPress, mirror: Mirror) -> float:
    """Crawls to the end; how long that took."""
    began = time.monotonic()
    run = mirror.crawl(site.url, "--no-media", "--comments")
    assert run.exit_code == 0, run.stdout + run.stderr
    return time.monotonic() - began


def copy(mirror: Mirror, to: Path) -> Mirror:
    """A copy of a mirror that nothing has open: its log has been written back."""
    shutil.copy(mirror.path, to)
    return Mirror(to)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with sites(folder) as make:
        site = make(seed_content="medium")
        before = Mirror(folder / "before.db")
        slow = crawl(site, before)
        Editors(site, 5, EDITS).work(sum(EDITS.values()))
        after = copy(before, folder / "after.db")
        quick = crawl(site, after)
        backfill = Mirror(folder / "backfill.db")
        crawl(site, backfill)
        yield Undisturbed(
            site=site, before=before, after=after, backfill=backfill, seconds=(slow, quick)
        )


def state(mirror: Mirror) -> dict[str, list[Any]]:
    """Everything that a mirror says, but for its clock and the numbers of its rows."""
    found: dict[str, list[Any]] = {}
    for kind, table in KINDS.items():
        found[table] = mirror.rows(
            "SELECT wp_id, collection, version, fingerprint, deleted_at IS NULL AS here, "
            f"deleted_reason FROM {table} ORDER BY wp_id"
        )
        found[f"versions of {table}"] = mirror.rows(
            f"SELECT o.wp_id, v.version, v.fingerprint, v.changed FROM {kind}_versions v "
            f"JOIN {table} o ON o.id = v.{kind}_id ORDER BY 1, 2"
        )
    found["events"] = mirror.rows(
        "SELECT event, kind, wp_id, version, changed, silent, reason FROM changes ORDER BY 2, 3, 4"
    )
    found["references"] = mirror.rows(
        "SELECT p.wp_id, a.wp_id AS author, m.wp_id AS featured, q.wp_id AS parent FROM posts p "
        "LEFT JOIN authors a ON a.id = p.author_id LEFT JOIN media m ON m.id = p.featured_media_id "
        "LEFT JOIN posts q ON q.id = p.parent_id ORDER BY 1"
    )
    found["terms of posts"] = mirror.rows(
        "SELECT p.wp_id AS post, t.wp_id AS term FROM post_terms JOIN posts p ON p.id = post_id "
        "JOIN terms t ON t.id = term_id ORDER BY 1, 2"
    )
    found["evidence"] = mirror.rows(
        "SELECT p.wp_id, e.version, e.rule, e.quote FROM attributions e "
        "JOIN posts p ON p.id = e.post_id ORDER BY 1, 2, 3, 4"
    )
    found["collections"] = mirror.rows(
        "SELECT name, kind, hidden, resume, watermark IS NULL AS unread FROM collections "
        "ORDER BY name"
    )
    found["search"] = mirror.rows(
        "SELECT p.wp_id FROM posts_fts JOIN posts p ON p.id = posts_fts.rowid "
        "WHERE posts_fts MATCH 'Edited OR the' ORDER BY 1"
    )
    return found


def differing(one: Mirror, other: Mirror) -> dict[str, list[Any]]:
    """What one mirror has and the other has not, by what it is about."""
    mine, theirs = state(one), state(other)
    return {
        name: [row for row in mine[name] if row not in theirs[name]]
        + [row for row in theirs[name] if row not in mine[name]]
        for name in mine
        if mine[name] != theirs[name]
    }


def kill(site: WordPress, mirror: Mirror, kills: int, moment: Callable[[], float]) -> None:
    """Starts crawls and kills them; each leaves a sound database."""
    for _ in range(kills):
        command = mirror.command("crawl", site.url, "--no-media", "--comments", "--quiet")
        with subprocess.Popen(
            command, cwd=mirror.path.parent, env=mirror.environment(), stderr=subprocess.PIPE
        ) as process:
            time.sleep(moment())
            process.kill()
            process.communicate()
        if mirror.path.exists():
            assert mirror.integrity() == "ok"


@pytest.mark.parametrize(("seed", "kills"), SEEDS)
def test_backfills(seed: int, kills: int, undisturbed: Undisturbed, mirror: Mirror) -> None:
    chance, seconds = random.Random(seed), undisturbed.seconds[0]
    kill(undisturbed.site, mirror, kills, lambda: chance.uniform(EARLIEST, seconds))
    crawl(undisturbed.site, mirror)
    assert mirror.integrity() == "ok"
    assert differing(mirror, undisturbed.backfill) == {}


@pytest.mark.parametrize(("seed", "kills"), SEEDS)
def test_updates(seed: int, kills: int, undisturbed: Undisturbed, tmp_path: Path) -> None:
    mirror = copy(undisturbed.before, tmp_path / "mirror.db")
    chance, seconds = random.Random(100 + seed), undisturbed.seconds[1]
    kill(undisturbed.site, mirror, kills, lambda: chance.uniform(EARLIEST, seconds))
    crawl(undisturbed.site, mirror)
    assert mirror.integrity() == "ok"
    assert differing(mirror, undisturbed.after) == {}
