"""The server's own rate: all pages are received, nothing is decoded and nothing kept.

Four threads with a connection each, which is all that a client of `mirror`'s politeness would use.
Given more arguments, these are the addresses to fetch instead, and by how many threads: FILE URL
FOLDER LIST CONNECTIONS, where LIST names a file with a path a line.
"""

import http.client
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from urllib.parse import urlsplit

CONNECTIONS = 4
PER_PAGE = 100
# Compressed, as every crawler asks for them; nothing is unpacked.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip"}
COLLECTIONS = ("posts", "pages", "media", "categories", "tags", "users")

own = local()


def fetch(host: str, path: str) -> tuple[int, http.client.HTTPMessage]:
    """Receives one answer: the bytes of its body, and its headers."""
    if not hasattr(own, "connection"):
        own.connection = http.client.HTTPConnection(host, timeout=600)
        own.buffer = bytearray(1 << 20)
    own.connection.request("GET", path, headers=HEADERS)
    reply = own.connection.getresponse()
    size = 0
    while taken := reply.readinto(own.buffer):
        size += taken
    if reply.status != 200:
        raise SystemExit(f"{path}: {reply.status}")
    return size, reply.headers


def listed(host: str) -> tuple[list[str], int]:
    """The paths of all pages of all collections, and the number of posts."""
    paths, posts = [], 0
    for name in COLLECTIONS:
        path = f"/wp-json/wp/v2/{name}?per_page="
        total = int(fetch(host, f"{path}1")[1]["X-WP-Total"])
        paths += [f"{path}{PER_PAGE}&page={n + 1}" for n in range(-(-total // PER_PAGE))]
        posts = posts or total
    return paths, posts


def fetch_all(host: str, paths: Sequence[str], connections: int) -> int:
    """Receives them all; the number of bytes."""
    with ThreadPoolExecutor(connections) as threads:
        return sum(threads.map(lambda path: fetch(host, path)[0], paths))


def main(url: str, given: str | None, connections: int) -> None:
    host = urlsplit(url).netloc
    if given:
        paths, posts = Path(given).read_text().split(), 0
    else:
        paths, posts = listed(host)
    start = time.perf_counter()
    size = fetch_all(host, paths, connections)
    seconds = time.perf_counter() - start
    print(json.dumps({"posts": posts, "seconds": seconds, "bytes": size, "requests": len(paths)}))


if __name__ == "__main__":
    listing, number = sys.argv[3:5] if sys.argv[4:] else (None, CONNECTIONS)
    main(sys.argv[1], listing, int(number))
