"""Inputs for the fuzzer: what sites send, cut, spliced, repeated, and salted with what hurts."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from mirror.demo.site import sample_site

MOST = 20_000  # bytes or characters of an input: long ones are for the tests of their own

HOME = "https://example.org/"


def _served() -> dict[str, bytes]:
    """Every kind of reply that WordPress gives, by its path."""
    site = sample_site()
    site.url = HOME.rstrip("/")
    paths = (
        "/", "/feed/", "/feed/atom/", "/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml",
        "/robots.txt", "/xmlrpc.php?rsd", "/wp-json/", "/wp-json/wp/v2/types",
        "/wp-json/wp/v2/taxonomies", "/wp-json/wp/v2/posts?per_page=3",
        "/wp-json/wp/v2/media?per_page=2", "/wp-json/wp/v2/users", "/wp-json/wp/v2/posts/99999",
        "/wp-json/wp/v2/posts?per_page=2&_envelope=1",
    )  # fmt: skip
    found = {}
    for path in paths:
        where, _, query = path.partition("?")
        found[path] = site.respond("GET", where, query, {}).body[: 2 * MOST]
    return found


SERVED = _served()
POSTS: list[dict[str, Any]] = json.loads(SERVED["/wp-json/wp/v2/posts?per_page=3"])
MEDIA: list[dict[str, Any]] = json.loads(SERVED["/wp-json/wp/v2/media?per_page=2"])

# What parsers stumble over: ends of numbers, of escapes, of encodings, of elements, of addresses.
SALT = (
    "\0", "\ufeff", "\ud800", "\udfff", "\u202e", "\x1b[2J", "\r", "\u2028", "İ", "ß", "ﬃ", "٣",
    "²", "𝟘", "1e400", "-0", "NaN", "Infinity", "-Infinity", "9" * 40, "9" * 5000, "0x1F",
    "1_000", "null", "true", "[]", "{}", '{"id":', '"', "\\", "\\u", "\\ud800", "\\u0000",
    "[" * 300, '{"a":' * 250, "]" * 9, "}" * 9, "<", ">", "</", "<!--", "-->", "<![CDATA[", "]]>",
    "<?", "&", "&#0;", "&#x110000;", "&#xD800;", "&amp;amp;", "&nbsp", "<p>", "</p>",
    "<table><tr><td>", "<svg><style>", "<math><mi>", "<template>", "<noscript>", "<script>",
    "</script>", "<textarea>", "<select><option>", "<plaintext>", "<a href=", "<img src=",
    "<img srcset='", "<base href='//x'>", "<div><div><div>" * 60, "http://[", "http://[::1", "//",
    "https://\\evil", "http://a:b@c:99999/", "http://%", "http://xn--", "http://é.example",
    "javascript:", "data:image/png;base64,", "file:///", "ftp://x", "?", "#", "%", "%zz", "%ff",
    "%00", "url(", 'url("', "url()", "image-set(", "\\)", " 1x", " 2w", " -1w", " 1e9x", ",",
    ",,", "0000-00-00 00:00:00", "-0001-11-30T00:00:00", "9999-12-31T23:59:59",
    "10000-01-01T00:00:00", "2024-02-30T25:61:61", "2024-01-01T00:00:00+99:99",
    "Mon, 32 Jan 2024 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 -9999", "99999999999999",
    "Source:", "This post first appeared on ", "(Reuters) - ", "© ", "By ", "原文转载自", "$json",
    "_links", "rendered", "User-agent: *", "Disallow: /", "Crawl-delay: 1e9", "Sitemap: ",
    "Allow: /*$*$*", "*" * 40, "<loc>", "<lastmod>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;",
    "xmlns=", "<entry>", "<item>", "<guid>", "<content:encoded>",
)  # fmt: skip


# Each input hangs on one number that Hypothesis draws: a hundred draws would cost more than most
# parsers do. What fails is shrunk by `smallest`.
SEEDS = st.integers(0, 2**64 - 1).map(Random)


def spoiled(seeds: Sequence[str]) -> st.SearchStrategy[str]:
    """One of some texts after a few accidents."""
    return SEEDS.map(lambda random: _spoiled(random, seeds))


def spoiled_bytes(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """The same in bytes, which may be no UTF-8."""
    known = [seed.decode("utf-8", "replace") for seed in seeds]
    return SEEDS.map(lambda random: _spoiled_bytes(random, known))


def _spoiled(random: Random, seeds: Sequence[str]) -> str:
    text = random.choice(seeds)[:MOST]
    if random.random() < 0.3 and len(text) > 200:  # a part of it: short inputs are quick
        at = random.randrange(len(text))
        text = text[at : at + random.randrange(200)]
    for _ in range(random.choice((0, 1, 1, 2, 3, 5, 8, 20))):
        at, to = (random.randint(0, len(text)) for _ in range(2))
        match random.choice(("insert", "insert", "cut", "drop", "double", "splice", "junk")):
            case "insert":
                text = text[:at] + random.choice(SALT) + text[at:]
            case "cut" if random.random() < 0.3:
                text = text[:at]
            case "drop":
                text = text[: min(at, to)] + text[min(max(at, to), at + random.randrange(99)) :]
            case "double":
                part = text[at : at + random.randrange(1, 60)]
                text = text[:at] + part * random.choice((2, 3, 50)) + text[at:]
            case "splice":
                other = random.choice(seeds)
                begin = random.randint(0, len(other))
                text = text[:at] + other[begin : begin + random.randrange(500)] + text[at:]
            case "junk":
                text = (
                    text[:at]
                    + chr(random.choice((random.randrange(256), random.randrange(0x110000))))
                    + text[at + 1 :]
                )
        text = text[:MOST]
    return text


def _spoiled_bytes(random: Random, seeds: Sequence[str]) -> bytes:
    text = _spoiled(random, seeds)
    body = text.encode("utf-8", random.choice(("surrogatepass", "replace")))
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        at = random.randint(0, len(body))
        body = body[:at] + random.randbytes(random.randrange(4)) + body[at + random.randrange(4) :]
    return body


def smallest(text: Any, fails: Callable[[Any], bool]) -> Any:
    """A text or some bytes without the parts that a failure does not need."""
    size = max(1, len(text) // 2)
    while size:
        at = 0
        while at < len(text):
            less = text[:at] + text[at + size :]
            if fails(less):
                text = less
            else:
                at += size
        size //= 2
    return text


WORDS = st.sampled_from(SALT) | st.text(max_size=12)
NUMBERS = (
    st.integers(-5, 5) | st.integers() | st.floats() | st.sampled_from((2**31, 2**53, 2**63, 2**64))
)
# Every JSON type in every place.
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def objects(draw: st.DrawFn, seeds: Sequence[dict[str, Any]] = (*POSTS, *MEDIA)) -> dict[str, Any]:
    """An object of the API, some of whose fields are whatever JSON can hold."""
    obj = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    places = list(_places(obj))
    for _ in range(draw(st.integers(0, 5))):
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("value", "text", "gone", "more"))):
            case "value":
                holder[key] = draw(VALUES)
            case "text" if isinstance(holder.get(key), str):
                holder[key] = draw(spoiled([holder[key], *HTML]))
            case "gone":
                holder.pop(key, None)
            case _:
                holder[draw(WORDS)] = draw(VALUES)
    obj["id"] = draw(st.integers(1, 2**63 - 1))
    return obj


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """A JSON object with some of its members replaced."""
    value = json.loads(json.dumps(value))
    places = list(_places(value))
    for _ in range(draw(st.integers(1, 5))):
        holder, key = draw(st.sampled_from(places))
        holder[key] = draw(VALUES)
    return value


def _places(value: Any) -> Any:
    """(mapping, key) of everything in a value."""
    for key, inner in value.items():
        yield value, key
        if isinstance(inner, dict):
            yield from _places(inner)


HTML = (
    *(post["content"]["rendered"] for post in POSTS),
    '<figure class="wp-block-gallery"><img src="/a-300x200.jpg" srcset="/a.jpg 2x, /b.jpg 300w" '
    'data-orig-file="/c.jpg"></figure><div style="background:url(\'/d.png\')">x</div>',
    '<p>Source: <a href="https://cnn.com/2024/a">CNN</a></p><p>The post <a href="https://a.org/b">'
    'B</a> appeared first on <a href="https://a.org">A</a>.</p>',
    "<p>LONDON (Reuters) - Text. (Reporting by A B; editing by C D)</p><p>© 2024 The Times</p>",
    '<noscript><img src="https://x.org/i.png"></noscript><video poster=p.jpg><source src=v.mp4>'
    "</video><iframe src='https://youtube.com/embed/1'></iframe><script>var a={b:[1]};</script>",
)
HEADERS = (
    "date", "age", "x-wp-total", "x-wp-totalpages", "link", "retry-after", "content-type",
    "location", "cf-mitigated", "server", "set-cookie", "x-robots-tag",
)  # fmt: skip
ADDRESSES = (
    HOME, f"{HOME}wp-json/wp/v2/posts?per_page=100&offset=0", f"{HOME}?rest_route=/wp/v2/posts",
    "https://example.org/2024/01/a-post/", "//cdn.example.org/a.jpg?w=300&resize=3,4",
    "https://i0.wp.com/example.org/wp-content/uploads/2024/01/a-300x200.jpg?ssl=1",
    "http://user:pw@example.org:8080/a/../b?c#d", "https://example.org/a-scaled.jpg",
    "https://en.blog.files.wordpress.com/2020/01/x.png?w=1024", "urn:uuid:1234", "a b.jpg",
)  # fmt: skip
DATES = (
    "Tue, 15 Nov 1994 08:12:31 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "2024-01-01T00:00:00", "2024-12-26T05:10:51+01:00", "120", "0, 0", "-1",
)  # fmt: skip
