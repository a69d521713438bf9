"""The anchored offset walk: every visible row of a collection that changes while it is read.

Windows are read in order of id. A window is contiguous in that order, so one whose first id is not
beyond what is accounted for proves that no visible row lies between: only then the walk moves on.
Where rows vanished before it, the next window begins too late, is not accepted, and is asked for
again with more overlap. Pages would silently skip the row at the boundary.

Terms of hierarchical taxonomies know no `offset` (terms controller, `get_collection_params`). Pages
of different sizes overlap, too: they are asked for by the page that begins where a window would.

Pure: the driver asks `wanted()` what to request, gives the answers to `receive` and `fail`, in any
order, and stops at `done`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from mirror.wordpress.account import Account
from mirror.wordpress.bisection import Bisection
from mirror.wordpress.closing import Closing
from mirror.wordpress.includes import Sweep
from mirror.wordpress.patience import repeats
from mirror.wordpress.problems import Problem
from mirror.wordpress.steps import SHORT_PAGE
from mirror.wordpress.windows import Gap, Lost, Resume, Segment, Window

__all__ = ["Gap", "Lost", "Resume", "Walk", "Window"]

# Failures without a success between them: more than one bad row can cause.
MOST_FAILURES = 20
# Answers that bring nothing new, before offsets are given up: this many, and two for each that did.
SPARE_ANSWERS = 50


class Walk(Account):
    """One collection, from the first id to the last. See the module."""

    def __init__(
        self,
        per_page: int = 100,
        ahead: int = 4,
        resume: Resume | None = None,
        *,
        paged: bool = False,
    ) -> None:
        """`ahead`: how many windows may be in flight at once. `paged`: the list knows no offset."""
        super().__init__(per_page, resume, paged)
        if paged:
            # Where a page begins hangs on how many rows the server takes at once: page 1 tells.
            self._chain.pos = 0
        self._ahead = max(1, ahead)
        self._flight: set[Window] = set()
        self._dry: int | None = None  # where a window ahead held nothing
        self._front: Window | None = None  # the window in flight that the walk waits for
        self._failed_ahead: set[Window] = set()
        # How the rows at `pos` are asked for: a window of rows, their ids, or the first one alone.
        self._ask: Literal["rows", "ids", "one"] = "rows"
        self._failed: Window | None = None  # what failed, while its ids are asked for
        self._ids_fail = False  # ids fail where rows do: not worth asking for
        self._bisection: Bisection | None = None
        self._isolating: tuple[Sweep, Segment] | None = None  # rows that fail together, by id
        self._closing: Closing | None = None
        self._cause = Problem(kind="unreadable", message="not read", status=0)
        self._failures = self._waits = self._answers = 0
        self._tried: Counter[Window] = Counter()  # failures of what is asked for again
        self._largest = self._chain.reach - 1
        self._ordered = True

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
        chain = self._chain
        offset = max(0, chain.pos - chain.back)
        if self._ask == "rows" and self._bisection is None:
            self._front = self._next_rows(offset)
        if self._ask == "ids" and self._failed is not None:
            limit = min(self._failed.end - offset, max(self._page.most, 2))
            self._front = self._steps.window(offset, max(2, limit), beyond=chain.pos, probe=True)
        elif self._bisection is not None:
            overlap = min(chain.pos, chain.back)
            rows = self._bisection.rows(chain.pos, overlap)
            limit = min(overlap + rows, max(self._page.most, 2))
            if rows <= 1 and limit >= self._bisection.worst:
                self._ask = "one"
            self._front = self._steps.window(offset, limit, beyond=chain.pos)
        if self._ask == "one":
            self._front = self._steps.window(chain.pos, 1, beyond=chain.pos)
        return None if self._front in self._flight else self._front

    def _next_rows(self, offset: int) -> Window | None:
        chain, size = self._chain, self._next_size()
        if size == 1:
            # A single row leaves no room for overlap.
            return self._steps.window(offset if chain.back > 1 else chain.pos, 1, beyond=0)
        for window in self._flying():
            covers = window.offset <= offset and window.end > chain.pos
            if covers and not (window.ids or window.probe):
                return window
        for window in self._failed_ahead:
            if window.offset <= offset < window.end:
                self._search(window)
                return None
        # No further than to an answer that already waits.
        starts = [s.window.offset for s in chain.waiting if s.window.offset >= chain.pos]
        limit = min([size, *(start + 2 - offset for start in starts if not self._steps.paged)])
        return self._steps.window(offset, max(1, limit), beyond=chain.pos)

    def _flying(self) -> set[Window]:
        """What is in flight and may still bring something."""
        return {window for window in self._flight if not self._steps.outdated(window)}

    def _next_size(self) -> int:
        """The page size, or an attempt at a larger one: one at a time."""
        attempted = any(window.limit > self._page.now for window in self._flight)
        return self._page.now if attempted else self._page.next()

    def _windows_ahead(self) -> Iterator[Window]:
        """Windows beyond the next one, each overlapping the one before."""
        front, chain, size = self._front, self._chain, self._next_size()
        troubled = self._ask != "rows" or self._bisection or self._failed_ahead
        if (
            front is None
            or troubled
            or not (chain.calm and chain.moves and self._page.now > chain.overlap)
        ):
            return
        flying = self._flying() | {front}
        edge = max(*(w.end for w in flying), *(s.window.end for s in chain.waiting), 0)
        goal = self._counts.total if self._counts.trusted else None
        room = min(self._ahead, 2) if goal is None else self._ahead
        for _ in range(min(room, 3 * self._ahead - len(chain.waiting)) - len(flying)):
            if goal is not None and edge >= goal:
                return
            if goal is None and self._dry is not None and edge > self._dry:
                return
            window = self._steps.window(max(0, edge - chain.overlap), size, beyond=edge)
            if window in flying or window.limit == 1:
                return
            size = self._page.now
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
        if self._steps.misplaced(window, ids, self._counts.widest):
            self.fail(window, SHORT_PAGE)
            return
        self._flight.remove(window)
        if self._steps.outdated(window):
            return
        self._failures = self._waits = 0
        self._tried.pop(window, None)
        self._largest = max([self._largest, *ids])
        if self._closing is not None:
            if self._closing.owns(window):
                self._closing.receive(window, ids)
                self._after_closing()
        elif window.ids:
            if self._isolating is not None:
                self._isolating[0].receive(window, ids)
                self._after_sweep(*self._isolating)
        else:
            self._answered(window, self._counts.segment(window, tuple(ids), total, pages))

    def _answered(self, window: Window, segment: Segment) -> None:
        if any(a >= b for a, b in pairwise(segment.ids)):
            self._ordered = False
            self._read_by_ids("the site does not list in order of id")
        elif self._steps.repeats(segment):
            self._give_offsets_up()
        else:
            self._listed(window, segment)

    def _give_offsets_up(self) -> None:
        """Goes on by pages, or, where those are not heeded either, by id."""
        if self._steps.paged:
            self._read_by_ids("the site does not heed offsets")
            return
        self._steps.take_pages()
        self._ask = "rows"
        self._front = self._failed = self._bisection = None
        self._failed_ahead.clear()
        self._chain.waiting.clear()

    def _listed(self, window: Window, segment: Segment) -> None:
        front = window == self._front
        if front:
            self._front = None
        self._answers += 1
        if window.probe:
            self._probed(segment)
            self._look_on()
            return
        self._page.succeeded(window.limit)
        if self._steps.shortened(segment):
            # Without a total it may as well be all there is: no proof that more would fail.
            self._page.limit_to(self._counts.widest, failed=segment.total and window.limit)
        if front and self._bisection is not None:
            self._bisection.succeeded(window)
            if self._ask == "one":
                # The row is not to blame: the one before it is, or two are too many.
                self._page.too_large(self._bisection.worst, 1, self._bisection.levels)
                self._ask, self._bisection = "rows", None
        if segment.ids:
            self._chain.waiting.append(segment)
        elif not front:
            self._dry = window.offset
        if self._isolating is None:
            if not self._chain.follow() and front:
                self._chain.stall(segment, self._page.now // 4)
            self._look_on()

    def _look_on(self) -> None:
        """After the chain may have moved: forgets what is behind, and sees whether it has ended."""
        chain, cap = self._chain, self._counts.cap
        if cap is not None and cap < self._page.now:
            self._page.limit_to(cap, failed=cap + 1)
        search = self._bisection
        if search is not None and (chain.ended or chain.pos >= search.end):
            # All that failed together has come through in pieces, or there is no more.
            self._page.too_large(search.worst, search.best, search.levels)
            self._bisection, self._ask = None, "rows"
        size = self._page.now
        chain.overlap = min(chain.overlap, max(1, size // 4))
        self._failed_ahead = {
            w for w in self._failed_ahead if w.end > chain.pos and w.limit <= size
        }
        if self._front is not None and self._front.end <= chain.pos:
            self._front = None
        if chain.ended:
            self._close()
        elif self._isolating is None and self._answers > SPARE_ANSWERS + 3 * chain.moves:
            self._read_by_ids("the collection changes too fast, or its counts are wrong")

    def _probed(self, segment: Segment) -> None:
        """The ids of rows that failed together: read by id, the one that fails stands out."""
        chain = self._chain
        follows = chain.follows(segment)
        rows = [id_ for id_ in segment.ids if id_ >= chain.reach]
        if rows and (follows or chain.may_cross(segment)):
            if not follows:
                chain.open_gap(rows[0])
            self._isolating = (Sweep(rows, size=max(1, len(rows) // 2), halved=True), segment)
        else:
            if follows:
                self._ask, self._failed = "rows", None
            chain.stall(segment, self._page.now // 4)

    # What failed.

    def fail(self, window: Window, problem: Problem) -> None:
        """A window that brought no list."""
        if self._done:
            return
        if problem.kind == "past-end" and not window.ids:
            self.receive(window, (), 0)
            return
        self._flight.remove(window)
        if self._steps.outdated(window) or (
            self._closing is not None and not self._closing.owns(window)
        ):
            return
        self._failures += 1
        self._tried[window] += 1
        # Who asks to wait asks it of all requests.
        self._waits += problem.remedy == "wait"
        tried = self._waits if problem.remedy == "wait" else self._tried[window]
        if tried <= repeats(window, problem):
            self._ask_again(window)
            return
        self._tried.pop(window)
        if problem.remedy in ("final", "wait") or self._failures >= MOST_FAILURES:
            self.stop(problem)
        elif self._closing is not None or window.ids:
            self._failed_by_id(window, problem)
        elif window == self._front:
            self._front, self._cause = None, problem
            self._too_much(window)
        elif not self._page.failed(window.limit):
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

    def _too_much(self, window: Window) -> None:
        """The awaited window failed: the row that is to blame is searched for."""
        if window.limit == 1:
            # Not even its id is known; the gap that it leaves is read by id in the end.
            self._lost.append(Lost(problem=self._cause, offset=window.offset))
            self._ask, self._bisection = "rows", None
            self._chain.leap()
        elif window.probe:
            self._ids_fail = True
            self._search(self._failed or window)
        elif self._bisection is not None:
            self._bisection.failed(window)
        elif not self._page.failed(window.limit):
            self._search(window)

    def _search(self, failed: Window) -> None:
        """By id where the ids can be had (WordPress renders nothing for them), else by offset."""
        if self._ids_fail:
            self._ask, self._failed = "rows", None
            self._bisection = Bisection(failed, self._chain.pos)
        else:
            self._ask, self._failed = "ids", failed

    # Rows by id.

    def _after_sweep(self, sweep: Sweep, segment: Segment) -> None:
        """Goes on behind rows that failed together and were read by id."""
        if not (sweep.done or sweep.ignored):
            return
        self._isolating, self._failed, self._ask = None, None, "rows"
        self._chain.seen += len(sweep.received)
        self._lost += sweep.lost
        if sweep.ignored:
            self._lost += [Lost(wp_id=id_, problem=self._cause) for id_ in sweep.unread()]
        elif not sweep.lost:
            levels = 1 if sweep.failed is None else 2
            self._page.too_large(sweep.failed or segment.window.limit, sweep.best, levels)
        self._chain.move(segment)
        self._chain.follow()
        self._look_on()

    def _read_by_ids(self, why: str) -> None:
        """Gives offsets up."""
        self._by_ids = why
        self._close()

    def _close(self) -> None:
        """The walk is through, or of no use: what it left open is read by id."""
        self._chain.waiting.clear()
        self._closing = Closing(
            [*self._chain.gaps, *self._open_end()],
            beyond=None if self._by_ids is None else self._chain.reach,
            largest=self._largest,
            total=self._counts.total if self._counts.trusted else None,
            size=self._page.now,
            ahead=self._ahead,
            most_windows=max(SPARE_ANSWERS, self._answers // 2),
            paged=self._steps.paged,
            unknown=any(lost.wp_id is None for lost in self._lost),
        )
        self._after_closing()

    def _after_closing(self) -> None:
        closing, chain = self._closing, self._chain
        if closing is None or not closing.done:
            return
        chain.seen += closing.received
        chain.gaps = closing.gaps
        if not chain.gaps:
            # Rows of unknown id lie in gaps: by now they are known, or gone.
            self._lost = [lost for lost in self._lost if lost.wp_id is not None]
        self._lost += closing.lost
        self._proved = self._by_ids is None or self._all_counted()
        if self._by_ids is not None and closing.problem is None:
            self._proved = self._proved or (closing.top_known and self._ordered)
            chain.reach = max(chain.reach, closing.largest + 1)
        self.stop(closing.problem)
