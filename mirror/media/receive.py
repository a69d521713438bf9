"""One body, from a response into a file: bounded in bytes, time, rate and kind."""

import asyncio
import re
from dataclasses import dataclass

import aiohttp

from mirror.content_media import extension
from mirror.media.encodings import BadEncoding, Unpacker, is_packed_file
from mirror.media.incoming import HEAD_BYTES, WORTH_RESUMING, Note, Part
from mirror.media.meter import Meter
from mirror.media.outcomes import Refusal
from mirror.media.policy import MediaPolicy, allows_type, fits_type
from mirror.media.replies import etag, last_modified
from mirror.media.sniff import FileType, measure, sniff

READ = 1 << 16

_RANGE = re.compile(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What has come: its kind, a picture's size in pixels, the bytes that crossed the network."""

    file_type: FileType
    size: tuple[int, int] | None
    received: int


@dataclass(slots=True)
class _Progress:
    """Bytes that came over the network, and since when."""

    started: float
    received: int = 0


async def receive(
    response: aiohttp.ClientResponse, part: Part, url: str, policy: MediaPolicy, meter: Meter
) -> Received:
    """Reads a 200 or 206 into `part`.

    Raises Refusal for what the policy or the file's nature forbids, StoreError for the disk, and
    aiohttp's errors.
    """
    _begin(response, part)
    encoding = _encoding(response)
    total = _total(response, part, encoding)
    if total is not None and total > policy.file_bytes:
        raise Refusal("too large", f"{total} bytes announced, {policy.file_bytes} allowed")
    if encoding is None:
        _make_resumable(response, part, url, total)
    unpacker = _unpacker(encoding)
    progress = _Progress(asyncio.get_running_loop().time())
    file_type = None
    async for chunk in response.content.iter_chunked(READ):
        progress.received += len(chunk)
        meter.received(len(chunk))
        _take(part, chunk, unpacker, policy)
        _check_pace(progress, policy)
        if file_type is None and len(part.head) >= HEAD_BYTES:
            file_type = _judge(part, url, policy)
    if unpacker is not None and not unpacker.complete:
        raise Refusal("truncated", "the compressed body ends before its end")
    if total is not None and part.bytes != total:
        came = f"{part.bytes} of {total} bytes came"
        raise Refusal("truncated", came, keep=part.bytes < total)
    if part.bytes == 0:
        raise Refusal("empty", "the body is empty")
    file_type = file_type or _judge(part, url, policy)
    size = _measured(part, file_type, policy)
    return Received(file_type=file_type, size=size, received=progress.received)


def continues(response: aiohttp.ClientResponse, part: Part) -> bool:
    """Whether a 206 goes on where the part ends."""
    found = _range(response)
    return found is not None and int(found[1]) == part.bytes


def _range(response: aiohttp.ClientResponse) -> re.Match[str] | None:
    """What a 206 says it holds: the first byte, and the size of the whole or `*`."""
    return _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())


def _begin(response: aiohttp.ClientResponse, part: Part) -> None:
    if response.status != 206 and (part.bytes or part.note):
        part.restart()


def _encoding(response: aiohttp.ClientResponse) -> str | None:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    if is_packed_file(response.headers.get("Content-Type", "")):
        return None
    return encoding


def _unpacker(encoding: str | None) -> Unpacker | None:
    try:
        return Unpacker(encoding) if encoding is not None else None
    except BadEncoding as error:
        raise Refusal("bad encoding", str(error)) from error


def _total(response: aiohttp.ClientResponse, part: Part, encoding: str | None) -> int | None:
    """The size of the whole file, where the headers state it.

    A 206 may hold less than was asked for (RFC 9110, 15.3.7): its own length says nothing.
    """
    if encoding is not None:
        return None
    if response.status != 206:
        return response.content_length
    found = _range(response)
    if found is not None and found[2] != "*":
        return int(found[2])
    return part.note.total if part.note else None


def _make_resumable(
    response: aiohttp.ClientResponse, part: Part, url: str, total: int | None
) -> None:
    """Notes a large file's validator: If-Range wants a strong one (RFC 9110, 13.1.5)."""
    strong = etag(response) or ""
    validator = strong if strong.startswith('"') else last_modified(response)
    if validator and total is not None and total >= WORTH_RESUMING:
        part.keep_note(Note(url=url, validator=validator, total=total))


def _take(part: Part, chunk: bytes, unpacker: Unpacker | None, policy: MediaPolicy) -> None:
    if unpacker is None:
        part.write(chunk)
    else:
        unpacker.feed(chunk)
        try:
            while (piece := unpacker.take()) and part.bytes <= policy.file_bytes:
                part.write(piece)
        except BadEncoding as error:
            raise Refusal("bad encoding", str(error)) from error
    if part.bytes > policy.file_bytes:
        raise Refusal("too large", f"more than {policy.file_bytes} bytes")


def _check_pace(progress: _Progress, policy: MediaPolicy) -> None:
    seconds = asyncio.get_running_loop().time() - progress.started
    if seconds > policy.most_seconds:
        raise Refusal("too slow", f"not done after {seconds:.0f} s", keep=True)
    if seconds > policy.grace_seconds and progress.received < seconds * policy.least_rate:
        rate = progress.received / seconds
        raise Refusal("too slow", f"{rate:.0f} bytes a second", keep=True)


def _judge(part: Part, url: str, policy: MediaPolicy) -> FileType:
    named = extension(url)
    found = sniff(part.head, named)
    if not fits_type(named, found.mime):
        raise Refusal("wrong type", f"{found.mime} where .{named} was expected")
    if not allows_type(policy, found.mime):
        raise Refusal("forbidden type", found.mime)
    return found


def _measured(part: Part, file_type: FileType, policy: MediaPolicy) -> tuple[int, int] | None:
    part.flush()
    size = measure(part.path, file_type.mime, part.head)
    if size is not None and size[0] * size[1] > policy.pixels:
        raise Refusal("too many pixels", f"{size[0]} × {size[1]}")
    return size
