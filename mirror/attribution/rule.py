"""What a rule is: a small class that reads an article and says what it found, if anything.

A rule yields any number of pieces of evidence rather than one at most: an article can bear two
credit lines, or two plugins' metadata, and a rule that kept one of them would have to decide
between them, which is the combination's work. Most rules yield none or one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from mirror.attribution.article import Article
from mirror.items import Evidence

# What a piece of evidence speaks of: where the text was first published, or where this copy of it
# was taken from. In a chain A → B → C both are true, and no contradiction.
Role = Literal["origin", "copy"]

# Pieces of one family share their cause (one plugin, one line of text) and count once.
Family = Literal[
    "metadata", "head", "guid", "item link", "words", "house", "markup", "pixel", "images",
    "inner links", "links", "frame", "byline", "category",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A post that the rule fires on, reduced to what it needs, and what it must find."""

    post: Mapping[str, Any]
    domain: str | None
    url: str | None = None


class Rule(Protocol):
    """One kind of evidence.

    `marks`: strings one of which must be in the content's HTML; without one the rule is not asked.
    Empty for a rule that reads other fields. `source` names where the pattern comes from.
    """

    name: ClassVar[str]
    family: ClassVar[Family]
    role: ClassVar[Role]
    marks: ClassVar[frozenset[str]]
    example: ClassVar[Example]
    source: ClassVar[str]

    def __call__(self, article: Article) -> Iterator[Evidence]:
        """The evidence found. Raises nothing, whatever the post."""
        ...
