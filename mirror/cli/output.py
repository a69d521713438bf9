"""What a command prints: tables and lines for people, JSON for programs.

On a terminal tables are drawn to its width, in colour; in a pipe they are aligned columns, one
line a row, nothing cut. Text from upstream is made fit first and never read as markup.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from mirror.cli.text import clean, one_line, to_json
from mirror.counted import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

EMPTY = "–"
GAP = 2  # characters between two columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its title, where its numbers stand, its colour.

    `fold`: its text may fold, into `least` characters a line; numbers never do. `spare`: where a
    terminal is too narrow, the column with the highest is left out first; 0 never is.
    """

    title: str
    right: bool = False
    style: str = ""
    fold: bool = False
    least: int = 18
    spare: int = 0


def console(*, stderr: bool = False) -> "Console":
    """Where to print: rich decides by the stream and NO_COLOR; nothing is read as markup."""
    from rich.console import Console

    class Ours(Console):
        """Where nobody reads on, rich would end the program, from wherever it prints."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty()
    return Ours(
        file=stream,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=piped,
        width=10_000 if piped else None,
    )


def print_json(value: Any) -> None:
    """One JSON document on stdout, in whatever encoding that has."""
    click.echo(_json(value))


def print_json_rows(rows: Iterable[object]) -> None:
    """A JSON list on stdout, each row as soon as it is there: they may be more than memory."""
    before = "["
    for row in rows:
        click.echo(f"{before}\n{_json(row)}".replace("\n", "\n  "), nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _json(value: object) -> str:
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return to_json(value, ascii_only=not unicode)


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Rows under titles: a table on a terminal, aligned columns in a pipe."""
    cells = [[cell(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        _draw(columns, cells)
    else:
        _align(columns, cells)


def cell(value: object) -> str:
    """A value on one line; numbers with separators, nothing as a dash."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return one_line(str(value))


def _draw(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    """What does not fit is folded; then left out, if it can be spared; then put below its row."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    out = console()
    wanted = _widths(columns, cells)
    least = [
        min(width, column.least) if column.fold else width
        for column, width in zip(columns, wanted, strict=True)
    ]
    shown, below = list(range(len(columns))), list[int]()

    def is_too_wide() -> bool:
        return sum(least[i] + GAP for i in shown) > out.width

    for spare in sorted(shown, key=lambda i: -columns[i].spare):
        if columns[spare].spare and is_too_wide():
            shown.remove(spare)
    left_out = [column.title for i, column in enumerate(columns) if i not in shown]
    while is_too_wide() and len(shown) > 1 and columns[shown[-1]].fold:
        below.insert(0, shown.pop())

    # rich would take room from columns at their least, too. What is short is whole first.
    widths = list(least)
    room = out.width - sum(least[i] + GAP for i in shown)
    for i in sorted(shown, key=lambda i: wanted[i] - least[i]):
        more = max(0, min(wanted[i] - least[i], room))
        widths[i] += more
        room -= more

    def table(*, titled: bool) -> Table:
        made = Table(box=None, padding=(0, GAP, 0, 0), header_style="dim", show_header=titled)
        for i in shown:
            made.add_column(
                columns[i].title,
                justify="right" if columns[i].right else "left",
                style=columns[i].style,
                overflow="fold",
                no_wrap=not columns[i].fold,
                width=widths[i],
            )
        return made

    drawn = table(titled=True)
    for row in cells:
        drawn.add_row(*(Text(row[i]) for i in shown))
        if below:  # a table of its own, under the titles of the first
            out.print(drawn)
            for text in (row[i] for i in below if row[i] != EMPTY):
                out.print(Padding(Text(text, style="dim"), (0, 0, 0, GAP)))
            drawn = table(titled=False)
    if not below:
        out.print(drawn)
    if left_out:
        out.print(Text(f"(no room for: {', '.join(left_out)})", style="dim"))


def _widths(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[int]:
    """What each column would take, its title included."""
    from rich.cells import cell_len

    titles = [column.title for column in columns]
    return [max(map(cell_len, values)) for values in zip(titles, *cells, strict=True)]


def _align(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len

    widths = _widths(columns, cells)
    for row in ([column.title for column in columns], *cells):
        parts = []
        for column, width, text in zip(columns, widths, row, strict=True):
            gap = " " * (width - cell_len(text))
            parts.append(gap + text if column.right else text + gap)
        click.echo("  ".join(parts).rstrip())


def print_text(text: "Text | str", *, wrap: bool = True) -> None:
    """A text, with its colours where the terminal has some; broken between words, or nowhere."""
    console().print(text, soft_wrap=None if wrap else True)


def print_raw(text: str) -> None:
    """A document for a file or another program as it is; on a terminal, made fit for it."""
    # Not click.echo, which takes colour codes out: they would be upstream's own.
    sys.stdout.write(f"{clean(text) if sys.stdout.isatty() else text}\n")


def ago(moment: str | None, now: datetime | None = None) -> str:
    """How long ago, or how long until, a moment of the database is.

    >>> now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> [ago(t, now) for t in ("2026-03-01T11:59:30Z", "2026-02-26T12:00:00Z", None)]
    ['just now', '3 days ago', 'never']
    >>> ago("2026-03-01T17:30:00Z", now)
    'in 5 hours'
    """
    if not moment:
        return "never"
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for units, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        count = int(abs(seconds) // size)
        if count:
            span = counted(count, units)
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"


def bytes_text(count: int) -> str:
    """A size for people.

    >>> [bytes_text(n) for n in (999, 1_500, 2_400_000, 3_000_000_000)]
    ['999 B', '1.5 kB', '2.4 MB', '3.0 GB']
    """
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def duration_text(seconds: float) -> str:
    """A duration for people.

    >>> [duration_text(s) for s in (0.42, 9.2, 75, 7200)]
    ['0.4 s', '9.2 s', '1 min 15 s', '2 h 0 min']
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def title_of(post: Mapping[str, Any]) -> str:
    """The title of a WordPress object as plain text on one line."""
    from mirror.content import plain

    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, Mapping) else None
    return one_line(plain(rendered)) if isinstance(rendered, str) else ""


def note(text: str) -> None:
    """A remark to the user, on stderr so that it never mixes with what was asked for."""
    click.echo(one_line(text), err=True)


def hint(text: str) -> None:
    """A remark of which a program has no need: to whoever sits there, for cron would mail it."""
    if sys.stderr.isatty():
        note(text)
