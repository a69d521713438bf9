"""One request for one of our pages: its arguments, the database, the reply."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from datasette.utils.asgi import NotFound, Request, Response

from mirror.browse.database import Mirror

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

T = TypeVar("T")
MAX_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page is given. `send` is ASGI's, for replies that are streamed."""

    datasette: "Datasette"
    mirror: Mirror
    request: Request
    send: Any = None

    def part(self, name: str) -> str:
        """A piece of the path, percent-decoded (Datasette matches the raw path)."""
        return unquote(self.request.url_vars[name])

    def word(self, name: str, default: str = "") -> str:
        """An argument of the query string, cut to what a person would type."""
        return str(self.request.args.get(name) or default)[:400]

    def number(self, name: str, default: int, *, least: int = 1, most: int = MAX_PAGE) -> int:
        """A whole number from the query string; anything else is the default."""
        text = self.word(name)
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            return default
        return min(max(int(text), least), most)

    async def read(self, select: Callable[[sqlite3.Connection], T]) -> T:
        return await self.mirror.read(select)

    def url(self, path: str) -> str:
        """An address on this server, below Datasette's `base_url`."""
        return str(self.datasette.urls.path(path))

    async def page(
        self,
        template: str,
        context: Mapping[str, Any],
        *,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """A page from a template below `templates/mirror/`."""
        html = await self.datasette.render_template(
            f"mirror/{template}.html", {**context, "args": self.request.args}, request=self.request
        )
        return Response.html(html, headers=headers)


def found(value: T | None, what: str) -> T:
    """The value; the reply is 404 if there is none."""
    if value is None:
        raise NotFound(f"There is no {what} here")
    return value
