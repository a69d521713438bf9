"""What catching up costs: `python -m benchmarks.catching_up --posts 10000 [--dlt PYTHON]`.

Mirrors a generated site (benchmarks/site.py) with the real command, without media files; crawls
again with nothing changed, and again with one edited post. Prints a Markdown table of the requests
that the site answered, and of the bytes of their bodies, uncompressed.

`--dlt` names a Python that has dlt and duckdb (`pip install 'dlt[duckdb]'`, in an environment of
its own): its `rest_api` source then loads the same collections three times, incrementally by
`modified_after` where WordPress has that, as its documentation shows.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.site import serving

HEAD = """\
| | run | requests | bytes | share of the first |
| --- | --- | ---: | ---: | ---: |"""
# An id in the middle of the newsroom's: any will do that exists.
RUNS = ("first", "nothing changed", "one edited post")

DLT = """
import sys
import dlt
from dlt.sources.rest_api import rest_api_source

def dated(name):
    by = {"cursor_path": "modified", "initial_value": "1970-01-01T00:00:00"}
    params = {"orderby": "modified", "order": "asc",
              "modified_after": {"type": "incremental", **by}}
    return {"name": name, "primary_key": "id", "write_disposition": "merge",
            "endpoint": {"path": name, "params": params}}

source = rest_api_source({
    "client": {"base_url": sys.argv[1] + "/wp-json/wp/v2/", "paginator": "header_link"},
    "resource_defaults": {"endpoint": {"params": {"per_page": 100}}},
    "resources": [*map(dated, ("posts", "pages", "media")), "categories", "tags", "users"],
})
pipeline = dlt.pipeline(
    "rows", destination="duckdb", dataset_name="site", pipelines_dir=sys.argv[2]
)
pipeline.run(source)
"""


def post(url: str, path: str) -> dict[str, int]:
    """Sends the site a control request."""
    with urllib.request.urlopen(urllib.request.Request(url + path, b"")) as reply:
        told: dict[str, int] = json.load(reply)
        return told


def mirror(url: str, folder: Path) -> None:
    """One crawl by the real command."""
    command = [sys.executable, "-m", "mirror", "crawl", url, "--no-media", "--quiet"]
    subprocess.run([*command, "--db", str(folder / "mirror.db")], check=True)


def dlt(python: str) -> Callable[[str, Path], None]:
    """A way to load the same by dlt."""

    def load(url: str, folder: Path) -> None:
        command = [python, "-c", DLT, url, str(folder)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    return load


def measure(posts: int, run: Callable[[str, Path], None]) -> Iterator[tuple[str, int, int]]:
    """Requests and bytes of each run."""
    with serving(posts) as served, tempfile.TemporaryDirectory() as folder:
        for name in RUNS:
            if name == RUNS[-1]:
                newest = f"{served['url']}/wp-json/wp/v2/posts?per_page=1&_fields=id&offset=99"
                with urllib.request.urlopen(newest) as reply:
                    post(served["url"], f"/_edit?id={json.load(reply)[0]['id']}")
            post(served["url"], "/_requests")
            run(served["url"], Path(folder))
            told = post(served["url"], "/_requests")
            yield name, told["requests"], told["bytes"]


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--dlt", metavar="PYTHON", help="a Python that has dlt and duckdb")
    chosen = parser.parse_args()
    ways = {"mirror": mirror}
    if chosen.dlt:
        ways["dlt"] = dlt(chosen.dlt)
    print(HEAD)
    for way, run in ways.items():
        whole = 0
        for name, requests, size in measure(chosen.posts, run):
            whole = whole or size
            share = f"{100 * size / whole:.2f} %"
            print(f"| {way} | {name} | {requests:,} | {size:,} | {share} |", flush=True)


if __name__ == "__main__":
    main()
