"""Where a password goes, and where it never does: the real command against a site that looks."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.credentials.guarded import PASSWORD, SECRETS, TOKEN, USER, Guarded, guarded
from tests.mirrored import Mirror, Run

pytestmark = pytest.mark.slow  # a crawl or two each


@pytest.fixture
def site() -> Iterator[Guarded]:
    with guarded() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Guarded]:
    with guarded() as running:
        yield running


def configure(mirror: Mirror, url: str, reference: str = "env:NEWS") -> None:
    (mirror.path.parent / "mirror.toml").write_text(
        f'[[site]]\nurl = "{url}"\ncredentials = "{reference}"\n', encoding="utf-8"
    )


def crawl(mirror: Mirror, site: Guarded, *options: str, password: str = PASSWORD) -> Run:
    configure(mirror, site.url)
    return mirror.crawl(site.url, "--no-media", *options, NEWS=f"{USER}:{password}")


def test_the_api_is_told_and_pages_and_robots_are_not(site: Guarded, mirror: Mirror) -> None:
    run = crawl(mirror, site)
    assert run.exit_code == 0, run.stdout + run.stderr
    signed = [told for told in site.told if told.authorization]
    assert {told.authorization for told in signed} == {f"Basic {TOKEN}"}
    assert all(told.path.startswith("/wp-json/") for told in signed)
    plain = {told.path for told in site.told if not told.authorization}
    assert {"/robots.txt", "/", "/wp-json/wp/v2/users"} == plain
    objects = mirror.objects("posts").values()
    assert objects
    assert all("raw" in obj["content"] for obj in objects)
    assert mirror.rows("SELECT 1 FROM posts WHERE extra LIKE '%sesame%'") == []


def test_a_text_that_a_password_hid_is_judged_when_it_is_read(
    site: Guarded, mirror: Mirror
) -> None:
    """No version of its own, but its origin, its pictures and its words are those of the text."""
    (number,) = [n for n, p in site.site.posts.items() if p.slug.startswith("why-sea-otters")]
    site.site.edit(number, password="open sesame")
    crawled = mirror.crawl(site.url, "--no-media")
    assert crawled.exit_code == 0, crawled.stdout + crawled.stderr
    judged = (
        "SELECT count(*) FROM judgements j JOIN posts p ON p.id = j.post_id "
        "JOIN upstreams u ON u.id = p.upstream_id WHERE p.wp_id = ? AND u.domain = 'cnn.com'"
    )
    found = "SELECT count(*) FROM posts_fts JOIN posts p ON p.id = posts_fts.rowid"
    words = f"{found} WHERE posts_fts MATCH 'text:affection' AND p.wp_id = ?"
    assert mirror.value(judged, number) == 0
    run = crawl(mirror, site)
    assert (run.exit_code, *run.counts("new", "edited")) == (0, 0, 0)
    assert mirror.value(judged, number) == 1
    assert mirror.value(words, number) == 1
    assert mirror.value("SELECT version FROM posts WHERE wp_id = ?", number) == 1
    crawl(mirror, site, "--full")
    assert mirror.versions() == 0
    again = json.loads(mirror.run("attribute", "--all", "--json").stdout)
    assert again["changes"] == []


@pytest.mark.parametrize("part", ["/wp-json/wp/v2/posts", "/wp-json/wp/v2/types", "/wp-json"])
def test_a_redirect_to_another_port_brings_no_password(
    part: str, site: Guarded, elsewhere: Guarded, mirror: Mirror
) -> None:
    site.redirects[part] = elsewhere.url
    crawl(mirror, site)
    assert [told for told in elsewhere.told if told.authorization] == []


def test_a_site_that_is_elsewhere_is_an_error(
    site: Guarded, elsewhere: Guarded, mirror: Mirror
) -> None:
    site.redirects["/"] = elsewhere.url
    run = crawl(mirror, site)
    assert [told for told in elsewhere.told if told.authorization] == []
    assert run.exit_code == 3
    assert elsewhere.url in run.summary["message"]


def test_an_advertised_root_elsewhere_is_not_told(
    site: Guarded, elsewhere: Guarded, mirror: Mirror
) -> None:
    site.site.url = elsewhere.url
    crawl(mirror, site)
    assert [told for told in elsewhere.told if told.authorization] == []


def test_a_wrong_password_is_told_as_such(site: Guarded, mirror: Mirror) -> None:
    run = crawl(mirror, site, password="wrong")
    assert run.exit_code == 3
    assert "does not accept the credentials of env:NEWS" in run.summary["message"]
    assert "the application password is wrong, or was revoked" in run.summary["message"]
    assert "wrong==" not in run.stdout + run.stderr


def test_a_site_that_ignores_the_password_is_not_crawled(site: Guarded, mirror: Mirror) -> None:
    site.knows = False
    run = crawl(mirror, site)
    assert run.exit_code == 3
    assert "the site takes no notice of them" in run.summary["message"]
    assert mirror.collections() == set()


def test_a_password_opens_a_site_that_locks_its_api(site: Guarded, mirror: Mirror) -> None:
    site.locked = True
    run = crawl(mirror, site)
    assert mirror.ids("posts"), run.stdout + run.stderr


def test_a_password_that_is_revoked_buries_nothing(site: Guarded, mirror: Mirror) -> None:
    crawl(mirror, site)
    before = mirror.ids("posts")
    site.knows = False
    run = crawl(mirror, site, "--full")
    assert (run.exit_code, run.summary["deleted"]) == (3, 0)
    assert mirror.ids("posts") == before


def test_no_variable_no_crawl_and_no_back_off(site: Guarded, mirror: Mirror) -> None:
    configure(mirror, site.url)
    run = mirror.crawl(site.url, "--no-media")
    assert run.exit_code == 2
    assert run.summary["message"].endswith("the environment variable NEWS is not set")
    assert site.told == []


def test_the_password_is_nowhere_but_on_the_wire(site: Guarded, mirror: Mirror) -> None:
    folder = mirror.path.parent
    secret = folder / "news.password"
    secret.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    secret.chmod(0o600)
    configure(mirror, site.url, "file:news.password")
    log = ("--debug", "--log-file", "all.log")
    site.redirects["/wp-json/wp/v2/tags"] = "http://127.0.0.1:9"  # something fails, too
    run = mirror.run("crawl", site.url, "--no-media", "--json", *log)
    assert any(told.authorization for told in site.told)
    written = [run.stdout, run.stderr]
    for path in folder.iterdir():
        if path != secret:
            written.append(path.read_bytes().decode("latin-1"))
    assert len(written) > 4
    for text in written:
        assert not [s for s in SECRETS if s in text]


def test_the_password_is_on_no_command_line(site: Guarded, mirror: Mirror) -> None:
    configure(mirror, site.url)
    environment = mirror.environment(NEWS=f"{USER}:{PASSWORD}")
    command = mirror.command("crawl", site.url, "--no-media", "--delay", "0.2")
    with subprocess.Popen(
        command, cwd=mirror.path.parent, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        deadline = time.monotonic() + 20
        while not any(told.authorization for told in site.told) and time.monotonic() < deadline:
            time.sleep(0.05)
        shown = Path(f"/proc/{running.pid}/cmdline").read_bytes().decode()
        running.terminate()
        running.wait(20)
    assert "crawl" in shown
    assert not [secret for secret in SECRETS if secret in shown]
