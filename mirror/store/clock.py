"""After a run whose clock was ahead: what is written as later than now is no later than now.

A machine whose clock has lost its battery, or is not set yet, may write a date years ahead. Left as
it is, that date would keep the site, its failures and its files from being tried again until then.
Where the clock was behind, things are only done too early.
"""

from sqlite_utils import Database


def mend(db: Database, site_id: int, now: str) -> bool:
    """Corrects what a site's runs wrote while the clock was ahead; whether there was any.

    The validity of versions stays as written, each beginning where the one before ends; a version
    that follows a date ahead of now begins at that date. Runs in the caller's transaction.
    """
    latest = db.execute(
        "SELECT max(started_at), max(coalesce(finished_at, started_at)) FROM ("
        "SELECT * FROM crawls WHERE site_id = ? ORDER BY started_at DESC LIMIT 2)",
        [site_id],
    ).fetchone()
    if not any(moment and moment > now for moment in latest):
        return False
    for statement in (
        "UPDATE crawls SET started_at = min(started_at, ?1), finished_at = min(finished_at, ?1) "
        "WHERE site_id = ?2 AND max(started_at, coalesce(finished_at, '')) > ?1",
        "UPDATE sites SET back_off_until = NULL WHERE id = ?2 AND ?1 IS NOT NULL",
        "UPDATE failures SET last_at = ?1, next_at = ?1 WHERE site_id = ?2 AND last_at > ?1 "
        "AND resolved_at IS NULL AND next_at IS NOT NULL",
        "UPDATE media_files SET checked_at = ?1, next_at = ?1 WHERE site_id = ?2 "
        "AND checked_at > ?1 AND next_at IS NOT NULL",
    ):
        db.execute(statement, [now, site_id])
    return True
