"""The pages of our own: one module each, with the SQL that it needs, read in one go."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_encode
from datasette.utils.asgi import NotFound, Request, Response

from mirror.browse.database import mirror_of
from mirror.browse.pages import (
    changes,
    compare,
    content,
    feeds,
    files,
    home,
    media,
    post,
    queries,
    search,
    site,
    stories,
    upstreams,
)
from mirror.browse.pages.visit import Visit

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

View = Callable[[Visit], Awaitable[Any]]

ROUTES: tuple[tuple[str, View], ...] = (
    (r"/$", home.show),
    (r"/sites/(?P<host>[^/]+)$", site.show),
    (r"/posts/(?P<id>\d{1,18})$", post.show),
    (r"/posts/(?P<id>\d{1,18})\.json$", post.raw),
    (r"/posts/(?P<id>\d{1,18})/content$", content.show),
    (r"/posts/(?P<id>\d{1,18})/compare$", compare.show),
    (r"/search$", search.show),
    (r"/changes$", changes.show),
    (r"/upstreams$", upstreams.index),
    (r"/upstreams/(?P<domain>[^/]+)$", upstreams.show),
    (r"/stories$", stories.index),
    (r"/stories/(?P<id>\d{1,18})$", stories.show),
    (r"/stories/(?P<id>\d{1,18})/compare$", compare.show_copy),
    (r"/media$", media.wall),
    (r"/media/(?P<sha256>[0-9a-f]{64})$", media.show),
    (r"/files/(?P<sha256>[0-9a-f]{64})$", files.show),
    (r"/thumbnails/(?P<sha256>[0-9a-f]{64})$", files.thumbnail),
    (r"/queries$", queries.index),
    (r"/feeds/(?P<name>[a-z_]+)\.atom$", feeds.show),
)


def routes(database: str) -> list[tuple[str, View]]:
    """Every address that is ours, with Datasette's name for the mirror."""
    # The groups are those of Datasette's own route; without a suffix `format` is None.
    own = rf"/(?P<database>{re.escape(tilde_encode(database))})(?P<format>(?!))?$"
    return [*ROUTES, (own, queries.database)]


def view_of(page: View) -> Callable[..., Awaitable[Response | None]]:
    """A page as Datasette calls it, behind Datasette's own permissions."""

    async def view(request: Request, datasette: "Datasette", send: Any) -> Response | None:
        mirror = mirror_of(datasette)
        if mirror is None:
            raise NotFound("No mirror is attached")
        await datasette.ensure_permissions(
            request.actor, [("view-database", mirror.name), "view-instance"]
        )
        reply: Response | None = await page(
            Visit(datasette=datasette, mirror=mirror, request=request, send=send)
        )
        return reply

    return view
