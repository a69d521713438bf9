"""Thumbnails, made when first looked at and kept in the user's cache, never in the mirror."""

import asyncio
import os
import tempfile
import threading
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

SIZE = (480, 360)
# Beyond this a picture is a bomb or a map; decoding takes four bytes a pixel.
MAX_PIXELS = 40_000_000
# Decoders that read strangers' bytes: these and no others.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "AVIF")

# One at a time: two decoded pictures of the largest size would be 320 MB.
_one = threading.Lock()


class NoThumbnail(Exception):
    """Raised for a file that is no picture, or one that cannot be decoded within bounds."""


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/mirror/thumbnails` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mirror" / "thumbnails"


async def thumbnail_of(path: Path, mime: str, sha256: str) -> bytes:
    """The bytes of a WebP of at most 480 × 360 pixels. Raises NoThumbnail."""
    if not mime.startswith("image/"):
        raise NoThumbnail(f"{mime} has no thumbnail")
    cached = cache_folder() / sha256[:2] / f"{sha256}.webp"
    try:
        return cached.read_bytes()
    except OSError:
        pass
    body = await asyncio.to_thread(_draw, path)
    await asyncio.to_thread(_keep, cached, body)
    return body


def _draw(path: Path) -> bytes:
    try:
        with _one, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(path)
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError,
            Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # fmt: skip
        raise NoThumbnail(f"not a picture that can be decoded: {error}") from error


def _drawn(path: Path) -> bytes:
    with Image.open(path, formats=_FORMATS) as source:
        if source.width * source.height > MAX_PIXELS:
            raise NoThumbnail("too large to be decoded")
        # JPEG can be decoded at a fraction of its size.
        source.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
        image = ImageOps.exif_transpose(source) or source
        image.thumbnail(SIZE)
        mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
        with tempfile.SpooledTemporaryFile(max_size=2_000_000) as out:
            image.convert(mode).save(out, "WEBP", quality=78, method=4)
            out.seek(0)
            return out.read()


def _keep(target: Path, body: bytes) -> None:
    """Writes the cache. Where that fails, the thumbnail is drawn again the next time."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as out:
            out.write(body)
        os.replace(out.name, target)
    except OSError:
        return
