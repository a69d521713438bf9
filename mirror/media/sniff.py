"""What a file is, by its first bytes; and how large a picture is, by its header alone.

`filetype` knows the signatures of binary formats, `imagesize` reads the dimensions: both are pure
Python, read headers and decode nothing, so that no picture can be a bomb here. (`python-magic`
needs libmagic on the machine; `puremagic` weighs extensions and guesses; Pillow brings C decoders
of all formats, 22 MB, for two integers.) Text formats have no signature: their rules stand below.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filetype  # type: ignore[import-untyped]
import imagesize  # type: ignore[import-untyped]

HEAD = 8192  # bytes that a decision needs; ZIP-based office files name themselves within them
MAX_HEADER = 4 * 1024 * 1024  # dimensions stand within the first 4 MiB, however long the metadata
MAX_READS = 5_000  # of a header: a broken JPEG is searched for markers byte by byte

# The HTML signatures of the MIME Sniffing Standard (7.1), and what error pages begin with.
# Atomic groups: a page made of comments must not be tried in every way of cutting it.
_HTML = re.compile(
    rb"(?i)(?>(?:<!--.{0,4000}?-->|<\?xml[^>]{0,200}\?>|\s)*+)<(?:!doctype\s+html|html|head|body|"
    rb"title|script|iframe|style|table|div|h1|br|p|center)[\s>]",
    re.DOTALL,
)
_SVG = re.compile(
    rb"(?i)(?>(?:<!--.{0,4000}?-->|<\?xml[^>]{0,200}\?>|<!doctype\s+svg[^>]{0,1000}>|\s)*+)<svg[\s>]",
    re.DOTALL,
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

# `filetype` says `x-` where a registered name exists; and calls these by one name for two things.
_MIME = {
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "image/x-icon": "image/vnd.microsoft.icon",
    "application/x-rar-compressed": "application/vnd.rar",
    "video/x-msvideo": "video/x-msvideo",
    "application/font-woff": "font/woff",
}
_TEXT = {
    "vtt": "text/vtt", "srt": "application/x-subrip", "csv": "text/csv", "txt": "text/plain",
    "json": "application/json", "xml": "application/xml", "css": "text/css",
}  # fmt: skip
# Formats without a signature that is theirs alone: taken at their address' word.
_NAMED = {
    "mobi": "application/x-mobipocket-ebook", "azw": "application/vnd.amazon.ebook",
    "azw3": "application/vnd.amazon.ebook", "djvu": "image/vnd.djvu",
    "mp3": "audio/mpeg", "aac": "audio/aac",
}  # fmt: skip
_MEASURED = frozenset(
    ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/avif",
     "image/heic", "image/apng")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """A MIME type and the extension that goes with it."""

    mime: str
    extension: str


UNKNOWN = FileType(mime="application/octet-stream", extension="bin")
HTML = FileType(mime="text/html", extension="html")
SVG = FileType(mime="image/svg+xml", extension="svg")


def sniff(head: bytes, named: str = "") -> FileType:
    """The type of the file that begins with `head`; `named` is the extension of its address,
    believed only where bytes cannot tell (plain text, some e-books).

    >>> sniff(b"\\x89PNG\\r\\n\\x1a\\n" + bytes(20)).mime, sniff(b"<!DOCTYPE html><p>").mime
    ('image/png', 'text/html')
    """
    head = head[:HEAD]
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _SVG.match(text):
        return SVG
    if _HTML.match(text):
        return HTML
    found = filetype.guess(head) if head else None
    if found is not None:
        return FileType(mime=_MIME.get(found.mime, found.mime), extension=found.extension)
    if not _BINARY.search(head):
        extension = named if named in _TEXT else "txt"
        return FileType(mime=_TEXT[extension], extension=extension)
    if named in _NAMED:
        return FileType(mime=_NAMED[named], extension=named)
    return UNKNOWN


def measure(path: Path, mime: str, head: bytes = b"") -> tuple[int, int] | None:
    """Width and height in pixels, as the header states them; None where there are none.

    `head` is the beginning of the file, in which they mostly stand; else the file is opened.
    """
    if mime not in _MEASURED:
        return None
    if head and (size := _size_in(io.BytesIO(head))) is not None:
        return size
    try:
        with path.open("rb") as file:
            return _size_in(file)
    except OSError:
        return None


def _size_in(file: BinaryIO) -> tuple[int, int] | None:
    try:
        width, height = imagesize.get(_Bounded(file, MAX_HEADER))
    except Exception:  # a broken header may break any assumption of its reader
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


class _Bounded:
    """The first bytes of a file, as if it ended there, for so many reads."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file, self._limit = file, limit
        self._reads = 0

    def read(self, size: int = -1) -> bytes:
        self._reads += 1
        if self._reads > MAX_READS:
            raise ValueError("a header that does not end")
        left = max(0, self._limit - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            end = min(self._limit, self._file.seek(0, os.SEEK_END))
            return self._file.seek(max(0, end + offset))
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
