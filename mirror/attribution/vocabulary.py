"""All the words that rules look for in the credits, searched for in one pass."""

from functools import lru_cache

from mirror.attribution.phrases import FIRST
from mirror.attribution.phrases_copy import (
    ORIGINAL,
    ORIGINAL_LABELS,
    REPUBLISHED,
    SOURCE_LABELS,
    SOURCE_PLURALS,
    TRANSLATED,
)
from mirror.attribution.stems import Stems

LABELS = SOURCE_LABELS | SOURCE_PLURALS | ORIGINAL_LABELS
# What other rules ask for, each in lower case.
HOUSE = frozenset(
    (
        "newsroom", "news organi", "news service", "news network", "news site", "news outlet",
        "news website", "news agency", "investigative outlet", "wire service",
        "journalism organi", "reporter for", "reporter at", "reporter with", "correspondent",
        "editor for", "editor at", "columnist", "writer for", "writer at", "journalist for",
        "journalist at", "writes for", "reports for", "contributed to this",
    )
)  # fmt: skip
DESK = frozenset(("ing by ", "©", "(c)", "copyright"))


@lru_cache(maxsize=1)
def credit_stems() -> Stems:
    """The automaton; built when first asked for, since that takes some milliseconds."""
    tables = (FIRST, REPUBLISHED, TRANSLATED, ORIGINAL)
    words = {stem for table in tables for phrase in table for stem in phrase.stems}
    return Stems(words | LABELS | HOUSE | DESK)
