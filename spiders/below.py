"""Media and comments are shown or hidden with their post.

Their dates are old then, and totals count them in any case (`WP_Query`, `WP_Comment_Query`):
nothing tells of it but the post. So those of posts that were written are listed and compared.
"""

from collections.abc import Sequence
from typing import Any

from mirror.items import Collection, Kind
from mirror.moments import timestamp
from mirror.store import collections as states
from mirror.store import links
from mirror.sync.plan import Way
from mirror.wordpress.problems import Problem
from spiders.changes import Reading
from spiders.reading import Reader
from spiders.walking import Refused

# What belongs to posts.
BELOW: tuple[Kind, ...] = ("media", "comment")
# What belongs to a hundred posts is asked for in halves as long as it is refused no more often.
MOST_REFUSALS = 60


class Below:
    """What belongs to posts, in a crawl that asks what changed."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.db, self.site_id = reader.session.db, reader.session.site_id

    async def read(self, readings: Sequence[Reading]) -> None:
        """Reads what was shown or hidden with posts that were written since it was last read."""
        posts = [reading for reading in readings if reading.collection.kind == "post"]
        written = {wp_id for reading in posts for wp_id in reading.written}
        for reading in readings:
            belongs = reading.collection.kind in BELOW
            if belongs and reading.refused is None and reading.plan.way is Way.UPDATE:
                changed = sorted(written | self.reader.written_before(reading))
                for at in range(0, len(changed), 100):
                    await self._of(changed[at : at + 100], reading)

    async def _of(self, posts: Sequence[int], reading: Reading) -> None:
        """Reads what is new of these posts.

        Comments that are no more shown with their post, which a password hides, become suspects.
        """
        kind, listed = reading.collection.kind, dict[int, dict[str, Any]]()
        problem = await self._list(reading.collection, posts, listed)
        if problem is not None:
            # Nothing will ask for these again: the whole list is owed.
            reading.proved = False
            where = f"of posts {posts[0]} to {posts[-1]}"
            self.reader.lose_some(reading, problem, where, _asked(reading.collection, posts))
        since = timestamp(self.reader.started)
        wanted = self.reader.changes.differing(reading.collection, listed, since)
        if kind == "media":
            wanted |= links.waited_for(self.db, self.site_id, "media", posts)
        elif problem is None:
            held = states.comments_on(self.db, self.site_id, posts)
            reading.suspects |= held - listed.keys()
        known = self.reader.session.stored(kind, sorted(wanted | reading.suspects))
        await self.reader.fetch(reading, wanted)
        # An id that a post names but that was never held is no suspect: it is hidden.
        reading.suspects &= known.keys()

    async def _list(
        self, collection: Collection, posts: Sequence[int], listed: dict[int, dict[str, Any]]
    ) -> Problem | None:
        """Lists what belongs to posts; why not all of it, if so.

        Where one has a password, WordPress refuses the comments on all (comments controller,
        `check_read_post_permission`): then halves are asked for, down to that one, which shows
        none.
        """
        problem: Problem | None = None
        refusals, waiting = 0, [posts]
        while waiting:
            some = waiting.pop()
            try:
                lost = await self.reader.changes.light(collection, _asked(collection, some), listed)
                problem = problem or lost
            except Refused as refused:
                if collection.kind == "media":
                    raise
                refusals += 1
                if refusals > MOST_REFUSALS:
                    return refused.problem
                if len(some) > 1:
                    half = len(some) // 2
                    waiting += [some[:half], some[half:]]
        return problem


def _asked(collection: Collection, posts: Sequence[int]) -> dict[str, str]:
    """The parameter that asks for what belongs to posts."""
    name = "parent" if collection.kind == "media" else "post"
    return {name: ",".join(map(str, posts))}
