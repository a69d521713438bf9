"""dlt's `rest_api` source into SQLite, as its documentation shows it.

Posts, pages and media incrementally by `modified_after`, where WordPress has that; called a second
time with the same folder it loads what was modified since.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # type: ignore[import-not-found]
from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]


def dated(name: str) -> dict[str, Any]:
    """A collection that is asked for what was modified since the last time."""
    cursor = {"cursor_path": "modified", "initial_value": "1970-01-01T00:00:00"}
    since = {"type": "incremental", **cursor}
    params = {"orderby": "modified", "order": "asc", "modified_after": since}
    return {
        "name": name,
        "primary_key": "id",
        "write_disposition": "merge",
        "endpoint": {"path": name, "params": params},
    }


def main(url: str, folder: Path) -> None:
    start = time.perf_counter()
    source = rest_api_source(
        {
            "client": {"base_url": f"{url}/wp-json/wp/v2/", "paginator": "header_link"},
            "resource_defaults": {"endpoint": {"params": {"per_page": 100}}},
            "resources": [*map(dated, ("posts", "pages", "media")), "categories", "tags", "users"],
        }
    )
    pipeline = dlt.pipeline(
        "rows",
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder}/dlt.db"),
        dataset_name="main",
        pipelines_dir=str(folder / "pipelines"),
    )
    pipeline.run(source)
    seconds = time.perf_counter() - start
    with pipeline.sql_client() as client:
        posts = client.execute_sql("SELECT count(*) FROM posts")[0][0]
    print(json.dumps({"posts": posts, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
