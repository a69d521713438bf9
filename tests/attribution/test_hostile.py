"""No input makes a rule raise, or take more than 50 ms for a megabyte."""

import time
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.attribution import RULES, judge, site_of, to_line
from mirror.attribution.article import Article
from mirror.content import Content

SIZE = 1_000_000
BUDGET = 0.050
SITE = {"link": "https://copy.org/a/"}


def filled(text: str) -> str:
    return (text * (SIZE // len(text) + 1))[:SIZE]


MEGABYTES = {
    "one word": filled("a"),
    "spaces": filled(" "),
    "open brackets": filled("(((( "),
    "sentences": filled("A. "),
    "closing lines": filled("<p>This post first appeared on </p>"),
    "one closing line": filled("first appeared on "),
    "footers": filled('<p>The post <a href="x">a</a> appeared first on <a href="/b">B</a>.</p>'),
    "links to the original": filled('<a href="https://cnn.com/x/y">Read the original</a> '),
    "source lines": filled('<p>Source: <a href="https://cnn.com/x/y">q</a></p>'),
    "labels": filled("original original original: "),
    "labels without anything": filled("source:<br>"),
    "labels in quotations": filled("<blockquote>source: x</blockquote>"),
    "an endless host": "Source: https://" + filled("a."),
    "slashes": filled("/ "),
    "a byline": "By " + filled("a, "),
    "desk credits": filled("(reporting by a; "),
    "copyright": filled("© 2024 The "),
    "datelines": filled("A (Reuters) - "),
    "images": filled('<img src="https://i.guim.co.uk/a.jpg">'),
    "CMS addresses": filled('<p data-uri="cms.cnn.com/a">'),
    "half CMS addresses": filled('data-uri="a.a.a.a.a.'),
    "classes": filled('<p class="dcr-'),
    "canonical links": filled('<link rel="canonical" href="https://a.com/b">'),
    "half canonical links": filled("<link rel=canonical "),
    "canonical in a long tag": filled("<link canonical canonical "),
    "counters": filled('<img src="https://counter.theconversation.com/content/1/c">'),
    "share buttons": filled('<a href="https://www.facebook.com/share.php?u=https://x.com/y">s</a>'),
    "next and previous": filled('<a href="https://x.com/y/z">Previous post</a>'),
    "a name": "appeared first on " + filled("Aa "),
    "Chinese": filled("原文转载自"),
    "Arabic": filled("ظهرت "),
    "a letter that grows in lower case": filled("İ source: "),
    "surrogates": filled("\ud800 first "),
    "NULs": filled("\0source:\0"),
}


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Tables that are built once a process (the suffix list, the automaton) cost no post."""
    for rule in RULES:
        list(rule(Article(rule.example.post, site_of(rule.example.post))))


@pytest.mark.parametrize("html", MEGABYTES.values(), ids=MEGABYTES.keys())
def test_a_megabyte(html: str) -> None:
    content = Content(html)
    assert isinstance(content.text, str)
    for rule in RULES:
        taken = seconds(rule, html, content)
        if taken >= BUDGET:  # once more: other processes take the caches too
            taken = min(seconds(rule, html, content) for _ in range(3))
        assert taken < BUDGET, f"{rule.name} took {taken * 1000:.0f} ms"


def seconds(rule: Any, html: str, content: Content) -> float:
    article = Article({**SITE, "content": {"rendered": html}}, site_of(SITE), content)
    article.stems  # noqa: B018 (shared by all rules, and measured by the next test)
    start = time.process_time()
    list(islice(rule(article), 10_000))
    return time.process_time() - start


@pytest.mark.parametrize("html", MEGABYTES.values(), ids=MEGABYTES.keys())
def test_what_the_rules_share(html: str) -> None:
    content = Content(html)
    assert isinstance(content.text, str)
    start = time.process_time()
    article = Article({**SITE, "content": {"rendered": html}}, site_of(SITE), content)
    assert isinstance(article.stems, dict)
    assert time.process_time() - start < BUDGET


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="https://cnn.com/2020/a/b-c">Read more{"»" * 26}x</a>',
        "First appeared here by " + "'" * 60 + "= <a href=https://cnn.com/2020/a/b-c>it</a>",
    ],
    ids=["arrows", "apostrophes"],
)
def test_a_few_characters_are_not_tried_in_every_way(html: str) -> None:
    post = {**SITE, "content": {"rendered": f"<p>Text.</p><p>{html}</p>"}}
    start = time.process_time()
    judge(post, site_of(post))
    assert time.process_time() - start < 1


WORDS = st.sampled_from(
    ["first", "appeared", " on ", "Source:", "<p>", "</p>", "<a href='https://cnn.com/a/b'>",
     "</a>", "The Guardian", "(Reuters)", " – ", "original", "原文", "：", "<br>", ". ",
     "https://x.org/a", "<blockquote>", "republished from", "\ud800", "\0", "İ", "By ", "©",
     "/PRNewswire/", "www.", "<img src='//i.guim.co.uk/x'>", "data-uri=\"cms.cnn.com/\"",
     "is a newsroom", "Read more »"]
)  # fmt: skip
HTML = st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=40).map("".join)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30))
JSON = st.recursive(
    st.one_of(SCALARS, st.sampled_from(["https://cnn.com/a/b", "http://[::1", "tag:a.com,1"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["rendered", "href", "self", "name", "canonical", "schema", "isBasedOn",
                             "author", "channel", "link", "syndication_permalink", "byline"]),
            inner, max_size=3,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = st.sampled_from(
    ["link", "guid", "title", "content", "excerpt", "meta", "acf", "_links", "_head", "_rss",
     "_embedded", "yoast_head", "yoast_head_json", "rank_math_head", "class_list"]
)  # fmt: skip


@given(st.dictionaries(FIELDS, JSON, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_post_is_judged(post: dict[str, Any]) -> None:
    line = to_line(post, judge(post, site_of(post)))
    assert 0.0 <= line["confidence"] <= 1.0
    assert line["syndicated"] == bool(line["upstream_domain"])


@given(HTML)
@settings(max_examples=200, deadline=None)
def test_any_content_is_judged_and_twice_the_same(html: str) -> None:
    post = {**SITE, "content": {"rendered": html}}
    judged = judge(post, site_of(post))
    assert judged == judge(post, site_of(post), Content(html))
    text = Content(html).text
    for piece in judged.evidence:
        assert piece.quote
        assert piece.domain
        assert piece.offset is None or 0 <= piece.offset <= len(text)
