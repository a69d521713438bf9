import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.errors import ConfigError, DiscoveryError, RefusedError, SiteError
from mirror.wordpress.advertised import in_head
from mirror.wordpress.discovery import Root, discover
from mirror.wordpress.reply import Reply
from tests.wordpress.replies import reply, wp_error

HOST = "https://example.org"
INDEX = {
    "name": "Caf\u00e9 &amp; Co",
    "description": "Just &#8220;news&#8221;",
    "url": HOST,
    "home": HOST,
    "gmt_offset": "5.5",
    "timezone_string": "Asia/Kolkata",
    "namespaces": ["wp/v2"],
    "authentication": [],
    "routes": {"/": {}},
}
NOT_FOUND = "<!doctype html><title>Not found</title>"

Answer = Reply | Callable[[str], Reply]


def page(*links: str, **headers: str) -> Reply:
    head = "".join(links)
    return reply(
        f"<!DOCTYPE html><html><head>{head}</head><body>wp-content</body></html>", **headers
    )


WP_PAGE = page('<link rel="stylesheet" href="/wp-content/themes/a/style.css">')


def api_link(root: str) -> str:
    return f"<link rel='https://api.w.org/' href='{root}' />"


def link_header(root: str) -> str:
    return f'<{root}>; rel="https://api.w.org/", <{HOST}/?p=1>; rel=shortlink'


@dataclass
class Web:
    """Addresses and what they answer; 404 elsewhere. Redirects are followed, as a driver does."""

    places: Mapping[str, Answer]
    redirects: Mapping[str, str] = field(default_factory=dict)
    down: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    accepts: list[str] = field(default_factory=list)

    def get(self, url: str) -> Reply:
        passed = []
        while url in self.redirects:
            passed.append(url)
            url = self.redirects[url]
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" in self.down:
            return reply(url=url, error="Connection refused")
        answer = self.places.get(url, reply(NOT_FOUND, status=404))
        found = answer(url) if callable(answer) else answer
        return Reply(
            url=url, status=found.status, headers=found.headers, body=found.body,
            error=found.error, redirected_from=tuple(passed),
        )  # fmt: skip


def find(url: str, web: Web) -> Root:
    search = discover(url)
    ask = next(search)
    for _ in range(30):
        web.asked.append(ask.url)
        web.accepts.append(ask.accept)
        try:
            ask = search.send(web.get(ask.url))
        except StopIteration as stop:
            root: Root = stop.value
            return root
    raise AssertionError("more than 30 places asked")


def test_signal_1_the_link_header() -> None:
    web = Web({f"{HOST}/": page(link=link_header(f"{HOST}/api/")), f"{HOST}/api/": reply(INDEX)})
    root = find("example.org", web)
    assert web.asked == [f"{HOST}/", f"{HOST}/api/"]
    assert web.accepts[1] == "application/json"
    assert root.api.root == f"{HOST}/api/"
    assert (root.name, root.description) == ("Café & Co", "Just “news”")
    assert (root.timezone, root.gmt_offset, root.home) == ("Asia/Kolkata", 5.5, f"{HOST}/")
    assert root.index["namespaces"] == ["wp/v2"]
    assert len(root.trail) == 2


@pytest.mark.parametrize(
    "header",
    [
        f'<{HOST}/api/>; rel="https://api.w.org/"',
        f"<{HOST}/api/>; rel=https://api.w.org/",
        f'<{HOST}/api/>; title="x, y; z"; rel="foo https://api.w.org/ bar"',
        '</api/>; rel="https://api.w.org/"',
        f'<{HOST}/>; rel=preload; as=style, <{HOST}/api/> ;REL="https://api.w.org/"',
    ],
)
def test_link_headers_as_they_are_written(header: str) -> None:
    web = Web({f"{HOST}/": page(link=header), f"{HOST}/api/": reply(INDEX)})
    assert find(HOST, web).api.root == f"{HOST}/api/"


