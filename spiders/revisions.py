"""Reads WordPress' own revisions of posts, where the credentials may: `/{base}/{id}/revisions`.

Only for posts that were written since their revisions were read last, and only if WordPress counts
one that is not held (`_links` of the post). What was read is noted post by post, so a crawl that is
cut short goes on where it was.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from mirror.items import Collection
from mirror.session import Session
from mirror.store import failures, revisions
from mirror.store.failures import Failure
from mirror.store.revisions import Due
from mirror.wordpress.access import latest_revision
from mirror.wordpress.pagination import Walk, Window
from mirror.wordpress.problems import Listing, Problem, read_list
from mirror.wordpress.routes import Api
from spiders.client import Client
from spiders.walking import Refused, run

logger = logging.getLogger(__name__)

# Posts whose revisions are asked for side by side.
ABREAST = 4
# Posts looked at in one go: what is kept of each is a few kilobytes.
BATCH = 500
# Rows of the request that looks for the newest ones.
NEWEST = 10
EDIT = {"context": "edit"}


class Revisions:
    """Imports the revisions of one site's posts. `failed` counts the posts that it failed for."""

    def __init__(self, session: Session, client: Client, api: Api) -> None:
        self.session = session
        self.client = client
        self.api = api
        self.failed = 0

    async def read(self, collection: Collection) -> None:
        """Reads what is due of one collection of posts."""
        session, after = self.session, 0
        while some := revisions.due(
            session.db, session.site_id, collection, session.now, after=after, limit=BATCH
        ):
            after = some[-1].wp_id
            news = [post for post in some if self._has_news(post)]
            self._done(collection, [post for post in some if post not in news])
            for start in range(0, len(news), ABREAST):
                abreast = news[start : start + ABREAST]
                await asyncio.gather(*(self._of(collection, post) for post in abreast))

    def _has_news(self, post: Due) -> bool:
        """Whether WordPress counts a revision of a post that is not held."""
        known = latest_revision(post.object)
        if known is None or known[0] == 0:
            return False
        return not post.known or known[1] not in revisions.held(self.session.db, post.post_id)

    def resolve(self) -> None:
        """Lets revisions refer to their authors, when those have been read."""
        with self.session.transaction():
            revisions.resolve_authors(self.session.db, self.session.site_id)

    async def _of(self, collection: Collection, post: Due) -> None:
        """The revisions of one post; what goes wrong is a row in `failures`."""
        held = revisions.held(self.session.db, post.post_id)
        of_post = Collection(
            name=f"{collection.name}/{post.wp_id}/revisions", kind="post", slug="revision",
            route=f"{collection.route}/{post.wp_id}/revisions",
        )  # fmt: skip
        try:
            problem = None if post.known and await self._newest(of_post, post, held) else (
                await self._walk(of_post, post)
            )  # fmt: skip
        except Refused as refusal:
            problem = refusal.problem
            if problem.kind in ("refused", "not-found", "bad-parameter"):
                # The route is not there, or is not for this user: asking again would not help.
                logger.info("%s: %s", of_post.name, problem.message)
                problem = None
        if problem is None:
            self._done(collection, [post])
        else:
            self._fail(collection, of_post, post, problem)

    async def _newest(self, of_post: Collection, post: Due, held: set[int]) -> bool:
        """Reads the newest ones; True if they reach back to one that is held."""
        query = {**EDIT, "per_page": str(NEWEST), "orderby": "id", "order": "desc"}
        outcome = read_list(await self.client.get(self.api.url(of_post.route, query)))
        if isinstance(outcome, Problem):
            return False
        ids = self._keep(post, outcome)
        return bool(held.intersection(ids)) or len(outcome.rows) < NEWEST

    async def _walk(self, of_post: Collection, post: Due) -> Problem | None:
        """Reads all of them, in windows; smaller ones where the site cannot send many at once."""
        walk = Walk(per_page=100, ahead=1)

        async def deliver(page: Window, listing: Listing, advance: Callable[[], None]) -> None:
            self._keep(post, listing)
            advance()

        await run(self.client, self.api, of_post, walk, EDIT, deliver)
        lost: Sequence[Problem] = [row.problem for row in walk.lost]
        return walk.problem or (lost[0] if lost else None)

    def _keep(self, post: Due, listing: Listing) -> list[int]:
        session = self.session
        with session.transaction():
            return revisions.keep(
                session.db, post, listing.rows, crawl_id=session.crawl_id, now=session.now
            )

    def _done(self, collection: Collection, posts: Sequence[Due]) -> None:
        session, name = self.session, revisions.label(collection)
        with session.transaction():
            for post in posts:
                revisions.note_read(session.db, post, session.now)
                if session.has_failures:
                    failures.resolve_object(
                        session.db, session.site_id, name, post.wp_id, session.now
                    )

    def _fail(
        self, collection: Collection, of_post: Collection, post: Due, problem: Problem
    ) -> None:
        self.failed += 1
        self.session.fail(
            Failure(
                url=self.api.url(of_post.route),
                kind=problem.kind,
                status=problem.status or None,
                collection=revisions.label(collection),
                wp_id=post.wp_id,
                message=f"{of_post.name}: {problem.message}",
            )
        )
