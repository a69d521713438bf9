"""The mirrored files themselves, and their thumbnails: bytes of strangers, served as such."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO

from datasette.utils.asgi import NotFound, Response

from mirror.browse.headers import FILE_POLICY
from mirror.browse.pages.visit import Visit, found
from mirror.browse.ranges import wanted
from mirror.browse.thumbnails import NoThumbnail, thumbnail_of
from mirror.errors import MirrorError
from mirror.media.folder import Store, store_at
from mirror.media.names import sha256_of

# What a browser may show by itself. Everything else is handed over as a file to save.
_SHOWN_NAMES = (
    "image/jpeg image/png image/gif image/webp image/avif image/bmp image/x-icon image/svg+xml "
    "image/vnd.microsoft.icon audio/mpeg audio/ogg audio/wav audio/x-wav audio/flac audio/mp4 "
    "audio/aac audio/webm video/mp4 video/webm video/ogg video/quicktime"
)
SHOWN = frozenset(_SHOWN_NAMES.split())
_CHUNK = 256 * 1024
# The name of a file is the hash of its bytes: it never changes.
_FOREVER = "public, max-age=31536000, immutable"
_SELECT = "SELECT path, mime FROM files WHERE sha256 = ?"


async def show(visit: Visit) -> None:
    """Streams a file, or the part of it that is asked for."""
    async with _file(visit) as (path, mime):
        size = path.stat().st_size
        start, end = wanted(visit.request.headers.get("range"), size)
        headers = _headers(mime, path.name) | {"content-length": str(end - start)}
        partial = (start, end) != (0, size)
        if partial:
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        await visit.send(
            {
                "type": "http.response.start",
                "status": 206 if partial else 200,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        with path.open("rb") as source:
            source.seek(start)
            for chunk, last in _chunks(source, end - start):
                body = {"type": "http.response.body", "body": chunk, "more_body": not last}
                await visit.send(body)


def _headers(mime: str, name: str) -> dict[str, str]:
    headers = {
        "content-type": mime if mime in SHOWN else "application/octet-stream",
        "accept-ranges": "bytes",
        "cache-control": _FOREVER,
        "content-security-policy": FILE_POLICY,
    }
    if mime not in SHOWN or mime == "image/svg+xml":
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return headers


async def thumbnail(visit: Visit) -> Response:
    """A small WebP of a picture; 404 for what is none, which the wall shows as a symbol."""
    async with _file(visit) as (path, mime):
        if mime == "image/svg+xml":
            # It is small by nature; in an `img` it has no scripts.
            return Response.redirect(visit.url(f"/files/{visit.part('sha256')}"))
        try:
            body = await thumbnail_of(path, mime, visit.part("sha256"))
        except NoThumbnail as error:
            raise NotFound(str(error)) from error
    return Response(
        body,
        content_type="image/webp",
        headers={"cache-control": _FOREVER, "content-security-policy": FILE_POLICY},
    )


@asynccontextmanager
async def _file(visit: Visit) -> AsyncIterator[tuple[Path, str]]:
    """The file on this machine, and its type; a file from a bucket is here for the time being.

    The reply is 404 unless its name is that of its hash.
    """
    sha256 = visit.part("sha256")

    def select(conn: sqlite3.Connection) -> Any:
        return conn.execute(_SELECT, [sha256]).fetchone()

    row = found(await visit.read(select), "such file")
    name, mime = row["path"], row["mime"]
    if sha256_of(name) != sha256:
        raise NotFound("The file is not where its hash says")
    try:
        store = store_at(visit.mirror.media, beside=visit.mirror.path.parent)
        path = store.local(name)
        if path is not None:
            if not path.is_file():
                raise NotFound("The file is not in the media folder")
            yield path, mime
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            await asyncio.to_thread(_fetch, store, name, path)
            yield path, mime
    except MirrorError as error:
        raise NotFound(str(error)) from error


def _fetch(store: Store, name: str, target: Path) -> None:
    with store.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


def _chunks(source: BinaryIO, length: int) -> Iterator[tuple[bytes, bool]]:
    while True:
        chunk = source.read(min(_CHUNK, length))
        length -= len(chunk)
        last = length <= 0 or not chunk
        yield chunk, last
        if last:
            return