def test_a_posts_address_that_is_gone_still_has_the_header() -> None:
    old = reply(NOT_FOUND, status=404, link=link_header(f"{HOST}/wp-json/"))
    web = Web({f"{HOST}/2019/05/gone/": old, f"{HOST}/wp-json/": reply(INDEX)})
    assert find(f"{HOST}/2019/05/gone/", web).api.root == f"{HOST}/wp-json/"


def test_signal_2_the_address_of_an_object_in_the_api() -> None:
    url = f"{HOST}/wp-json/wp/v2/posts/5"
    web = Web({
        url: reply({"id": 5}, link=link_header(f"{HOST}/wp-json/")),
        f"{HOST}/wp-json/": reply(INDEX),
    })  # fmt: skip
    assert find(url, web).api.root == f"{HOST}/wp-json/"


@pytest.mark.parametrize(
    "root",
    [f"{HOST}/wp-json/", f"{HOST}/wp-json", f"{HOST}/?rest_route=/", f"{HOST}/index.php/wp-json/"],
)
def test_the_root_itself_is_asked_once(root: str) -> None:
    web = Web({root: reply(INDEX)})
    found = find(root, web)
    assert web.asked == [root]
    assert found.api.url("/wp/v2/posts").startswith(root)


@pytest.mark.parametrize(
    "link",
    [
        api_link(f"{HOST}/api/"),
        '<link rel="https://api.w.org/" href="/api/">',
        "<link href=https://example.org/api/ rel=https://api.w.org/>",
        '<LINK REL="https://api.w.org/" HREF="https://example.org/api/"/>',
        '<link rel="alternate" type="application/json" href="https://example.org/api/wp/v2/posts/5">',
    ],
)
def test_signal_3_the_link_element(link: str) -> None:
    web = Web({f"{HOST}/": page(link), f"{HOST}/api/": reply(INDEX)})
    root = find("https://example.org", web)
    assert root.api.root == f"{HOST}/api/"
    assert len(web.asked) == 2


def test_signal_3_with_plain_permalinks() -> None:
    item = (
        '<link rel="alternate" type="application/json" '
        'href="https://example.org/index.php?rest_route=%2Fwp%2Fv2%2Fposts%2F5">'
    )
    place = f"{HOST}/index.php?rest_route=/"
    web = Web({f"{HOST}/?p=5": page(item), place: reply(INDEX)})
    root = find(f"{HOST}/?p=5", web)
    assert root.api.url("/wp/v2/posts", {"offset": 3}) == f"{place}wp/v2/posts&offset=3"


def test_a_page_that_is_all_one_attribute_takes_no_more_than_a_moment() -> None:
    body = (b"<link " + b"a" * 3_900 + b">") * 50 + b'<link rel="https://api.w.org/" href="/api/">'
    start = time.process_time()
    assert in_head(Reply(url=f"{HOST}/", status=200, headers={}, body=body)) == f"{HOST}/api/"
    assert time.process_time() - start < 1


def test_signal_4_rsd() -> None:
    rsd = (
        '<?xml version="1.0"?><rsd><service><apis>'
        '<api name="WordPress" blogID="1" preferred="true" apiLink="https://example.org/xmlrpc.php"/>'
        '<api name="WP-API" blogID="1" preferred="false" apiLink="https://example.org/api/" />'
        "</apis></service></rsd>"
    )
    edit = (
        '<link rel="EditURI" type="application/rsd+xml" href="https://example.org/xmlrpc.php?rsd">'
    )
    web = Web({
        f"{HOST}/": page(edit),
        f"{HOST}/xmlrpc.php?rsd": reply(rsd),
        f"{HOST}/api/": reply(INDEX),
    })  # fmt: skip
    assert find("example.org", web).api.root == f"{HOST}/api/"


@pytest.mark.parametrize("spelling", ["wp-json/", "index.php/wp-json/", "?rest_route=/"])
@pytest.mark.parametrize("folder", ["/", "/blog/"])
def test_signal_5_the_three_spellings(spelling: str, folder: str) -> None:
    home = HOST + folder
    web = Web({home: WP_PAGE, home + spelling: reply(INDEX)})
    assert find(home, web).api.root == home + spelling


