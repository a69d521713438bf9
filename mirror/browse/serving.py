"""Starting Datasette on a mirror, with settings for one that may be large and still growing."""

import gc
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from mirror.browse.database import arrange, mirror_of
from mirror.errors import ConfigError
from mirror.store.connection import connect

if TYPE_CHECKING:
    # Datasette imports its plugins while it is being imported itself.
    from datasette.app import Datasette

# New containers until the collector of cycles looks at them: Python's own usual number.
GARBAGE_AFTER = 700

SETTINGS = {
    # What a query may take: Datasette's own limit, stated because the canned ones must keep it.
    "sql_time_limit_ms": 1000,
    # Guessing which columns would make good facets scans a table once a column; ours are declared.
    "suggest_facets": False,
    "facet_time_limit_ms": 400,
    "default_page_size": 25,
    "max_returned_rows": 1000,
    # Nobody needs the whole database over HTTP by accident: it lies beside the command.
    "allow_download": False,
    "num_sql_threads": 4,
}


def application(db: Path, *, media: str | None = None, public: bool = False) -> "Datasette":
    """Datasette on one mirror, read-only (`mode=ro`): a crawl may go on writing it.

    `media` is the folder or S3 address of its files, if not the folder beside the database. With
    `public` what visitors of the sites could not see is left out (`mirror.browse.public`).
    Raises StoreError as `connect` does: when it is not there, is not a mirror, may not be read.
    """
    mirror = connect(db)
    mirror.close()
    from datasette.app import Datasette

    place = "immutables" if mirror.still else "files"
    datasette = Datasette(**{place: [str(db)]}, settings=SETTINGS)
    arrange(datasette, media=media, public=public, still=mirror.still)
    return datasette


def serve(
    db: Path,
    *,
    port: int = 8001,
    host: str = "127.0.0.1",
    open_browser: bool = False,
    media: str | None = None,
    public: bool = False,
) -> None:
    """Serves a mirror until interrupted. Listens on loopback unless told otherwise.

    Raises StoreError as `application` does, ConfigError when the port cannot be had.
    """
    datasette = application(db, media=media, public=public)
    app = datasette.app()
    with _listening(host, port) as listening:
        # What is loaded stays. Requests leave cycles: the command starts with a collector at rest.
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        port = listening.getsockname()[1]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        print(f"Browse the mirror at {address} (Ctrl-C ends)", flush=True)
        mirror = mirror_of(datasette)
        if mirror is not None and mirror.still is not None:
            told = "this account may not write beside it, and cannot follow the next crawl"
            print(f"It is shown as it is now: {told}", file=sys.stderr)
        if open_browser:
            threading.Timer(0.8, webbrowser.open, [address]).start()
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there, had before anybody is told: uvicorn would say so too late.

    With port 0 the system chooses one. Raises ConfigError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise ConfigError(f"cannot listen on {host}:{port}: choose another --port") from error
