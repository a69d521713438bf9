"""Which of the rows that fail together is the one that fails, or is it their number?"""

from mirror.wordpress.windows import Window


class Bisection:
    """A search by offset, from the first row that is not had to the end of a window that failed.

    Halves until a window comes through, then asks for all the rest once: if that comes through,
    too, no row is to blame, and the window was too large. Otherwise halves on, down to one row.
    """

    def __init__(self, failed: Window, pos: int) -> None:
        self.end = max(failed.end, pos + 1)
        self.worst = failed.limit  # the smallest limit that failed
        self.levels = 1  # how many limits failed
        self.best = 0  # the largest that came through
        self._asked_rest = False

    def rows(self, pos: int, overlap: int) -> int:
        """How many rows from `pos` on to ask for next, besides `overlap`; 1: that row alone."""
        rest = self.end - pos
        if self.best and not self._asked_rest and rest + overlap < self.worst:
            self._asked_rest = True
            return rest
        return -(-rest // 2)

    def failed(self, window: Window) -> None:
        """A part failed, too: the row is in there."""
        self.end = min(self.end, window.end)
        if window.limit < self.worst:
            self.worst = window.limit
            self.levels += 1

    def succeeded(self, window: Window) -> None:
        """A part came through."""
        self.best = max(self.best, window.limit)
