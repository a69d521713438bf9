"""A person's paths through mirrors that the real command made: of the demo, and of WordPress."""

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browse.sites import Server, unused_port
from tests.browse.witness import Witness, settled, violations
from tests.mirrored import Mirror
from tests.real.conftest import sites

pytestmark = pytest.mark.browser

REPUBLISHED = (
    "<p>The river has come back to the valley, and with it the herons.</p><p><em>This story was "
    'originally published by <a href="https://grist.org/water/the-herons/">Grist</a>.</em></p>'
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `mirror demo` leaves behind."""
    path = tmp_path_factory.mktemp("demo") / "mirror.db"
    assert Mirror(path).run("demo").exit_code == 0
    return path


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of real WordPress, mirrored before and after an edit and a deletion."""
    folder = tmp_path_factory.mktemp("wordpress")
    mirror = Mirror(folder / "mirror.db")
    with sites(folder) as make:
        site = make(seed_content="medium")
        site.rest("posts", title="The herons are back", content=REPUBLISHED, status="publish")
        assert mirror.crawl(site.url).exit_code in (0, 1)
        site.change("edit", id=site.special["classic"])
        site.change("trash", id=site.special["unicode"])
        assert mirror.crawl(site.url).summary["edited"] == 1
    return mirror.path


BOTH = pytest.mark.parametrize(
    "mirrored", ["demo", pytest.param("wordpress", marks=pytest.mark.real)], indirect=True
)


@pytest.fixture(scope="module")
def mirrored(request: pytest.FixtureRequest) -> Iterator[tuple[Server, sqlite3.Connection]]:
    """`mirror browse` on the mirror, and the mirror as plain SQL sees it."""
    path: Path = request.getfixturevalue(request.param)
    running = Server(path, unused_port())
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        yield running, db
    running.stop()


def pages_of(db: sqlite3.Connection) -> list[str]:
    """A page of every kind, and posts of every type and fate."""
    (host,) = db.execute("SELECT host FROM sites").fetchone()
    paths = ["/", "/search", "/changes", "/upstreams", "/stories", "/media", "/media?show=others",
             "/media?show=broken", "/queries", f"/sites/{host}"]  # fmt: skip
    for where in ("deleted_at IS NOT NULL", "version > 1", "title = ''", "content = ''",
                  "type <> 'post'", "upstream_id IS NOT NULL", "length(content) > 20000",
                  "content LIKE '%<script%' OR title LIKE '%<script%'"):  # fmt: skip
        rows = db.execute(f"SELECT id, version FROM posts WHERE {where} ORDER BY id LIMIT 2")
        for row in rows:
            paths.append(f"/posts/{row['id']}")
            if row["version"] > 1:
                paths.append(f"/posts/{row['id']}/compare")
    rows = db.execute("SELECT id FROM posts WHERE type = 'post' ORDER BY id LIMIT 12")
    paths += [f"/posts/{row['id']}" for row in rows]
    rows = db.execute("SELECT sha256 FROM files GROUP BY mime ORDER BY mime")
    paths += [f"/media/{row['sha256']}" for row in rows]
    rows = db.execute("SELECT domain FROM upstreams LIMIT 2")
    paths += [f"/upstreams/{row['domain']}" for row in rows]
    return list(dict.fromkeys(paths))


@BOTH
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_every_kind_of_page_fits_and_speaks_no_error(
    chromium: Browser,
    mirrored: tuple[Server, sqlite3.Connection],
    width: int,
    scheme: Any,
) -> None:
    server, db = mirrored
    size: Any = {"width": width, "height": 800}
    with chromium.new_context(viewport=size, color_scheme=scheme) as opened:
        page = opened.new_page()
        witness = Witness(page)
        for path in pages_of(db):
            reply = page.goto(server.url + path)
            assert reply is not None
            assert reply.status == 200, path
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert not witness.said, path
            assert not violations(page), path
        assert not witness.popped
        assert not witness.outside(server.url)


@BOTH
def test_a_reader_finds_reads_compares_and_exports(
    context: BrowserContext, mirrored: tuple[Server, sqlite3.Connection]
) -> None:
    server, db = mirrored
    edited = db.execute(
        "SELECT p.id, p.version FROM posts p JOIN post_versions v ON v.post_id = p.id "
        "WHERE v.changed LIKE '%\"content\"%' AND p.deleted_at IS NULL ORDER BY p.id"
    ).fetchone()
    page = context.new_page()
    witness = Witness(page)
    page.goto(server.url)
    page.get_by_role("link", name=re.compile(r"^\d+$")).nth(1).click()  # edited this week
    page.locator(f'.events a[href^="/posts/{edited["id"]}/compare"]').first.click()
    expect(page.locator("ins, del").first).to_be_visible()
    page.get_by_role("link", name="In one text").click()
    expect(page.locator("p.one.is-changed").first).to_be_visible()
    page.locator("h1 a").click()
    title = page.locator("h1").inner_text()
    frame = page.frame_locator("iframe.reader")
    expect(frame.locator("p").first).to_be_visible()
    page.get_by_role("searchbox", name="Search all posts").fill(f'"{words_of(title)}"')
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=title, exact=True).first).to_be_visible()
    reply = page.request.get(f"{server.url}/posts/{edited['id']}.json")
    assert reply.json()["title"]["rendered"]
    csv = page.request.get(f"{server.url}/mirror/late_edits.csv?days=-1")
    assert csv.text().startswith("post_id,site,title")
    assert csv.text().count("\n") > 1
    assert not witness.said
    assert not witness.outside(server.url)


