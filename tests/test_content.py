"""Content: text, links and sources of HTML, however broken."""

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.content import Content, flattened, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>One <b>two</b>.</p><p>three</p>", "One two.\nthree"),
        ("a<br>b<hr/>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3"),
        ("x<script>alert(1)</script><style>p{}</style>y", "xy"),
        ("x<noscript><img src=a>n</noscript><textarea>t</textarea>y", "xy"),
        ("a <!-- c -->b", "a b"),
        ("a&nbsp;&nbsp;b \n\t c", "a b c"),
        ("un<em>broken</em> word", "unbroken word"),
        ("<p>5 &lt; 6 &amp;amp; 7</p>", "5 < 6 &amp; 7"),
        ("<x-unknown>kept</x-unknown>", "kept"),
        ("a\0b", "ab"),
        ("a\ud800b", "a?b"),
        ("<p>unclosed <b>bold <p>next", "unclosed bold\nnext"),
    ],
)
def test_text(html: str, text: str) -> None:
    assert Content(html).text == text


def test_links_know_their_place() -> None:
    content = Content(
        '<p>See <a href=" /a " rel="nofollow"> the <b>one</b> </a>, <a>no href</a> and '
        '<a href="/b"><img src="i.png"></a></p>'
        '<blockquote><p>Said <a href="/c">c</a></p></blockquote>'
    )
    assert [(x.href, x.text, x.rel) for x in content.links] == [
        ("/a", "the one", "nofollow"),
        ("/b", "", ""),
        ("/c", "c", ""),
    ]
    assert [content.text[x.start : x.end] for x in content.links] == ["the one", "", "c"]
    assert [(s.tag, s.src) for s in content.sources] == [("img", "i.png")]
    aside = content.asides[0]
    assert aside.kind == "blockquote"
    assert content.text[aside.start : aside.end].strip() == "Said c"


def test_a_link_ends_the_one_around_it() -> None:
    content = Content("<a href=/a>one<table><td>two <a href=/b>three</a> four</table></a> five")
    assert [(x.href, x.text) for x in content.links] == [("/a", "one\ntwo"), ("/b", "three")]
    assert [content.text[x.start : x.end] for x in content.links] == ["one\ntwo", "three"]
    nested = Content("<a href=x><table><td>" * 200 + "word <i>x</i> " * 10_000)
    assert len(nested.links) == 200
    assert sum(len(link.text) for link in nested.links) <= len(nested.text)


def test_nesting_is_cut_at_the_depth_at_which_browsers_cut_it() -> None:
    bomb = "<div>" * 50_000 + "within" + "</div>" * 50_000 + "<p>after</p>"
    assert Content(bomb).text.split() == ["within", "after"]


def test_tables_of_a_thousand_rows_are_no_bomb() -> None:
    rows = "".join(f"<tr><td>{n}<td>x" for n in range(1000))
    assert Content(f"<table>{rows}</table>").text.count("\n") == 999


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("AT&amp;T &#8211; <em>the</em>  story", "AT&T – the story"),
        ("5 &lt; 6", "5 < 6"),
        ("twice &amp;amp; escaped", "twice &amp; escaped"),
        ("", ""),
    ],
)
def test_plain_unescapes_once(html: str, text: str) -> None:
    assert plain(html) == text


MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            ["<p>", "</p>", "<a href='x'>", "</a>", "<div>", "</div>", "<table>", "<td>",
             "<script>", "<!--", "-->", "<svg>", "<li>", "<b>", "</b>", "&amp;", "&#0;",
             "<", ">", "</", "\0", "<blockquote>", "</blockquote>", "<img src=i>",
             "<template>", "<frameset>", "<body>"]
        ),
        st.text(max_size=12),
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(MARKUP)
@settings(max_examples=200, deadline=None)
def test_any_html_has_text_and_links_within_it(html: str) -> None:
    content = Content(html)
    text = content.text
    assert text == Content(html).text
    assert text == text.strip()
    assert "  " not in text
    assert "\n\n" not in text
    for link in content.links:
        assert text[link.start : link.end] == link.text
    for aside in content.asides:
        assert 0 <= aside.start <= aside.end <= len(text)


HEAVY = {
    "formatting that is open in each block": "<p>" + "".join(f"<b c{n}>" for n in range(500))
    + "</p>" + "<p>x" * 20_000,
    "ends that close nothing": "<li><ul></x>" * 20_000,
    "ends in comments": "<div><!--</div>-->" * 20_000,
    "depth": "<div>" * 100_000,
    "items in each other": "<p>x<li><dd>" * 30_000,
    "readings of no characters": "<p>x" + "<rp>" * 60_000,
    "options": "<p>x</p><select>" + "<option selected>" * 40_000 + "</select>",
    "attributes": "<p>x<i " + " ".join(f"a{n}" for n in range(80_000)) + ">",
}  # fmt: skip


@pytest.mark.parametrize("markup", HEAVY.values(), ids=HEAVY)
def test_what_would_keep_a_parser_busy_is_flattened(markup: str) -> None:
    before, started = peak(), time.process_time()
    text = Content(markup).text
    assert time.process_time() - started < 5
    assert peak() - before < 150
    assert text.count("x") == markup.count("<p>x")


def peak() -> int:
    """Megabytes that this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def test_items_that_are_not_closed_are_no_bomb() -> None:
    """Nor is what Japanese readers are told of each character."""
    for usual in (
        "<ul>" + "<li>a" * 2_000 + "</ul>",
        "<dl>" + "<dt>a<dd>b" * 2_000 + "</dl>",
        "<dl>" + "<dt>a</dt><dd><ul><li>b</li></ul></dd>" * 2_000 + "</dl>",
        "<ruby>字<rp>(<rt>じ<rp>)</ruby>" * 2_000,
        "<select>" + "<option>a</option>" * 800 + "</select>",
    ):
        assert flattened(usual) == usual


def test_what_is_closed_is_not_deep() -> None:
    """And what is usual stays as it is, to the letter."""
    usual = "<div><p><b>a</b> <i>b</i><br></p><!-- <div> --><span>c</span></div>" * 2_000
    assert flattened(usual) == usual
    deep = "<div>" * 600 + "x" + "</div>" * 600 + "<p>y</p>"
    assert Content(deep).text == "x\ny"
