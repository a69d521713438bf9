"""`python -m tests.media.fetching FOLDER URL`: one run over a site's media, to be killed."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from tests.media.sites import QUICK, Site

if __name__ == "__main__":
    site = Site(Path(sys.argv[1]), sys.argv[2])
    policy = replace(QUICK, file_bytes=2_000_000_000, stall_seconds=60, most_seconds=600)
    summary = asyncio.run(site.run(policy))
    # Not ru_maxrss: that begins with what the process had that started this one.
    status = Path("/proc/self/status").read_text()
    print(summary.fetched, int(status.split("VmHWM:")[1].split()[0]) // 1024)
