"""The same story on several sites: texts that are nearly identical, and who had it first.

A text is reduced to a signature of 512 bytes (MinHash, Broder 1997): the share of equal numbers in
two signatures estimates the share of word sequences that the texts have in common. Signatures that
agree in one of 32 bands are compared (locality-sensitive hashing). Pure: signatures in, stories
out; what the store keeps is the signatures, from which the index is built again in seconds.
"""

import re
import struct
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import eq

from rensa import RMinHash  # type: ignore[import-untyped]

# Changing any of these makes older signatures worthless: they are stored with this version.
SIGNATURE_VERSION = 1
_NUMBERS = 128
_SEED = 1_997
_SHINGLE = 4
_BYTES = 4 * _NUMBERS

# 32 bands of 4 numbers: of two texts that have 50 % of their sequences in common 87 % are compared,
# of those with 60 % 99 %, of those with 10 % 0.3 %.
_BANDS = 32
_BAND = _BYTES // _BANDS

# A copy differs by a credit line, a headline, a cut; 0.6 tolerates a third of the text.
THRESHOLD = 0.6
# Shorter texts have too few word sequences to be told apart.
_FEWEST = 24
_LONGEST = 200_000
# A band shared by more stories than this is boilerplate (a site's footer), and says nothing.
_CROWD = 64

# A character of scripts without spaces counts as a word.
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")


def signature(text: str) -> bytes | None:
    """The signature of a plain text, or None if it is too short to have one.

    >>> signature("Too short.") is None
    True
    """
    words = _WORD.findall(text[:_LONGEST].casefold())
    if len(words) < _FEWEST:
        return None
    sketch = RMinHash(_NUMBERS, _SEED)
    runs = zip(*(words[n:] for n in range(_SHINGLE)), strict=False)
    sketch.update([" ".join(run) for run in runs])
    return struct.pack(f"<{_NUMBERS}I", *sketch.digest())


def similarity(one: bytes, other: bytes) -> float:
    """The estimated share of common word sequences, 0…1, with a standard error below 0.05.

    >>> text = " ".join(f"word{n}" for n in range(100))
    >>> similarity(signature(text), signature(text))
    1.0
    """
    if one == other:
        return 1.0
    equal: int = sum(map(eq, memoryview(one).cast("I"), memoryview(other).cast("I")))
    return equal / _NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A text in a story: its key, its site, when it says it was published, its signature."""

    key: int
    site: Hashable
    published: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Copies of one text, the first published first; `similarity` of each is to that first one."""

    copies: tuple[Copy, ...]
    similarity: tuple[float, ...]

    @property
    def first(self) -> Copy:
        return self.copies[0]

    @property
    def sites(self) -> int:
        """How many sites have it."""
        return len({copy.site for copy in self.copies})


@dataclass(slots=True)
class Stories:
    """Texts grouped into stories as they come; adding a text costs the same however many there are.

    Each text joins the story of the text it is most like, if that is like enough. A text that is
    like texts of two stories joins the two.
    """

    threshold: float = THRESHOLD
    _copies: dict[int, Copy] = field(default_factory=dict)
    _bands: list[dict[bytes, list[int]]] = field(
        default_factory=lambda: [{} for _ in range(_BANDS)]
    )
    _parents: dict[int, int] = field(default_factory=dict)
    _members: dict[int, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._copies)

    def extend(self, copies: Iterable[Copy]) -> None:
        """Adds many, such as all that the store keeps."""
        for copy in copies:
            self.add(copy)

    def add(self, copy: Copy) -> tuple[int, float] | None:
        """Adds a text. Its key and similarity if it is like one that is here, else None.

        A text under a key that is here replaces that one's signature. Raises ValueError for a
        signature of another length.
        """
        if len(copy.signature) != _BYTES:
            raise ValueError(f"a signature has {_BYTES} bytes, not {len(copy.signature)}")
        if copy.key in self._copies:
            self.remove(copy.key)
        near = self._near(copy)
        self._copies[copy.key] = copy
        self._parents[copy.key] = copy.key
        self._members[copy.key] = [copy.key]
        for key, _ in near:
            self._join(key, copy.key)
        self._index(copy)
        return max(near, key=lambda pair: pair[1]) if near else None

    def remove(self, key: int) -> None:
        """Takes a text out; the others of its story stay together."""
        root = self._root(key)
        others = [other for other in self._members.pop(root) if other != key]
        copy = self._copies.pop(key)
        for band, keys in zip(self._bands, _slices(copy.signature), strict=True):
            if key in band.get(keys, ()):
                band[keys].remove(key)
        self._parents.pop(key)
        if others:
            self._members[others[0]] = others
        for other in others:
            self._parents[other] = others[0]
        for other in others:
            self._index(self._copies[other])

    def story_of(self, key: int) -> Story:
        """The story of one text, alone or with others. Raises KeyError for an unknown key."""
        return self._story(self._members[self._root(key)])

    def stories(self, sites: int = 2) -> Iterator[Story]:
        """The stories that at least so many sites have, the one with the most copies first."""
        found = (self._story(keys) for keys in self._members.values() if len(keys) >= sites)
        yield from sorted(
            (story for story in found if story.sites >= sites),
            key=lambda story: (-len(story.copies), story.first.published, story.first.key),
        )

    def _near(self, copy: Copy) -> list[tuple[int, float]]:
        """The texts here that are like enough, one for each story in each band, with how like."""
        candidates: set[int] = set()
        for band, key in zip(self._bands, _slices(copy.signature), strict=True):
            candidates.update(band.get(key, ()))
        compared = (
            (key, similarity(copy.signature, self._copies[key].signature)) for key in candidates
        )
        return sorted((key, like) for key, like in compared if like >= self.threshold)

    def _index(self, copy: Copy) -> None:
        """Enters the text in its bands, unless a text of its story already stands there.

        One of a story suffices: who agrees with this text in the band agrees with that one too.
        """
        root = self._root(copy.key)
        for band, key in zip(self._bands, _slices(copy.signature), strict=True):
            there = band.setdefault(key, [])
            if len(there) < _CROWD and all(self._root(other) != root for other in there):
                there.append(copy.key)

    def _root(self, key: int) -> int:
        """The text that stands for the story of another (union-find with path halving)."""
        parents = self._parents
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    def _join(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        if one == other:
            return
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        self._parents[other] = one
        self._members[one] += self._members.pop(other)

    def _story(self, keys: list[int]) -> Story:
        copies = (self._copies[key] for key in keys)
        ordered = sorted(copies, key=lambda copy: (copy.published, copy.key))
        first = ordered[0]
        return Story(
            copies=tuple(ordered),
            similarity=tuple(similarity(first.signature, copy.signature) for copy in ordered),
        )


def _slices(signature: bytes) -> Iterator[bytes]:
    return (signature[at : at + _BAND] for at in range(0, _BYTES, _BAND))
