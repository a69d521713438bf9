"""wpextract's `download`: every collection into one JSON file, ten rows a request.

It keeps no database; its own command does the work, so the time has its start in it.
"""

import json
import subprocess
import sys
import time
from pathlib import Path


def main(url: str, folder: Path) -> None:
    start = time.perf_counter()
    command = Path(sys.executable).parent / "wpextract"
    subprocess.run([command, "download", url, folder / "json"], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    posts = json.loads((folder / "json" / "posts.json").read_bytes())
    print(json.dumps({"posts": len(posts), "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
