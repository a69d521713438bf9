"""What a crawl came to, for people."""

from collections.abc import Sequence

from rich.text import Text

from mirror.cli.output import bytes_text, duration_text
from mirror.cli.text import one_line
from mirror.counted import counted
from mirror.progress import CrawlSummary

COLOURS = {"complete": "green", "partial": "yellow", "failed": "red", "interrupted": "yellow"}
COUNTS = ("new", "edited", "deleted", "restored", "unchanged")


def exit_code(summaries: Sequence[CrawlSummary]) -> int:
    """0 if all went well; what every site came to, if it is the same; else 1."""
    codes = {summary.exit_code for summary in summaries}
    return codes.pop() if len(codes) == 1 else int(bool(codes))


def text(summary: CrawlSummary, *, debug: bool = False) -> Text:
    """A few lines: the outcome, the counts, and each collection that is not complete.

    With `debug`, every place that was asked in vain.
    """
    lines = Text().append(one_line(summary.site), style="bold")
    lines.append(f"  {summary.outcome}", style=COLOURS[summary.outcome])
    lines.append(f" in {duration_text(summary.seconds)}: {counts(summary)}")
    traffic = f"{counted(summary.requests, 'requests')}, {bytes_text(summary.bytes)}"
    lines.append(f"  ({traffic})", style="dim")
    if summary.message:
        lines.append(f"\n  {one_line(summary.message)}")
    for place in summary.asked if debug else ():
        lines.append(f"\n    {one_line(place)}", style="dim")
    for row in summary.coverage:
        lines.append("\n")
        lines.append_text(_collection(row))
    if summary.files_failed:
        files = counted(summary.files_failed, "media files")
        lines.append(
            f"\n  {files} could not be had: `mirror status {one_line(summary.site)}`",
            style="yellow",
        )
    if summary.failures:
        failures = counted(summary.failures, "failures")
        lines.append(
            f"\n  {failures} recorded: `mirror status {one_line(summary.site)}`",
            style="yellow",
        )
    return lines


def counts(summary: CrawlSummary) -> str:
    """What was found, zeros left out: `1,204 new, 3 edited`."""
    found = [f"{getattr(summary, name):,} {name}" for name in COUNTS if getattr(summary, name)]
    return ", ".join(found) or "nothing"


def _collection(row: dict[str, object]) -> Text:
    mirrored, reported = row.get("mirrored"), row.get("reported")
    of = f" of {reported:,}" if isinstance(reported, int) else ""
    done = bool(row.get("complete"))
    line = Text().append(f"  {'✓' if done else '·'} ", style="green" if done else "yellow")
    line.append(f"{one_line(str(row.get('collection'))):<20}")
    line.append(f" {mirrored:>9,}{of}" if isinstance(mirrored, int) else "")
    if hidden := row.get("hidden"):
        line.append(f", {hidden:,} hidden from visitors", style="dim")
    if not done:
        line.append(f"  {one_line(str(row.get('how') or ''))}", style="dim")
    return line
