"""Files and thumbnails: bytes of strangers, served as such."""

import io
import os
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from mirror.browse import thumbnails
from mirror.browse.thumbnails import SIZE
from mirror.errors import StoreError
from tests.browse.sites import Served


def one(db: Path) -> tuple[str, str]:
    connection = sqlite3.connect(db)
    row: tuple[str, str] = connection.execute(
        "SELECT sha256, path FROM files ORDER BY sha256 LIMIT 1"
    ).fetchone()
    connection.close()
    return row


def change(db: Path, sql: str, values: list[object]) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute(sql, values)
    connection.close()


def test_a_file_is_served_whole_and_in_parts(served: Served, sample: Path) -> None:
    sha256, path = one(sample)
    body = (sample.parent / "media" / path).read_bytes()
    whole = served.get(f"/files/{sha256}")
    assert whole.content == body
    assert whole.headers["content-type"] == "image/jpeg"
    assert whole.headers["content-length"] == str(len(body))
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["x-robots-tag"] == "noindex"
    part = served.get(f"/files/{sha256}", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == body[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(body)}"


def test_a_thumbnail_is_small_and_kept(served: Served, sample: Path) -> None:
    sha256, _ = one(sample)
    reply = served.get(f"/thumbnails/{sha256}")
    assert reply.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(reply.content)) as image:
        assert image.width <= SIZE[0]
        assert image.height <= SIZE[1]
    kept = thumbnails.cache_folder() / sha256[:2] / f"{sha256}.webp"
    assert kept.read_bytes() == reply.content
    assert str(kept).startswith(os.environ["XDG_CACHE_HOME"])
    assert not list(sample.parent.glob("**/*.webp"))


@pytest.mark.parametrize(
    ("mime", "content_type", "attached"),
    [
        ("image/svg+xml", "image/svg+xml", True),
        ("text/html", "application/octet-stream", True),
        ("application/pdf", "application/octet-stream", True),
        ("application/javascript", "application/octet-stream", True),
        ("video/mp4", "video/mp4", False),
    ],
)
def test_what_may_be_active_is_handed_over_not_shown(
    own_sample: Path, mime: str, content_type: str, attached: bool
) -> None:
    sha256, _ = one(own_sample)
    change(own_sample, "UPDATE files SET mime = ? WHERE sha256 = ?", [mime, sha256])
    site = Served(own_sample)
    reply = site.get(f"/files/{sha256}")
    assert reply.headers["content-type"] == content_type
    assert ("content-disposition" in reply.headers) is attached
    thumbnail = site.get(f"/thumbnails/{sha256}")
    if mime == "image/svg+xml":
        assert thumbnail.headers["location"] == f"/files/{sha256}"
    else:
        assert thumbnail.status_code == 404
    site.close()


@pytest.mark.parametrize(
    "path", ["../mirror.db", "/etc/passwd", "ab/../../mirror.db", "", "ab/cd", "x" * 200]
)
def test_a_path_that_is_not_the_files_own_leads_nowhere(own_sample: Path, path: str) -> None:
    sha256, _ = one(own_sample)
    change(own_sample, "UPDATE files SET path = ? WHERE sha256 = ?", [path, sha256])
    site = Served(own_sample)
    assert site.get(f"/files/{sha256}").status_code == 404
    assert site.get(f"/thumbnails/{sha256}").status_code == 404
    site.close()


@pytest.mark.slow
def test_pictures_that_are_none_have_no_thumbnail(own_sample: Path) -> None:
    sha256, path = one(own_sample)
    file = own_sample.parent / "media" / path
    bomb = Image.new("1", (50_000, 50_000))
    packed = io.BytesIO()
    bomb.save(packed, "PNG")
    for body in (b"", b"not a picture", b"\xff\xd8\xff\xe0truncated", packed.getvalue()):
        file.write_bytes(body)
        cached = thumbnails.cache_folder() / sha256[:2] / f"{sha256}.webp"
        cached.unlink(missing_ok=True)
        site = Served(own_sample)
        assert site.get(f"/thumbnails/{sha256}").status_code == 404
        assert site.get(f"/files/{sha256}").content == body
        site.close()


class Bucket:
    """A remote store: no path on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def local(self, name: str) -> None:
        return None

    def open(self, name: str) -> io.BufferedReader:
        try:
            return (self.folder / name).open("rb")
        except OSError as error:
            raise StoreError("the bucket has no such file") from error


def test_files_of_a_bucket_are_served_too(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def store_at(place: str, *, beside: Path) -> Bucket:
        asked.append(place)
        return Bucket(sample.parent / "media")

    monkeypatch.setattr("mirror.browse.pages.files.store_at", store_at)
    sha256, path = one(sample)
    site = Served(sample, media="s3://bucket/prefix")
    assert site.get(f"/files/{sha256}").content == (sample.parent / "media" / path).read_bytes()
    assert site.get(f"/thumbnails/{sha256}").status_code == 200
    assert asked == ["s3://bucket/prefix"] * 2
    site.close()


def test_a_folder_elsewhere_is_found(own_sample: Path) -> None:
    sha256, _ = one(own_sample)
    (own_sample.parent / "media").rename(own_sample.parent / "pictures")
    site = Served(own_sample)
    assert site.get(f"/files/{sha256}").status_code == 404
    site.close()
    site = Served(own_sample, media=str(own_sample.parent / "pictures"))
    assert site.get(f"/files/{sha256}").status_code == 200
    site.close()
