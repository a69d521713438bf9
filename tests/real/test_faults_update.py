"""Each fault of the test bed during an update: no false deletion, no edit lost, no wrong word.

One site is mirrored, then edited. For each fault a copy of that mirror catches up while the fault
lasts, and once more without it: after that all is as if there had never been one.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.conftest import sites
from tests.real.editors import Editors
from tests.real.ledger import LOG, Ledger, objects
from tests.real.truth import differences

pytestmark = pytest.mark.real

POSTS = "/wp/v2/posts"
EDITS = {
    "edit": 8, "rename": 2, "trash": 2, "delete": 3, "add": 3, "import": 2, "unpublish": 2,
    "protect": 1, "comment": 2, "rename a term": 1, "upload": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and how a crawl must end that meets it.

    `found`: the update finds everything in spite of it; without totals nothing tells that something
    is gone, and the next run finds it. `twice`: what feeds showed of an edit is
    read again when REST returns, and may then be another version.
    """

    fault: str
    options: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0
    found: bool = True
    twice: bool = False

    @property
    def name(self) -> str:
        """The fault and its options, as a test's name."""
        return "-".join([self.fault, *(f"{k}={v}" for k, v in self.options.items())])


def partial(fault: str, **options: Any) -> Case:
    """A fault that keeps something from the crawl."""
    return Case(fault=fault, options=options, exit_code=1, found=False)


def nothing(fault: str, **options: Any) -> Case:
    """A fault that keeps everything from the crawl."""
    return Case(fault=fault, options=options, exit_code=3, found=False)


