"""Looks at a site before anything is mirrored: what is there, and what it would take."""

import math
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from mirror import credentials
from mirror.errors import MirrorError, RefusedError, SiteError
from mirror.items import Collection
from mirror.progress import CrawlOrder, CrawlPlan, PlannedCollection
from mirror.urls import host_of
from mirror.wordpress.discovery import Root
from mirror.wordpress.problems import Problem, read_list
from mirror.wordpress.routes import Api, supports
from spiders.approach import Approach
from spiders.changes import total_of
from spiders.client import Client, Unsigned
from spiders.rights import Rights

PAGE = 100
OVERLAP = 1
# robots.txt, the front page, the root, types, taxonomies.
APPROACH_REQUESTS = 5


class PreflightSpider(Spider):
    """`mirror plan`: one request a collection, each for one id; with credentials, as that user."""

    name = "preflight"
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - Scrapy's way to say it

    def __init__(self, *, order: CrawlOrder, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.order = order
        self.plan: CrawlPlan | None = None
        self.fatal: Exception | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Yields nothing: the plan is the result."""
        try:
            self.plan = await self._look()
        except MirrorError as error:
            self.fatal = error
        return
        yield  # an async generator, as Scrapy expects

    async def _look(self) -> CrawlPlan:
        client = Client(self.crawler, self.settings["ROBOTSTXT_USER_AGENT"])
        if self.order.credentials is not None:
            client.credentials = credentials.read(self.order.credentials, self.order.url)
        approach, rights = Approach(client), Rights(self.order, client)
        root = await self._root(approach, rights)
        found = await approach.survey(root, comments=self.order.comments)
        api = rights.widened(root.api, found.collections)
        counted = [await self._count(client, api, c) for c in found.collections]
        requests = APPROACH_REQUESTS + sum(c.requests for c in counted)
        warnings = (*approach.notes, *found.oddities, *self._warnings(root, found.collections))
        return CrawlPlan(
            site=host_of(self.order.url),
            url=self.order.url,
            api_root=root.api.root,
            name=root.name or None,
            collections=tuple(counted),
            requests=requests,
            seconds=round(requests * max(self._seconds(client), client.latency), 1),
            warnings=warnings,
        )

    async def _root(self, approach: Approach, rights: Rights) -> Root:
        """The REST root, as whoever may see it. Raises SiteError, or ConfigError."""
        try:
            root = await approach.root(self.order.url)
        except SiteError as error:
            rejection = rights.client.rejection
            if rejection is None:
                raise
            raise RefusedError(rights.refusal(rejection), error.trail) from None
        rights.require_origin(root.api)
        await rights.introduce(root.api)
        return root

    def _seconds(self, client: Client) -> float:
        """Between two requests, at the polite rate."""
        return max(self.settings.getfloat("DOWNLOAD_DELAY"), client.pace.crawl_delay)

    async def _count(self, client: Client, api: Api, collection: Collection) -> PlannedCollection:
        # Users are listed as anybody sees them, whoever asks.
        asking = Unsigned(client) if collection.kind == "author" else client
        query, refused = {"per_page": "1", "_fields": "id"}, None
        totals: list[int | None] = []
        for part in collection.parts:
            outcome = read_list(await asking.get(api.url(collection.route, {**query, **part})))
            if isinstance(outcome, Problem):
                refused = outcome.message
                break
            totals.append(outcome.total)
        total = None if refused else total_of(totals)
        pages = math.ceil((total or 0) / (PAGE - OVERLAP))
        return PlannedCollection(
            name=collection.name,
            kind=collection.kind,
            reported=total,
            requests=0 if refused else max(1, pages),
            refused=refused,
        )

    @staticmethod
    def _warnings(root: Root, collections: tuple[Collection, ...]) -> list[str]:
        warnings = []
        posts = [c for c in collections if c.kind == "post"]
        if posts and not any(supports(root.index, c.route, "modified_after") for c in posts):
            warnings.append("this WordPress is older than 5.7: catching up asks by date instead")
        return warnings
