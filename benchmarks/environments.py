"""Virtual environments for contenders that must not be mixed with ours, made when first needed.

`contenders/NAME.txt` pins what goes into NAME's. They are kept below the user's cache folder and
used again for as long as that file is the same.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Failed

CONTENDERS = Path(__file__).with_name("contenders")


def python_for(name: str) -> Path:
    """The Python of a contender's environment.

    Raises Failed, with pip's last words, if it cannot be made.
    """
    pinned = CONTENDERS / f"{name}.txt"
    digest = hashlib.sha256(pinned.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _do([sys.executable, "-m", "venv", folder])
        _do([python, "-m", "pip", "install", "--quiet", "--requirement", pinned])
        (folder / "complete").touch()
    return python


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "syndication-mirror" / "benchmarks"


def _do(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"could not be installed: {said[-1] if said else done.returncode}")
