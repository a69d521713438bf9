"""What has been fetched but perhaps not yet committed: one line a file, before it gets its name.

Outcomes are committed some at a time. A run that is killed in between has files whose rows are
missing; the next run reads the journal first, so that nothing whole is fetched twice. Lines are
written by the operating system even if the program dies; a power cut costs a second download.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mirror.errors import StoreError
from mirror.machine import advice


class Journal:
    """One database's journal, in the folder of files on their way."""

    def __init__(self, incoming: Path, database: Path) -> None:
        owner = hashlib.sha256(str(database.resolve()).encode()).hexdigest()[:16]
        self._path = incoming / f"{owner}.journal"
        self._file: int | None = None
        self._opening = threading.Lock()

    def append(self, line: dict[str, Any]) -> None:
        """Notes one file. Safe to be called from any thread: one write appends one line."""
        text = json.dumps(line, separators=(",", ":")) + "\n"
        try:
            with self._opening:
                if self._file is None:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.write(self._file, text.encode())
        except OSError as error:
            raise StoreError(f"{self._path}: {advice(error)}") from error

    def lines(self) -> Iterator[dict[str, Any]]:
        """What a run before noted. A last line that was cut off is left out."""
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found

    def close(self) -> None:
        """To be called when everything noted has been committed: forgets it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._path.unlink(missing_ok=True)