def test_signal_5_below_the_home_that_a_feed_shows() -> None:
    feed = '<link rel="alternate" type="application/rss+xml" href="https://example.org/a/b/feed/">'
    web = Web({f"{HOST}/a/b/c/d/": page(feed), f"{HOST}/a/b/wp-json/": reply(INDEX)})
    assert find(f"{HOST}/a/b/c/d/", web).api.root == f"{HOST}/a/b/wp-json/"
    assert len(web.asked) == 2


def test_signal_5_from_a_page_in_a_subdirectory_up_to_the_root() -> None:
    web = Web({f"{HOST}/a/b/c.html": WP_PAGE, f"{HOST}/wp-json/": reply(INDEX)})
    assert find(f"{HOST}/a/b/c.html", web).api.root == f"{HOST}/wp-json/"


def test_signal_6_wordpress_com() -> None:
    com = "https://public-api.wordpress.com"
    host = "https://somebody.wordpress.com"
    site = {"name": "Some &amp; body", "description": "x", "URL": host}
    web = Web({
        f"{host}/": WP_PAGE,
        f"{com}/wp/v2/sites/somebody.wordpress.com/posts?per_page=1": reply([{"id": 1}]),
        f"{com}/rest/v1.1/sites/somebody.wordpress.com": reply(site),
    })  # fmt: skip
    root = find("somebody.wordpress.com", web)
    assert root.api.url("/wp/v2/tags") == f"{com}/wp/v2/sites/somebody.wordpress.com/tags"
    assert (root.name, root.home) == ("Some & body", f"{host}/")
    again = Web(web.places)
    assert find(root.api.root, again).api == root.api
    assert len(again.asked) == 2


def test_wordpress_com_is_not_asked_about_hosts_that_are_nobodys() -> None:
    web = Web({"http://127.0.0.1:8080/": WP_PAGE})
    with pytest.raises(DiscoveryError):
        find("http://127.0.0.1:8080", web)
    assert all(url.startswith("http://127.0.0.1:8080/") for url in web.asked)


@pytest.mark.parametrize(
    ("typed", "final"),
    [
        ("http://example.org", "https://example.org/"),
        ("https://www.example.org/", "https://example.org/"),
        ("example.org", "https://www.example.org/"),
    ],
)
def test_the_origin_that_answered_is_pinned(typed: str, final: str) -> None:
    """Whatever the page advertises: behind a proxy that is the inner host, or the wrong scheme."""
    start = typed if "://" in typed else f"https://{typed}"
    start = start if start.endswith("/") else start + "/"
    web = Web(
        {
            final: page(link=link_header("http://10.0.0.7:8080/wp-json/")),
            f"{final}wp-json/": reply({**INDEX, "home": "http://10.0.0.7:8080"}),
        },
        redirects={start: final},
    )
    root = find(typed, web)
    assert root.api.root == f"{final}wp-json/"
    assert root.home == final
    assert "10.0.0.7" not in " ".join(web.asked)
    assert any("another host" in line for line in root.trail)


@pytest.mark.parametrize("typed", ["example.org", "https://example.org"])
def test_http_is_named_but_never_tried_in_place_of_https(typed: str) -> None:
    web = Web({"http://example.org/": WP_PAGE}, down=frozenset({HOST}))
    with pytest.raises(DiscoveryError) as caught:
        find(typed, web)
    assert "Connection refused (if it has no https, name http://example.org/)" in str(caught.value)
    assert len(caught.value.trail) == 2
    assert all(url.startswith("https:") for url in web.asked)


def test_http_is_not_named_where_https_answers() -> None:
    web = Web({f"{HOST}/": WP_PAGE, f"{HOST}/wp-json/": reply("", status=500)})
    with pytest.raises(DiscoveryError) as caught:
        find("example.org", web)
    assert "http:" not in str(caught.value)


