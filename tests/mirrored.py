"""A mirror as its users have it: filled by the real command, read with plain SQL."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirror.store.objects import selection
from mirror.wordpress.objects import rebuild
from tests.memory import finished

CHECKOUT = Path(__file__).resolve().parents[1]
KINDS = {
    "post": "posts", "media": "media", "term": "terms", "author": "authors", "comment": "comments",
}  # fmt: skip
SECONDS = 120  # more than any crawl of a test may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of the command came to."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def summary(self) -> dict[str, Any]:
        """The summary of the only site that was crawled (`--json`)."""
        told = json.loads(self.stdout)
        summary: dict[str, Any] = told[0] if isinstance(told, list) else told
        return summary

    def counts(self, *names: str) -> tuple[int, ...]:
        """Some numbers of the summary, such as `new` and `edited`."""
        return tuple(self.summary[name] for name in names)


class Mirror:
    """A database that `mirror` writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def command(self, *arguments: str) -> list[str]:
        """The command line of `mirror` on this database."""
        return [sys.executable, "-m", "mirror", *arguments, "--db", str(self.path)]

    def run(
        self, *arguments: str, seconds: float = SECONDS, named: bool = True, **environment: str
    ) -> Run:
        """Runs a command of `mirror` in the database's folder, which is `named` to it."""
        command = self.command(*arguments)
        done = subprocess.run(
            command if named else command[:-2], cwd=self.path.parent,
            capture_output=True, text=True, timeout=seconds, check=False,
            env=self.environment(**environment),
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr[-4000:]
        return Run(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def watched_crawl(self, url: str, *options: str, **environment: str) -> tuple[Run, float]:
        """As `crawl`; and the peak memory of the crawl's processes together, in MB."""
        with subprocess.Popen(
            self.command("crawl", url, "--json", *options), cwd=self.path.parent, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(**environment),
        ) as process:  # fmt: skip
            printed, errors, peak = finished(process, SECONDS)
        assert "Traceback" not in errors, errors[-4000:]
        return Run(exit_code=process.returncode, stdout=printed, stderr=errors), peak

    def environment(self, **more: str) -> dict[str, str]:
        """This process' environment, with the checkout first on Python's path."""
        return {**os.environ, "PYTHONPATH": str(CHECKOUT), **more}

    def crawl(self, url: str, *options: str, **keywords: Any) -> Run:
        """Runs `mirror crawl URL --json`."""
        return self.run("crawl", url, "--json", *options, **keywords)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The database, read-only."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            yield db

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What a query gives, as mappings."""
        with self.opened() as db:
            return [dict(row) for row in db.execute(sql, values)]

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row."""
        with self.opened() as db:
            return db.execute(sql, values).fetchone()[0]

    def ids(self, collection: str) -> list[int]:
        """The ids that are held of a collection and not gone, whatever their kind."""
        found: list[int] = []
        for table in KINDS.values():
            query = f"SELECT wp_id FROM {table} WHERE collection = ? AND deleted_at IS NULL"
            found += [row["wp_id"] for row in self.rows(query, collection)]
        return sorted(found)

    def collections(self) -> set[str]:
        """The names of the collections that hold anything."""
        union = " UNION ".join(f"SELECT collection FROM {table}" for table in KINDS.values())
        return {row["collection"] for row in self.rows(union)}

    def objects(self, collection: str) -> dict[int, dict[str, Any]]:
        """A collection's objects as the API sent them, rebuilt from columns and `extra`."""
        found: dict[int, dict[str, Any]] = {}
        for kind, table in KINDS.items():
            query = f"SELECT {selection(kind)} FROM {table} WHERE collection = ? "  # type: ignore[arg-type]
            for row in self.rows(query + "AND deleted_at IS NULL", collection):
                found[row["wp_id"]] = rebuild(kind, row["wp_id"], row, row["extra"])  # type: ignore[arg-type]
        return found

    def versions(self) -> int:
        """How many superseded versions there are, of everything."""
        union = " UNION ALL ".join(f"SELECT count(*) AS n FROM {kind}_versions" for kind in KINDS)
        return int(self.value(f"SELECT sum(n) FROM ({union})"))

    def integrity(self) -> str:
        """What `PRAGMA integrity_check` and `foreign_key_check` say: `ok`, or the trouble."""
        # Not read-only: what a killed run left in the log may have to be recovered first.
        with closing(sqlite3.connect(self.path)) as db:
            broken = db.execute("PRAGMA foreign_key_check").fetchmany(3)
            return (
                f"{broken}" if broken else str(db.execute("PRAGMA integrity_check").fetchone()[0])
            )