CASES = (
    Case(fault="per_page", options={"max": 20}),
    Case(fault="ratelimit", options={"every": 5, "retry_after": 1, "times": 4}),
    Case(fault="ratelimit", options={"every": 6, "date": 1, "times": 2}),
    Case(fault="slow", options={"ms": 200}),
    Case(fault="error", options={"status": 502, "every": 4}),
    partial("error", match=POSTS),
    Case(fault="truncate", options={"keep": 0.5, "every": 3}),
    partial("truncate", keep=0.5, match=POSTS),
    Case(fault="noise", options={"text": "warning"}),
    Case(fault="noise", options={"text": "bom"}),
    Case(fault="noise", options={"text": "comment"}),
    Case(fault="noise", options={"text": "warning", "lost_headers": 1}, found=False),
    nothing("maintenance"),
    nothing("maintenance", status=200),
    nothing("challenge"),
    Case(fault="users", found=False),
    Case(fault="rest", options={"status": 401}, exit_code=1, found=False, twice=True),
    Case(fault="rest", options={"status": 404}, exit_code=1, found=False, twice=True),
    Case(fault="totals", found=False),
    partial("redirect", match=POSTS),
    partial("redirect", grow=1, match=POSTS),
    Case(fault="drop", options={"at": "body", "every": 4}),
    Case(fault="drop", options={"at": "headers", "every": 4}),
    Case(fault="gzip"),
    Case(fault="gzip", options={"broken": 1, "every": 4}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A site, its mirror before it was edited, and the truth before and after."""

    site: WordPress
    mirror: Mirror
    before: dict[str, Any]
    after: dict[str, Any]
    done: tuple[str, ...]


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edited]:
    folder = tmp_path_factory.mktemp("edited")
    with sites(folder) as make:
        site = make(seed_content="medium")
        mirror = Mirror(folder / "mirror.db")
        run = mirror.crawl(site.url, "--no-media", "--comments")
        assert run.exit_code == 0, run.stdout + run.stderr
        before = site.truth()
        editors = Editors(site, 11, EDITS)
        editors.work(sum(EDITS.values()))
        yield Edited(
            site=site, mirror=mirror, before=before, after=site.truth(), done=tuple(editors.done)
        )


@pytest.fixture
def edited(module: Edited) -> Iterator[Edited]:
    """The site, free of faults before and after."""
    module.site.no_faults()
    yield module
    module.site.no_faults()


def copy(edited: Edited, folder: Path) -> Mirror:
    """The mirror as it was before the edits."""
    shutil.copy(edited.mirror.path, folder / "mirror.db")
    return Mirror(folder / "mirror.db")


def events(mirror: Mirror) -> Counter[tuple[Any, ...]]:
    """The change log."""
    return Counter(tuple(row.values()) for row in mirror.rows(LOG))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_update(case: Case, edited: Edited, tmp_path: Path) -> None:
    mirror = copy(edited, tmp_path)
    ledger = Ledger.begin(mirror, edited.before)
    edited.site.fault(case.fault, **case.options)
    run = mirror.crawl(edited.site.url, "--no-media", "--comments")
    told = f"{edited.done}\n{run.stdout}\n{run.stderr}"
    assert mirror.integrity() == "ok"
    assert run.exit_code == case.exit_code, told
    outcome = {0: "complete", 1: "partial", 3: "failed"}[case.exit_code]
    assert run.summary["outcome"] == outcome, told
    gone = objects(edited.before).keys() - objects(edited.after).keys()
    here = (events(mirror) - ledger.log).elements()
    buried = {(event[1], event[2]) for event in here if event[0] == "deleted"}
    assert buried <= gone, told
    if case.found:
        expected, wrong = ledger.settle(edited.after, full=False)
        assert wrong == [], told
        assert differences(mirror, expected) == [], told

    edited.site.no_faults()
    healed = mirror.crawl(edited.site.url, "--no-media", "--comments")
    told += f"\n{healed.stdout}\n{healed.stderr}"
    assert healed.exit_code == 0, told
    expected, wrong = ledger.settle(edited.after, full=False)
    if case.twice:  # the log tells in two words what was one edit
        wrong = [w for w in wrong if "more than one event" not in w and "(silently: " not in w]
    assert wrong == [], told
    assert differences(mirror, expected) == [], told


def test_a_poisoned_edit_is_found_when_it_is_healed(edited: Edited, tmp_path: Path) -> None:
    mirror = copy(edited, tmp_path)
    ledger = Ledger.begin(mirror, edited.before)
    before, after = objects(edited.before), objects(edited.after)
    both = (key for key in before if key[0] == "post" and key in after)
    changed = [k for k in both if before[k]["modified_gmt"] != after[k]["modified_gmt"]]
    poison = changed[0][1]
    edited.site.fault("poison", id=poison)
    run = mirror.crawl(edited.site.url, "--no-media", "--comments")
    assert run.exit_code == 1, run.stdout
    open_failures = "SELECT wp_id FROM failures WHERE resolved_at IS NULL"
    assert mirror.rows(open_failures), "even a list of ids crashes over it: which is not known"
    assert differences(mirror, edited.after, without=[poison], types=["page", "book"]) == []

    edited.site.no_faults()
    healed = mirror.crawl(edited.site.url, "--no-media", "--comments")
    assert healed.exit_code == 0, healed.stdout + healed.stderr
    expected, wrong = ledger.settle(edited.after, full=False)
    assert wrong == []
    assert differences(mirror, expected) == []
    assert mirror.rows(open_failures) == []


def test_what_feeds_showed_first_is_completed_when_rest_returns(
    edited: Edited, mirror: Mirror
) -> None:
    edited.site.fault("rest", status=401)
    first = mirror.crawl(edited.site.url, "--no-media")
    assert first.exit_code == 1
    held = len(mirror.rows("SELECT 1 FROM posts"))
    assert held > 100
    edited.site.no_faults()
    again = mirror.crawl(edited.site.url, "--no-media")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert again.summary["edited"] == 0
    assert mirror.versions() == 0
    # What was hidden before the first crawl is featured by posts all the same.
    found = [d for d in differences(mirror, edited.after) if ": featured is None" not in d]
    assert found == []