def test_a_site_that_moved_to_another_host_is_not_followed() -> None:
    web = Web(
        {"https://new.example.net/": WP_PAGE}, redirects={f"{HOST}/": "https://new.example.net/"}
    )
    with pytest.raises(DiscoveryError) as caught:
        find("example.org", web)
    assert "https://new.example.net/" in str(caught.value)
    assert web.asked == [f"{HOST}/"]


def test_a_redirect_that_the_driver_did_not_follow_is_told() -> None:
    web = Web({f"{HOST}/": reply(b"", status=301, location="https://new.example.net/")})
    with pytest.raises(DiscoveryError, match=r"new\.example\.net"):
        find("example.org", web)


def test_a_site_that_redirects_in_a_circle_gives_no_usable_answer() -> None:
    circle = reply(b"", status=302, location="/")
    spellings = ("", "wp-json/", "index.php/wp-json/", "?rest_route=/")
    with pytest.raises(DiscoveryError, match="no usable answer"):
        find("example.org", Web({f"{HOST}/{spelling}": circle for spelling in spellings}))


@pytest.mark.parametrize(
    "refusal",
    [
        reply(
            wp_error("rest_cannot_access", 401), status=401, link=link_header(f"{HOST}/wp-json/")
        ),
        reply(wp_error("rest_disabled", 404), status=404),
        reply("<h1>Forbidden</h1>", status=403),
        reply("<title>Just a moment...</title>", status=403, cf_mitigated="challenge"),
    ],
)
def test_a_refusal_of_rest_is_an_answer(refusal: Reply) -> None:
    web = Web({
        f"{HOST}/": page(link=link_header(f"{HOST}/wp-json/")),
        f"{HOST}/wp-json/": refusal,
        f"{HOST}/?rest_route=/": reply(INDEX),
    })  # fmt: skip
    with pytest.raises(RefusedError) as caught:
        find("example.org", web)
    assert web.asked == [f"{HOST}/", f"{HOST}/wp-json/"]
    assert len(caught.value.trail) == 2
    assert caught.value.exit_code == 3


def test_rest_that_redirects_to_the_home_page_is_hidden() -> None:
    web = Web(
        {f"{HOST}/": WP_PAGE, f"{HOST}/?rest_route=/": reply(INDEX)},
        redirects={f"{HOST}/wp-json/": f"{HOST}/"},
    )
    with pytest.raises(RefusedError, match="hides"):
        find("example.org", web)
    assert f"{HOST}/?rest_route=/" not in web.asked


def test_a_site_that_is_no_wordpress_and_redirects_everything_hides_nothing() -> None:
    home = reply("<!doctype html><p>A shop</p>")
    redirects = {f"{HOST}/{s}": f"{HOST}/" for s in ("wp-json/", "index.php/wp-json/")}
    web = Web({f"{HOST}/": home, f"{HOST}/?rest_route=/": home}, redirects=redirects)
    with pytest.raises(DiscoveryError) as caught:
        find("example.org", web)
    assert not isinstance(caught.value, RefusedError)


@pytest.mark.parametrize(
    ("front", "error"),
    [
        (reply("<h1>Log in</h1>", status=401), RefusedError),
        (reply("<title>Just a moment...</title>", status=503), RefusedError),
        (reply("slow down", status=429, retry_after="60"), RefusedError),
        (reply("<h1>It works!</h1>"), DiscoveryError),
        (reply(NOT_FOUND, status=404), DiscoveryError),
        (reply("<h1>Oops</h1>", status=500), DiscoveryError),
    ],
)
def test_no_api_is_told_place_by_place(front: Reply, error: type[SiteError]) -> None:
    web = Web({f"{HOST}/": front})
    with pytest.raises(error) as caught:
        find("example.org", web)
    assert type(caught.value) is error
    assert caught.value.exit_code == 3
    # One line a place, in the order in which they were asked.
    assert [line.split(": ")[0] for line in caught.value.trail] == web.asked


def test_a_front_page_that_forbids_robots_does_not_speak_for_rest() -> None:
    web = Web({f"{HOST}/": reply("no", status=403), f"{HOST}/wp-json/": reply(INDEX)})
    assert find("example.org", web).api.root == f"{HOST}/wp-json/"


