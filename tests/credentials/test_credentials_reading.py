"""Reading a password: from where, under which conditions, and what is said when it fails."""

import os
from dataclasses import FrozenInstanceError, asdict
from pathlib import Path

import pytest

from mirror.credentials import Credentials, read
from mirror.errors import ConfigError
from mirror.progress import CrawlOrder

SITE = "https://news.example/blog/"
SECRET = "abcd EFGH 1234 ijkl MNOP 5678"
PLAIN = SECRET.replace(" ", "")


def private(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return f"file:{path}"


def header(credentials: Credentials, url: str = SITE) -> str | None:
    return credentials.authorization(url)


def test_from_the_environment() -> None:
    found = read("env:NEWS", SITE, environment={"NEWS": f" ana:{SECRET}\n"})
    assert (found.user, found.source) == ("ana", "env:NEWS")
    # RFC 7617: user, colon and password in base64.
    assert header(found) == "Basic YW5hOmFiY2RFRkdIMTIzNGlqa2xNTk9QNTY3OA=="


@pytest.mark.parametrize(
    "text",
    [
        f"ana:{SECRET}",
        f"\ufeffana:{SECRET}\r\n",
        f"# of the newsroom\n\nana:{SECRET}\n",
        f"https://other.example bob:xyz\nhttps://news.example ana:{SECRET}\n",
        f"https://NEWS.example:443/some/where   ana:{SECRET}",
    ],
)
def test_from_a_file(text: str, tmp_path: Path) -> None:
    found = read(private(tmp_path / "pw", text), SITE)
    assert header(found) == header(read("env:A", SITE, environment={"A": f"ana:{SECRET}"}))


def test_a_home_folder_and_a_link_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(tmp_path / "pw", f"ana:{SECRET}")
    (tmp_path / "link").symlink_to(tmp_path / "pw")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read("file:~/link", SITE).user == "ana"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o611, 0o777])
def test_a_file_that_others_can_use_is_refused(mode: int, tmp_path: Path) -> None:
    reference = private(tmp_path / "pw", f"ana:{SECRET}", mode)
    with pytest.raises(ConfigError, match=f"mode {mode:04o}.*chmod 600"):
        read(reference, SITE)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_ones_own_will_do(mode: int, tmp_path: Path) -> None:
    assert read(private(tmp_path / "pw", f"ana:{SECRET}", mode), SITE).user == "ana"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = private(tmp_path / "pw", f"ana:{SECRET}")
    os.chown(tmp_path / "pw", 12345, 12345)
    with pytest.raises(ConfigError, match="belongs to another user"):
        read(reference, SITE)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    for name in ("fifo", "folder"):
        with pytest.raises(ConfigError, match="no regular file"):
            read(f"file:{tmp_path / name}", SITE)
    with pytest.raises(ConfigError, match="No such file"):
        read(f"file:{tmp_path / 'none'}", SITE)


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing", PLAIN, f":{SECRET}", "ana:", "ana: ", f"an\x07a:{SECRET}",
        f"ana:{SECRET}\nbob:{SECRET}", f"https://other.example ana:{SECRET}",
        f"http://news.example ana:{SECRET}", f"https://news.example:8443 ana:{SECRET}",
        f"https://www.news.example ana:{SECRET}",
    ],
)  # fmt: skip
def test_a_file_without_a_password_for_the_site(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(private(tmp_path / "pw", text), SITE)
    assert_silent(str(wrong.value))


def test_bytes_and_too_many_of_them(tmp_path: Path) -> None:
    (tmp_path / "pw").write_bytes(b"ana:\xff\xfe")
    (tmp_path / "pw").chmod(0o600)
    with pytest.raises(ConfigError, match="no text"):
        read(f"file:{tmp_path / 'pw'}", SITE)
    reference = private(tmp_path / "big", "#" * 70_000)
    with pytest.raises(ConfigError, match="of up to 65536 bytes"):
        read(reference, SITE)


@pytest.mark.parametrize(
    "reference",
    ["", "env:", "file:", "env:A B", "env:1A", f"ana:{SECRET}", PLAIN, f"keyring:{PLAIN}"],
)
def test_a_password_in_place_of_a_reference_is_not_repeated(reference: str) -> None:
    with pytest.raises(ConfigError, match="never the password itself") as wrong:
        read(reference, SITE, environment={})
    assert_silent(str(wrong.value))


@pytest.mark.parametrize("environment", [{}, {"NEWS": ""}])
def test_a_variable_that_is_not_set(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="variable NEWS is not set"):
        read("env:NEWS", SITE, environment=environment)


@pytest.mark.parametrize("url", ["http://news.example", "http://192.168.0.4", "http://10.0.0.1:80"])
def test_never_in_clear_over_a_network(url: str) -> None:
    with pytest.raises(ConfigError, match="not sent over plain http"):
        read("env:A", url, environment={"A": f"ana:{SECRET}"})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9000/", "news.example"]
)
def test_https_and_this_machine(url: str) -> None:
    assert read("env:A", url, environment={"A": f"ana:{SECRET}"}).user == "ana"


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/wp-json/", "https://NEWS.example:443/?rest_route=/",
        "https://news.example", "https://news.example.:443/x",
    ],
)  # fmt: skip
def test_the_origin_is_told(url: str) -> None:
    assert header(read("env:A", SITE, environment={"A": f"ana:{SECRET}"}), url)


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/wp-json/", "https://news.example:8443/wp-json/",
        "https://www.news.example/wp-json/", "https://news.example.evil.test/",
        "https://news.example@evil.test/", "https://evil.test/https://news.example/",
        "https://evil.test#@news.example/", "https://evil.test\\@news.example/",
        "//news.example/", "ftp://news.example/", "https://", "", "https://news.example:x/",
    ],
)  # fmt: skip
def test_nobody_else_is_told(url: str) -> None:
    assert header(read("env:A", SITE, environment={"A": f"ana:{SECRET}"}), url) is None


def test_a_host_with_umlauts() -> None:
    found = read("env:A", "https://zürich.example", environment={"A": f"ana:{SECRET}"})
    assert header(found, "https://xn--zrich-kva.example/wp-json/")


def test_nothing_shows_it() -> None:
    found = read("env:A", SITE, environment={"A": f"ana:{SECRET}"})
    order = CrawlOrder(url=SITE, credentials="env:A")
    for text in (repr(found), str(found), f"{found}", repr(order), repr(asdict(order))):
        assert_silent(text)
    with pytest.raises(FrozenInstanceError) as frozen:
        found.user = "bob"  # type: ignore[misc]
    assert_silent(str(frozen.value))


def assert_silent(text: str) -> None:
    """Asserts that a text says nothing of the password, not even a part of it."""
    assert not [part for part in (SECRET, PLAIN, *SECRET.split()) if part in text]
