"""Reading without a network: local addresses only, nothing active, versions as they were."""

import hashlib
import re
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.media.offline import localise
from mirror.media.page import data_uri, sanitise, standalone
from mirror.store import held
from tests.media.hostile import GOOD
from tests.media.sites import Server, Site

BASE = "https://site.example/2024/post/"
HELD = {
    "https://site.example/u/a.jpg": "A",
    "https://site.example/u/b.jpg": "B",
    "https://site.example/u/v.mp4": "V",
    "https://site.example/u/d.pdf": "D",
    "https://site.example/2024/post/rel.png": "R",
}


def shown(html: str) -> str:
    return localise(html, HELD.get, BASE)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/u/a.jpg">', '<img src="A">'),
        ('<img src="rel.png">', '<img src="R">'),
        (
            '<img src="/u/a-300x200.jpg" srcset="/u/a-300x200.jpg 300w, /u/a.jpg 900w" sizes="x">',
            '<img src="A">',
        ),
        (
            '<img src="data:image/gif;base64,R0" data-src="/u/a.jpg" loading="lazy">'
            '<noscript><img src="/u/a.jpg"></noscript>',
            '<img src="A">',
        ),
        (
            '<picture><source srcset="/u/a.webp"><img src="/u/a.jpg"></picture>',
            '<picture><source><img src="A"></picture>',
        ),
        (
            '<video src="/u/v.mp4" poster="/u/b.jpg"></video>',
            '<video src="V" poster="B"></video>',
        ),
        (
            '<video><source src="/u/v.mp4"></video>',
            '<video><source src="V"></video>',
        ),
        (
            '<a href="/u/d.pdf">d</a><a href="/other">o</a>',
            '<a href="D">d</a><a href="/other">o</a>',
        ),
        (
            "<div style=\"color:red;background:url('/u/a.jpg')\">x</div>",
            '<div style="color:red;background:url(&quot;A&quot;)">x</div>',
        ),
        ('<div data-bg="/u/b.jpg">x</div>', '<div data-bg="B">x</div>'),
        ('<img src="/u/gone.jpg">', '<img src="https://site.example/u/gone.jpg">'),
        ("no markup & none", "no markup & none"),
    ],
)
def test_addresses_become_local(html: str, expected: str) -> None:
    assert shown(html) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<noscript>", "</noscript>", "<picture>", "</picture>", "<img src=/u/a.jpg>",
                "<img data-src=/u/a.jpg src=x>", "<source srcset=/u/a.jpg>", "'>",
                "<video>", "<div style='url(", "<a href=/u/d.pdf>", "<table>", "<svg>", "<p>",
                "</p>", "<template>", "text", "\x00", "\ud800",
                "<img srcset=',,, 3w ,'>", "<script>", "<!--",
            ]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_any_html_is_answered(html: str) -> None:
    assert isinstance(shown(html), str)
    assert "<script" not in standalone(
        {"content": html, "title": html, "link": html}, HELD.get, str
    )


def test_links_lead_upstream_and_pictures_stand_in_the_page() -> None:
    sha = {"https://site.example/u/a.jpg": "a" * 64, "https://site.example/u/d.pdf": "d" * 64}
    page = standalone(
        {
            "content": '<a href="/u/a.jpg"><img src="/u/a.jpg"></a><a href="/u/d.pdf">d</a>'
            f'<a href="mirrored:{"e" * 64}">forged</a>',
            "link": BASE,
        },
        sha.get,
        lambda sha256: f"data:image/png;base64,{sha256[0]}",
    )
    assert re.findall(r'src="([^"]*)"', page) == ["data:image/png;base64,a"]
    assert re.findall(r'<a href="([^"]*)"', page)[1:] == [
        "https://site.example/u/a.jpg", "https://site.example/u/d.pdf",
    ]  # fmt: skip
    assert "mirrored:" not in page


def test_hostile_html_takes_no_longer_than_its_length_deserves() -> None:
    for html in (
        "<noscript>" * 50_000 + "<img src=/u/a.jpg>",
        "<picture>" + "<source srcset=/u/a.jpg>" * 50_000,
        f"<p style='{'url(' * 200_000}'>",
        f"<img srcset='{'a 1w,' * 100_000}'>",
        "<div class=gallery>" * 20_000 + "<img src=/u/a.jpg>" * 20_000,
    ):
        start = time.process_time()
        shown(html)
        assert time.process_time() - start < 5, html[:40]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://tracker.example/p.gif'>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<svg><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='x.swf'></object><embed src=x>",
        "<style>@import 'https://evil.example'</style>",
        "<div style='background:url(https://evil.example/a)'>x</div>",
        "<form action='https://evil.example'><input></form>",
        "<base href='//evil.example/'><meta http-equiv=refresh content='0;url=//evil.example'>",
        "<math><mtext></p><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<video src='https://evil.example/v.mp4' autoplay></video>",
    ],
)
def test_nothing_active_and_nothing_remote_comes_through(html: str) -> None:
    page = sanitise(html)
    assert not re.search(
        r"(?i)onerror|onload|javascript:|<script|<iframe|<svg|style=|evil|tracker|data:", page
    )


def test_a_page_holds_its_pictures(site: Site) -> None:
    post = {
        "title": "Fish &amp; <em>chips</em>",
        "content": '<p>Look:</p><img src="/good.png" alt="g"><img src="/404.png"><script>1</script>'
        "mirrored:" + "a" * 64,
        "link": f"{site.url}/post/",
        "date_gmt": "2024-01-01T00:00:00Z",
    }
    site.want("/good.png", "/404.png")
    site.fetch()

    def embed(sha256: str) -> str | None:
        found = held.get(site.db, sha256)
        assert found is not None
        with site.store.open(found.path) as file:
            return data_uri(file.read(), found.mime)

    page = standalone(post, held.lookup(site.db, 1), embed)
    assert "<title>Fish &amp; chips</title>" in page
    assert page.count("data:image/png;base64,") == 1
    assert re.findall(r'src="([^"]*)"', page) == [data_uri(GOOD, "image/png")]
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_an_address_has_the_file_of_its_time(site: Site, server: Server) -> None:
    site.want("/replaced.png")
    site.fetch()
    first = site.row("/replaced.png")["sha256"]
    server.get("/replace")
    site.now += timedelta(days=40)
    site.fetch()
    second = site.row("/replaced.png")["sha256"]
    url = f"{site.url}/replaced.png"
    assert held.lookup(site.db, 1)(url) == second
    assert held.lookup(site.db, 1, at="2026-01-20T00:00:00Z")(url) == first
    assert held.lookup(site.db, 1, at="2026-03-01T00:00:00Z")(url) == second


def test_a_variant_is_shown_by_its_original(site: Site) -> None:
    site.want("/good.png", "/good-300x200.png")
    site.fetch()
    digest = hashlib.sha256(GOOD).hexdigest()
    look_up = held.lookup(site.db, 1)
    assert look_up(f"{site.url}/good-300x200.png") == digest
    assert look_up(f"{site.url}/other.png") is None
