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
        self.widest = 0  # the most rows that it surely takes at once
        self._pages_told = False
        self._short: tuple[int, int] | None = None  # a short answer's rows, and where the last is
        self._latest: Segment | None = None  # that was accepted

    def segment(
        self, window: Window, ids: tuple[int, ...], total: int | None, pages: int | None
    ) -> Segment:
        """An answer with the offset that it surely reaches to."""
        total = self._believed(window, ids, total)
        self.widest = max(self.widest, len(ids), self._shown_by(window, ids, total))
        self._pages_told = self._pages_told or bool(pages)
        takes = max(self.widest, -(-total // pages)) if total and pages else self.widest
        if total and pages and pages > -(-total // window.limit) and len(ids) < window.limit:
            self.cap = max(len(ids), -(-total // pages))
        rows = min(window.limit, takes or window.limit)
        if total is not None:
            rows = min(rows, max(0, total - window.offset))
        return Segment(window, ids, window.offset + max(rows, len(ids)), total)

    def _shown_by(self, window: Window, ids: tuple[int, ...], total: int | None) -> int:
        """How many rows the latest answer went over, hidden ones included.

        So many, at least, as stand before its last row in this one, and between the two offsets.
        """
        latest = self._latest
        if latest is None or latest.total != total or latest.ids[-1] not in ids:
            return 0
        rows = window.offset + ids.index(latest.ids[-1]) + 1 - latest.window.offset
        return min(rows, latest.window.limit)

    def _believed(self, window: Window, ids: tuple[int, ...], total: int | None) -> int | None:
        if total is not None and not 0 <= total <= MOST_ROWS:
            total = None
        if ids and (total is None or total < len(ids)):
            self.trusted = False
        if not self.trusted:
            # One that could be true by chance would look like a change of the collection.
            return None
        # An empty window past the end has the total 0 (posts: `set_found_posts` counts nothing).
        if total is not None and (total or not window.offset):
            self.total = total
        return total

    def accepted(self, segment: Segment, new: int) -> None:
        """Learns from an answer with `new` new rows whether short answers mean a cap.

        The next one begins at the last row of a short one. Has it as many rows, all but that one
        new, then the server takes no more.
        """
        rows = len(segment.ids)
        if self._short == (rows, segment.window.offset) and new >= rows - 1:
            self.cap = rows
        short = self.widest <= rows < segment.window.limit and not self._pages_told
        self._short = (rows, segment.window.offset + rows - 1) if short else None
        self._latest = segment

    def reaches_end(self, segment: Segment) -> bool:
        """Whether an answer that follows on goes to the end of the collection."""
        total, window = segment.total, segment.window
        rows_end = window.offset + len(segment.ids)
        if total is None or not self.trusted:
            return False
        if segment.ids and rows_end > total:
            self.trusted = False
            return False
        full = len(segment.ids) >= window.limit
        # A total that ends just there may be a mere count of the rows sent: one more window tells.
        suspicious = full and rows_end == total and window.limit > 1
        return segment.end >= total and not suspicious
