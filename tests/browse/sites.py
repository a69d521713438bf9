"""The sample's web site: asked in-process, or in a process of its own over loopback."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import httpx

from mirror.browse import application


class Served:
    """A mirror's web site without a socket. `get` gives httpx' reply."""

    def __init__(self, db: Path, media: str | None = None, *, public: bool = False) -> None:
        self.db = db
        self._loop = asyncio.new_event_loop()
        self.datasette = application(db, media=media, public=public)
        self._loop.run_until_complete(self.datasette.invoke_startup())

    def get(self, path: str, **options: Any) -> httpx.Response:
        reply: httpx.Response = self._loop.run_until_complete(
            self.datasette.client.get(path, **options)
        )
        return reply

    def wait(self) -> None:
        """Lets what was begun in the background come to its end."""
        others = asyncio.all_tasks(self._loop)
        self._loop.run_until_complete(asyncio.gather(*others))

    def close(self) -> None:
        for database in self.datasette.databases.values():
            database.close()
        self.datasette.executor.shutdown()
        self._loop.close()


class Server:
    """`serve` in a process of its own, on a free port."""

    def __init__(self, db: Path, port: int) -> None:
        code = (
            "import sys; from pathlib import Path; from mirror.browse import serve; "
            "serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
        )
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, str(db), str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
            text=True,
        )
        wait_for(self.url, self._process)

    def rss(self) -> int:
        """Resident memory of the process, in bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    def stop(self) -> str:
        """Ends it; returns what it wrote to stderr."""
        self._process.terminate()
        return self._process.communicate(timeout=20)[1]


def wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    """Until it answers: Datasette takes a second to start, on a busy machine many."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
