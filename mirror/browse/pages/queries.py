"""The questions, each with its description, its rows, its feed; and the way to the tables."""

from typing import Any

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
            "may_write_sql": await visit.datasette.permission_allowed(
                visit.request.actor, "execute-sql", visit.mirror.name, default=True
            ),
            "tables": [(name, text["title"], text["text"]) for name, text in tables.items()],
        },
    )


async def database(visit: Visit) -> Any:
    """Datasette's page of the database, if it is asked for anything; else the questions.

    Without arguments Datasette would list the tables once more, and count the rows of each.
    """
    if not visit.request.query_string:
        return Response.redirect(visit.url("/queries"))
    from datasette.views.database import DatabaseView

    return await DatabaseView.as_view(visit.datasette)(visit.request, visit.send)