def words_of(title: str) -> str:
    """A title as somebody would type it into the search."""
    return " ".join(re.findall(r"\w+", title))


@BOTH
def test_what_is_gone_is_found_and_still_read(
    context: BrowserContext, mirrored: tuple[Server, sqlite3.Connection]
) -> None:
    server, _ = mirrored
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Changes").click()
    page.get_by_role("link", name="Gone", exact=True).click()
    page.locator(".events a").first.click()
    expect(page.get_by_text("This post is gone")).to_be_visible()
    expect(page.frame_locator("iframe.reader").locator("p, h2").first).to_be_visible()


@BOTH
def test_pictures_come_from_the_mirror(
    context: BrowserContext, mirrored: tuple[Server, sqlite3.Connection]
) -> None:
    server, db = mirrored
    rows = db.execute(
        "SELECT DISTINCT u.post_id FROM post_media u JOIN media_files f ON f.url = u.url "
        "JOIN files g ON g.sha256 = f.sha256 WHERE u.role = 'inline' AND g.mime LIKE 'image/%' "
        "LIMIT 5"
    ).fetchall()
    assert rows
    page = context.new_page()
    witness = Witness(page)
    for row in rows:
        page.goto(f"{server.url}/posts/{row['post_id']}/content")
        pictures = page.locator("img")
        assert pictures.count()
        for place in range(pictures.count()):
            pictures.nth(place).scroll_into_view_if_needed()
        settled(page)
        sizes = pictures.evaluate_all("all => all.map(one => one.naturalWidth)")
        assert all(sizes), row["post_id"]
    assert not witness.outside(server.url)


@BOTH
def test_an_upstream_is_followed_by_the_keyboard(
    context: BrowserContext, mirrored: tuple[Server, sqlite3.Connection]
) -> None:
    server, _ = mirrored
    page = context.new_page()
    page.goto(server.url)
    reach(page, "Upstreams")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upstreams")
    first = page.locator("table.ranking a").first.inner_text()
    reach(page, first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/upstreams/*")
    reach(page, page.locator(".card h3 a").first.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/*")
    expect(page.get_by_text("had it first")).to_be_visible()


def reach(page: Page, text: str) -> None:
    """Presses Tab until the link with this text has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == text:
            return
    raise AssertionError(f"Tab never reaches {text!r}")


@BOTH
def test_a_page_of_its_own_opens_from_the_disk(
    chromium: Browser, mirrored: tuple[Server, sqlite3.Connection], tmp_path: Path
) -> None:
    """`mirror show POST --html` > a file: no network, no script, every picture held."""
    _, db = mirrored
    (path,) = db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    mirror = Mirror(Path(path))
    rows = db.execute(
        "SELECT DISTINCT u.post_id FROM post_media u JOIN media_files f ON f.url = u.url "
        "JOIN files g ON g.sha256 = f.sha256 WHERE u.role = 'inline' AND g.mime LIKE 'image/%' "
        "LIMIT 4"
    ).fetchall()
    with chromium.new_context(offline=True) as opened:
        page = opened.new_page()
        witness = Witness(page)
        for row in rows:
            file = tmp_path / f"{row['post_id']}.html"
            with file.open("w") as out:
                subprocess.run(
                    mirror.command("show", str(row["post_id"]), "--html"),
                    cwd=mirror.path.parent, env=mirror.environment(), stdout=out, check=True,
                )  # fmt: skip
            page.goto(file.as_uri())
            settled(page)
            sizes = page.locator("img[src]").evaluate_all("all => all.map(one => one.naturalWidth)")
            assert sizes, row["post_id"]
            assert all(sizes), row["post_id"]
            assert not page.locator("img:not([src])").count(), row["post_id"]
        assert not witness.said
        assert not witness.outside("file://")