def test_noise_around_the_index_does_no_harm() -> None:
    noisy = b"\xef\xbb\xbf<br /><b>Warning</b>: x" + json.dumps(INDEX).encode() + b"<!-- c -->"
    web = Web({f"{HOST}/": WP_PAGE, f"{HOST}/wp-json/": reply(noisy)})
    assert find("example.org", web).name == "Café & Co"


@pytest.mark.parametrize(
    "body",
    [{"namespaces": []}, {"routes": {}}, [], {"code": "x", "message": "y"}, "<p>soft 404</p>", b""],
)
def test_other_json_is_no_index(body: object) -> None:
    wrong = reply(body)
    places = {f"{HOST}/{s}": wrong for s in ("wp-json/", "index.php/wp-json/", "?rest_route=/")}
    with pytest.raises(DiscoveryError):
        find("example.org", Web({f"{HOST}/": WP_PAGE, **places}))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("example.org", "https://example.org/"),
        (" Example.ORG/blog ", "https://example.org/blog"),
        ("//example.org/", "https://example.org/"),
        ("https://user:secret@example.org/a#b", "https://example.org/a"),
        ("localhost:8080", "https://localhost:8080/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        (
            "https://bücher.example/größe?q=ä",
            "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%A4",
        ),
        ("https://example.org/a%20b?rest_route=/", "https://example.org/a%20b?rest_route=/"),
    ],
)
def test_what_users_type(typed: str, first: str) -> None:
    assert next(discover(typed)).url == first


@pytest.mark.parametrize(
    "typed",
    ["", " ", "ftp://example.org", "file:///etc/passwd", "https://", "http://a b/", "https://[::1",
     "https://example.org:port/", "javascript:alert(1)", "data:,x", "https://exa\nmple.org\x00/",
     "https://example.org/\udcff", "example.org/?a=\ud800"],
)  # fmt: skip
def test_what_is_no_web_address(typed: str) -> None:
    with pytest.raises(ConfigError):
        next(discover(typed))


REPLIES = st.builds(
    lambda status, body, link, location: reply(body, status=status, link=link, location=location),
    st.sampled_from([200, 200, 301, 401, 404, 500]),
    st.sampled_from([b"", b"[]", b"{}", b"<p>", b'<link rel="EditURI" href="/x?rsd">'])
    | st.text(alphabet="<>link rel=api.w.org/\"' href=[]{}", max_size=80).map(str.encode),
    st.text(alphabet='<>/;:,"= relapi.w.org', max_size=60)
    | st.just('<http://[bad>; rel="https://api.w.org/"'),
    st.sampled_from(["", "/", "https://other.example/", "http://[bad"]),
)


@given(st.lists(REPLIES, min_size=1, max_size=5), st.sampled_from(["example.org", f"{HOST}/a/b/"]))
def test_any_answers_end_in_a_root_or_one_of_the_errors(replies: list[Reply], typed: str) -> None:
    count = iter(range(10**6))

    def answer(url: str) -> Reply:
        return replies[next(count) % len(replies)]

    class Hostile(Web):
        def get(self, url: str) -> Reply:
            found = answer(url)
            return Reply(url=url, status=found.status, headers=found.headers, body=found.body)

    web = Hostile({})
    with suppress(SiteError):
        find(typed, web)
    assert len(web.asked) == len(set(web.asked)) <= 20
    hosts = {urlsplit(url).hostname for url in web.asked}
    assert hosts <= {"example.org", "public-api.wordpress.com"}


def test_a_host_that_never_answers_is_asked_once() -> None:
    """Each place would take as long as one may wait."""
    silent = reply(error=f"Getting {HOST}/ took longer than 60.0 seconds.")
    web = Web({f"{HOST}/": silent})
    with pytest.raises(DiscoveryError, match="took longer") as raised:
        find(f"{HOST}/", web)
    assert raised.value.kind == "failing"
    assert web.asked == [f"{HOST}/"]
