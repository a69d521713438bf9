"""Feeds, pages and sitemaps as values: what is read, what is left alone, what is never made up."""

import doctest
import html
import time
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mirror.wordpress.feeds
import mirror.wordpress.pages
import mirror.wordpress.sitemaps
from mirror.wordpress.feedparsing import MOST_CATEGORIES
from mirror.wordpress.feeds import Feed, NotAFeed, guid_id, read_feed, rest_object
from mirror.wordpress.pages import id_in_header, page_object, read_page
from mirror.wordpress.partial import merged
from mirror.wordpress.reply import Reply
from mirror.wordpress.sitemaps import Subject, places, subject_of

HOME = "https://example.org/"
ATOM = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<title type="text">The &amp;#8220;Gull&amp;#8221;</title>
<link rel="alternate" type="text/html" href="https://example.org" />
<generator uri="https://wordpress.org/" version="6.8">WordPress</generator>
{entries}</feed>"""
ATOM_ENTRY = """<entry><author><name>Zoë</name></author>
<title type="html"><![CDATA[Tom &#038; &#8220;Jerry&#8221;]]></title>
<link rel="alternate" type="text/html" href="https://example.org/a/" />
<id>https://example.org/?p=12</id>
<updated>2024-05-02T10:00:00Z</updated><published>2024-05-01T10:00:00+02:00</published>
<category scheme="https://example.org" term="News &amp; Co" />
<summary type="html"><![CDATA[Hi [&#8230;]]]></summary>
<content type="html"><![CDATA[{content}]]></content></entry>"""
RSS = """<?xml version="1.0"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Gull</title><link>https://example.org</link><description/>
<item><title>5 &#060; 6 &#38; so on</title><link>https://example.org/a/</link>
<dc:creator><![CDATA[Zoë]]></dc:creator><pubDate>Wed, 01 May 2024 08:00:00 +0000</pubDate>
<guid isPermaLink="false">https://example.org/?post_type=book&#038;p=12</guid>
<description><![CDATA[Hi]]></description>{more}</item></channel></rss>"""


def atom(content: str = "<p>Hi</p>") -> Feed:
    return read_feed(ATOM.format(entries=ATOM_ENTRY.format(content=content)).encode())


def rss(more: str = "") -> Feed:
    return read_feed(RSS.replace("{more}", more).encode())


@pytest.mark.parametrize(
    "module", [mirror.wordpress.feeds, mirror.wordpress.pages, mirror.wordpress.sitemaps]
)
def test_the_examples_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


# Feeds.


def test_atom_says_when_a_post_was_modified() -> None:
    (entry,) = atom().entries
    assert rest_object(entry, "post", 12) == {
        "id": 12,
        "date_gmt": "2024-05-01T08:00:00",
        "modified_gmt": "2024-05-02T10:00:00",
        "guid": {"rendered": "https://example.org/?p=12"},
        "link": "https://example.org/a/",
        "type": "post",
        "status": "publish",
        "title": {"rendered": "Tom &#038; &#8220;Jerry&#8221;"},
        "content": {"rendered": "<p>Hi</p>"},
        "excerpt": {"rendered": "Hi [&#8230;]"},
        "_feed": {"author": "Zoë", "categories": ["News & Co"]},
    }
    assert atom().title == "The “Gull”"


def test_rss_has_titles_as_text_and_no_modification() -> None:
    (entry,) = rss().entries
    obj = rest_object(entry, "book")
    assert obj["title"] == {"rendered": "5 &lt; 6 &amp; so on"}
    assert obj["guid"] == {"rendered": "https://example.org/?post_type=book&p=12"}
    assert "modified_gmt" not in obj
    assert "id" not in obj


def test_a_feed_of_excerpts_has_no_content() -> None:
    assert "content" not in rest_object(rss().entries[0], "post", 12)
    whole = rss("<content:encoded><![CDATA[<p onclick='x()'>Hi</p>]]></content:encoded>")
    # As it was sent: neither cleaned nor completed.
    assert rest_object(whole.entries[0], "post", 12)["content"] == {
        "rendered": "<p onclick='x()'>Hi</p>"
    }


def test_pictures_of_emoji_are_emoji() -> None:
    picture = (
        '<img src="https://s.w.org/images/core/emoji/17.0.2/72x72/1f600.png" alt="😀" '
        'class="wp-smiley" style="height: 1em; max-height: 1em;" />'
    )
    assert atom(f"<p>{picture}</p>").entries[0].content == "<p>😀</p>"


def test_a_protected_post_shows_no_form() -> None:
    form = '<form action="/wp-login.php" class="post-password-form" method="post"></form>'
    entry = atom(form).entries[0]
    obj = rest_object(entry, "post", 12)
    assert obj["content"] == {"rendered": "", "protected": True}
    assert obj["excerpt"] == {"rendered": "", "protected": True}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Not here</body></html>", b'{"code":"rest"}', b"http://example.org/feed/",
     b"\xff\xfe\x00", b"<?xml version='1.0'?><urlset></urlset>", b"/etc/passwd"],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_feed(body)


def test_noise_before_the_feed_is_cut_away() -> None:
    body = b"\xef\xbb\xbf<br />\n<b>Warning</b>: x in <b>/a.php</b>\n" + RSS.encode()
    assert [entry.link for entry in read_feed(body).entries] == ["https://example.org/a/"]


def test_a_feed_that_breaks_off_gives_what_came() -> None:
    whole = ATOM.format(entries=ATOM_ENTRY.format(content="<p>Hi</p>") * 2).encode()
    broken = read_feed(whole[: len(whole) * 2 // 3])
    assert broken.flaw
    assert broken.entries[0].link == "https://example.org/a/"


def test_a_document_type_has_no_say() -> None:
    kind = f'<!DOCTYPE rss [<!ENTITY ha "{"ha" * 5_000}">]>'
    body = RSS.replace("<rss", f"{kind}<rss", 1).replace("5 &#060; 6", "&ha;" * 90)
    assert body.startswith('<?xml version="1.0"?>')
    assert len(read_feed(body.encode()).entries[0].title) < 1_000


def test_the_declaration_says_the_encoding() -> None:
    body = RSS.replace(
        '"1.0"?>', '"1.0" encoding="ISO-8859-1"?>\n<!-- <b>made</b> by hand -->\n', 1
    )
    assert read_feed(body.encode("latin-1")).entries[0].author == "Zoë"


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ("\n" * 15_000, ""),
        ("", "".join(f"<category>c{n}</category>" for n in range(10_000))),
        ("", f"<author>{'a' * 30_000}</author>"),
    ],
    ids=["nothing before the feed", "categories", "an author"],
)
def test_nothing_in_a_feed_takes_more_than_a_moment(before: str, more: str) -> None:
    read_feed(b"<rss><channel/></rss>")  # imports the parser
    body = RSS.replace("{more}", more).replace("<rss", f"{before}<rss", 1).encode()
    start = time.process_time()
    entry = read_feed(body).entries[0]
    assert time.process_time() - start < 0.75
    assert entry.link == "https://example.org/a/"
    assert len(entry.categories) <= MOST_CATEGORIES


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    body = RSS.encode()
    try:
        feed = read_feed(body[:at] + noise + body[at:])
    except NotAFeed:
        return
    for entry in feed.entries:
        assert entry.link.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("guid", "expected"),
    [
        ("https://example.org/?p=12", 12),
        ("http://www.example.org?p=12", 12),
        ("https://example.org/?page_id=7", 7),
        ("https://example.org/?post_type=book&p=3", 3),
        ("https://example.org/2024/a/", None),  # published at once: the permalink
        ("https://other.example/?p=12", None),  # came from elsewhere, with its own id
        ("https://example.org/blog/?p=12", None),  # another site of a network
        ("https://example.org/?p=12&x=1", None),
        ("https://example.org/?p=0", None),
        ("https://example.org/?p=99999999999999999999", None),
        ("https://example.org/?p=١٢", None),
        ("urn:uuid:1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_an_id_is_read_from_this_sites_own_guids_alone(guid: str, expected: int | None) -> None:
    assert guid_id(guid, HOME) == expected


# Putting less over more.

HELD = {
    "id": 12, "slug": "a", "author": 3, "categories": [1], "status": "publish", "type": "post",
    "date_gmt": "2024-05-01T08:00:00", "modified_gmt": "2024-05-01T08:00:00",
    "link": "https://example.org/a/", "guid": {"rendered": "https://example.org/?p=12"},
    "title": {"rendered": "Tom &amp; &#8220;Jerry&#8221;"},
    "content": {"rendered": '<p class="x">Hi</p>\n', "protected": False},
    "excerpt": {"rendered": "<p>Hi [&hellip;]</p>", "protected": False},
}  # fmt: skip


def test_what_says_the_same_changes_nothing() -> None:
    partial = rest_object(atom().entries[0], "post", 12)
    for said in ("2024-05-01T08:00:00", None):
        told = {**partial, "modified_gmt": said}
        if said is None:
            del told["modified_gmt"]
        assert merged(HELD, told) is HELD


def test_an_edit_takes_nothing_away() -> None:
    partial = rest_object(atom("<p>Ho</p>").entries[0], "post", 12)
    now = merged(HELD, partial)
    assert now["content"] == {"rendered": "<p>Ho</p>", "protected": False}
    assert now["modified_gmt"] == "2024-05-02T10:00:00"
    assert {key for key in now if now[key] != HELD.get(key)} == {"content", "modified_gmt"}
    assert now["title"] is HELD["title"]


def test_a_post_of_several_pages_keeps_them() -> None:
    held = {**HELD, "content": {"rendered": "<p>One</p><!--nextpage--><p>Two</p>"}}
    partial = rest_object(atom("<p>One</p>").entries[0], "post", 12)
    assert merged(held, partial)["content"] is held["content"]


def test_feeds_strip_the_tags_of_titles() -> None:
    held = {**HELD, "title": {"rendered": "<b>Tom</b> &amp; <script>Jerry</script>"}}
    partial = {"id": 12, "title": {"rendered": "Tom &#038; Jerry"}}
    assert merged(held, partial) is held


def test_a_link_or_a_picture_that_changes_is_an_edit() -> None:
    held = {**HELD, "content": {"rendered": '<p><a href="/x">Hi</a></p>'}}
    partial = {"id": 12, "content": {"rendered": '<p><a href="/y">Hi</a></p>'}}
    assert merged(held, partial)["content"] == partial["content"]


def test_excerpts_alone_are_compared_where_there_is_nothing_else() -> None:
    assert merged(HELD, {"id": 12, "excerpt": {"rendered": "Hi […]"}}) is HELD
    now = merged(HELD, {"id": 12, "excerpt": {"rendered": "Ho […]"}})
    assert now["excerpt"] == {"rendered": "Ho […]", "protected": False}
    assert now["content"] is HELD["content"]


# Pages.


def page(body: str, link: str = "") -> Reply:
    text = f"<!DOCTYPE html><html><head></head>{body}</html>"
    return Reply(url=f"{HOME}a/", status=200, headers={"link": link}, body=text.encode())


LINK = '<https://example.org/wp-json/>; rel="https://api.w.org/", '


def test_a_header_tells_the_id() -> None:
    told = page("", LINK + "<https://example.org/?p=60>; rel=shortlink")
    assert id_in_header(told) == read_page(told).wp_id == 60
    assert id_in_header(page("", "<https://wp.me/p2-x>; rel=shortlink")) is None


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ("single single-post postid-60 single-format-standard", (60, "post")),
        ("page-template-default page page-id-50 page-child parent-pageid-48", (50, "page")),
        ("single single-book postid-7", (7, "book")),
        ("attachment attachmentid-5 single single-attachment postid-5", (5, "attachment")),
        ("home blog", (None, None)),
        ("archive category category-news", (None, None)),
        ("single postid-1 postid-2", (None, None)),
    ],
)
def test_a_body_tells_id_and_type(classes: str, expected: tuple[int | None, str | None]) -> None:
    read = read_page(page(f'<body class="{classes}"></body>'))
    assert (read.wp_id, read.slug) == expected


def test_sources_that_disagree_tell_nothing() -> None:
    told = page('<body class="single single-post postid-1"></body>',
                "<https://example.org/?p=2>; rel=shortlink")  # fmt: skip
    assert read_page(told).wp_id is None


def test_a_page_is_its_title_and_what_the_theme_calls_its_content() -> None:
    read = read_page(page(
        '<body class="page page-id-5"><nav>Menu</nav><h1 class="entry-title">A &amp; B</h1>'
        '<div class="entry-content wp-block-post-content"><p>Text</p></div></body>'
    ))  # fmt: skip
    assert page_object(read, f"{HOME}a/", "page", wp_id=5, modified_gmt="2024-01-01T00:00:00") == {
        "id": 5, "link": f"{HOME}a/", "type": "page", "status": "publish",
        "modified_gmt": "2024-01-01T00:00:00", "title": {"rendered": "A &amp; B"},
        "content": {"rendered": "<p>Text</p>"}, "_feed": {"page": True},
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_pages(text: str) -> None:
    read = read_page(page(f'<body class="{html.escape(text)}">{text}</body>', text[:50]))
    assert read.wp_id is None or read.wp_id > 0


# Sitemaps.


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("wp-sitemap-posts-post-1.xml", Subject("post", "post")),
        ("wp-sitemap-posts-my-type_x-12.xml", Subject("post", "my-type_x")),
        ("wp-sitemap-taxonomies-category-1.xml", Subject("term", "category")),
        ("wp-sitemap-users-1.xml", Subject("author", None)),
        ("?sitemap=posts&sitemap-subtype=page&paged=1", Subject("post", "page")),
        ("page-sitemap.xml", Subject("post", "page")),
        ("post-sitemap12.xml.gz", Subject("post", "post")),
        ("post_tag-sitemap.xml", Subject("term", "post_tag")),
        ("product_cat-sitemap2.xml", Subject("term", "product_cat")),
        ("author-sitemap.xml", Subject("author", None)),
        ("image-sitemap-1.xml", Subject("other", "image")),
        ("video-sitemap.xml", Subject("other", "video")),
        ("sitemap-1.xml", Subject("post", None)),
        ("//[no-address", Subject("post", None)),
    ],
)
def test_a_sitemap_is_known_by_its_name(address: str, expected: Subject) -> None:
    assert subject_of(HOME * (address[0] != "/") + address) == expected


def test_robots_txt_is_heard_first() -> None:
    named = ["https://example.org/maps/all.xml", "https://example.org/wp-sitemap.xml"]
    assert places(HOME, named) == [
        *named, f"{HOME}sitemap_index.xml", f"{HOME}sitemap.xml", f"{HOME}?sitemap=index",
    ]  # fmt: skip
