"""Addresses, types, names and times: the pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.media.addresses import ForbiddenAddress, Gate, is_public
from mirror.media.encodings import BadEncoding, Unpacker
from mirror.media.names import path_of, sha256_of
from mirror.media.policy import (
    MediaPolicy,
    allows_host,
    allows_type,
    fits_type,
    next_attempt,
    next_check,
)
from mirror.media.sniff import sniff

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PRIVATE = """
    0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.254 10.1.1.1 172.16.0.1 172.31.255.255 192.168.1.1
    169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1
    203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 3fff::1
    ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::1 2002:7f00:1::1 2002:a9fe:a9fe::1 2001:0:4136:e378:8000:63bf:80ff:fffe
    localhost 2130706433 0x7f000001 127.1
"""
_PUBLIC = "1.1.1.1 8.8.8.8 172.32.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808"


@pytest.mark.parametrize("address", _PRIVATE.split())
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", _PUBLIC.split())
def test_what_is_public(address: str) -> None:
    assert is_public(address)


def test_the_gate_lets_only_the_sites_own_endpoint_through() -> None:
    gate = Gate([("127.0.0.1", 8080)])
    gate((2, 1, 6, "", ("127.0.0.1", 8080))).close()
    for endpoint in (("127.0.0.1", 80), ("127.0.0.2", 8080)):
        with pytest.raises(ForbiddenAddress, match="not a public address"):
            gate((2, 1, 6, "", endpoint))
    Gate(allow_private=True)((2, 1, 6, "", ("10.0.0.1", 80))).close()


@pytest.mark.parametrize(
    ("head", "named", "mime"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "", "image/jpeg"),
        (b"GIF89a" + bytes(10), "", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "", "image/webp"),
        (b"%PDF-1.7", "", "application/pdf"),
        (b"PK\x03\x04" + bytes(30), "", "application/zip"),
        (b"ID3\x03\0\0" + bytes(10), "", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(10), "mp3", "audio/mpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- x --><svg >", "png", "image/svg+xml"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "jpg", "text/html"),
        (b"<!-- cached --><html>", "jpg", "text/html"),
        (b"  <p>Not found", "", "text/html"),
        (b"WEBVTT\n\n00:00", "vtt", "text/vtt"),
        (b"a,b\n1,2\n", "csv", "text/csv"),
        (b"just words", "jpg", "text/plain"),
        (b"", "", "text/plain"),
        (b"\0\1\2\3", "", "application/octet-stream"),
        (b"\0\1\2\3", "exe", "application/octet-stream"),
        (b"\0" * 60 + b"BOOKMOBI", "mobi", "application/x-mobipocket-ebook"),
    ],
)
def test_types(head: bytes, named: str, mime: str) -> None:
    assert sniff(head, named).mime == mime


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=6))
def test_any_bytes_have_a_type_and_a_safe_name(head: bytes, named: str) -> None:
    found = sniff(head, named)
    name = path_of("0" * 64, found.extension)
    assert sha256_of(name) == "0" * 64
    assert ".." not in name


@pytest.mark.parametrize(
    "head", [b"<!---->" * 2000, b"<?xml ?>" * 1000, b" " * 8000, b"<!--" * 2000]
)
def test_sniffing_is_quick(head: bytes) -> None:
    assert sniff(head).mime == "text/plain"


@pytest.mark.parametrize("bad", ["", "x" * 64, "../" + "0" * 61, "0" * 63, "0" * 65])
def test_only_hashes_are_names(bad: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        path_of(bad, "jpg")


@pytest.mark.parametrize("path", ["x", "../ab/" + "0" * 62, f"ab/{'0' * 62}", f"ab/{'g' * 62}.jpg"])
def test_other_paths_are_not_ours(path: str) -> None:
    assert sha256_of(path) is None


def test_what_a_policy_allows() -> None:
    policy = MediaPolicy(types=("image/*", "application/pdf"), third_party=False)
    assert [allows_type(policy, t) for t in ("image/png", "application/pdf", "video/mp4")] == [
        True, True, False,
    ]  # fmt: skip
    urls = ("https://www.a.example/x", "https://cdn.a.example/x", "https://nota.example/x")
    assert [allows_host(policy, url, "https://a.example/") for url in urls] == [True, True, False]
    assert not fits_type("pdf", "text/plain")
    assert fits_type("php", "image/png")
    assert fits_type("srt", "text/plain")


def test_times() -> None:
    day = timedelta(days=1)
    assert next_check(NOW, NOW) == NOW + 30 * day
    assert next_check(NOW, NOW - 100 * day) == NOW + 100 * day
    assert next_check(NOW, NOW - 5000 * day) == NOW + 365 * day
    assert next_attempt(NOW, "stalled", 1, 0) == NOW + timedelta(hours=1)
    assert next_attempt(NOW, "stalled", 99, 0) == NOW + 30 * day
    assert next_attempt(NOW, "busy", 1, 7200) == NOW + timedelta(hours=2)
    assert next_attempt(NOW, "busy", 1, 1e12) == NOW + 30 * day
    assert next_attempt(NOW, "not found", 1, 0) == NOW + 7 * day
    assert next_attempt(NOW, "forbidden address", 1, 0) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_any_body_is_unpacked_or_refused(body: bytes, encoding: str) -> None:
    unpacker = Unpacker(encoding)
    unpacker.feed(body)
    try:
        while unpacker.take():
            pass
    except BadEncoding:
        pass
