"""A robots.txt of any size: its beginning counts, and no more of it is had than that."""

import time
import zlib

import pytest

from mirror.demo.reply import Reply
from mirror.demo.server import serve
from mirror.demo.site import Site, sample_site
from tests.mirrored import Mirror

RULE = b"User-agent: *\nDisallow: /wp-json/wp/v2/tags\n"


def with_robots(body: bytes, **headers: str) -> Site:
    """The sample site with this robots.txt."""
    site = sample_site()
    answer = site.respond

    def respond(method: str, path: str, *rest: object) -> Reply:
        if path == "/robots.txt":
            return Reply(200, {"Content-Type": "text/plain", **headers}, body)
        return answer(method, path, *rest)  # type: ignore[arg-type]

    site.respond = respond  # type: ignore[method-assign, assignment]
    return site


@pytest.mark.slow
@pytest.mark.parametrize(
    "filling", [b"# nothing\n", b"Disallow: /*a*b*c*d$\n", b"Sitemap: http://[/x\n", b"x", b"\0"]
)
def test_a_hundred_megabytes(filling: bytes, mirror: Mirror) -> None:
    body = RULE + filling * (100_000_000 // len(filling))
    begun = time.monotonic()
    with serve(with_robots(body)) as served:
        run = mirror.crawl(served.url, "--no-media")
    assert run.exit_code == 0, run.stderr
    assert time.monotonic() - begun < 60
    assert run.summary["bytes"] < 5_000_000
    assert len(mirror.ids("posts")) == 31
    assert mirror.ids("tags") == []  # the rule at the beginning is heeded


@pytest.mark.slow
def test_a_gzip_bomb(mirror: Mirror) -> None:
    """300 MB of blanks in 300 kB: unreadable, as if there were none, and not in memory."""
    packer = zlib.compressobj(9, wbits=31)
    body = packer.compress(RULE)
    body += b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    with serve(with_robots(body, **{"Content-Encoding": "gzip"})) as served:
        run, peak = mirror.watched_crawl(served.url, "--no-media")
    assert run.exit_code == 0, run.stderr
    assert len(mirror.ids("posts")) == 31
    assert peak < 400
