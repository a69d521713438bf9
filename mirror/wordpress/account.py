"""What a walk has to show for itself: how far it came, what is lost, what is proved."""

from mirror.counted import counted
from mirror.wordpress.chain import Chain
from mirror.wordpress.counts import Counts
from mirror.wordpress.pagesize import PageSize
from mirror.wordpress.problems import Problem
from mirror.wordpress.steps import Steps
from mirror.wordpress.windows import Gap, Lost, Resume


class Account:
    """The part of a walk that its driver reads."""

    def __init__(self, per_page: int, resume: Resume | None, paged: bool) -> None:
        start = resume or Resume()
        self._before = start
        self._page = PageSize(per_page, start.per_page or None)
        self._counts = Counts()
        self._chain = Chain(self._counts, start)
        self._steps = Steps(paged)
        self._lost: list[Lost] = []
        self._by_ids: str | None = None  # why offsets were of no use
        self._done = self._proved = False
        self.problem: Problem | None = None  # what ended the walk early

    @property
    def done(self) -> bool:
        """Whether nothing more is wanted; answers still in flight may be dropped."""
        return self._done

    @property
    def complete(self) -> bool:
        """Whether every row that was visible throughout is proved to have been received."""
        unproved = self._lost or self._chain.gaps or self._before.lost or self._before.gaps
        return self._done and self._proved and not unproved

    @property
    def total(self) -> int | None:
        """The rows that the site counts, hidden ones included; None if it does not say, or lies."""
        return self._counts.total if self._counts.trusted else None

    @property
    def per_page(self) -> int:
        """The page size that works, to be remembered."""
        return self._page.now

    @property
    def capped(self) -> bool:
        """Whether larger pages than `per_page` were tried, and failed."""
        return self._page.ceiling is not None

    @property
    def lost(self) -> tuple[Lost, ...]:
        """The rows that the server cannot send."""
        return tuple(self._lost)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Stretches of ids that were passed without proof."""
        return tuple(self._chain.gaps)

    @property
    def needs_include_check(self) -> bool:
        """Whether hidden rows were passed and nothing proved that only hidden ones were."""
        return bool(self._chain.gaps)

    @property
    def hidden(self) -> int:
        """The rows that are counted but not shown to visitors, as far as one can tell."""
        if self._counts.total is None or not self._counts.trusted:
            return 0
        lost = len(self._lost) + self._before.lost
        return max(0, self._counts.total - self._chain.seen - lost)

    @property
    def resume(self) -> Resume:
        """Where another walk can go on: the accepted prefix."""
        return Resume(
            anchor=self._chain.reach - 1,
            pos=self._chain.pos,
            per_page=self._page.now,
            seen=self._chain.seen,
            unshown=self._chain.unshown,
            lost=self._before.lost + len(self._lost),
            gaps=self._before.gaps + len(self._chain.gaps),
        )

    def _all_counted(self) -> bool:
        """Whether as many rows were had, or given up, as the site counts."""
        total = self._counts.total
        accounted = self._chain.seen + len(self._lost)
        return total is not None and self._counts.trusted and accounted >= total

    def _open_end(self) -> list[Gap]:
        """What follows the last row, unless windows showed, or had room for, what the site counts.

        They do not where it sends the same rows whatever is asked for.
        """
        known = self._chain.seen + len(self._lost) + self._before.lost + self._chain.unshown
        if self._by_ids is not None or self.total is None or known >= self.total:
            return []
        return [Gap(after=self._chain.reach - 1)]

    @property
    def how(self) -> str:
        """In words, how the collection was read and what that proves."""
        steps = "page" if self._steps.paged else "offset"
        words = [f"read by id, since {self._by_ids}" if self._by_ids else f"walked by {steps}"]
        if self.problem:
            words.append(f"stopped by a failure ({self.problem.message})")
        else:
            words.append("to the end" if self._proved else "not to the end")
        if self._proved and (self._counts.total is None or not self._counts.trusted):
            words.append("without a believable total")
        if self._lost:
            words.append(f"{counted(len(self._lost), 'rows')} that the server cannot send")
        if gaps := self._chain.gaps:
            words.append(f"hidden rows passed without proof after id {gaps[0].after}")
        return "; ".join(words)

    def begin_with(self, size: int) -> None:
        """Pages of at most this size, to begin with: larger ones are tried once some came through.

        To be called before the first of them is asked for.
        """
        self._page.now = max(1, min(self._page.now, size))

    def stop(self, problem: Problem | None = None) -> None:
        """Ends the walk here; `resume` says where to go on."""
        self._done = True
        self.problem = problem
