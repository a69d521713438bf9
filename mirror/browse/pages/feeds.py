"""Atom feeds of the questions: a short address in front of the one that Datasette serves."""

from datasette.utils.asgi import NotFound, Response

from mirror.browse.pages.visit import Visit
from mirror.browse.queries import QUERIES, feed_name


async def show(visit: Visit) -> Response:
    """Leads to the feed of one query, with the query's own parameters."""
    query = next((q for q in QUERIES if q.name == visit.part("name")), None)
    if query is None:
        raise NotFound("There is no feed of this name")
    path = visit.url(f"/{visit.mirror.name}/{feed_name(query)}.atom")
    arguments = visit.request.query_string
    return Response.redirect(f"{path}?{arguments}" if arguments else path)
