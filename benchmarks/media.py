"""Media throughput: 5,000 files of 50 kB from a loopback server, beside wget and FilesPipeline.

    python benchmarks/media.py [--files 5000] [--bytes 50000] [--rounds 3]

Each program fetches the same addresses from the same server (asyncio, in a process of its own) into
a fresh folder, one after another, rounds interleaved; the best round of each counts, by the clock
and in processor time, which other load on the machine spoils less. `mirror` does more for each file
than the others: SHA-256, type and size sniffed, `fsync` of file and folder, a row in
the database. With `--no-fsync` it leaves the disk to the operating system, as they do.
Prints JSON.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SERVER = """
import asyncio, hashlib, sys
SIZE = int(sys.argv[1])
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            name = head.split(b" ", 2)[1]
            if name == b"/robots.txt":
                writer.write(b"HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n")
                continue
            seed = hashlib.sha256(name).digest()
            body = (b"\\xff\\xd8\\xff\\xe0\\0\\x10JFIF\\0\\1\\1\\0\\0\\1\\0\\1\\0\\0" + b"\\xff\\xc0\\0\\x0b\\x08\\0\\x20\\0\\x20"
                    b"\\1\\1\\x11\\0\\xff\\xda\\0\\x08\\1\\1\\0\\0\\x3f\\0" + seed * (SIZE // 32))[:SIZE]
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: image/jpeg\\r\\nContent-Length: %d\\r\\n\\r\\n"
                         % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""  # noqa: E501

SPIDER = """
import scrapy
class Files(scrapy.Spider):
    name = "files"
    async def start(self):
        for chunk in range(0, {files}, 100):
            yield {{"file_urls": ["http://127.0.0.1:{port}/%d.jpg" % n
                                 for n in range(chunk, min(chunk + 100, {files}))]}}
"""


def with_mirror(folder: Path, port: int, files: int, *, fsync: bool) -> None:
    """`mirror.media.stage` into a fresh mirror."""
    from mirror.content_media import uses
    from mirror.media.folder import Folder
    from mirror.media.policy import MediaPolicy
    from mirror.media.stage import run
    from mirror.store import files as store
    from mirror.store.connection import connect, transaction

    if not fsync:
        os.fsync = lambda number: None  # type: ignore[assignment]
    site = f"http://127.0.0.1:{port}"
    db = connect(folder / "mirror.db", write=True)
    with transaction(db):
        db.execute("INSERT INTO sites (id, url, host, first_seen_at) VALUES (1, ?, '', '')", [site])
        db.execute("INSERT INTO crawls (id, site_id, mode, started_at) VALUES (1, 1, 'full', '')")
        for post in range(0, files, 50):
            html = "".join(f"<img src=/{n}.jpg>" for n in range(post, min(post + 50, files)))
            db.execute(
                "INSERT INTO posts (id, site_id, wp_id, collection, fingerprint, valid_from, "
                "first_seen_at, crawl_id, extra) VALUES (?1, 1, ?1, 'posts', '', '', '', 1, '{}')",
                [post + 1],
            )
            found = uses({"content": {"rendered": html}}, site)
            store.link(db, 1, "post", [(post + 1, found)], now="2026", stale_before="2026")
    summary = asyncio.run(
        run(
            db, 1, site,
            store=Folder(folder / "media"), policy=MediaPolicy(), user_agent="bench",
            concurrency=8,
        )
    )  # fmt: skip
    assert summary.fetched == files, summary


def with_wget(folder: Path, port: int, files: int) -> None:
    """`wget --input-file`: one connection, kept alive."""
    listed = folder / "urls"
    listed.write_text("".join(f"http://127.0.0.1:{port}/{n}.jpg\n" for n in range(files)))
    command = ["wget", "--quiet", f"--input-file={listed}", f"--directory-prefix={folder / 'got'}"]
    subprocess.run(command, check=True, env={**os.environ, "http_proxy": ""})


def with_filespipeline(folder: Path, port: int, files: int) -> None:
    """Scrapy's own FilesPipeline, at the same concurrency."""
    spider = folder / "spider.py"
    spider.write_text(SPIDER.format(files=files, port=port))
    settings = {
        "ITEM_PIPELINES": '{"scrapy.pipelines.files.FilesPipeline": 1}',
        "FILES_STORE": str(folder / "got"),
        "CONCURRENT_REQUESTS": "16",
        "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
        "DOWNLOAD_DELAY": "0",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider)]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    subprocess.run(command, check=True, cwd=folder)


def timed(name: str, port: int, files: int) -> tuple[float, float]:
    """One round in a process of its own; returns its seconds, by the clock and of processors."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--only", name, folder, str(port), str(files)]
        start, before = time.perf_counter(), _cpu_seconds()
        subprocess.run(command, check=True)
        seconds, cpu = time.perf_counter() - start, _cpu_seconds() - before
        counted = sum(1 for path in Path(folder).rglob("*.jpg"))
        assert counted == files, f"{name} fetched {counted} of {files}"
        return seconds, cpu


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


PROGRAMS = {
    "mirror": lambda *args: with_mirror(*args, fsync=True),
    "mirror --no-fsync": lambda *args: with_mirror(*args, fsync=False),
    "wget": with_wget,
    "FilesPipeline": with_filespipeline,
}


def main() -> None:
    """Runs the rounds and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--bytes", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        name, folder, port, files = options.only
        PROGRAMS[name](Path(folder), int(port), int(files))
        return
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(options.bytes)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = int(server.stdout.readline())
    best: dict[str, float] = {}
    least: dict[str, float] = {}
    try:
        for _ in range(options.rounds):
            for name in PROGRAMS:
                seconds, cpu = timed(name, port, options.files)
                best[name] = min(seconds, best.get(name, seconds))
                least[name] = min(cpu, least.get(name, cpu))
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
    result = {
        "files": options.files,
        "bytes": options.bytes,
        "seconds": {name: round(value, 2) for name, value in best.items()},
        "cpu_seconds": {name: round(value, 2) for name, value in least.items()},
        "of_wget": {name: round(value / best["wget"], 2) for name, value in best.items()},
        "of_filespipeline": {
            name: round(value / best["FilesPipeline"], 2) for name, value in best.items()
        },
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
