"""Takes the pictures in this folder: the main pages on the sample mirror of the tests.

    python docs/images/take.py [--db mirror.db]

Needs Chromium (`/usr/bin/chromium`) and what `pip install -e .[test]` brings. Pictures are WebP,
1440 pixels wide at one pixel each, or 360 at two, as a telephone shows them.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.browse.sample import build  # noqa: E402  (needs the line above)
from tests.browse.sites import Server, unused_port  # noqa: E402

# name, path, width, colour scheme, most height
PICTURES: Sequence[tuple[str, str, int, str, int]] = (
    ("home", "/", 1440, "light", 1500),
    ("home-dark", "/", 1440, "dark", 1500),
    ("post", "/posts/7", 1440, "light", 1300),
    ("compare", "/posts/5/compare?a=1&b=4", 1440, "light", 1000),
    ("story", "/stories/109", 1440, "dark", 700),
    ("search", "/search?q=harbour", 1440, "light", 1000),
    ("media", "/media", 1440, "dark", 900),
    ("questions", "/queries", 1440, "light", 900),
    ("phone-home", "/", 360, "light", 760),
    ("phone-post", "/posts/5", 360, "dark", 760),
    ("phone-compare", "/posts/5/compare?a=1&b=4&view=inline", 360, "light", 760),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--db", type=Path, help="another mirror than the tests' sample")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(options.db or build(Path(folder)), unused_port())
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for picture in PICTURES:
            take(browser, server.url, *picture)
        browser.close()
        server.stop()


def take(browser: Browser, url: str, name: str, path: str, width: int, scheme: str,
         most: int) -> None:  # fmt: skip
    context = browser.new_context(
        viewport={"width": width, "height": min(most, 900)},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=2 if width < 600 else 1,
    )
    page = context.new_page()
    page.goto(url + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    shot = page.screenshot(full_page=True)
    context.close()
    with Image.open(io.BytesIO(shot)) as image:
        scale = image.width // width
        image.crop((0, 0, image.width, min(image.height, most * scale))).save(
            HERE / f"{name}.webp", "WEBP", quality=84, method=6
        )


if __name__ == "__main__":
    main()
