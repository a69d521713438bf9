"""The sample as it would be with credentials: what is not public has a word of its own."""

import sqlite3
from pathlib import Path

# Posts of the sample, and what becomes of them.
DRAFT, LOCKED, ONCE_A_DRAFT, OTHER = 1, 2, 5, 3
SECRET = "Tonsillectomy"


def build_secretive(folder: Path, sample: Path) -> Path:
    """A draft, a locked post, a version from before publication, and a revision; gives its path."""
    (folder / "media").symlink_to(sample.parent / "media")
    path = folder / "mirror.db"
    path.write_bytes(sample.read_bytes())
    db = sqlite3.connect(path)
    with db:
        db.execute(
            "INSERT INTO collections (site_id, name, kind, slug, route, widest) "
            "VALUES (1, 'posts', 'post', 'post', '/wp/v2/posts', 'all')"
        )
        for post in (DRAFT, LOCKED):
            db.execute("UPDATE posts SET content = ?, title = ?, excerpt = ? WHERE id = ?",
                       [f"<p>{SECRET} in the text of {post}</p>", f"{SECRET} {post}",
                        SECRET, post])  # fmt: skip
            db.execute("INSERT INTO posts_fts (rowid, title, text) VALUES (?, ?, ?)",
                       [1000 + post, SECRET, SECRET])  # fmt: skip
        db.execute("UPDATE posts SET status = 'draft' WHERE id = ?", [DRAFT])
        db.execute(
            """UPDATE posts SET extra = '{"content":{"protected":true}}' WHERE id = ?""", [LOCKED]
        )
        db.execute(
            "UPDATE post_versions SET status = 'private', title = ?, content = ? "
            "WHERE post_id = ? AND version = 1",
            [SECRET, f"<p>{SECRET}</p>", ONCE_A_DRAFT],
        )
        db.execute(
            "UPDATE post_revisions SET title = ?, content = ? WHERE post_id = ?",
            [SECRET, SECRET, ONCE_A_DRAFT],
        )
    db.close()
    return path
