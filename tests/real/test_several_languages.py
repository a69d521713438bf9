"""A site that shows one of its languages at a time, by the hooks that WPML uses."""

import shutil
from pathlib import Path

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.conftest import MakeSite
from tests.real.truth import differences

pytestmark = pytest.mark.real

PLUGIN = Path(__file__).with_name("one_language.php")


@pytest.fixture
def site(new_site: MakeSite) -> WordPress:
    made = new_site(seed_content=150)
    shutil.copy(PLUGIN, made.folder / "www" / "wp-content" / "mu-plugins")
    return made


def test_all_languages_are_mirrored_and_kept(site: WordPress, mirror: Mirror) -> None:
    run = mirror.crawl(site.url, "--no-media", "--comments")
    assert run.exit_code == 0, run.stdout + run.stderr
    assert differences(mirror, site.truth()) == []
    comments = {item["id"] for item in site.truth()["comments"]["items"]}
    assert {*mirror.ids("comments")} == comments

    asked = len(site.access_log())
    again = mirror.crawl(site.url, "--no-media", "--comments")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert again.counts("new", "edited", "deleted", "restored") == (0, 0, 0, 0)
    assert len(site.access_log()) - asked < 120

    for seed in range(6):
        site.change("edit", seed=seed)
        site.change("add", seed=seed)
        site.change("comment", seed=seed)
        site.change("delete", seed=seed)
        site.change("trash", seed=seed)
    run = mirror.crawl(site.url, "--no-media", "--comments", "--accept-deletions")
    assert run.exit_code == 0, run.stdout + run.stderr
    assert differences(mirror, site.truth()) == []
    assert {*mirror.ids("comments")} == {c["id"] for c in site.truth()["comments"]["items"]}
    assert mirror.integrity() == "ok"
