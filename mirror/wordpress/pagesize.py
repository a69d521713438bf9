"""How many rows to ask for at once: as many as the server can take, learned from its failures."""

# Windows that must succeed before a larger size is tried, and before a ceiling is forgotten.
PATIENCE = 4
FORGIVE = 25
# Rows that came through together and say something of the size that the server takes.
SOLID = 5


class PageSize:
    """The page size of a walk: `now` is what succeeds, `ceiling` the least that is known to fail.

    One window that fails and then succeeds in halves may have been bad luck; two of them, or one
    that had to be halved twice, are taken for a limit. After a while larger sizes are tried again,
    by bisection between what succeeds and what fails.
    """

    def __init__(self, most: int, now: int | None = None) -> None:
        self.most = max(1, most)
        self.now = max(1, min(now or self.most, self.most))
        self.ceiling: int | None = None
        self._successes = 0
        self._strikes = 0
        self._forgive = FORGIVE

    def next(self) -> int:
        """The size for the next window at the frontier: `now`, or an attempt at more."""
        settled = self.ceiling is not None and self.ceiling - self.now <= max(1, self.now // 8)
        if self.now >= self.most or self._successes < PATIENCE or settled:
            return self.now
        target = 2 * self.now if self.ceiling is None else (self.now + self.ceiling) // 2
        return min(target, self.most)

    def succeeded(self, size: int) -> None:
        """A window of this size came through."""
        if size < self.now:
            return
        if size > self.now:
            self.now = min(size, self.most)
            self._successes = 0
        self._successes += 1
        if self._successes >= self._forgive and self.now < self.most:
            self.ceiling = None
            self._strikes = 0
            self._forgive *= 2

    def failed(self, size: int) -> bool:
        """A window of this size failed; whether that was an attempt at more than `now`."""
        if size <= self.now:
            return False
        self.ceiling = min(size, self.ceiling or size)
        self._successes = 0
        return True

    def too_large(self, failed: int, best: int, levels: int) -> None:
        """Rows that failed together came through in pieces.

        `failed`: the smallest that failed, of as many sizes as `levels`; `best`: the largest that
        came through.
        """
        if best >= failed:
            return  # a row that has moved or mended, then
        # A few rows at most may as well be the neighbours of a bad one.
        self._strikes += levels if best >= SOLID else 1
        if self._strikes >= 2 and best < self.now:
            self.limit_to(best, failed)

    def limit_to(self, size: int, failed: int | None) -> None:
        """The server takes this many rows, but not `failed` (None: perhaps more)."""
        self.now = max(1, min(size, self.now))
        if failed is not None:
            self.ceiling = min(failed, self.ceiling or failed)
        self._successes = self._strikes = 0
