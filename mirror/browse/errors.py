"""Pages for what goes wrong. Datasette's own would show a visitor's typing error as a traceback in
the terminal, with every local variable where `rich` is installed."""

import logging
import sqlite3
from typing import TYPE_CHECKING

from datasette.utils.asgi import Base400, Request, Response

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

_log = logging.getLogger(__name__)


async def reply(datasette: "Datasette", request: Request, exception: Exception) -> Response:
    """A page, or JSON for whoever asked for JSON. Only what we did not expect is logged."""
    status, title, message = _explained(exception)
    if status >= 500:
        _log.error("%s failed", request.path, exc_info=exception)
    if request.path.partition("?")[0].endswith(".json"):
        body = {"ok": False, "error": message, "status": status, "title": title}
        return Response.json(body, status=status)
    html = await datasette.render_template(
        "mirror/error.html", {"status": status, "title": title, "message": message}, request=request
    )
    return Response.html(html, status=status)


def _explained(exception: Exception) -> tuple[int, str, str]:
    """Status, title and message."""
    if isinstance(exception, Base400):
        title = "There is nothing here" if exception.status == 404 else "That cannot be answered"
        return exception.status, title, str(exception.args[0]) if exception.args else ""
    status = getattr(exception, "status", None)
    if isinstance(status, int) and 400 <= status < 600:  # datasette.views.base.DatasetteError
        title = getattr(exception, "title", None) or "That cannot be answered"
        return status, str(title), str(getattr(exception, "message", exception))
    if isinstance(exception, sqlite3.OperationalError):
        return 503, "The mirror cannot be read just now", str(exception)
    return 500, "Something went wrong", "The log of the server says more."
