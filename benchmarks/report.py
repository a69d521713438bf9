"""What was measured, as Markdown; and the places in RESULTS.md where the command writes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns under titles: the first to the left, the others, which are numbers, to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table."""
        marks = ["---", *["---:"] * (len(self.head) - 1)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.head, marks, *self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is aimed at: a value that is to be at most, or at least, the limit."""

    what: str
    value: float
    limit: float
    form: str = ",.2f"
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether it is."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self) -> tuple[str, str, str, str]:
        """A row of the table of targets; a miss is told in per cent of the limit."""
        sign = "≥" if self.at_least else "≤"
        by = 100 * abs(self.value - self.limit) / self.limit
        missed = f"**missed** by {by:.0f} %" if by >= 1 else "**missed** by less than 1 %"
        limit, value = f"{sign} {self.limit:{self.form}}", f"{self.value:{self.form}}"
        return self.what, limit, value, "kept" if self.kept else missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one benchmark found: tables, targets, and remarks in whole sentences."""

    tables: Sequence[Table]
    targets: Sequence[Target] = ()
    remarks: Sequence[str] = ()

    def markdown(self) -> str:
        """All of it."""
        parts = [table.markdown() for table in self.tables]
        if self.targets:
            rows = [target.row() for target in self.targets]
            parts.append(Table(head=("target", "limit", "median", ""), rows=rows).markdown())
        return "\n\n".join([*parts, *self.remarks])


def write(path: Path, name: str, text: str) -> None:
    """Puts a text in the place of that name; everything around it stays.

    Raises ValueError if the file has no such place.
    """
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    place = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    page = path.read_text(encoding="utf-8")
    if not place.search(page):
        raise ValueError(f"{path} has no place for {name}: {begin.strip()} … {end}")
    page = place.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page, count=1)
    path.write_text(page, encoding="utf-8")
