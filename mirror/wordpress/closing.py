"""The end of a walk: stretches that no window proved are read by id, until nothing is open.

Where offsets are of no use at all, this replaces the walk: ids from the last proved one to the
largest there is.
"""

from collections.abc import Sequence
from itertools import pairwise

from mirror.wordpress.includes import Sweep
from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import Gap, Lost, Window

MOST_WINDOWS = 20_000


class Closing:
    """Reads what a walk left open. `gaps` are those that stay open."""

    def __init__(
        self,
        gaps: Sequence[Gap],
        *,
        beyond: int | None,
        largest: int,
        size: int,
        ahead: int,
        most_windows: int,
    ) -> None:
        """`beyond`: read everything from this id on. `largest`: the largest id that was seen.

        Gaps that would take more than `most_windows` of `size` ids stay open.
        """
        self.gaps = list(gaps)
        self.top_known = False  # whether nothing visible lies beyond what was asked for
        self.problem: Problem | None = None
        self._beyond, self.largest = beyond, largest
        self._size, self._ahead, self._most_windows = size, ahead, most_windows
        self._sweep: Sweep | None = None
        trailing = bool(gaps) and gaps[-1].before is None
        self._newest: Window | None = None
        if trailing or beyond is not None:
            self._newest = Window(limit=size, probe=True, newest=True)
        self._asked = False
        if self._newest is None:
            self._read()

    @property
    def done(self) -> bool:
        """Whether nothing more is wanted."""
        idle = self._sweep is None or self._sweep.done
        return self.problem is not None or (self._newest is None and idle)

    @property
    def received(self) -> int:
        """How many rows were had."""
        return len(self._sweep.received) if self._sweep else 0

    @property
    def lost(self) -> list[Lost]:
        """Rows that the server cannot send."""
        return self._sweep.lost if self._sweep else []

    def wanted(self) -> list[Window]:
        """The requests to make now."""
        if self._newest is not None and not self._asked:
            self._asked = True
            return [self._newest]
        return self._sweep.wanted() if self._sweep else []

    def receive(self, window: Window, ids: Sequence[int]) -> None:
        """An answer to one of them."""
        if window == self._newest:
            self._learn_top(ids)
            self._read()
        elif self._sweep is not None and window.ids:
            self._sweep.receive(window, ids)
            if self._sweep.ignored:
                message = "the site heeds neither offsets nor ids"
                self.problem = Problem(kind="bad-parameter", message=message, status=200)

    def again(self, window: Window) -> None:
        """A request is to be made once more."""
        if window == self._newest:
            self._asked = False
        elif self._sweep is not None and window.ids:
            self._sweep.again(window)

    def fail(self, window: Window, problem: Problem) -> None:
        """A request failed, and asking the same again will not help."""
        if window == self._newest:
            self._read()
        elif self._sweep is not None and window.ids:
            self._sweep.fail(window, problem)

    def _learn_top(self, ids: Sequence[int]) -> None:
        """Nothing visible lies beyond the largest id: it closes a gap that had no end."""
        self.largest = max([self.largest, *ids])
        self.top_known = bool(ids) and all(a > b for a, b in pairwise(ids))
        if not (self.gaps and self.gaps[-1].before is None):
            return
        after = self.gaps[-1].after
        # Where not one row was seen from either end, there is none to be seen.
        if self.top_known or not (ids or after):
            self.gaps.pop()
        if ids and ids[0] > after:
            self.gaps.append(Gap(after=after, before=ids[0] + 1))

    def _read(self) -> None:
        """Reads all ids of the gaps, or all from `beyond` on, unless they are too many."""
        self._newest = None
        closed = [gap for gap in self.gaps if gap.before is not None]
        if self._beyond is not None:
            first = min([self._beyond, *(gap.after + 1 for gap in self.gaps)])
            ids: Sequence[int] = range(first, self.largest + 1)
            if -(-len(ids) // self._size) > MOST_WINDOWS:
                message = f"ids up to {self.largest} are too many to be asked for one by one"
                self.problem = Problem(kind="bad-parameter", message=message, status=200)
                return
            self.gaps.clear()
        else:
            stretches = [range(gap.after + 1, gap.before or 0) for gap in closed]
            if sum(map(len, stretches)) > self._most_windows * self._size:
                return
            ids = [id_ for stretch in stretches for id_ in stretch]
            self.gaps = [gap for gap in self.gaps if gap.before is None]
        self._sweep = Sweep(ids, size=self._size, ahead=self._ahead)
