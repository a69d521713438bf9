"""The questions, each with its description, its rows, its feed; and the way to the tables."""

from datasette.utils.asgi import Response

from mirror.browse.metadata import descriptions
from mirror.browse.pages.visit import Visit
from mirror.browse.queries import QUERIES


async def index(visit: Visit) -> Response:
    tables = descriptions()["tables"]
    return await visit.page(
        "queries",
        {
            "queries": QUERIES,
            "database": visit.mirror.name,
            "tables": [(name, text["title"], text["text"]) for name, text in tables.items()],
        },
    )
