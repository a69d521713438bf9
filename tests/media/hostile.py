"""A media server in its own process, every misbehaviour at its own path.

`python hostile.py` prints its port and serves 127.0.0.1 until its standard input ends. Every
request is kept, and told as JSON at `/log`; `/log/clear` forgets them.
"""

import asyncio
import gzip
import hashlib
import json
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MB = 1_000_000


def png(width: int, height: int, *, filler: int = 0) -> bytes:
    """A PNG whose header states a size; the picture itself is one row of it at most."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    text = chunk(b"tEXt", b"filler\0" + bytes(filler)) if filler else b""
    rows = zlib.compress(b"\0" + b"\x80" * min(width, 100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + text + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )  # fmt: skip


def numbered(name: str, size: int) -> bytes:
    """A JPEG of 320 × 200 by its headers, of so many bytes, different for every name."""
    seed = hashlib.sha256(name.encode()).digest()
    head = (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
        + b"\xff\xfe\0\x22" + seed
        + b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", 200, 320) + b"\1\1\x11\0"
        + b"\xff\xda\0\x08\1\1\0\0\x3f\0"
    )  # fmt: skip
    return (head + seed * (size // 32 + 1))[:size]


GOOD = png(640, 480, filler=2000)
PDF = b"%PDF-1.4\n" + b"1 0 obj << >> endobj\n" * 50 + b"%%EOF\n"
PAGE = b"<!DOCTYPE html><html><head><title>Not found</title></head><body>Sorry</body></html>"
LARGE = numbered("large", 3 * MB)


@dataclass
class Asked:
    """One request: method, path, query and headers (names in lower case)."""

    path: str
    query: str
    headers: dict[str, str]


Answer = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]
ANSWERS: dict[str, Answer] = {}
LOG: list[dict[str, object]] = []
HITS: Counter[str] = Counter()


def at(path: str) -> Callable[[Answer], Answer]:
    """Registers an answer for a path."""

    def register(answer: Answer) -> Answer:
        ANSWERS[path] = answer
        return answer

    return register


def send(
    writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK", **headers: object
) -> None:
    """A whole reply; a header given as None is left out."""
    fields: dict[str, object] = {"Content-Length": len(body), "Content-Type": "image/png"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@at("/good.png")
async def good(asked: Asked, writer: asyncio.StreamWriter) -> None:
    etag = '"good-1"'
    if asked.headers.get("if-none-match") == etag:
        send(writer, b"", "304 Not Modified", ETag=etag, Content_Length=None)
    else:
        send(writer, GOOD, ETag=etag)


@at("/dated.png")
async def dated(asked: Asked, writer: asyncio.StreamWriter) -> None:
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    if asked.headers.get("if-modified-since") == date:
        send(writer, b"", "304 Not Modified", Content_Length=None)
    else:
        send(writer, GOOD, Last_Modified=date)


@at("/doc.pdf")
async def doc(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, PDF, Content_Type="application/pdf")


@at("/replaced.png")
async def replaced(asked: Asked, writer: asyncio.StreamWriter) -> None:
    number = int(CHANGES.get("replaced", 1))
    etag = f'"v{number}"'
    if asked.headers.get("if-none-match") == etag:
        send(writer, b"", "304 Not Modified", Content_Length=None)
    else:
        send(writer, png(10 + number, 10), ETag=etag)


CHANGES: dict[str, int] = {}


@at("/replace")
async def replace(asked: Asked, writer: asyncio.StreamWriter) -> None:
    CHANGES["replaced"] = CHANGES.get("replaced", 1) + 1
    send(writer, b"ok")


@at("/robots.txt")
async def robots(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if CHANGES.get("disallow") or CHANGES.get("delay"):
        rules = "User-agent: *\nDisallow: /private/\n"
        if delay := CHANGES.get("delay"):
            rules += f"\nUser-agent: patient\nCrawl-delay: {delay / 1000}\n"
        send(writer, rules.encode(), Content_Type="text/plain")
    else:
        send(writer, PAGE, "404 Not Found", Content_Type="text/html")


@at("/robots")
async def set_robots(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """`?disallow=1`, `?delay=300` (milliseconds, for the agent `patient`); 0 takes it back."""
    name, _, value = asked.query.partition("=")
    CHANGES[name] = int(value)
    send(writer, b"ok")


def status(path: str, line: str, **headers: object) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        send(writer, PAGE, line, Content_Type="text/html", **headers)

    ANSWERS[path] = answer


status("/404.png", "404 Not Found")
status("/410.png", "410 Gone")
status("/500.png", "500 Internal Server Error")
status("/429.png", "429 Too Many Requests", Retry_After="120")
status("/teapot.png", "418 I'm a teapot")
status("/html.jpg", "200 OK")
status("/to-file.png", "302 Found", Location="file:///etc/passwd")
status("/to-nowhere.png", "302 Found")
status("/to-other-port.png", "302 Found", Location="http://127.0.0.1:1/secret.png")
status("/to-metadata.png", "302 Found", Location="http://169.254.169.254/latest/meta-data/a.png")
status("/to-mapped.png", "302 Found", Location="http://[::ffff:169.254.169.254]/a.png")
status("/to-decimal.png", "302 Found", Location="http://2130706433:1/a.png")
status("/to-name.png", "302 Found", Location="http://private.test/a.png")
status("/loop.png", "302 Found", Location="/loop.png")
status("/to-good.png", "301 Moved Permanently", Location="/good.png")


@at("/hotlink.png")
async def hotlink(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.headers.get("referer", "").startswith("http://127.0.0.1"):
        send(writer, GOOD)
    else:
        send(writer, PAGE, "403 Forbidden", Content_Type="text/html")


@at("/refused.png")
async def refused(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, PAGE, "403 Forbidden", Content_Type="text/html")


@at("/endless.png")
async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD, Content_Length=None, Connection="close")
    while True:
        writer.write(bytes(65536))
        await writer.drain()


@at("/announced.png")
async def announced(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD, Content_Length=10_000 * MB)
    await writer.drain()
    await asyncio.sleep(30)


@at("/gzipped.png")
async def gzipped(asked: Asked, writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(GOOD)
    send(writer, body, Content_Encoding="gzip", Content_Length=len(body))


def bomb_of(times: int) -> bytes:
    """A gzip stream of a PNG's beginning and then `times` 10 MB of zeros: one block, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(GOOD) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(10 * MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + first + block * times


