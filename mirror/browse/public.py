"""What visitors of a site could see, and nothing else: the mirror as others may be shown it.

A mirror that was made with credentials holds drafts, private posts, raw text and revisions. With
`public` every connection has temporary views in front of the tables that hold such rows: a name
without a schema means the view, so that every statement of ours is filtered, whoever wrote it.
Statements that are not ours are refused (`allows`), for `main.posts` would lead past them.
"""

import sqlite3

# Nothing is known of the status where a post came from a feed, which only has what is published.
_SEEN = "(status = 'publish' OR status IS NULL)"
# The content of a protected post is empty for visitors; who has credentials may read it. Without
# credentials there is none to hide, and looking would take time.
_UNLOCKED = (
    "(coalesce(content, '') = '' "
    "OR NOT EXISTS (SELECT 1 FROM main.collections WHERE widest IS NOT NULL) "
    """OR instr(extra, '"protected":true') = 0)"""
)
_POST = "EXISTS (SELECT 1 FROM temp.posts p WHERE p.id = {})"
_ADDRESS = (
    "(media_id IS NOT NULL AND EXISTS (SELECT 1 FROM temp.media o WHERE o.id = media_id)) "
    "OR EXISTS (SELECT 1 FROM temp.post_media u WHERE u.url = main.media_files.url)"
)
# In an order in which each refers to those above it.
_SHOWN = {
    "posts": f"{_SEEN} AND {_UNLOCKED}",
    "post_versions": f"{_SEEN} AND {_POST.format('post_id')} AND {_UNLOCKED}",
    "post_revisions": "0",
    "post_terms": _POST.format("post_id"),
    "post_media": _POST.format("post_id"),
    "post_media_versions": _POST.format("post_id"),
    "attributions": _POST.format("post_id"),
    "judgements": _POST.format("post_id"),
    "story_posts": _POST.format("post_id"),
    "upstream_posts": f"{_POST.format('post_id')} AND {_POST.format('upstream_post_id')}",
    "media": "(status = 'inherit' OR status IS NULL) AND (post_id IS NULL "
    f"OR {_POST.format('post_id')})",
    "media_files": _ADDRESS,
    "files": "EXISTS (SELECT 1 FROM temp.media_files m WHERE m.sha256 = main.files.sha256) "
    "OR EXISTS (SELECT 1 FROM main.media_file_versions v "
    "JOIN temp.media_files m ON m.id = v.media_file_id WHERE v.sha256 = main.files.sha256)",
}

# What Datasette may be asked for by somebody who is shown only what is public: our own statements.
_REFUSED = frozenset(("execute-sql", "view-table", "view-database-download"))


def hide(conn: sqlite3.Connection) -> None:
    """Puts the views in front of the tables, for as long as the connection lives."""
    tables = {name for (name,) in conn.execute("SELECT name FROM main.sqlite_master")}
    for name, shown in _SHOWN.items():
        if name in tables:
            conn.execute(
                f"CREATE TEMP VIEW IF NOT EXISTS {name} AS SELECT * FROM main.{name} WHERE {shown}"
            )


def allows(action: str) -> bool:
    """Whether an action of Datasette's stays behind the views."""
    return action not in _REFUSED
