"""The proof behind a walk: answers that follow on one another without a hole.

Every visible id below `reach` is accounted for. An answer is a contiguous stretch of the list in
order of id, so one that begins at or before `reach` leaves no visible row out, whenever it was
given. `pos` is where the list goes on, as an offset; it is only a guess, for rows come and go.
"""

from mirror.wordpress.counts import Counts
from mirror.wordpress.windows import Gap, Resume, Segment


class Chain:
    """What is accounted for, what waits to follow on, and what was passed without proof.

    `unshown`: rows that windows had room for and did not show.
    """

    def __init__(self, counts: Counts, start: Resume) -> None:
        self.counts = counts
        self.reach, self.pos, self.seen = start.anchor + 1, start.pos, start.seen
        self.unshown = start.unshown
        self.gaps: list[Gap] = []
        self.waiting: list[Segment] = []
        self.overlap = self.back = 1  # rows to read again: usually, and next time
        self.moves = 0  # answers that brought something new
        self.ended = False
        self._crossing = False  # the last window proved that nothing visible follows in it
        self._leaping = False  # a row of unknown id is stepped over
        self._last_row = start.pos  # the offset of the last row that was accepted, or before it
        self._previous: int | None = None  # the total with the last answer that followed on
        self._barren = 0

    @property
    def calm(self) -> bool:
        """Whether the next window may be expected to follow on."""
        return self.back == self.overlap and not (self._crossing or self._leaping)

    def follow(self) -> bool:
        """Accepts every waiting answer that follows on. Whether rows were new."""
        moves = self.moves
        for segment in sorted(self.waiting, key=lambda s: s.ids[0]):
            if self.ended or not self.follows(segment):
                break
            self.waiting.remove(segment)
            if segment.ids[-1] >= self.reach:
                self._accept(segment)
        return self.moves > moves

    def _accept(self, segment: Segment) -> None:
        new = self._new(segment)
        self.counts.accepted(segment, new)
        self.seen += new
        self.move(segment)

    def move(self, segment: Segment) -> None:
        """Goes on behind an answer whose rows are all accounted for."""
        self._count_unshown(segment)
        self.reach, self.pos = segment.ids[-1] + 1, segment.end
        self._last_row = segment.window.offset + len(segment.ids) - 1
        self._previous = segment.total
        self.moves += 1
        self.back, self._barren = self.overlap, 0
        self._crossing = self._leaping = False
        self.ended = self.counts.reaches_end(segment)

    def stall(self, segment: Segment, most_overlap: int) -> None:
        """Judges the awaited answer when it holds nothing new, or begins too late to prove it."""
        if self.follows(segment):
            self._nothing_new(segment)
        elif self.may_cross(segment):
            self._cross(segment)
        else:
            # Rows vanished before the anchor, or the overlap holds only hidden ones.
            if segment.ids and self._unchanged(segment) and 2 * self.overlap <= most_overlap:
                self.overlap *= 2
            self._crossing = self._leaping = False
            # The last row stands no earlier than this, if none before it vanished.
            back = self.pos - self._last_row
            sure = self.back < back <= most_overlap
            self.back = back if sure else 2 if self.back < 2 else 4 * self.back

    def follows(self, segment: Segment) -> bool:
        """Whether an answer is proved to leave no visible row out."""
        ids = segment.ids
        return not segment.window.offset or bool(ids and ids[0] <= self.reach)

    def may_cross(self, segment: Segment) -> bool:
        """Whether to go on without proof: hidden rows are known to be here, and nothing changed."""
        sure = self._crossing or segment.window.limit == 1
        return self._leaping or (sure and self._unchanged(segment))

    def open_gap(self, before: int | None) -> None:
        """Leaves open what lies between `reach` and an id, to be read by id in the end."""
        after = self.reach - 1
        # A gap that has no end yet, or ends where this one begins, is the same.
        if self.gaps and (self.gaps[-1].before or after) >= after:
            after = self.gaps.pop().after
        if before is None or before > after + 1:
            self.gaps.append(Gap(after=after, before=before))

    def leap(self) -> None:
        """Steps over one row of which nothing can be had."""
        self.pos += 1
        self.back = 0
        self._leaping = True

    def _unchanged(self, segment: Segment) -> bool:
        """Whether a total is that of the answer before, and rows may be there at all."""
        past = segment.total is not None and segment.total <= segment.window.offset
        return segment.total == self._previous and not past

    def _nothing_new(self, segment: Segment) -> None:
        """A window that is proved to follow on, all of whose rows are known."""
        ids = segment.ids
        self._count_unshown(segment)
        if self.counts.reaches_end(segment):
            self.ended = True
            return
        self.pos = max(segment.end, segment.window.offset + 1)
        self.back, self._leaping = self.overlap, False
        self._previous = segment.total
        self._crossing = not ids or ids[-1] == self.reach - 1
        self._wait_for_end(segment, self._crossing and len(ids) < segment.window.limit)

    def _count_unshown(self, segment: Segment) -> None:
        """Counts the hidden rows of a window, those before `pos` not again."""
        begin, shown = segment.window.offset, len(segment.ids)
        beyond = segment.end - max(begin, self.pos) - self._new(segment)
        self.unshown += max(0, min(segment.end - begin - shown, beyond))

    def _new(self, segment: Segment) -> int:
        """How many rows of a window are not accounted for yet."""
        return sum(id_ >= self.reach for id_ in segment.ids)

    def _cross(self, segment: Segment) -> None:
        """Goes on without proof."""
        if segment.ids:
            self.open_gap(segment.ids[0])
            self.waiting = [other for other in self.waiting if other is not segment]
            self._accept(segment)
            return
        self.open_gap(None)
        self._count_unshown(segment)
        self.pos = segment.window.end
        self._wait_for_end(segment, True)
        if self.counts.trusted and segment.total is not None and self.pos >= segment.total:
            self.ended = True

    def _wait_for_end(self, segment: Segment, barren: bool) -> None:
        """Without a total, two windows that show no rows beyond are taken for the end."""
        self._barren += barren
        if self._barren >= 2 and segment.total is None:
            self.open_gap(None)
            self.ended = True
