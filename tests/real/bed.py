"""Real WordPress sites for tests: a thin wrapper of the test bed's `wordpress` command."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]


class BedError(Exception):
    """Raised when the test bed cannot do what is asked."""


def tool() -> Path:
    """The test bed's command: in `$WPBED`, or beside the checkout."""
    folder = os.environ.get("WPBED") or CHECKOUT.parent / "shared" / "wordpress"
    return Path(folder) / "wordpress"


def cache() -> Path:
    """Where the test bed keeps the releases of WordPress that it has fetched."""
    return Path(os.environ.get("WPBED_CACHE") or Path.home() / ".cache" / "wpbed")


def lack(wp: str) -> str | None:
    """Why sites of this release cannot be had here, or None if they can."""
    if not tool().exists():
        return f"no test bed at {tool()}: set WPBED to its folder"
    if not (cache() / f"wordpress-{wp}").exists():
        return f"WordPress {wp} is not installed: run `{tool()} install --wp {wp}`"
    return None


def wordpress(*arguments: object, temporary: str | None = None) -> Any:
    """Runs the test bed's command, and gives the JSON that it prints.

    `temporary` is a folder for the temporary files of what the command starts.
    """
    command = [str(tool()), *map(str, arguments)]
    environment = {**os.environ, "TMPDIR": temporary} if temporary else None
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, check=False, env=environment
    )
    if done.returncode:
        raise BedError(f"{' '.join(command)}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return json.loads(done.stdout)


class WordPress:
    """A running site."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder = folder
        named = [part for k, v in options.items() for part in (f"--{k.replace('_', '-')}", v)]
        # MariaDB deletes all `#sql…` in its folder for temporary files when it starts: two that
        # start at once must not share one. Sockets want a short name.
        self._temporary = tempfile.mkdtemp(prefix="bed-")
        self.info: dict[str, Any] = wordpress(
            "up", "--dir", folder, *named, temporary=self._temporary
        )

    @property
    def url(self) -> str:
        """The site's address."""
        return str(self.info["url"])

    @property
    def special(self) -> dict[str, int]:
        """The ids of the peculiar posts and media, by what is peculiar about them."""
        found: dict[str, int] = self.info["content"]["special"]
        return found

    def change(self, action: str, **options: object) -> Any:
        """Changes something: `change("edit", id=34, silent=True)`."""
        words: list[object] = []
        for name, value in options.items():
            words += [f"--{name}"] if value is True else [f"--{name}", value]
        return wordpress("change", "--dir", self.folder, action, *words)

    def rest(self, route: str, *, by: str | None = None, **fields: object) -> Any:
        """GETs a route of `wp/v2`, or POSTs fields to it: as the administrator, or by whoever has
        the application password (`user:password`)."""
        form = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(f"{self.info['rest_url']}wp/v2/{route}", data=form)
        token = base64.b64encode((by or self.password).encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        request.add_header("User-Agent", "wpbed")
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    @property
    def password(self) -> str:
        """The administrator's name and application password."""
        return f"admin:{self.info['application_password']}"

    def fault(self, kind: str, **options: object) -> None:
        """Switches a fault on."""
        words = [f"{name}={value}" for name, value in options.items()]
        wordpress("fault", "--dir", self.folder, "add", kind, *words)

    def no_faults(self) -> None:
        """Switches all faults off."""
        wordpress("fault", "--dir", self.folder, "clear")

    def truth(self) -> dict[str, Any]:
        """What anybody may see, from the database and the files."""
        found: dict[str, Any] = wordpress("truth", "--dir", self.folder)
        return found

    def access_log(self) -> list[dict[str, Any]]:
        """The requests so far; nginx writes a line shortly after the answer."""
        lines = Path(self.info["access_log"]).read_text(encoding="utf-8").splitlines()
        asked = [json.loads(line) for line in lines]
        return [request for request in asked if request["agent"] != "wpbed"]

    def remove(self) -> None:
        """Stops the site, and deletes it."""
        wordpress("down", "--dir", self.folder, "--remove")
        shutil.rmtree(self._temporary, ignore_errors=True)
