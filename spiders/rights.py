"""Who a crawl is to a site: anybody, or a user whose application password it has."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from mirror.errors import ConfigError, RefusedError
from mirror.items import Collection
from mirror.progress import CrawlOrder
from mirror.urls import host_of
from mirror.wordpress import access
from mirror.wordpress.access import PUBLIC, Access, WideApi
from mirror.wordpress.objects import wp_id
from mirror.wordpress.problems import Problem, read_object
from mirror.wordpress.routes import Api
from spiders.client import Client


class Rights:
    """The rights of one visit: none but a visitor's, until `introduce` has found out."""

    def __init__(self, order: CrawlOrder, client: Client) -> None:
        self.order = order
        self.client = client
        self.access: Access = PUBLIC
        self._user = 0

    async def introduce(self, api: Api) -> None:
        """Finds out what the credentials may see. Raises RefusedError if they are not accepted."""
        if self.client.credentials is None:
            return
        user = await self._ask(api, "/wp/v2/users/me", {"context": "edit"})
        types = await self._ask(api, "/wp/v2/types", {"context": "edit"}, needed=False)
        self._user = wp_id(user) or 0
        self.access = access.access(user, types)

    async def confirm(self, api: Api) -> None:
        """Before anything is taken for gone: a revoked password hides, it does not delete."""
        if self.client.credentials is not None:
            await self._ask(api, "/wp/v2/users/me", {"_fields": "id"})

    async def _ask(
        self, api: Api, route: str, query: dict[str, str], *, needed: bool = True
    ) -> dict[str, Any]:
        outcome = read_object(await self.client.get(api.url(route, query)))
        if not isinstance(outcome, Problem):
            return outcome
        if not needed and self.client.rejection is None and outcome.kind == "refused":
            return {}  # a user who may edit nothing
        ignored = outcome.code == "rest_not_logged_in"
        raise RefusedError(
            self.refusal(self.client.rejection or (access.IGNORED if ignored else outcome.message))
        )

    def refusal(self, why: str) -> str:
        """That the credentials were not accepted, in one line that names where they came from."""
        source = self.client.credentials.source if self.client.credentials else "none"
        return f"{host_of(self.order.url)} does not accept the credentials of {source}: {why}"

    def require_origin(self, api: Api) -> None:
        """Raises ConfigError if the API is not where the credentials may be sent."""
        credentials = self.client.credentials
        if credentials is None or credentials.authorization(api.root) is not None:
            return
        there = urlsplit(api.root)
        raise ConfigError(
            f"the API of {self.order.url} is at {there.scheme}://{there.netloc}: the "
            f"credentials of {credentials.source} are not sent to another origin; if that is "
            "where they belong, write it as the site's address"
        )

    def widened(self, api: Api, collections: Iterable[Collection]) -> Api:
        """The API, asked for all that may be seen."""
        more = {c.route: self.access.parameters(c) for c in collections}
        more = {route: asked for route, asked in more.items() if asked}
        return WideApi(api.root, more) if more else api
