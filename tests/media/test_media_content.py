"""Which media an object uses."""

import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mirror.content import Content
from mirror.content_media import MAX_USES, of_attachment, parse_srcset, shown, uses
from mirror.media_urls import canonical, variant

BASE = "https://site.example/"
U = "https://site.example/u"


def found(html: str, **fields: Any) -> list[tuple[str, str]]:
    return [(use.url, use.role) for use in uses({"content": {"rendered": html}, **fields}, BASE)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="/u/a.jpg">', [f"{U}/a.jpg"]),
        ('<img src="//cdn.example/a.jpg">', ["https://cdn.example/a.jpg"]),
        (
            '<img src="/u/a-300x200.jpg" srcset="/u/a-300x200.jpg 300w, /u/a.jpg 1200w">',
            [f"{U}/a.jpg"],
        ),
        ('<img src="/u/a.jpg" srcset="/u/a.jpg 1x, /u/a2.jpg 2x">', [f"{U}/a2.jpg"]),
        ('<img src="data:image/gif;base64,R0" data-src="/u/lazy.jpg">', [f"{U}/lazy.jpg"]),
        ('<img src="/p.gif" data-lazy-src="/u/lazy.jpg">', [f"{U}/lazy.jpg"]),
        ('<img src="/p.gif" data-lazy-srcset="/u/l.jpg 300w, /u/m.jpg 600w">', [f"{U}/m.jpg"]),
        ('<img src="/u/s-1024x768.jpg" data-orig-file="/u/s.jpg">', [f"{U}/s.jpg"]),
        ('<img src="data:," ><noscript><img src="/u/n.jpg"></noscript>', [f"{U}/n.jpg"]),
        (
            '<picture><source srcset="/u/a.webp 900w"><img src="/u/a.jpg"></picture>',
            [f"{U}/a.jpg"],
        ),
        ('<picture><source srcset="/u/a.webp 900w"></picture>', [f"{U}/a.webp"]),
        (
            '<video poster="/u/p.jpg"><source src="/u/v.mp4"><track src="/u/v.vtt"></video>',
            [f"{U}/p.jpg", f"{U}/v.mp4", f"{U}/v.vtt"],
        ),
        (
            '<audio><source src="/u/a.mp3?_=1"><a href="/u/a.mp3">listen</a></audio>',
            [f"{U}/a.mp3"],
        ),
        ("<div style=\"background:url( '/u/bg.png' )\"></div>", [f"{U}/bg.png"]),
        ('<div data-bg="/u/bg.png"></div>', [f"{U}/bg.png"]),
        ("<div data-bg=\"url('/u/bg.png')\"></div>", [f"{U}/bg.png"]),
        ('<a href="/u/r.PDF">r</a><a href="/u/page/">p</a>', [f"{U}/r.PDF"]),
        ('<a href="/u/b.epub?x=1#y">b</a>', [f"{U}/b.epub?x=1"]),
        ('<object data="/u/r.pdf"></object><embed src="/u/e.pdf">', [f"{U}/r.pdf", f"{U}/e.pdf"]),
        ('<img src="/u/żółć.jpg">', [f"{U}/%C5%BC%C3%B3%C5%82%C4%87.jpg"]),
        ('<img src="/u/a b.jpg">', [f"{U}/a%20b.jpg"]),
        ('<img src="file:///etc/passwd"><img src="ftp://x.example/a.jpg">', []),
        ('<img src="http://user:pass@x.example/a.jpg">', []),
        ('<img src="http://[bad/a.jpg"><img src="http://x.example:99999/a.jpg">', []),
        ('<img src=""><img><img srcset=""><a href="">x</a>', []),
        ('<script>var x = "<img src=/u/no.jpg>"</script><!-- <img src=/u/no.jpg> -->', []),
    ],
)  # fmt: skip
def test_inline(html: str, expected: list[str]) -> None:
    assert [url for url, _ in found(html)] == expected
    assert {role for _, role in found(html)} <= {"inline"}


def test_roles() -> None:
    html = (
        '<figure class="wp-block-gallery"><figure><a href="/u/g.jpg"><img src="/u/g-150x150.jpg">'
        '</a></figure></figure><img src="/u/i.jpg"><img src="/u/i.jpg">'
    )
    embedded = {"wp:featuredmedia": [{"source_url": f"{U}/f.jpg"}]}
    assert found(html, _embedded=embedded, meta={"enclosure": [f"{U}/e.mp3\n123\naudio/mpeg"]}) == [
        (f"{U}/f.jpg", "featured"),
        (f"{U}/g.jpg", "gallery"),
        (f"{U}/g-150x150.jpg", "gallery"),
        (f"{U}/i.jpg", "inline"),
        (f"{U}/e.mp3", "enclosure"),
    ]


def test_relative_addresses_are_those_of_the_page() -> None:
    link = "https://site.example/2024/post/"
    assert found('<img src="a.jpg">', link=link) == [(f"{link}a.jpg", "inline")]
    assert found('<img src="a.jpg">', link=7) == [("https://site.example/a.jpg", "inline")]


