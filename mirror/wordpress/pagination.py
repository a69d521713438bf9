"""The anchored offset walk: every visible row of a collection that changes while it is read.

Windows are read in order of id. A window is contiguous in that order, so one whose first id is not
beyond what is accounted for proves that no visible row lies between: only then the walk moves on.
Where rows vanished before it, the next window begins too late, is not accepted, and is asked for
again with more overlap. Pages would silently skip the row at the boundary.

Pure: the driver asks `wanted()` what to request, gives the answers to `receive` and `fail`, in any
order, and stops at `done`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from mirror.wordpress.account import Account
from mirror.wordpress.closing import Closing
from mirror.wordpress.includes import Sweep
from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import Gap, Lost, Resume, Segment, Window

__all__ = ["Gap", "Lost", "Resume", "Walk", "Window"]

# The same request again, before fewer rows are tried or the walk gives up.
MOST_AGAIN = 2
MOST_WAITS = 5
# Failures without a success between them: more than one bad row can cause.
MOST_FAILURES = 20
# Answers that bring nothing new, before offsets are given up: this many, and two for each that did.
SPARE_ANSWERS = 50


class Walk(Account):
    """One collection, from the first id to the last. See the module."""

    def __init__(self, per_page: int = 100, ahead: int = 4, resume: Resume | None = None) -> None:
        """`ahead`: how many windows may be in flight at once."""
        super().__init__(per_page, resume)
        self._ahead = max(1, ahead)
        self._largest = self._reach - 1
        self._flight: set[Window] = set()
        self._front: Window | None = None  # the window in flight that the walk waits for
        self._waiting: list[Segment] = []  # answers that do not follow on yet
        self._failed_ahead: set[Window] = set()
        # How the rows at `pos` are asked for: a window of rows, their ids, or the first one alone.
        self._ask: Literal["rows", "ids", "one"] = "rows"
        self._limit: int | None = None  # instead of the page size
        self._shrunk_from: int | None = None  # the limit with which even the ids failed
        self._isolating: tuple[Sweep, Segment] | None = None  # rows that fail together, by id
        self._closing: Closing | None = None
        self._ordered = True
        self._cause = Problem(kind="unreadable", message="not read", status=0)
        self._overlap = self._back = 1  # rows to read again: usually, and next time
        self._crossing = False  # the last window proved that nothing visible follows in it
        self._previous: int | None = None  # the total with the last answer that followed on
        self._last: tuple[int, tuple[int, ...]] = (0, ())
        self._barren = self._failures = self._again = 0
        self._answers = self._fruitful = 0

    # What to request.

    def wanted(self) -> list[Window]:
        """The windows to request now; each is to be answered by `receive` or `fail`."""
        if self._done:
            return []
        if self._closing is not None:
            windows = self._closing.wanted()
        elif self._isolating is not None:
            windows = self._isolating[0].wanted()
        else:
            front = None if self._front in self._flight else self._next()
            windows = [front] if front else []
            windows += self._windows_ahead()
        self._flight.update(windows)
        return windows

    def _next(self) -> Window | None:
        """The window that the walk needs next; None if it is one of those in flight."""
        size = self._limit or self._page.next()
        if self._ask == "one" or size == 1:
            # A single row leaves no room for overlap.
            self._front = Window(offset=self._pos, limit=1)
        elif self._ask == "ids":
            offset = max(0, self._pos - self._back)
            limit = min(size + max(0, self._back - 1), max(self._page.most, 2))
            self._front = Window(offset=offset, limit=limit, probe=True)
        else:
            self._front = self._next_rows(max(0, self._pos - self._back), size)
        return None if self._front in self._flight else self._front

    def _next_rows(self, offset: int, size: int) -> Window:
        for window in self._flight:
            covers = window.offset <= offset and window.end > self._pos
            if covers and not (window.ids or window.probe):
                return window
        if any(window.offset <= offset < window.end for window in self._failed_ahead):
            self._ask, self._limit = "ids", size
            return Window(offset=offset, limit=size, probe=True)
        # No further than to an answer that already waits.
        starts = [s.window.offset for s in self._waiting if s.window.offset >= self._pos]
        limit = min([size, *(start + 2 - offset for start in starts)])
        return Window(offset=offset, limit=max(1, limit))

    def _windows_ahead(self) -> Iterator[Window]:
        """Windows beyond the next one, each overlapping the one before."""
        front = self._front
        calm = self._back == self._overlap and not (self._crossing or self._failed_ahead)
        size = self._page.now
        if front is None or not (calm and self._fruitful and self._ask == "rows"):
            return
        if size <= self._overlap:
            return
        flying = self._flight | {front}
        edge = max(*(w.end for w in flying), *(s.window.end for s in self._waiting), 0)
        goal = self._counts.total if self._counts.trusted else None
        room = min(self._ahead, 2) if goal is None else self._ahead
        room = min(room, 3 * self._ahead - len(self._waiting)) - len(flying)
        for _ in range(room):
            if goal is not None and edge >= goal:
                return
            window = Window(offset=max(0, edge - self._overlap), limit=size)
            edge = window.end
            yield window

    # What came.

    def receive(
        self, window: Window, ids: Sequence[int], total: int | None, pages: int | None = None
    ) -> None:
        """The ids of a window's rows, in the order sent; `total` and `pages` as the headers say.

        `pages` (`X-WP-TotalPages`) spares requests where rows are hidden.
        """
        if self._done:
            return
        self._flight.remove(window)
        self._failures = self._again = 0
        self._largest = max([self._largest, *ids])
        if self._closing is not None:
            self._closing.receive(window, ids)
            self._after_closing()
        elif window.ids:
            if self._isolating is not None:
                self._isolating[0].receive(window, ids)
                self._after_sweep(*self._isolating)
        elif any(a >= b for a, b in pairwise(ids)):
            self._ordered = False
            self._read_by_ids("the site does not list in order of id")
        elif self._repeats(window, tuple(ids)):
            self._read_by_ids("the site does not heed offsets")
        else:
            self._listed(window, self._counts.segment(window, tuple(ids), total, pages))

    def _repeats(self, window: Window, ids: tuple[int, ...]) -> bool:
        """Whether the same rows come for an offset as far away as they are many."""
        offset, rows = self._last
        self._last = (window.offset, ids)
        return len(ids) > 2 and rows == ids and abs(offset - window.offset) >= len(ids) - 1

    def _listed(self, window: Window, segment: Segment) -> None:
        front = window == self._front
        if front:
            self._front = None
        self._answers += 1
        if window.probe:
            self._probed(segment)
        else:
            self._page.succeeded(window.limit)
            if front:
                self._came_through(window)
            if segment.ids:
                self._waiting.append(segment)
            if self._isolating is None and not self._chain() and front and not self._done:
                self._stalled(segment)
        spent = self._answers > SPARE_ANSWERS + 3 * self._fruitful
        if spent and not self._done and self._closing is None and self._isolating is None:
            self._read_by_ids("the collection changes too fast, or its counts are wrong")

    def _came_through(self, window: Window) -> None:
        """The awaited rows came: what failed before was too large."""
        if self._shrunk_from is not None and self._ask == "rows":
            self._page.limit_to(window.limit, failed=self._shrunk_from)
        elif self._ask == "one":
            self._page.limit_to(1, failed=2)
        self._ask, self._limit, self._shrunk_from = "rows", None, None

    def _chain(self) -> bool:
        """Accepts every answer that follows on what is accounted for. Whether rows were new."""
        advanced = False
        for segment in sorted(self._waiting, key=lambda s: s.ids[0]):
            if segment.window.offset and segment.ids[0] > self._reach:
                break
            self._waiting.remove(segment)
            if segment.ids[-1] >= self._reach:
                self._accept(segment)
                advanced = True
                if self._closing is not None:
                    break
        return advanced

    def _accept(self, segment: Segment) -> None:
        """Moves on to the end of an answer that holds new rows."""
        new = sum(id_ >= self._reach for id_ in segment.ids)
        self._counts.accepted(segment, new)
        if self._counts.cap is not None and self._counts.cap < self._page.now:
            self._page.limit_to(self._counts.cap, failed=self._counts.cap + 1)
        self._seen += new
        self._moved(segment.ids[-1] + 1, segment.end, segment.total)
        if self._counts.reaches_end(segment, new=True):
            self._close()

    def _moved(self, reach: int, pos: int, total: int | None) -> None:
        self._reach, self._pos, self._previous = reach, pos, total
        self._fruitful += 1
        self._barren = 0
        self._back, self._crossing = self._overlap, False
        size = self._page.now
        self._failed_ahead = {w for w in self._failed_ahead if w.end > pos and w.limit <= size}
        if self._front is not None and self._front.end <= pos:
            self._front = None

    # Windows that do not move the walk on.

    def _stalled(self, segment: Segment) -> None:
        """The awaited window held nothing new, or begins too late to prove anything."""
        ids, window = segment.ids, segment.window
        if not window.offset or (ids and ids[0] <= self._reach):
            self._nothing_new(segment)
        elif (self._crossing or window.limit == 1) and self._unchanged(segment):
            self._cross(segment)
        else:
            # Rows vanished before the anchor, or the overlap holds only hidden ones.
            if ids and self._unchanged(segment) and 4 * self._overlap < self._page.now:
                self._overlap *= 2
            self._crossing = False
            self._back = 2 if self._back < 2 else 4 * self._back

    def _unchanged(self, segment: Segment) -> bool:
        """Whether a total is that of the answer before, and rows may be there at all."""
        past = segment.total is not None and segment.total <= segment.window.offset
        return segment.total == self._previous and not past

    def _nothing_new(self, segment: Segment) -> None:
        """A window that is proved to follow on, all of whose rows are known."""
        ids, window = segment.ids, segment.window
        if self._counts.reaches_end(segment, new=False):
            self._close()
            return
        self._pos = max(segment.end, window.offset + 1)
        self._back = self._overlap
        self._previous = segment.total
        self._crossing = not ids or ids[-1] == self._reach - 1
        self._wait_for_end(segment, len(ids) <= self._overlap)

    def _cross(self, segment: Segment) -> None:
        """Goes on without proof: all rows are hidden here, and the total has not changed."""
        after = self._reach - 1
        # One that has no end yet, or ends where this one begins, is the same.
        if self._gaps and (self._gaps[-1].before or after) >= after:
            after = self._gaps.pop().after
        if segment.ids:
            if segment.ids[0] > after + 1:
                self._gaps.append(Gap(after=after, before=segment.ids[0]))
            self._waiting = [s for s in self._waiting if s is not segment]
            self._accept(segment)
            return
        self._pos = segment.window.end
        if self._wait_for_end(segment, True):
            return
        self._gaps.append(Gap(after=after))
        if self._counts.trusted and segment.total is not None and self._pos >= segment.total:
            self._close()

    def _wait_for_end(self, segment: Segment, barren: bool) -> bool:
        """Without a total, two windows in a row that show no rows beyond are taken for the end."""
        self._barren += barren
        if self._barren < 2 or segment.total is not None:
            return False
        if not (self._gaps and self._gaps[-1].before is None):
            self._gaps.append(Gap(after=self._reach - 1))
        self._close()
        return True

    # What failed.

    def fail(self, window: Window, problem: Problem) -> None:
        """A window that brought no list."""
        if self._done:
            return
        if problem.kind == "past-end" and not window.ids:
            self.receive(window, (), 0)
            return
        self._flight.remove(window)
        if self._closing is not None and not (window.ids or window.newest):
            return
        self._failures += 1
        if problem.remedy in ("again", "wait"):
            self._again += 1
            if self._again <= (MOST_AGAIN if problem.remedy == "again" else MOST_WAITS):
                self._ask_again(window)
                return
        if problem.remedy in ("final", "wait") or self._failures >= MOST_FAILURES:
            self.stop(problem)
        elif self._closing is not None or window.ids:
            self._failed_by_id(window, problem)
        elif window == self._front:
            self._too_much(window, problem)
        else:
            self._failed_ahead.add(window)

    def _ask_again(self, window: Window) -> None:
        if self._closing is not None:
            self._closing.again(window)
        elif self._isolating is not None and window.ids:
            self._isolating[0].again(window)

    def _failed_by_id(self, window: Window, problem: Problem) -> None:
        if self._closing is not None:
            self._closing.fail(window, problem)
            self._after_closing()
        elif self._isolating is not None:
            self._isolating[0].fail(window, problem)
            self._after_sweep(*self._isolating)

    def _too_much(self, window: Window, problem: Problem) -> None:
        """The awaited window failed: ask for the ids, for fewer of them, for one row."""
        self._front, self._cause = None, problem
        if self._ask == "one" or window.limit == 1:
            self._lose(Lost(problem=problem, offset=window.offset))
        elif self._ask == "rows":
            if self._limit is not None or not self._page.failed(window.limit):
                self._ask, self._limit, self._shrunk_from = "ids", window.limit, None
        elif window.limit > 2:
            self._shrunk_from = min(window.limit, self._shrunk_from or window.limit)
            self._limit = window.limit // 2
        else:
            self._ask = "one"

    def _lose(self, lost: Lost) -> None:
        """Steps over a row of which not even the id can be had."""
        self._lost.append(lost)
        self._pos += 1
        self._ask, self._limit, self._shrunk_from = "rows", None, None
        self._crossing, self._previous = True, self._counts.total
        self._back = 0

    def _probed(self, segment: Segment) -> None:
        """The ids of rows that failed together: read by id, the one that fails stands out."""
        if segment.window.offset and not (segment.ids and segment.ids[0] <= self._reach):
            self._stalled(segment)
        elif self._shrunk_from is not None:
            # Not one bad row, then: even ids were too many.
            self._ask = "rows"
        elif rows := [id_ for id_ in segment.ids if id_ >= self._reach]:
            self._isolating = (Sweep(rows, size=max(1, len(rows) // 2), halved=True), segment)
        else:
            self._ask, self._limit = "rows", None
            self._nothing_new(segment)

    # Rows by id.

    def _after_sweep(self, sweep: Sweep, segment: Segment) -> None:
        """Goes on behind rows that failed together and were read by id."""
        if not (sweep.done or sweep.ignored):
            return
        self._isolating = None
        self._ask, self._limit = "rows", None
        self._seen += len(sweep.received)
        self._lost += sweep.lost
        if sweep.ignored:
            self._lost += [Lost(wp_id=id_, problem=self._cause) for id_ in sweep.unread()]
        elif not sweep.lost:
            self._page.too_large(segment.window.limit, sweep.best)
        self._moved(segment.ids[-1] + 1, segment.end, segment.total)
        if self._counts.reaches_end(segment, new=True):
            self._close()
        else:
            self._chain()

    def _read_by_ids(self, why: str) -> None:
        """Gives offsets up."""
        self._by_ids = why
        self._close()

    def _close(self) -> None:
        """The walk is through, or of no use: what it left open is read by id."""
        self._waiting.clear()
        beyond = None if self._by_ids is None else self._reach
        self._closing = Closing(
            self._gaps, beyond=beyond, largest=self._largest, size=self._page.now, ahead=self._ahead
        )
        self._after_closing()

    def _after_closing(self) -> None:
        closing = self._closing
        if closing is None or not closing.done:
            return
        self._seen += closing.received
        self._lost += closing.lost
        self._gaps = closing.gaps
        self._proved = True
        if self._by_ids is not None:
            self._proved = (closing.top_known and self._ordered) or self._all_counted()
        if closing.problem is None and self._by_ids is not None:
            self._reach = max(self._reach, self._largest + 1)
        self.stop(closing.problem)

    def _all_counted(self) -> bool:
        total = self._counts.total
        counted = self._seen + len(self._lost)
        return total is not None and self._counts.trusted and counted >= total
