"""After a run: finds what is worth telling, writes the figures, tells the hooks."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from mirror.config import Telling
from mirror.errors import MirrorError
from mirror.moments import timestamp
from mirror.progress import CrawlSummary
from mirror.store.connection import connect
from mirror.store.reading.sites import SiteRow, sites
from mirror.store.reading.trends import coverage_changes, volatile_posts
from mirror.telling.hooks import tell
from mirror.telling.problems import Problem, disk_problem, site_problems

WEEK = timedelta(days=7)


def after_run(
    telling: Telling,
    db: Path,
    summaries: Sequence[CrawlSummary],
    *,
    exit_code: int,
    trouble: str | None = None,
) -> list[str]:
    """Tells whom the config names; what went wrong in doing so, a line each.

    `trouble`: why the run could not be carried out, if it could not.
    """
    if not (telling.on_finish or telling.on_problem or telling.metrics):
        return []
    now = datetime.now(UTC)
    found = [Problem(kind="run", message=trouble)] if trouble else []
    complaints: list[str] = []
    free = shutil.disk_usage(db.parent).free if db.parent.exists() else 0
    found += disk_problem(free, telling, str(db.parent))
    try:
        found += _stored(telling, db, summaries, exit_code, free, now)
    except MirrorError as error:
        complaints.append(f"telling: {error}")
    body = {
        "at": timestamp(now),
        "db": str(db),
        "exit_code": exit_code,
        "problems": [asdict(problem) for problem in found],
        "crawls": [asdict(summary) for summary in summaries],
    }
    return complaints + list(_hooks(telling, body, problems=bool(found)))


def _stored(
    telling: Telling,
    db: Path,
    summaries: Sequence[CrawlSummary],
    exit_code: int,
    free: int,
    now: datetime,
) -> list[Problem]:
    """What the store knows: the problems of each site, and the figures."""
    if not db.exists():
        return []
    store = connect(db)
    try:
        known = sites(store)
        if telling.metrics:
            from mirror.telling import metrics

            metrics.write(
                Path(telling.metrics), known, exit_code=exit_code, database=db, free=free, now=now
            )
        return list(_problems(store, known, summaries, telling, now))
    finally:
        store.close()


def _problems(
    store: Database,
    known: Sequence[SiteRow],
    summaries: Sequence[CrawlSummary],
    telling: Telling,
    now: datetime,
) -> Iterator[Problem]:
    since = timestamp(now - WEEK)
    for summary in summaries:
        if summary.crawl_id is None:
            continue
        failed = next(
            (s.failed_in_a_row for s in known if any(c.id == summary.crawl_id for c in s.crawls)), 0
        )
        yield from site_problems(
            summary,
            failed_in_a_row=failed,
            coverage=coverage_changes(store, summary.crawl_id),
            volatile=volatile_posts(store, summary.crawl_id, since, telling.volatile),
            limits=telling,
        )


def _hooks(telling: Telling, body: dict[str, Any], *, problems: bool) -> Iterator[str]:
    wanted = [("finish", telling.on_finish)]
    if problems:
        wanted.append(("problem", telling.on_problem))
    for event, hook in wanted:
        if hook is None:
            continue
        try:
            tell(hook, event, {"event": event, **body}, telling.timeout.total_seconds())
        except MirrorError as error:
            yield f"on_{event}: {error}"
