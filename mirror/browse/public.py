"""What visitors of a site could see, and nothing else: the mirror as others may be shown it.

A mirror that was made with credentials holds drafts, private posts, raw text and revisions. With
`public` every connection has temporary views in front of the tables that hold such rows: a name
without a schema means the view, so that every statement of ours is filtered, whoever wrote it.
Statements that are not ours are refused (`allows`), for `main.posts` would lead past them.
"""

import sqlite3

# Of a post or a version. The status of what came from a feed is not known: feeds have only what is
# published. The content of a protected post is empty for visitors; who has credentials may read it.
PRIVATE = "status <> 'publish' OR (content <> '' AND instr(extra, '\"protected\":true') > 0)"
# With these, what is private is looked up at once, and every other index serves as it did.
INDEXES = {
    "posts_private": f"CREATE INDEX posts_private ON posts(id) WHERE {PRIVATE}",
    "post_versions_private": "CREATE INDEX post_versions_private "
    f"ON post_versions(post_id, version) WHERE {PRIVATE}",
}


def is_locked(content: str | None, extra: str) -> bool:
    """Whether visitors need a password for this text, as `PRIVATE` says it."""
    return bool(content) and '"protected":true' in extra


def _shown(*, indexed: bool) -> dict[str, str]:
    """For each table what is shown of it, in an order in which each refers to those above it."""
    seen = f"coalesce(NOT ({PRIVATE}), 1)"
    if indexed:
        hidden = f"SELECT id FROM main.posts INDEXED BY posts_private WHERE {PRIVATE}"
        post = "{} NOT IN (" + hidden + ")"
        posts = post.format("id")
        version = (
            "(post_id, version) NOT IN (SELECT post_id, version FROM main.post_versions "
            f"INDEXED BY post_versions_private WHERE {PRIVATE})"
        )
    else:
        post = "EXISTS (SELECT 1 FROM temp.posts p WHERE p.id = {})"
        posts = version = seen
    of_post = post.format("post_id")
    return {
        "posts": posts,
        "post_versions": f"{version} AND {of_post}",
        "post_revisions": "0",
        **dict.fromkeys(
            ("post_terms", "post_media", "post_media_versions", "attributions", "judgements",
             "story_posts"),
            of_post,
        ),
        "upstream_posts": f"{of_post} AND {post.format('upstream_post_id')}",
        "media": f"(status = 'inherit' OR status IS NULL) AND (post_id IS NULL OR {of_post})",
        "media_files": "(media_id IS NOT NULL AND EXISTS (SELECT 1 FROM temp.media o "
        "WHERE o.id = media_id)) "
        "OR EXISTS (SELECT 1 FROM temp.post_media u WHERE u.url = main.media_files.url)",
        "files": "EXISTS (SELECT 1 FROM temp.media_files m WHERE m.sha256 = main.files.sha256) "
        "OR EXISTS (SELECT 1 FROM main.media_file_versions v "
        "JOIN temp.media_files m ON m.id = v.media_file_id WHERE v.sha256 = main.files.sha256)",
    }  # fmt: skip


# What Datasette may be asked for by somebody who is shown only what is public: our own statements.
_REFUSED = frozenset(("execute-sql", "view-table", "view-database-download"))


def hide(conn: sqlite3.Connection) -> None:
    """Puts the views in front of the tables, for as long as the connection lives."""
    known = {name for (name,) in conn.execute("SELECT name FROM main.sqlite_master")}
    for name, shown in _shown(indexed=known.issuperset(INDEXES)).items():
        if name in known:
            conn.execute(
                f"CREATE TEMP VIEW IF NOT EXISTS {name} AS SELECT * FROM main.{name} WHERE {shown}"
            )


def allows(action: str) -> bool:
    """Whether an action of Datasette's stays behind the views."""
    return action not in _REFUSED
