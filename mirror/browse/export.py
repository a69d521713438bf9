"""Files for publishing a mirror elsewhere: what a Datasette without this package can use of it."""

import json
from pathlib import Path

from mirror.browse.metadata import describe
from mirror.browse.serving import SETTINGS
from mirror.errors import StoreError
from mirror.machine import advice


def export_metadata(folder: Path, *, database: str = "mirror") -> tuple[Path, ...]:
    """Writes `metadata.json` and `settings.json` into a folder; returns their paths.

    `database` is the name under which the database will be served: its file's name without the
    suffix. The files are named as Datasette's configuration directory mode looks for them.
    Raises StoreError when the folder cannot be written.
    """
    contents = {
        "metadata.json": describe(database),
        "settings.json": SETTINGS,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            text = json.dumps(content, indent=2, ensure_ascii=False)
            (folder / name).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise StoreError(f"{folder}: {advice(error)}") from error
    return tuple(folder / name for name in contents)
