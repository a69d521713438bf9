"""Figures for Prometheus' textfile collector, written as a whole or not at all."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from mirror.errors import StoreError
from mirror.machine import advice
from mirror.store.reading.sites import SiteRow

OUTCOMES = ("complete", "partial", "failed", "interrupted")


def write(
    path: Path,
    sites: Sequence[SiteRow],
    *,
    exit_code: int,
    database: Path,
    free: int,
    now: datetime,
) -> None:
    """Writes all figures. Raises StoreError when the file cannot be written."""
    registry = CollectorRegistry()
    _of_the_run(registry, exit_code, database, free, now)
    _of_the_sites(registry, sites)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        raise StoreError(f"{path}: {advice(error)}") from error


def _of_the_run(
    registry: CollectorRegistry, exit_code: int, database: Path, free: int, now: datetime
) -> None:
    figures = (
        ("mirror_run_timestamp_seconds", "When the last run ended.", now.timestamp()),
        ("mirror_run_exit_code", "Exit code of the last run.", exit_code),
        ("mirror_database_bytes", "Size of the database.", _size(database)),
        ("mirror_disk_free_bytes", "Free disk where the database lies.", free),
    )
    for name, text, value in figures:
        Gauge(name, text, registry=registry).set(value)


def _of_the_sites(registry: CollectorRegistry, sites: Sequence[SiteRow]) -> None:
    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"mirror_site_{name}", text, ["site", *labels], registry=registry)

    last = gauge("last_run_timestamp_seconds", "When the site was last crawled.")
    well = gauge("last_complete_timestamp_seconds", "When a crawl was last complete.")
    outcome = gauge("outcome", "1 for the outcome of the last crawl.", "outcome")
    objects = gauge("objects", "Objects that are there now.", "kind")
    gone = gauge("gone_posts", "Posts that have vanished upstream.")
    missing = gauge("missing_objects", "Objects that are public, but not mirrored.")
    failures = gauge("open_failures", "What could not be had, and has not been had since.")
    for site in sites:
        for kind, count in site.rows.items():
            objects.labels(site.host, kind).set(count)
        gone.labels(site.host).set(site.gone)
        missing.labels(site.host).set(sum(row.missing for row in site.coverage))
        failures.labels(site.host).set(site.open_failures)
        if site.crawls:
            last.labels(site.host).set(_seconds(site.crawls[0].started_at))
            for name in OUTCOMES:
                outcome.labels(site.host, name).set(int(site.crawls[0].outcome == name))
        if site.last_complete:
            well.labels(site.host).set(_seconds(site.last_complete))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _size(database: Path) -> int:
    return database.stat().st_size if database.exists() else 0