def test_the_excerpt_is_read_too() -> None:
    (use,) = uses({"excerpt": {"rendered": "<img src=/u/x.jpg>"}}, BASE)
    assert use.url == f"{U}/x.jpg"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{U}/a.jpg", (f"{U}/a.jpg", f"{U}/a.jpg", "full", None)),
        (f"{U}/a-300x200.jpg", (f"{U}/a-300x200.jpg", f"{U}/a.jpg", "300x200", None)),
        (f"{U}/a-scaled.jpg", (f"{U}/a-scaled.jpg", f"{U}/a.jpg", "scaled", None)),
        (f"{U}/a-scaled-300x200.jpg", (f"{U}/a-scaled-300x200.jpg", f"{U}/a.jpg", "300x200", None)),
        (f"{U}/a-1x.jpg", (f"{U}/a-1x.jpg", f"{U}/a-1x.jpg", "full", None)),
        (
            "https://i0.wp.com/site.example/u/a.jpg?w=300&ssl=1",
            (f"{U}/a.jpg", f"{U}/a.jpg", "full", "https://i0.wp.com/site.example/u/a.jpg?w=300&ssl=1"),
        ),
        (
            "https://i2.wp.com/site.example/u/a-150x150.jpg",
            (
                "http://site.example/u/a-150x150.jpg", "http://site.example/u/a.jpg", "150x150",
                "https://i2.wp.com/site.example/u/a-150x150.jpg",
            ),
        ),
        (
            "https://i0.wp.com/notahost",
            ("https://i0.wp.com/notahost", "https://i0.wp.com/notahost", "full", None),
        ),
        (
            "https://x.files.wordpress.com/2020/a.jpg?w=300",
            (
                "https://x.files.wordpress.com/2020/a.jpg",
                "https://x.files.wordpress.com/2020/a.jpg", "full",
                "https://x.files.wordpress.com/2020/a.jpg?w=300",
            ),
        ),
    ],
)  # fmt: skip
def test_variants(url: str, expected: tuple[str, ...]) -> None:
    known = variant(url)
    assert (known.url, known.original, known.size, known.proxy) == expected


def test_the_files_of_an_attachment() -> None:
    attachment = {
        "source_url": f"{U}/huge-scaled.jpg",
        "media_details": {
            "original_image": "huge.jpg",
            "sizes": {
                "thumbnail": {"source_url": f"{U}/huge-150x150.jpg"},
                "full": {"source_url": f"{U}/huge-scaled.jpg"},
                "odd": "text",
            },
        },
    }
    assert [(use.url, use.size) for use in of_attachment(attachment, BASE)] == [
        (f"{U}/huge-scaled.jpg", "full"),
        (f"{U}/huge.jpg", "original"),
    ]
    every = of_attachment(attachment, BASE, every_size=True)
    assert [use.size for use in every] == ["full", "original", "thumbnail"]
    assert {use.original for use in every} == {f"{U}/huge.jpg"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.jpg", "", None, 7, "..", "."])
def test_an_original_lies_beside_its_file(name: object) -> None:
    attachment = {"source_url": f"{U}/a.jpg", "media_details": {"original_image": name}}
    assert [use.url for use in of_attachment(attachment, BASE)] == [f"{U}/a.jpg"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["link", "content", "excerpt", "_embedded", "meta", "enclosure", "source_url",
             "media_details", "jetpack_featured_media_url"]
        ),
        JSON,
    )
)  # fmt: skip
def test_any_object_is_answered(obj: dict[str, Any]) -> None:
    assert isinstance(uses(obj, BASE), tuple)
    assert isinstance(of_attachment(obj, BASE, every_size=True), tuple)


@settings(max_examples=200, deadline=None)
@example(";\x1b", "")
@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://a.example/", "//", "/"]))
def test_canonical_addresses_are_stable(text: str, prefix: str) -> None:
    address = canonical(prefix + text, BASE)
    if address is not None:
        assert address.isascii()
        assert address.startswith(("http://", "https://"))
        assert canonical(address, BASE) == address
        assert canonical(variant(address).url, BASE) is not None


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="a, 1wx.", max_size=60))
def test_any_srcset_is_answered(text: str) -> None:
    for url, weight in parse_srcset(text):
        assert url
        assert weight >= 0


@pytest.mark.slow
def test_counts_and_time_are_bounded() -> None:
    many = "".join(f"<img src=/{n}.jpg>" for n in range(50_000))
    for html in (
        many,
        "<picture>" + "<source srcset=b>" * 50_000,
        f"<p style='{'url(' * 300_000}'>",
        f"<img srcset='{'a 1w, ' * 200_000}'>",
        "<div class=x>" * 50_000 + "<img src=a.jpg>" * 50_000,
    ):
        start = time.process_time()
        assert len(found(html)) <= MAX_USES
        assert time.process_time() - start < 5


def test_what_stands_above_pictures_is_looked_at_once() -> None:
    crowded = "<div " + " ".join(f"a{n}" for n in range(2_900)) + ">"
    content = Content(crowded * 6 + "<p class=gallery>" + "<img src=a.jpg>" * 1_000)
    assert content.tree.body is not None
    start = time.process_time()
    assert {role for _, role in shown(content)} == {"gallery"}
    plain = Content(crowded * 6 + "<img src=a.jpg>" * 1_000)
    assert plain.tree.body is not None
    assert {role for _, role in shown(plain)} == {"inline"}
    assert time.process_time() - start < 1
