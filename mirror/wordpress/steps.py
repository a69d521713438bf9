"""How the windows of a walk are asked for: by offset, or by page where a list knows no offset."""

from collections.abc import Sequence

from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import Segment, Window, page_at

SHORT_PAGE = Problem(kind="truncated", message="fewer rows than a page has", status=200)


class Steps:
    """Makes windows, and sees by their answers whether the site heeds what it is asked."""

    def __init__(self, paged: bool) -> None:
        self.paged = paged
        self._last: Segment | None = None

    def window(self, offset: int, limit: int, *, beyond: int, probe: bool = False) -> Window:
        """Rows from an offset on, or the page that comes next to it and reaches `beyond`."""
        if not self.paged or limit == 1:
            return Window(offset=offset, limit=limit, probe=probe, paged=self.paged)
        return page_at(offset, limit, beyond=beyond, probe=probe)

    def take_pages(self) -> None:
        """From now on: the site does not heed offsets."""
        self.paged, self._last = True, None

    def outdated(self, window: Window) -> bool:
        """Whether a window was asked for before offsets proved to be of no use."""
        return bool(window.offset) and not window.ids and window.paged is not self.paged

    def misplaced(self, window: Window, ids: Sequence[int], widest: int) -> bool:
        """Whether a page may begin elsewhere than it should: its size may be lowered in silence.

        `widest`: as many rows as the site surely sends at once.
        """
        later = window.paged and window.offset and not self.outdated(window)
        return bool(later) and len(ids) < window.limit > widest

    def shortened(self, segment: Segment) -> bool:
        """Whether the first page has fewer rows than it should: later ones begin elsewhere, too."""
        window, rows = segment.window, len(segment.ids)
        return self.paged and not window.offset and 0 < rows < min(
            window.limit, segment.total or window.limit
        )  # fmt: skip

    def repeats(self, segment: Segment) -> bool:
        """Whether the same rows come for another offset, which hidden rows do not explain."""
        last, self._last = self._last, segment
        ids, window, total = segment.ids, segment.window, segment.total
        common = min(len(ids), len(last.ids)) if last else 0
        if last is None or common < 3 or last.ids[:common] != ids[:common]:
            return False
        apart = abs(last.window.offset - window.offset) >= common - 1
        full = len(ids) >= window.limit and len(last.ids) >= last.window.limit
        return apart and (full or (total is not None and window.offset + len(ids) > total))
