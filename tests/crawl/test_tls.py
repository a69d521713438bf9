"""Who is not proved to be the site is not asked anything, and is never told a password."""

import socket
import time
from collections.abc import Callable

import pytest

from mirror.demo.reply import Reply
from mirror.demo.server import serve
from mirror.demo.site import Site, sample_site
from tests.crawl.tls import DAY, ELSEWHERE, HERE, NOW, Authority, Issued, answering, serving
from tests.mirrored import Mirror

pytestmark = pytest.mark.slow

Issue = Callable[[Authority], Issued]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def site() -> Site:
    return sample_site()


def counted(site: Site) -> list[str]:
    """The paths that are asked for, from now on."""
    paths: list[str] = []
    answer = site.respond

    def respond(method: str, path: str, *rest: object) -> Reply:
        paths.append(path)
        return answer(method, path, *rest)  # type: ignore[arg-type]

    site.respond = respond  # type: ignore[method-assign, assignment]
    return paths


def test_a_certificate_that_is_right(site: Site, authority: Authority, mirror: Mirror) -> None:
    paths = counted(site)
    trusted = {"SSL_CERT_FILE": str(authority.root.pem)}
    with serving(site, authority.issue("right", HERE)) as url:
        run = mirror.crawl(url, **trusted)
    assert run.exit_code == 0, run.stderr
    assert len(mirror.ids("posts")) > 30
    assert mirror.value("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL") > 2
    assert paths


UNTRUSTED = "its certificate is not to be trusted: self-signed, expired, or of an authority"
WRONG: dict[str, tuple[Issue, str]] = {
    "self-signed": (lambda by: by.issue("alone", HERE, by_itself=True), UNTRUSTED),
    "of an unknown authority": (
        lambda by: Authority(by.folder / "another").issue("stranger", HERE), UNTRUSTED,
    ),
    "expired": (lambda by: by.issue("old", HERE, until=NOW - DAY), UNTRUSTED),
    "of another host": (
        lambda by: by.issue("other", ELSEWHERE), "its certificate is of another host",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_certificate_that_is_wrong(
    wrong: str, site: Site, authority: Authority, mirror: Mirror
) -> None:
    issue, says = WRONG[wrong]
    paths = counted(site)
    with serving(site, issue(authority)) as url:
        run = mirror.crawl(url, SSL_CERT_FILE=str(authority.root.pem))
    assert run.exit_code == 3, run.stderr
    assert paths == []
    assert says in run.summary["message"]


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def alert(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # a fatal alert: handshake_failure


def closed(connection: socket.socket) -> None:
    connection.recv(1)


def silence(connection: socket.socket) -> None:
    time.sleep(30)


SAYS = {
    "garbage": "what answers at this port speaks no TLS",
    "alert": "TLS failed: ",
    "closed": "Connection to the other side was lost",
    "silence": "took longer than 1.0 seconds",
}


@pytest.mark.parametrize("answer", [garbage, alert, closed, silence])
def test_a_handshake_that_fails(answer: Callable[[socket.socket], None], mirror: Mirror) -> None:
    with answering(answer) as url:
        run = mirror.crawl(url, SCRAPY_SETTINGS_MODULE="tests.crawl.hurry", TEST_PATIENCE="1")
    assert run.exit_code == 3, run.stderr
    assert SAYS[answer.__name__] in run.summary["message"]
    assert "twisted" not in run.summary["message"]


def test_pictures_from_a_server_that_is_not_proved(
    site: Site, authority: Authority, mirror: Mirror
) -> None:
    """Media are as strict: the post is kept, its picture is a row with the reason."""
    other = sample_site()
    paths = counted(other)
    with serving(other, authority.issue("media", HERE, by_itself=True)) as url, serve(site):
        site.edit(40, content=f'<p><img src="{url}/wp-content/uploads/2025/03/gull.png"></p>')
        mirror.crawl(site.url, "--allow-private")
    assert paths == []
    found = mirror.rows("SELECT error, message FROM media_files WHERE url LIKE 'https:%'")
    assert [row["error"] for row in found] == ["bad certificate"]
    assert "certificate verify failed" in found[0]["message"]


def test_a_redirect_to_what_is_not_proved(site: Site, authority: Authority, mirror: Mirror) -> None:
    """From http to https is followed within a host; its certificate counts there, too."""
    secure = sample_site()
    paths = counted(secure)
    with serving(secure, authority.issue("redirected", HERE, by_itself=True)) as url:
        site.respond = lambda *_: Reply(301, {"Location": f"{url}/"}, b"")  # type: ignore[method-assign]
        with serve(site) as served:
            run = mirror.crawl(served.url)
    assert run.exit_code == 3
    assert paths == []
