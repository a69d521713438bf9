"""A person's paths through the sample mirror, in Chromium; and what must not happen there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browse import hostile
from tests.browse.payloads import PAYLOADS
from tests.browse.secretive import DRAFT, LOCKED, ONCE_A_DRAFT, SECRET
from tests.browse.sites import Server, unused_port
from tests.browse.witness import Witness, settled, violations

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/search?q=harbour",
    "/changes",
    "/upstreams",
    "/upstreams/cnn.com",
    "/stories",
    "/stories/109",
    "/stories/109/compare?with=111",
    "/media",
    "/media?show=broken",
    "/sites/riverbankpost.net",
    "/posts/1",
    "/posts/4",
    "/posts/5?version=1",
    "/posts/12",
    "/posts/5/compare?a=1&b=4",
    "/posts/5/compare?a=1&b=4&view=inline",
    "/queries",
    "/nowhere",
)
TABLES = (
    "/mirror?sql=select+1+as+one",
    "/mirror/posts",
    "/mirror/posts/5",
    "/mirror/silent_edits",
    "/mirror/crawls",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_pages_fit_speak_no_error_and_can_be_used_by_all(
    chromium: Browser, server: Server, width: int, scheme: Any
) -> None:
    size: Any = {"width": width, "height": 800}
    with chromium.new_context(viewport=size, color_scheme=scheme) as opened:
        page = opened.new_page()
        witness = Witness(page)
        for path in (*PATHS, *TABLES):
            page.goto(server.url + path)
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            expected = 1 if path == "/nowhere" else 0
            assert len(witness.said) == expected, (path, witness.said)
            witness.said.clear()
            assert not violations(page), path
        assert not witness.outside(server.url)


@pytest.fixture(scope="module")
def private(secretive: Path) -> Iterator[Server]:
    """`mirror browse` on the sample with something to hide."""
    running = Server(secretive, unused_port())
    yield running
    running.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_public_is_marked_for_all_to_see(
    chromium: Browser, private: Server, scheme: Any
) -> None:
    with chromium.new_context(color_scheme=scheme) as opened:
        page = opened.new_page()
        witness = Witness(page)
        for post in (DRAFT, LOCKED):
            page.goto(f"{private.url}/posts/{post}")
            settled(page)
            expect(page.get_by_text("Not public").first).to_be_visible()
            assert not violations(page), post
        for path in (f"/search?q={SECRET}", f"/posts/{ONCE_A_DRAFT}?version=1", "/", "/changes"):
            page.goto(private.url + path)
            settled(page)
            assert not violations(page), path
        assert not witness.said


def test_a_reader_finds_reads_and_compares(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("searchbox", name="Search posts").fill("storm drains")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Storm drains: who pays, and who decides, after").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Storm drains")
    frame = page.frame_locator("iframe.reader")
    expect(frame.get_by_text("said a council source").first).to_be_visible()
    page.get_by_role("link", name="First against latest").click()
    expect(page.locator("del", has_text="the mayor").first).to_be_visible()
    expect(page.locator("ins", has_text="a council source").first).to_be_visible()
    page.get_by_role("link", name="In one text").click()
    expect(page.locator("p.one.is-changed").first).to_be_visible()
    page.go_back()
    page.go_back()
    page.get_by_label("As of").fill("2026-01-01")
    page.get_by_role("button", name="Go").click()
    assert "at=2026-01-01" in page.url


def test_the_reading_frame_is_as_tall_as_its_text(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url + "/posts/1")
    settled(page)
    inner = page.evaluate(
        "document.querySelector('iframe.reader').contentDocument.body.scrollHeight"
    )
    outer = page.locator("iframe.reader").bounding_box()
    assert outer
    assert inner <= outer["height"] <= inner + 10
    page.set_viewport_size({"width": 500, "height": 3000})
    page.wait_for_timeout(300)
    shorter = page.locator("iframe.reader").bounding_box()
    assert shorter
    assert shorter["height"] < 2500, "the frame follows its text, not the window"


@pytest.mark.parametrize("last", ["**/mirror.js", "**/thumbnails/*"])
def test_a_card_whose_picture_fails_is_like_one_that_has_none(
    chromium: Browser, server: Server, last: str
) -> None:
    """Whether the picture fails before the page's script runs, or after."""
    with chromium.new_context(viewport={"width": 1440, "height": 3000}) as opened:
        page = opened.new_page()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/thumbnails/*", lambda route: route.fulfill(status=404))
        page.route(last, hold)
        page.goto(server.url + "/search?q=harbour", wait_until="commit")
        page.wait_for_timeout(500)
        page.unroute(last, hold)
        assert held
        for route in held:
            route.fallback()
        settled(page)
        expect(page.locator(".card h3").first).to_be_visible()
        expect(page.locator(".card-picture, .card .tile-word")).to_have_count(0)
        boxes = [card.bounding_box() for card in page.locator(".card").all()]
        assert max(box["height"] for box in boxes if box) < 250


def test_a_quote_leads_to_its_place(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url + "/posts/4")
    settled(page)
    page.get_by_role("button", name="originally published by Reuters").click()
    mark = page.frame_locator("iframe.reader").locator("#evidence-0")
    expect(mark).to_have_class(re.compile("is-pointed"))
    expect(mark).to_be_in_viewport()


def test_an_upstream_is_followed_to_its_story(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Upstreams").click()
    page.get_by_role("link", name="North Valley News").click()
    page.get_by_role("link", name="Old ports face the sea first").click()
    page.get_by_role("link", name="3 places carry this story").click()
    expect(page.locator("ol.story > li")).to_have_count(3)
    page.get_by_role("link", name="What this copy changed").last.click()
    expect(page.locator("del").first).to_be_visible()


def test_a_question_is_read_and_exported(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url + "/queries")
    page.get_by_role("link", name="Silent edits").click()
    expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(6)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).evaluate(
            "link => { link.download = ''; link.click() }"
        )
    assert "silent_edits" in download.value.url


def test_the_sql_editor_works_under_the_policy(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    witness = Witness(page)
    page.goto(server.url + "/mirror?sql=select+1+as+one")
    expect(page.locator(".CodeMirror")).to_be_visible()
    page.get_by_role("button", name="Format SQL").click()
    expect(page.locator(".CodeMirror-code")).to_contain_text("select")
    page.goto(server.url + "/mirror/posts")
    page.locator("svg.dropdown-menu-icon").first.click()
    expect(page.locator(".dropdown-menu").last).to_be_visible()
    assert not witness.said


def test_the_keyboard_alone_is_enough(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(server.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.locator(".quick input")).to_be_focused()
    page.keyboard.type("storm drains long debate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=storm+drains*")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card h3') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("iframe.reader")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "what changed":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?*")


def test_pages_work_without_scripts(chromium: Browser, server: Server) -> None:
    with chromium.new_context(java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(server.url + "/posts/5")
        expect(page.frame_locator("iframe.reader").locator("p").first).to_be_visible()
        page.goto(server.url)
        expect(page.locator("svg.pygal-chart").first).to_be_visible()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[int]]]:
    path, posts = hostile.build(tmp_path_factory.mktemp("hostile"))
    running = Server(path, unused_port())
    yield running, posts
    running.stop()


def test_no_payload_runs_or_phones_home(
    context: BrowserContext, attacked: tuple[Server, list[int]], tmp_path: Path
) -> None:
    server, posts = attacked
    assert len(PAYLOADS) >= 60
    page = context.new_page()
    witness = Witness(page)
    wall = [
        "/", "/search", "/search?q=script", "/changes", "/upstreams", "/upstreams/evil.invalid",
        "/sites/hostile.invalid", "/stories", "/media", "/media?show=broken", "/media?show=others",
        "/mirror/posts", "/mirror/authors", "/mirror/terms", "/mirror/attributions",
        "/mirror/media_files", "/mirror/failures", "/mirror/post_versions", "/mirror/late_edits",
        "/mirror/broken_media", "/mirror/coverage_gaps", f"/mirror/posts/{posts[0]}",
    ]  # fmt: skip
    for post in posts:
        wall += [f"/posts/{post}", f"/posts/{post}/compare?view=inline", f"/posts/{post}/content"]
    for path in wall:
        page.goto(server.url + path, wait_until="load")
        # Whatever waits for a hand gets one: links to scripts, hovers, toggles.
        for frame in page.frames:
            frame.evaluate(
                """() => { for (const link of document.querySelectorAll('a, summary, mark'))
                    for (const kind of ['mouseover', 'focus', 'toggle'])
                        link.dispatchEvent(new Event(kind, {bubbles: true})) }"""
            )
            script_links = frame.evaluate(
                """() => [...document.querySelectorAll('a, area')].map(a => a.protocol)
                    .filter(p => !['http:', 'https:', 'mailto:', ':', ''].includes(p))"""
            )
            assert not script_links, (path, script_links)
            assert not frame.evaluate("document.querySelectorAll('main [onclick]').length"), path
    assert not witness.popped
    assert not witness.outside(server.url)
    refused = [text for text in witness.said if "Content Security Policy" in text]
    assert not refused, "sanitising alone must be enough"


def test_a_hostile_file_is_no_page(
    context: BrowserContext, attacked: tuple[Server, list[int]]
) -> None:
    server, _ = attacked
    page = context.new_page()
    witness = Witness(page)
    page.goto(server.url + "/media?show=others")
    files = page.locator(".wall a").evaluate_all("links => links.map(a => a.pathname)")
    page.goto(server.url + "/media")
    files += page.locator(".wall a").evaluate_all("links => links.map(a => a.pathname)")
    assert len(files) == 3
    for path in files:
        page.goto(server.url + path)
        settled(page)
        reply = context.request.get(server.url + path.replace("/media/", "/files/"))
        assert "sandbox" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        if reply.headers["content-type"] != "image/png":
            assert reply.headers["content-disposition"].startswith("attachment")
    assert not witness.popped
    assert not witness.outside(server.url)
