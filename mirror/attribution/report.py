"""Writes the generated parts of `docs/attribution.md`.

Run `python -m mirror.attribution.report CORPUS`, where CORPUS is the folder of the labelled posts.
The parts stand between `<!-- begin NAME -->` and `<!-- end NAME -->`; tests compare them with what
this module says now.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from mirror.attribution import RULES
from mirror.attribution.calibration import calibrated
from mirror.attribution.reliability import bins, held_out, samples, without
from mirror.attribution.score import Score, Verdict, grouped, score, verdicts

DOCS = Path("docs/attribution.md")
_BUCKETS = (0.7, 0.8, 0.9, 0.95, 1.0)
_HELD_OUT = (0.7, 0.8, 0.9, 0.95, 1.0)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def share(part: int, whole: int) -> str:
    """A ratio as a percentage, or a dash where there is nothing to divide."""
    return f"{part / whole:.1%}" if whole else "–"


def rule_table() -> str:
    """One row a rule: what it looks at, from its own docstring, and where that comes from."""
    return table(
        ("rule", "says", "family", "what it is", "source"),
        [(f"`{r.name}`", r.role, r.family, _summary(r.__doc__ or ""), r.source) for r in RULES],
    )


def figures(judged: Sequence[Verdict], synthetic: Sequence[Verdict]) -> dict[str, str]:
    """The generated parts that need the labelled posts, by name."""
    return {
        "overall": _overall(judged, synthetic),
        "kinds": _groups(judged, lambda v: v.case["evidence_kinds"], "kind of evidence"),
        "languages": _groups(judged, lambda v: [v.case["language"]], "language"),
        "by-rule": _by_rule(judged),
        "reliability": _reliability(judged),
        "calibration": _calibration(judged),
        "held-out": _held_out(judged),
        "left-out": _left_out(judged),
        "sites": _sites(judged),
    }


def _summary(docstring: str) -> str:
    return " ".join(docstring.split("\n\n")[0].split()).replace("|", "\\|")


def _row(name: str, s: Score) -> tuple[object, ...]:
    return (
        name, s.cases, s.syndicated, share(s.right, s.claimed), share(s.right, s.syndicated),
        share(s.urls_right, s.urls), f"{s.false_alarms} of {s.cases - s.syndicated}",
    )  # fmt: skip


_HEAD = ("posts", "of them syndicated", "precision", "recall", "URL precision", "false alarms")


def _overall(judged: Sequence[Verdict], synthetic: Sequence[Verdict]) -> str:
    rows = [_row("labelled posts", score(judged)), _row("written variants", score(synthetic))]
    return table(("", *_HEAD), rows)


def _groups(judged: Sequence[Verdict], keys: Callable[[Verdict], Iterable[str]], title: str) -> str:
    groups = grouped(judged, keys)
    return table((title, *_HEAD), [_row(f"`{k}`", score(v)) for k, v in groups.items()])


def _by_rule(judged: Sequence[Verdict]) -> str:
    """How often each rule fired, and how often what it named was right."""
    rows = []
    for rule in RULES:
        named = [
            (v, piece)
            for v in judged
            for piece in v.attribution.evidence
            if piece.rule == rule.name
        ]
        right = sum(v.accepts(piece.domain) for v, piece in named)
        urls = [(v, piece) for v, piece in named if piece.url and v.label["upstream_url"]]
        exact = sum(v.is_url(piece.url) for v, piece in urls)
        rows.append(
            (f"`{rule.name}`", len(named), share(right, len(named)), share(exact, len(urls)))
        )
    return table(("rule", "fired", "named the upstream or a copy", "exact address"), rows)


def _reliability(judged: Sequence[Verdict]) -> str:
    rows = []
    for low, high in pairwise(_BUCKETS):
        inside = [v for v in judged if v.claimed and low <= v.attribution.confidence < high]
        mean = sum(v.attribution.confidence for v in inside) / len(inside) if inside else 0.0
        right = sum(v.right for v in inside)
        rows.append(
            (f"{low:.2f} – {high:.2f}", len(inside), f"{mean:.2f}", share(right, len(inside)))
        )
    return table(("confidence", "posts", "mean confidence", "right"), rows)


def _left_out(judged: Sequence[Verdict]) -> str:
    """What the other families of evidence find when one is switched off."""
    rows = []
    for family in dict.fromkeys(rule.family for rule in RULES):
        s = score([without(verdict, family) for verdict in judged])
        rows.append((family, share(s.right, s.claimed), share(s.right, s.syndicated)))
    return table(("without", "precision", "recall"), rows)


def _calibration(judged: Sequence[Verdict]) -> str:
    """What the curve of `calibration` rests on."""
    return table(
        ("strength", "judgements", "sites", "mean strength", "right", "deserved", "used"),
        [
            (
                f"{one.low:.2f} – {one.high:.2f}", one.samples, one.sites, f"{one.strength:.3f}",
                f"{one.right:.1%}", f"{one.deserved:.3f}", f"{calibrated(one.strength):.3f}",
            )
            for one in bins(samples(judged))
        ],
    )  # fmt: skip


def _held_out(judged: Sequence[Verdict]) -> str:
    """The reliability of confidences that were fitted without the site that they are about."""
    claims = held_out(judged)
    rows = []
    for low, high in pairwise(_HELD_OUT):
        inside = [(said, right) for said, right in claims if low <= said < high]
        mean = sum(said for said, _ in inside) / len(inside) if inside else 0.0
        right = sum(right for _, right in inside)
        rows.append(
            (f"{low:.2f} – {high:.2f}", len(inside), f"{mean:.3f}", share(right, len(inside)))
        )
    return table(("confidence", "judgements", "mean confidence", "right"), rows)


def _sites(judged: Sequence[Verdict]) -> str:
    """Every site counting the same, however many of its posts are labelled."""
    groups = [score(v) for v in grouped(judged, lambda v: [v.case["site"]]).values()]
    claiming = [s for s in groups if s.claimed]
    having = [s for s in groups if s.syndicated]
    largest = max(judged, key=lambda v: sum(w.case["site"] == v.case["site"] for w in judged))
    rest = score([v for v in judged if v.case["site"] != largest.case["site"]])
    return table(
        ("", "sites", "precision", "recall"),
        [
            (
                "mean over sites", len(groups),
                f"{sum(s.precision for s in claiming) / len(claiming):.1%}",
                f"{sum(s.recall for s in having) / len(having):.1%}",
            ),
            ("without the largest site", len(groups) - 1,
             share(rest.right, rest.claimed), share(rest.right, rest.syndicated)),
        ],
    )  # fmt: skip


def filled(text: str, parts: Mapping[str, str]) -> str:
    """The page with its generated parts replaced. Raises KeyError for a part it lacks."""
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise KeyError(name)
        text = pattern.sub(lambda m, part=part: f"{m[1]}{part}\n{m[2]}", text)  # type: ignore[misc]
    return text


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The labelled posts of one file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main(corpus: Path) -> None:
    """Rewrites the generated parts of the page."""
    judged = verdicts(read_cases(corpus / "cases.jsonl"))
    synthetic = verdicts(read_cases(corpus / "synthetic.jsonl"))
    parts = {"rules": rule_table(), **figures(judged, synthetic)}
    DOCS.write_text(filled(DOCS.read_text("utf-8"), parts), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
