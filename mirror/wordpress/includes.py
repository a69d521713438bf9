"""Reading rows by their ids: paging-free, hence drift-free; and finding the one that fails."""

from collections.abc import Sequence
from itertools import pairwise

from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import Lost, Window


class Sweep:
    """Reads all of `ids` by `include=`, `size` at a time, `ahead` requests in flight.

    A request that fails is halved until the row that fails stands alone: it is lost, the others
    are had. Where one half succeeds the other is suspect, and is halved without being asked;
    but where both succeed it was their number, and no more are asked for at once.
    """

    def __init__(self, ids: Sequence[int], *, size: int, ahead: int = 1, halved: bool = False):
        """`halved`: the ids are known to fail together, and `size` is half of them."""
        self.received: set[int] = set()
        self.lost: list[Lost] = []
        self.best = 0
        self.failed: int | None = None
        self.ignored = False
        self._ids = ids
        self._size = max(1, size)
        self._ahead = ahead
        self._next = 0
        self._again: list[tuple[int, ...]] = []
        # The right half by its left one: what to suspect when the left one succeeds.
        self._right: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._suspects: set[tuple[int, ...]] = set()
        self._doubted: tuple[int, ...] | None = None
        self._flight: set[tuple[int, ...]] = set()
        if halved and len(ids) > 1:
            self._split(tuple(ids))
            self._next = len(ids)

    @property
    def done(self) -> bool:
        """Whether every id was answered for."""
        return not (self._again or self._flight or self._next < len(self._ids))

    def wanted(self) -> list[Window]:
        """The requests to make now."""
        windows = []
        while len(self._flight) < self._ahead and (ids := self._take()):
            self._flight.add(ids)
            windows.append(Window(limit=len(ids), ids=ids))
        return windows

    def receive(self, window: Window, ids: Sequence[int]) -> None:
        """The rows that came; what did not is hidden or gone."""
        self._flight.discard(window.ids)
        if not set(ids) <= set(window.ids):
            self.ignored = True
        self.received.update(set(ids) & set(window.ids))
        self.best = max(self.best, len(window.ids))
        right = self._right.pop(window.ids, None)
        if window.ids == self._doubted:
            self._size = self.best
        elif right in self._again:
            # The first time the other half is asked whole, to see whether size was the matter.
            if self._doubted is None:
                self._doubted = right
            else:
                self._suspects.add(right)

    def fail(self, window: Window, problem: Problem) -> None:
        """The request failed, and asking the same again will not help."""
        self._flight.discard(window.ids)
        self._right.pop(window.ids, None)
        if len(window.ids) == 1:
            self.lost.append(Lost(wp_id=window.ids[0], problem=problem))
            self._regroup()
        else:
            self.failed = min(len(window.ids), self.failed or len(window.ids))
            self._split(window.ids)

    def again(self, window: Window) -> None:
        """The request is to be made once more."""
        self._flight.discard(window.ids)
        self._again.append(window.ids)

    def unread(self) -> list[int]:
        """The ids that were not answered for: those to come, and those in flight."""
        rest = [id_ for ids in (*self._again, *self._flight) for id_ in ids]
        return sorted({*rest, *self._ids[self._next :]})

    def _take(self) -> tuple[int, ...]:
        while self._again:
            ids = self._again.pop()
            suspect = ids in self._suspects
            self._suspects.discard(ids)
            if len(ids) > self._size:
                self._again += self._pieces(ids)
            elif suspect and len(ids) > 1:
                self._split(ids)
            else:
                return ids
        ids = tuple(self._ids[self._next : self._next + self._size])
        self._next += len(ids)
        return ids

    def _split(self, ids: tuple[int, ...]) -> None:
        half = len(ids) // 2
        left, right = ids[:half], ids[half:]
        self._again += [right, left]
        self._right[left] = right

    def _regroup(self) -> None:
        """The one that failed is found: what was set aside while searching is asked together."""
        rest = sorted(id_ for ids in self._again for id_ in ids)
        self._right.clear()
        self._suspects.clear()
        self._again = self._pieces(rest)

    def _pieces(self, ids: Sequence[int]) -> list[tuple[int, ...]]:
        cuts = [*range(0, len(ids), self._size), len(ids)]
        return [tuple(ids[a:b]) for a, b in pairwise(cuts)][::-1]
