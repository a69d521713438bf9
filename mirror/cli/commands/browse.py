"""`mirror browse`."""

from pathlib import Path

import click

from mirror.cli.options import Command, Invocation, pass_invocation
from mirror.cli.output import note


@click.command(cls=Command)
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=8001, show_default=True,
              help="Where to listen.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="On which address.")
@click.option("--public", is_flag=True, help="Leave out what the sites' visitors could not see.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in the web browser.")
@click.option(
    "--export-metadata",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write Datasette's metadata there instead, to serve the mirror yourself.",
)
@pass_invocation
def command(
    invocation: Invocation,
    port: int,
    host: str,
    public: bool,
    open_browser: bool,
    export_metadata: Path | None,
) -> None:
    """Look at the mirror in a web browser (Datasette).

    Reads only: a crawl may go on writing meanwhile. Whoever can reach it sees all that the mirror
    holds; with --public no drafts, private posts, raw text or revisions that credentials brought.
    """
    from mirror import browse

    db = invocation.db_path()
    if export_metadata is not None:
        for path in browse.export_metadata(export_metadata, database=db.stem):
            note(f"wrote {path}")
        return
    browse.serve(
        db,
        port=port,
        host=host,
        open_browser=open_browser,
        media=invocation.media(),
        public=public,
    )