BOMB = bomb_of(1000)


@at("/bomb.png")
async def bomb(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, BOMB, Content_Encoding="gzip", Content_Length=len(BOMB))


@at("/brotli.png")
async def brotli(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, b"\x0b\x02\x80abc\x03", Content_Encoding="br")


@at("/not-gzip.png")
async def not_gzip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD, Content_Encoding="gzip")


@at("/half-gzip.png")
async def half_gzip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(LARGE)
    send(writer, body[: len(body) // 2], Content_Encoding="gzip")


@at("/archive.tar.gz")
async def archive(asked: Asked, writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(b"ustar" * 100)
    send(writer, body, Content_Encoding="gzip", Content_Type="application/x-gzip")


@at("/pixels.png")
async def pixels(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, png(50_000, 50_000))


@at("/truncated.png")
async def truncated(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD[: len(GOOD) // 2], Content_Length=len(GOOD))
    writer.close()


@at("/empty.png")
async def empty(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, b"")


@at("/stalls.png")
async def stalls(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD[: len(GOOD) * 9 // 10], Content_Length=len(GOOD))
    await writer.drain()
    await asyncio.sleep(60)


@at("/drips.png")
async def drips(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD[:100], Content_Length=len(GOOD))
    for byte in GOOD[100:]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


@at("/silent.png")
async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@at("/closes.png")
async def closes(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.close()


@at("/garbage.png")
async def garbage(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01\x02 this is not HTTP\r\n\r\n")
    writer.close()


@at("/headers.png")
async def headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
    writer.close()


@at("/headers-for-ever.png")
async def headers_for_ever(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Flood: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


@at("/drips-head.png")
async def drips_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Slow: a\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


@at("/two-lengths.png")
async def two_lengths(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg")
    writer.close()


@at("/odd-validators.png")
async def odd_validators(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Bytes that are no text, where a validator stands."""
    writer.write(b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nLast-Modified: \xff\r\n')
    writer.write(b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD)


@at("/odd-encoding.png")
async def odd_encoding(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: \xff\r\nContent-Length: 2\r\n\r\nab")


@at("/short-length.png")
async def short_length(asked: Asked, writer: asyncio.StreamWriter) -> None:
    send(writer, GOOD, Content_Length=len(GOOD) // 2)
    writer.close()


def send_range(
    writer: asyncio.StreamWriter,
    start: int,
    etag: str,
    *,
    most: int = len(LARGE),
    whole: int | str = len(LARGE),
) -> None:
    """The large file from a byte on, `most` bytes of it; `whole` is the size that is told."""
    end = min(start + most, len(LARGE))
    send(
        writer, LARGE[start:end], "206 Partial Content", ETag=etag,
        Content_Range=f"bytes {start}-{end - 1}/{whole}",
    )  # fmt: skip


@at("/breaks-once.jpg")
async def breaks_once(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Two thirds of a large file, then the end; the rest by Range."""
    etag = '"large-1"'
    start = _start(asked, etag)
    if start is not None:
        send_range(writer, start, etag)
        return
    send(writer, LARGE[: 2 * MB], Content_Length=len(LARGE), ETag=etag)
    await writer.drain()
    writer.close()


@at("/by-pieces.jpg")
async def by_pieces(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Half of a large file, then the end; by Range never more than 600 kB (RFC 9110, 15.3.7)."""
    etag = '"pieces-1"'
    start = _start(asked, etag)
    if start is not None:
        is_said = start >= len(LARGE) // 2 + 600_000
        send_range(writer, start, etag, most=600_000, whole=len(LARGE) if is_said else "*")
        return
    send(writer, LARGE[: len(LARGE) // 2], Content_Length=len(LARGE), ETag=etag)
    await writer.drain()
    writer.close()


@at("/pausing.jpg")
async def pausing(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Two thirds of a large file, a pause, and the rest; or the rest by Range."""
    start = _start(asked, '"pausing-1"')
    if start is not None:
        send_range(writer, start, '"pausing-1"')
        return
    send(writer, LARGE[: 2 * MB], Content_Length=len(LARGE), ETag='"pausing-1"')
    await writer.drain()
    await asyncio.sleep(30)
    writer.write(LARGE[2 * MB :])


@at("/whole.jpg")
async def whole(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A large file: all of it, or from where Range says."""
    start = _start(asked, '"whole-1"')
    if start is None:
        send(writer, LARGE, ETag='"whole-1"')
    else:
        send_range(writer, start, '"whole-1"')


@at("/changes-meanwhile.jpg")
async def changes_meanwhile(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Breaks at the first request; at the second the file is another one, and sent whole."""
    if HITS["/changes-meanwhile.jpg"] == 1:
        send(writer, LARGE[: 2 * MB], Content_Length=len(LARGE), ETag='"a"')
        await writer.drain()
        writer.close()
    else:
        send(writer, numbered("other", 2 * MB), ETag='"b"')


@at("/lying-range.jpg")
async def lying_range(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Breaks; then answers 206 with another range than was asked for."""
    if "range" in asked.headers:
        send(
            writer, LARGE[:100], "206 Partial Content", ETag='"a"',
            Content_Range=f"bytes 0-99/{len(LARGE)}",
        )  # fmt: skip
    elif HITS["/lying-range.jpg"] == 1:
        send(writer, LARGE[: 2 * MB], Content_Length=len(LARGE), ETag='"a"')
        await writer.drain()
        writer.close()
    else:
        send(writer, LARGE, ETag='"a"')


def _start(asked: Asked, etag: str) -> int | None:
    wanted = asked.headers.get("range", "")
    if not wanted.startswith("bytes=") or asked.headers.get("if-range") != etag:
        return None
    return int(wanted.removeprefix("bytes=").rstrip("-"))


@at("/huge.jpg")
async def huge(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """1 GB, made while it is sent."""
    block = numbered("huge", MB)
    send(writer, b"", Content_Length=1000 * MB, Content_Type="image/jpeg")
    for _ in range(1000):
        writer.write(block)
        await writer.drain()


async def otherwise(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """`/n/SIZE/NAME.jpg`: a file of its own; `/slow/NAME.jpg`: one that takes a moment."""
    parts = asked.path.strip("/").split("/")
    if parts[0] == "n" and len(parts) == 3:
        body = numbered(parts[2], int(parts[1]))
        etag = f'"{hashlib.md5(parts[2].encode()).hexdigest()}"'
        if asked.headers.get("if-none-match") == etag:
            send(writer, b"", "304 Not Modified", Content_Length=None)
        else:
            send(writer, body, ETag=etag, Content_Type="image/jpeg")
    elif parts[0] == "slow":
        await asyncio.sleep(0.02)
        send(writer, numbered(parts[-1], 50_000), Content_Type="image/jpeg")
    elif asked.path == "/log":
        send(writer, json.dumps(LOG).encode(), Content_Type="application/json")
    elif asked.path == "/log/clear":
        LOG.clear()
        send(writer, b"ok")
    else:
        send(writer, PAGE, "404 Not Found", Content_Type="text/html")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, any number of requests."""
    try:
        while True:
            raw = await reader.readuntil(b"\r\n\r\n")
            first, *lines = raw.decode("latin-1").split("\r\n")
            target = first.split(" ")[1]
            path, _, query = target.partition("?")
            fields = (line.split(":", 1) for line in lines if ":" in line)
            asked = Asked(path, query, {name.lower(): value.strip() for name, value in fields})
            if not path.startswith("/log"):
                HITS[path] += 1
                LOG.append({"path": path, "query": query, "headers": asked.headers})
            await ANSWERS.get(path, otherwise)(asked, writer)
            await writer.drain()
            if writer.is_closing():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serves until standard input ends."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # Answers that wait for ever would be waited for.
    import os

    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
