"""Bodies sent compressed although we asked for them as they are: unpacked within bounds."""

import zlib

CHUNK = 1 << 18

# `zlib.decompressobj(wbits=47)` recognises gzip and zlib by their headers (zlib.h, inflateInit2).
_GZIP_OR_ZLIB = 47
_PACKED_TYPES = ("gzip", "x-gzip", "tar", "compress")


class BadEncoding(ValueError):
    """Raised for a body that is not in the encoding it claims, or in one that is not known."""


def is_packed_file(content_type: str) -> bool:
    """Whether the compressed bytes are the file itself: servers that map `.gz` to an encoding send
    `Content-Encoding: gzip` with archives, too."""
    subtype = content_type.partition(";")[0].rpartition("/")[2].strip().lower()
    return any(subtype.endswith(name) for name in _PACKED_TYPES)


class Unpacker:
    """Unpacks a `gzip` or `deflate` body, never more than CHUNK bytes at a time."""

    def __init__(self, encoding: str) -> None:
        """Raises BadEncoding for any other encoding."""
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise BadEncoding(f"Content-Encoding {encoding[:40]!a}, which was not asked for")
        self._inflate = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
        self._pending = b""

    def feed(self, packed: bytes) -> None:
        """Takes the next bytes of the body; ask `take` for what they give, until it gives none."""
        self._pending += packed

    def take(self) -> bytes:
        """The next unpacked bytes, at most CHUNK. Raises BadEncoding."""
        if not self._pending or self._inflate.eof:
            return b""
        try:
            chunk = self._inflate.decompress(self._pending, CHUNK)
        except zlib.error as error:
            raise BadEncoding(str(error)) from error
        self._pending = self._inflate.unconsumed_tail
        return chunk

    @property
    def complete(self) -> bool:
        """Whether the stream has come to its end."""
        return self._inflate.eof
