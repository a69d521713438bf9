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
        total: int | None,
        size: int,
        ahead: int,
        most_windows: int,
        paged: bool = False,
        unknown: bool = False,
    ) -> None:
        """`beyond`: read everything from this id on. `largest`: the largest id that was seen.

        `unknown`: rows were given up of which not even the id could be learned.

        Gaps that would take more than `most_windows` of `size` ids stay open.
        """
        self.gaps = list(gaps)
        self.largest = largest
        self.top_known = False  # whether nothing visible lies beyond what was asked for
        self.problem: Problem | None = None
        self._beyond, self._total, self._paged, self._unknown = beyond, total, paged, unknown
        self._size, self._ahead, self._most_windows = size, ahead, most_windows
        self._flight: set[Window] = set()
        self._again: list[Window] = []  # questions for the largest id, before anything is read
        self._census = 0  # the offset up to which all ids were asked for
        self._sweep: Sweep | None = None
        if beyond is not None or (gaps and gaps[-1].before is None):
            self._again.append(Window(limit=size, probe=True, newest=True))
        else:
            self._read()

    @property
    def done(self) -> bool:
        """Whether nothing more is wanted."""
        return self.problem is not None or (self._sweep is not None and self._sweep.done)

    @property
    def received(self) -> int:
        """How many rows were had."""
        return len(self._sweep.received) if self._sweep else 0

    @property
    def lost(self) -> list[Lost]:
        """Rows that the server cannot send."""
        return self._sweep.lost if self._sweep else []

    def owns(self, window: Window) -> bool:
        """Whether it is one of these requests, and not one that the walk left behind."""
        return window in self._flight

    def wanted(self) -> list[Window]:
        """The requests to make now."""
        windows = self._sweep.wanted() if self._sweep else self._again
        self._again = []
        self._flight.update(windows)
        return windows

    def receive(self, window: Window, ids: Sequence[int]) -> None:
        """An answer to one of them."""
        self._flight.remove(window)
        self.largest = max([self.largest, *ids])
        if self._sweep is None:
            if window.newest:
                self._learn_top(ids)
            self._look_further()
            return
        self._sweep.receive(window, ids)
        if self._sweep.ignored:
            message = "the site heeds neither offsets nor ids"
            self.problem = Problem(kind="bad-parameter", message=message, status=200)

    def again(self, window: Window) -> None:
        """A request is to be made once more."""
        self._flight.remove(window)
        if self._sweep is None:
            self._again.append(window)
        else:
            self._sweep.again(window)

    def fail(self, window: Window, problem: Problem) -> None:
        """A request failed, and asking the same again will not help."""
        self._flight.remove(window)
        if self._sweep is None:
            self._look_further()
        else:
            self._sweep.fail(window, problem)

    def _learn_top(self, ids: Sequence[int]) -> None:
        """Nothing visible lies beyond the largest id: it closes a gap that had no end."""
        self.top_known = bool(ids) and all(a > b for a, b in pairwise(ids))
        if not (self.gaps and self.gaps[-1].before is None):
            return
        after = self.gaps[-1].after
        # Where not one row was seen from either end, there is none to be seen; but for a row that
        # was never told from its neighbours.
        if self.top_known or not (self.largest or self._unknown):
            self.gaps.pop()
        if ids and ids[0] > after:
            self.gaps.append(Gap(after=after, before=ids[0] + 1))

    def _look_further(self) -> None:
        """Where not even the newest can be asked for, all ids are, in whatever order they come."""
        goal = min(self._total or 0, MOST_WINDOWS * self._size)
        if self._beyond is None or self.top_known or self._census >= goal:
            self._read()
            return
        window = Window(offset=self._census, limit=self._size, probe=True, paged=self._paged)
        self._again.append(window)
        self._census += self._size

    def _read(self) -> None:
        """Reads all ids of the gaps, or all from `beyond` on, unless they are too many."""
        ids: Sequence[int] = ()
        if self._beyond is not None:
            first = min([self._beyond, *(gap.after + 1 for gap in self.gaps)])
            ids = range(first, max(first, self.largest + 1))
            if -(-len(ids) // self._size) > MOST_WINDOWS:
                message = f"ids up to {self.largest} are too many to be asked for one by one"
                self.problem = Problem(kind="bad-parameter", message=message, status=200)
                return
            self.gaps.clear()
        else:
            stretches = [range(gap.after + 1, gap.before) for gap in self.gaps if gap.before]
            if sum(map(len, stretches)) <= self._most_windows * self._size:
                ids = [id_ for stretch in stretches for id_ in stretch]
                self.gaps = [gap for gap in self.gaps if gap.before is None]
        self._sweep = Sweep(ids, size=self._size, ahead=self._ahead)
