"""What a post's HTML becomes before anybody sees it."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.browse.bombs import is_bomb
from mirror.browse.highlight import Quote, highlight
from mirror.browse.reading import readable
from mirror.media.prose import ELEMENTS, GONE
from tests.browse.payloads import PAYLOADS

BASE = "https://site.example/2026/post/"
LOCAL = "/files/" + "a" * 64
ACTIVE = re.compile(
    r"<(script|style|iframe|object|embed|svg|math|form|input|link|meta|base)\b|"
    r"<[^>]*\s(on\w+|style|srcset|srcdoc|ping|poster|id|name)=",
    re.I,
)


def read(html: str) -> str:
    return readable(html, base=BASE, lookup=lambda url: LOCAL if "held" in url else None)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_active_is_left_of_a_payload(payload: str) -> None:
    html = read(f"<p>before</p>{payload}<p>after</p>")
    bare = re.sub(r'="[^"]*"', '=""', html)
    assert not ACTIVE.search(bare), html
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', html)).lower()
    for source in re.findall(r'src="([^"]*)"', html):
        assert source == LOCAL
    assert "before" in html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <b>two</b></p>", "<p>One <b>two</b></p>"),
        ("<img src=held.png alt=x width=12>", f'<img src="{LOCAL}" alt="x" width="12" loading'),
        ("<img data-lazy-src=held.png src=data:,x>", f'<img src="{LOCAL}"'),
        (
            "<img src=https://else.example/b.png>",
            "Picture not mirrored: https://else.example/b.png",
        ),
        ("<img src=../b.png>", "Picture not mirrored: https://site.example/2026/b.png"),
        ("<img>", '<span class="not-mirrored">Picture not mirrored</span>'),
        ("<video src=v.mp4></video>", "Video not mirrored: https://site.example/2026/post/v.mp4"),
        ("<video src=held.mp4></video>", f'<video src="{LOCAL}"'),
        (
            "<iframe src=https://tube.example/1></iframe>",
            "Embedded page not mirrored: https://tube",
        ),
        ("<a href=/about?a=1&b=2>x</a>", 'href="https://site.example/about?a=1&amp;b=2"'),
        ("<a href=#note>x</a>", 'href="#note"'),
        ("<a href=mailto:a@b.example>x</a>", 'href="mailto:a@b.example"'),
        ("<a href=https://else.example>x</a>", 'target="_blank"'),
        ("<a href=https://else.example>x</a>", 'rel="noopener noreferrer nofollow"'),
        ("<figure class='alignleft evil'>x</figure>", '<figure class="alignleft">'),
        ("<p class=x style=color:red>x</p>", "<p>x</p>"),
    ],
)
def test_what_a_reader_may_see(html: str, expected: str) -> None:
    assert expected in read(html).replace(' class=""', "")


def test_links_without_a_scheme_we_know_lead_nowhere() -> None:
    for href in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[::1"):
        assert "href" not in read(f'<a href="{href}">x</a>')


def test_kept_and_dropped_elements_are_different_ones() -> None:
    assert not ELEMENTS & GONE


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 200_000,
        "<b a=1><i>" * 100_000,
        "<ul><li>" * 100_000,
        "<div " + " ".join(f"a{n}" for n in range(100_000)) + ">x",
        "<div x='>' " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x",
        "<a/b" + "/c" * 100_000,
        "<" * 1_000_000,
        "<!--" * 300_000,
        "&amp" * 500_000,
        "<img src=x>" * 30_000,
        "<a href='" * 100_000,
        "<table><b>" * 50_000,
    ],
    ids=lambda bomb: bomb[:12],
)
def test_bombs_go_off_elsewhere(bomb: str) -> None:
    started = time.process_time()
    read(bomb)
    assert time.process_time() - started < 6


def test_ordinary_posts_are_no_bombs() -> None:
    rows = "<tr><td>1<td>2</tr>" * 3000
    assert not is_bomb(f"<table>{rows}</table>" + "<p>text<br>" * 3000 + "<li>x" * 3000)
    assert is_bomb("<div>" * 500)


FRAGMENTS = st.lists(
    st.sampled_from(
        ["<", ">", '"', "'", "=", "&", ";", "/", "!--", "-->", "a ", "b", "script", "img ", "svg",
         "style", "math", "src=", "on", "x", "\x00", " ", "\n", "é", "&lt;", "title", "href=",
         "javascript:", "<p>", "</p>", "<b>", "table"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS | st.text(max_size=80))
def test_any_text_is_read_without_harm(html: str) -> None:
    bare = re.sub(r'="[^"]*"', '=""', read(html))
    assert not ACTIVE.search(bare)
    assert read(read(html)).count("<script") == 0


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS, FRAGMENTS, st.integers(0, 50) | st.none())
def test_marking_changes_no_text_and_no_tag(html: str, quote: str, at: int | None) -> None:
    safe = read(f"<p>{html}</p>")
    marked, _ = highlight(safe, [Quote(number=7, words=quote, at=at)])
    assert re.sub(r'<mark class="evidence"(?: id="evidence-7")?>|</mark>', "", marked) == re.sub(
        r"</mark>", "", safe
    )


@pytest.mark.parametrize("words", ["two three", "TWO  three R", "R&D", "r & d four.", "four"])
def test_quotes_are_found_across_tags_entities_and_blanks(words: str) -> None:
    html = "<p>one two\n<b>three</b> R&amp;D four. Five</p>"
    marked, found = highlight(html, [Quote(number=0, words=words)])
    assert found == {0}
    inside = "".join(re.findall(r"<mark[^>]*>([^<]*)</mark>", marked)).replace("&amp;", "&")
    assert "".join(inside.lower().split()) == "".join(words.lower().split())


def test_the_nearest_of_several_places_is_marked() -> None:
    html = "<p>see Reuters</p>" + "<p>and so on and on</p>" * 20 + "<p>see Reuters</p>"
    for at, first in ((0, True), (400, False), (None, False)):
        marked, _ = highlight(html, [Quote(number=0, words="see Reuters", at=at)])
        assert marked.startswith("<p><mark") is first


def test_overlapping_quotes_do_not_tangle() -> None:
    quotes = [Quote(number=0, words="a b c"), Quote(number=1, words="b c d")]
    marked, found = highlight("<p>a b c d</p>", quotes)
    assert found == {0, 1}
    assert marked == '<p><mark class="evidence" id="evidence-0">a b c</mark> d</p>'


def test_marking_is_linear() -> None:
    html = "<p>" + "ab &amp; " * 100_000 + "</p>"
    started = time.process_time()
    highlight(html, [Quote(number=n, words="ab & " * 5 + "x" * n) for n in range(5)])
    assert time.process_time() - started < 5
