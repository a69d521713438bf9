"""Searching a text for hundreds of words at once (Aho and Corasick, 1975).

Most posts say nothing of where they come from. One pass over the credits and one over the HTML
tell which rules have something to look at; the others cost nothing.
"""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation


class Stems:
    """A fixed set of words.

    >>> sorted(Stems({"first", "irs"}).places("first, at first").items())
    [('first', [0, 10]), ('irs', [1, 11])]
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._automaton = AhoCorasick(self._words, implementation=Implementation.DFA)

    def places(self, text: str) -> dict[str, list[int]]:
        """The words that are in a text, with the offsets at which each begins."""
        found: dict[str, list[int]] = {}
        try:
            matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:
            # A lone surrogate, which UTF-8 cannot hold; a mark of the same width takes its place.
            text = text.encode("utf-8", "replace").decode()
            matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        for word, start, _ in matches:
            found.setdefault(self._words[word], []).append(start)
        return found
