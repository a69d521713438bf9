"""The hooks by which Datasette becomes a mirror's web site. Inert where no mirror is attached."""

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils.asgi import Request
from jinja2 import Environment
from markupsafe import Markup

from mirror.browse import cells, errors, headers, metadata, public, words, written
from mirror.browse.database import holds, holds_private, mirror_of
from mirror.browse.pages import home, routes, view_of

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

Routes = list[tuple[str, Callable[..., Awaitable[Any]]]]


@hookimpl
def register_routes(datasette: "Datasette") -> Routes:
    """Our pages. They come before Datasette's own, so that `/` is the mirror's home."""
    mirror = mirror_of(datasette)
    if mirror is None:
        return []
    return [(regex, view_of(page)) for regex, page in routes(mirror.name)]


@hookimpl
def startup(datasette: "Datasette") -> Callable[[], Awaitable[None]] | None:
    """The home page's charts, before anybody asks for them."""
    mirror = mirror_of(datasette)
    return None if mirror is None else partial(home.prepare, mirror)


@hookimpl
def get_metadata(datasette: "Datasette", key: str | None, table: str | None) -> dict[str, Any]:
    """Titles, descriptions, facets, sort orders and canned queries."""
    if key == "tables" and table is None:
        # Asked for permissions, of which we set none, once a table: Datasette copies the answer
        # deeply each time, which made its list of tables take a second.
        return {}
    mirror = mirror_of(datasette)
    return metadata.describe(mirror.name, datasette.setting("base_url")) if mirror else {}


@hookimpl
def extra_template_vars(
    datasette: "Datasette", request: Request | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """`mirror`: what every template asks before it shows our layout."""

    async def variables() -> dict[str, Any]:
        mirror = mirror_of(datasette)
        if mirror is None:
            return {"mirror": None}
        return {
            "mirror": {
                "name": mirror.name,
                "navigation": words.NAVIGATION,
                "public": mirror.public,
                "private": not mirror.public and await mirror.read(holds_private),
            },
            "path": request.path if request else "",
        }

    return variables


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: "Datasette") -> None:
    """16 MB of pages kept for each of Datasette's threads, where SQLite's default is 2."""
    mirror = mirror_of(datasette)
    if mirror is not None and database == mirror.name:
        conn.execute("PRAGMA cache_size = -16000")
        if mirror.public:
            public.hide(conn)


@hookimpl
def permission_allowed(datasette: "Datasette", action: str) -> bool | None:
    """Where only what is public is shown, nobody reads past the views that see to it."""
    mirror = mirror_of(datasette)
    return False if mirror is not None and mirror.public and not public.allows(action) else None


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters.update(words.FILTERS)


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, datasette: "Datasette"
) -> Markup | None:
    """Titles lead to their page, long texts are cut, lists of fields are readable."""
    return cells.render(row, value, column, table, datasette) if mirror_of(datasette) else None


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: "Datasette", request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """What went wrong, as a page of ours, and only that: Datasette would run every handler."""
    outcome = yield
    if mirror_of(datasette) is not None:
        outcome.force_result([errors.reply(datasette, request, exception)])


@hookimpl
def asgi_wrapper(datasette: "Datasette") -> Callable[[headers.App], headers.App]:
    """No reply of a mirror leaves without the headers that keep it quiet and private, nor with what
    may have been read wrong."""
    if mirror_of(datasette) is None:
        return lambda app: app
    return lambda app: headers.guard(written.guard(app, partial(holds, datasette)))
