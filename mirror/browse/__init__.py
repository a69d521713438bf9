"""A mirror as a web site: Datasette, with the pages, queries and descriptions of this package.

The package is a Datasette plugin by entry point: `datasette mirror.db` has all of it, `serve` adds
only the settings that a mirror of any size wants. It is the one place that knows Datasette.
"""

from mirror.browse.export import export_metadata
from mirror.browse.plugin import (
    asgi_wrapper,
    extra_template_vars,
    get_metadata,
    handle_exception,
    permission_allowed,
    prepare_connection,
    prepare_jinja2_environment,
    register_routes,
    render_cell,
    startup,
)
from mirror.browse.serving import application, serve

__all__ = [
    "application",
    "asgi_wrapper",
    "export_metadata",
    "extra_template_vars",
    "get_metadata",
    "handle_exception",
    "permission_allowed",
    "prepare_connection",
    "prepare_jinja2_environment",
    "register_routes",
    "render_cell",
    "serve",
    "startup",
]
