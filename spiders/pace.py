"""How fast one site is asked: as its robots.txt wishes, and as its complaints teach.

AutoThrottle follows the time that answers take; a limiter in front of WordPress answers at once,
with 429. What it tolerates is found out once and remembered with the site (`sites.delay`).
"""

import asyncio
import time

# Answers without a complaint before a little more is tried, and how much more that is.
PATIENCE = 50
FASTER = 0.9
# A complaint at the pace that was learned: that was a little too fast.
SLOWER = 1.2
# Seconds between two requests: less is no pace to remember, more would never end.
SHORTEST = 0.02
LONGEST = 30.0


class Pace:
    """The gate before the requests to one site.

    `crawl_delay`: seconds between two requests, as robots.txt wishes; `learned`: the same, as the
    site's complaints taught.
    """

    def __init__(self) -> None:
        self.crawl_delay = 0.0
        self.learned = 0.0
        self._open_at = 0.0  # by time.monotonic(): nothing is sent before
        self._turn = asyncio.Lock()
        self._since = time.monotonic()  # the last complaint, its pause included
        self._answers = 0  # since then

    async def turn(self) -> None:
        """Waits until the next request may be sent."""
        async with self._turn:
            while (wait := self._open_at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if delay := max(self.crawl_delay, self.learned):
                self._open_at = time.monotonic() + delay

    def rest(self, seconds: float) -> None:
        """Sends nothing for so long."""
        self._open_at = max(self._open_at, time.monotonic() + seconds)

    def complained(self, pause: float) -> None:
        """The site has had too many requests, and asks for a pause (seconds).

        It let in as many as it answered since its last complaint, in that time and the pause: that
        is a rate it tolerates. What was under way at the same time is one complaint.
        """
        now = time.monotonic()
        if now >= self._since and self._answers:
            apart = (now - self._since + pause) / self._answers
            self.learned = min(LONGEST, max(apart, SLOWER * self.learned))
            self._answers = 0
            self._since = now + pause
        self.rest(pause)

    def answered(self) -> None:
        """An answer without a complaint."""
        self._answers += 1
        if self._answers % PATIENCE == 0:
            faster = self.learned * FASTER
            self.learned = faster if faster >= SHORTEST else 0.0
