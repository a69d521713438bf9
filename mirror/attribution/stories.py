"""The same story on several sites: texts that are nearly identical.

A text is reduced to a signature of 512 bytes (MinHash, Broder 1997): the share of equal numbers in
two signatures estimates the share of word sequences that the texts have in common. Signatures that
agree in one of 32 bands are compared (locality-sensitive hashing), and texts that are like enough
make one story with all that they are like in turn. Pure: the store keeps signatures and stories.
"""

import re
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from operator import eq

from rapidfuzz.distance import LCSseq
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
# A band shared by more stories than this is boilerplate (a site's footer): no more are compared.
_CROWD = 64
# Of a story that stands in a band with many texts, this many are compared with a newcomer.
_SPEAKERS = 8
# Above this many cells of the alignment's matrix only counts of words are compared.
_MAX_CELLS = 100_000_000

# A character of scripts without spaces counts as a word.
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")


def words(text: str) -> list[str]:
    """The words by which texts are compared: without case and punctuation.

    >>> words("It rained, again. 大雨")
    ['it', 'rained', 'again', '大', '雨']
    """
    found: list[str] = _WORD.findall(text[:_LONGEST].casefold())
    return found


def signature(text: str) -> bytes | None:
    """The signature of a plain text, or None if it is too short to have one.

    >>> signature("Too short.") is None
    True
    """
    found = words(text)
    if len(found) < _FEWEST:
        return None
    sketch = RMinHash(_NUMBERS, _SEED)
    runs = zip(*(found[n:] for n in range(_SHINGLE)), strict=False)
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


def changed(first: list[str], copy: list[str]) -> tuple[int, int]:
    """How many words a copy has that the first text lacks, and how many it lacks of those.

    A word that was moved counts as both, but in texts of more than 10,000 words.

    >>> changed(words("Four ferries ran."), words("Five ferries ran, said AP."))
    (3, 1)
    """
    if len(first) * len(copy) > _MAX_CELLS:
        common = (Counter(first) & Counter(copy)).total()
    else:
        common = LCSseq.similarity(first, copy)
    return len(copy) - common, len(first) - common


class Groups:
    """Which keys belong together (union-find); of each group its least key stands for it."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def root(self, key: int) -> int:
        """The key that stands for another's group: itself, if it is in none."""
        parents = self._parents
        while (above := parents.get(key, key)) != key:
            parents[key] = parents.get(above, above)
            key = parents[key]
        return key

    def join(self, one: int, other: int) -> None:
        """Makes one group of two."""
        one, other = sorted((self.root(one), self.root(other)))
        if one != other:
            self._parents[other] = one

    def members(self) -> dict[int, list[int]]:
        """All groups of more than one, each by its least key, sorted."""
        found: dict[int, list[int]] = {}
        for key in sorted(self._parents):
            root = self.root(key)
            found.setdefault(root, [root]).append(key)
        return found


def grouped(
    signatures: Mapping[int, bytes],
    fresh: Collection[int],
    together: Iterable[Collection[int]] = (),
) -> dict[int, list[int]]:
    """The stories among texts, given by key: lists of keys, sorted, each by its least key.

    Only the `fresh` texts are compared with all; of the others it is known that those of one
    collection of `together` make a story and that they are like none of another. Costs a pass over
    the signatures, and a comparison a pair that shares a band. Raises ValueError for a signature
    of another length.
    """
    if any(len(one) != _BYTES for one in signatures.values()):
        raise ValueError(f"a signature has {_BYTES} bytes")
    groups = Groups()
    for story in together:
        first = min(story)
        for key in story:
            groups.join(first, key)
    new = set(fresh)
    for start in range(0, _BYTES, _BAND):
        band = slice(start, start + _BAND)
        for keys in _sharing(signatures, new, band):
            _compare(signatures, new, keys, groups)
    return groups.members()


def _sharing(signatures: Mapping[int, bytes], fresh: set[int], band: slice) -> list[list[int]]:
    """The texts that agree in a band with one that is fresh."""
    there: dict[bytes, list[int]] = {}
    for key in sorted(fresh):
        there.setdefault(signatures[key][band], []).append(key)
    if len(fresh) < len(signatures):
        for key, one in signatures.items():
            keys = there.get(one[band])
            if keys is not None and key not in fresh:
                keys.append(key)
    return [keys for keys in there.values() if len(keys) > 1]


def _compare(
    signatures: Mapping[int, bytes], fresh: set[int], keys: list[int], groups: Groups
) -> None:
    """Joins those texts of one band that are like enough and not yet of one story."""
    stories: dict[int, list[int]] = {}
    for key in keys:
        own = groups.root(key)
        for root, others in list(islice(stories.items(), _CROWD)):
            if root == own or root not in stories:
                continue
            if _is_like(signatures, fresh, key, others):
                joined = [*stories.pop(own, ()), *stories.pop(root)]
                groups.join(own, root)
                own = groups.root(own)
                stories[own] = joined
        stories.setdefault(own, []).append(key)


def _is_like(signatures: Mapping[int, bytes], fresh: set[int], key: int, others: list[int]) -> bool:
    is_fresh = key in fresh
    return any(
        (is_fresh or other in fresh) and similarity(signatures[key], signatures[other]) >= THRESHOLD
        for other in others[:_SPEAKERS]
    )
