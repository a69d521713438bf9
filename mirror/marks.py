"""Which of many strings a text holds, in one pass over it (Aho and Corasick, 1975)."""

from collections.abc import Iterable

from ahocorasick_rs import BytesAhoCorasick, Implementation


class Marks:
    """A fixed set of strings, of which only the presence matters.

    >>> sorted(Marks({"first", "last", "irs"}).present(b"first, at first"))
    ['first', 'irs']
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._automaton = BytesAhoCorasick(
            [word.encode() for word in self._words], implementation=Implementation.DFA
        )

    def present(self, raw: bytes) -> set[str]:
        """Those that are in a text in UTF-8; one may be part of another."""
        matches = self._automaton.find_matches_as_indexes(raw, overlapping=True)
        return {self._words[word] for word, _, _ in matches}
