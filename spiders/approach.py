"""The way to a site: finds its REST root, and what collections there are. Reads no content."""

import logging
from dataclasses import replace
from datetime import datetime

from mirror.errors import RefusedError, SiteError
from mirror.wordpress.collections import MOST, Survey, survey
from mirror.wordpress.discovery import PAGE, Root, discover
from mirror.wordpress.envelope import is_wrapped, wrapped
from mirror.wordpress.problems import Problem, read_list, read_object
from spiders.client import TRIES, Client

logger = logging.getLogger(__name__)


class Approach:
    """Drives discovery. `server_time` is what the site's clock said at the first answer."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.server_time: datetime | None = None
        self.notes: list[str] = []

    async def root(self, url: str, known: str | None = None) -> Root:
        """The REST root behind an address; the one that answered last time is tried first.

        Raises DiscoveryError, RefusedError, or ConfigError for what is no address.
        """
        search = discover(known or url)
        ask = next(search)
        while True:
            # Only the API knows what to do with credentials: pages are asked for without.
            reply = await self.client.follow(
                ask.url, headers={"Accept": ask.accept}, signed=ask.accept != PAGE
            )
            self.server_time = self.server_time or reply.date
            try:
                ask = search.send(reply)
            except StopIteration as stop:
                root: Root = stop.value
                return root if known else await self._with_totals(root)
            except SiteError:
                if known is None:
                    raise
                known, search = None, discover(url)
                ask = next(search)

    async def _with_totals(self, root: Root) -> Root:
        """The root, asked in envelopes if that brings totals which get lost on the way."""
        if root.api.wordpress_com or is_wrapped(root.api.root):
            return root
        for api in (root.api, wrapped(root.api)):
            url = api.url("/wp/v2/posts", {"per_page": 1, "_fields": "id"})
            try:
                outcome = read_list(await self.client.get(url))
            except RefusedError:  # robots.txt forbids the posts
                return root
            if isinstance(outcome, Problem) or not outcome.rows:
                return root
            if outcome.total is not None:
                return root if api is root.api else replace(root, api=api)
        return root

    async def survey(self, root: Root, *, comments: bool) -> Survey:
        """The collections; where `/types` or `/taxonomies` is refused, by the index's routes."""
        types = await self._object(root, "/wp/v2/types")
        taxonomies = await self._object(root, "/wp/v2/taxonomies")
        found = survey(types, taxonomies, root.index, comments=comments)
        for oddity in found.oddities:
            logger.info("%s: %s", root.home, oddity)
        if found.left_out:
            self.notes.append(
                f"{found.left_out} of the collections that it names are left out: "
                f"more than {MOST} of a kind are not believed"
            )
        return found

    async def _object(self, root: Root, route: str) -> object:
        for _ in range(TRIES):
            outcome = read_object(await self.client.get(root.api.url(route)))
            if not isinstance(outcome, Problem) or outcome.remedy == "final":
                break
        if isinstance(outcome, Problem):
            self.notes.append(f"{route}: {outcome.message}; found by the routes of the index")
            return None
        return outcome
