"""What the totals of a collection are worth, and how far an answer surely reaches.

A server sends fewer rows than asked for because some are hidden, or because it silently takes no
more: only what it once sent, or the number of pages it reports, tells the two apart. Totals may be
missing, stale, negative, the number of rows sent, or 10^12.
"""

from mirror.wordpress.windows import Segment, Window

MOST_ROWS = 1_000_000_000


class Counts:
    """The counts of one walk. `trusted` falls, for good, with the first total that cannot be."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.trusted = True
        self.cap: int | None = None  # the page size beyond which the server sends no more rows
        self._widest = 0  # the most rows that it surely takes at once
        self._doubt: tuple[int, int] | None = None  # rows and end of a short answer

    def segment(
        self, window: Window, ids: tuple[int, ...], total: int | None, pages: int | None
    ) -> Segment:
        """An answer with the offset that it surely reaches to."""
        total = self._believed(window, ids, total)
        self._widest = max(self._widest, len(ids))
        takes = max(self._widest, -(-total // pages)) if total and pages else self._widest
        if total and pages and pages > -(-total // window.limit) and len(ids) < window.limit:
            self.cap = max(len(ids), -(-total // pages))
        rows = min(window.limit, takes or window.limit)
        if total is not None:
            rows = min(rows, max(0, total - window.offset))
        return Segment(window, ids, window.offset + max(rows, len(ids)), total)

    def _believed(self, window: Window, ids: tuple[int, ...], total: int | None) -> int | None:
        if total is not None and not 0 <= total <= MOST_ROWS:
            total = None
        if ids and (total is None or total < len(ids)):
            self.trusted, total = False, None
        # An empty window past the end has the total 0 (posts: `set_found_posts` counts nothing).
        if total is not None and (total or not window.offset):
            self.total = total
        return total

    def accepted(self, segment: Segment, new: int) -> None:
        """Learns from an answer with `new` new rows whether short answers mean a cap.

        The next one begins at the last row of a short one. Has it as many rows, all but that one
        new, then the server takes no more. Has it known rows beside that one, then the first
        answer went further than it shows: rows are hidden.
        """
        rows, limit = len(segment.ids), segment.window.limit
        follows = self._doubt is not None and segment.window.offset < self._doubt[1]
        before = self._doubt[0] if self._doubt else 0
        self._doubt = None
        if rows >= limit or rows < self._widest:
            return
        if follows and rows == before and new >= rows - 1:
            self.cap = rows
        elif follows and new < rows - 2:
            self._widest = limit
        else:
            self._doubt = (rows, segment.end)

    def reaches_end(self, segment: Segment, *, new: bool) -> bool:
        """Whether an answer that follows on goes to the end of the collection.

        Without new rows, a short one went as far as was asked, not only as far as it shows.
        """
        total, window = segment.total, segment.window
        rows_end = window.offset + len(segment.ids)
        if total is None or not self.trusted:
            return False
        if segment.ids and rows_end > total:
            self.trusted = False
            return False
        full = len(segment.ids) >= window.limit
        if not new and not full:
            return window.end >= total
        # A total that ends just there may be a mere count of the rows sent: one more window tells.
        suspicious = full and rows_end == total and window.limit > 1
        return segment.end >= total and not suspicious
