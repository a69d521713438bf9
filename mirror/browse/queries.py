"""The questions that people ask a mirror: each once, with its SQL, shown as it runs.

They are plain SQL without functions of ours, so that they work wherever the database is published.
A parameter left empty takes the value that the description names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A canned query, and what makes an entry of a feed out of one of its rows.

    `stamp`, `label` and `about` are columns: when, what, and the page below the root that tells
    more (without its slash in front).
    """

    name: str
    title: str
    description: str
    sql: str
    stamp: str
    label: str
    about: str = "'posts/' || post_id"

    def feed(self, base: str = "/") -> str:
        """The query as datasette-atom wants it. That fails on no rows, hence the last entry.

        `base` is where the pages begin, with a slash at its end: Datasette's `base_url`.
        """
        root = "'" + base.replace("'", "''") + "'"
        return f"""WITH found AS MATERIALIZED (
{self.sql}
)
SELECT 'urn:mirror:{self.name}:' || {self.about} || ':' || {self.stamp} AS atom_id,
    coalesce(nullif({self.label}, ''), 'Untitled') AS atom_title,
    {self.stamp} AS atom_updated,
    {root} || {self.about} AS atom_link
FROM found
UNION ALL
SELECT 'urn:mirror:{self.name}:nothing', 'Nothing so far', '2000-01-01T00:00:00Z',
    {root} || 'queries'
WHERE NOT EXISTS (SELECT 1 FROM found)"""


QUERIES = (
    Query(
        name="recent_changes",
        title="Everything that changed",
        description="New, edited, deleted and restored posts of the last 30 days, newest first.",
        stamp="at",
        label="event || ': ' || title",
        sql="""SELECT c.at, c.event, s.host AS site, p.id AS post_id, p.title, c.changed, c.silent
FROM (
    SELECT * FROM (
        SELECT first_seen_at AS at, 'new' AS event, id AS post_id, NULL AS changed, 0 AS silent
        FROM posts WHERE first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
        ORDER BY first_seen_at DESC LIMIT 500)
    UNION ALL
    SELECT * FROM (
        SELECT valid_to, 'edited', post_id, changed, instr(changed, '"modified_gmt"') = 0
        FROM post_versions
        WHERE deleted_at IS NULL
            AND valid_to >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
        ORDER BY valid_to DESC LIMIT 500)
    UNION ALL
    SELECT * FROM (
        SELECT valid_to, 'restored', post_id, changed, 0 FROM post_versions
        WHERE deleted_at IS NOT NULL
            AND valid_to >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
        ORDER BY valid_to DESC LIMIT 500)
    UNION ALL
    SELECT * FROM (
        SELECT deleted_at, 'deleted', id, NULL, 0 FROM posts
        WHERE deleted_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-30 days')
        ORDER BY deleted_at DESC LIMIT 500)
) AS c
JOIN posts p ON p.id = c.post_id
JOIN sites s ON s.id = p.site_id
ORDER BY c.at DESC
LIMIT 500""",
    ),
    Query(
        name="late_edits",
        title="Edited long after publication",
        description="Posts whose text or title was changed more than :days days (empty: 30) after "
        "they were published; the latest edits first.",
        stamp="edited_at",
        label="title",
        sql="""SELECT v.post_id, s.host AS site, p.title, v.date_gmt AS published,
    v.valid_to AS edited_at,
    CAST(julianday(v.valid_to) - julianday(v.date_gmt) AS INTEGER) AS days, v.changed
FROM post_versions v
JOIN posts p ON p.id = v.post_id
JOIN sites s ON s.id = p.site_id
WHERE v.deleted_at IS NULL
    AND v.valid_to > '' -- by the index, latest first
    AND julianday(v.valid_to) - julianday(v.date_gmt)
        > CAST(coalesce(nullif(:days, ''), 30) AS REAL)
    AND (v.changed LIKE '%"content"%' OR v.changed LIKE '%"title"%')
ORDER BY v.valid_to DESC
LIMIT 500""",
    ),
    Query(
        name="silent_edits",
        title="Silent edits",
        description="Versions that differ although WordPress still gives the old date of "
        "modification: changes made in the database, by a plugin, or on purpose.",
        stamp="edited_at",
        label="title",
        sql="""SELECT v.post_id, s.host AS site, p.title, v.valid_to AS edited_at,
    v.modified_gmt AS says_modified, v.changed, v.version + 1 AS version
FROM post_versions v
JOIN posts p ON p.id = v.post_id
JOIN sites s ON s.id = p.site_id
WHERE v.deleted_at IS NULL AND instr(v.changed, '"modified_gmt"') = 0 AND v.valid_to > ''
ORDER BY v.valid_to DESC
LIMIT 500""",
    ),
    Query(
        name="gone_lately",
        title="Gone lately",
        description="Posts that vanished in the last :days days (empty: 7), with the reason.",
        stamp="deleted_at",
        label="title",
        sql="""SELECT p.id AS post_id, s.host AS site, p.title, p.date_gmt AS published,
    p.deleted_at, p.deleted_reason AS reason, p.link
FROM posts p
JOIN sites s ON s.id = p.site_id
WHERE p.deleted_at >= strftime(
    '%Y-%m-%dT%H:%M:%SZ', 'now', '-' || coalesce(nullif(:days, ''), 7) || ' days')
ORDER BY p.deleted_at DESC
LIMIT 500""",
    ),
    Query(
        name="fastest_copies",
        title="Fastest copies",
        description="Posts that appeared on another mirrored site within :days days (empty: 30) of "
        "the original, the quickest first. The original is the one with the same GUID, or the one "
        "that the copy's attribution points to.",
        stamp="copied_at",
        label="title",
        about="'posts/' || post_id",
        sql="""SELECT c.id AS post_id, cs.host AS site, c.title, o.id AS original_id,
    os.host AS original_site, o.date_gmt AS published, c.date_gmt AS copied_at,
    round((julianday(c.date_gmt) - julianday(o.date_gmt)) * 24, 1) AS hours
FROM (
    SELECT id AS copy, original_id AS original FROM posts WHERE original_id IS NOT NULL
    UNION
    SELECT j.post_id, o.id FROM judgements j JOIN posts o ON o.link = j.url
    WHERE j.post_id <> o.id
) AS pairs
JOIN posts c ON c.id = pairs.copy
JOIN posts o ON o.id = pairs.original
JOIN sites cs ON cs.id = c.site_id
JOIN sites os ON os.id = o.site_id
WHERE c.site_id <> o.site_id AND c.date_gmt >= o.date_gmt
    AND julianday(c.date_gmt) - julianday(o.date_gmt)
        <= CAST(coalesce(nullif(:days, ''), 30) AS REAL)
ORDER BY hours, c.date_gmt DESC
LIMIT 500""",
    ),
    Query(
        name="upstreams_by_site",
        title="Upstreams by site",
        description="Who each site takes its posts from, with the number of posts.",
        stamp="latest",
        label="site || ' from ' || upstream",
        about="'upstreams/' || upstream",
        sql="""SELECT s.host AS site, u.domain AS upstream, u.name, g.posts, g.latest
FROM (
    SELECT upstream_id, site_id, count(*) AS posts,
        coalesce(max(date_gmt), max(first_seen_at)) AS latest
    FROM posts WHERE upstream_id IS NOT NULL GROUP BY upstream_id, site_id
) AS g
JOIN upstreams u ON u.id = g.upstream_id
JOIN sites s ON s.id = g.site_id
ORDER BY s.host, g.posts DESC
LIMIT 1000""",
    ),
    Query(
        name="unattributed_copies",
        title="Copies that name no source",
        description="Posts without an upstream whose title stands, letter for letter, above an "
        "earlier post of another mirrored site.",
        stamp="published",
        label="title",
        sql="""SELECT p.id AS post_id, s.host AS site, p.title, p.date_gmt AS published,
    o.id AS original_id, os.host AS original_site, min(o.date_gmt) AS original_published
FROM (
    SELECT title FROM posts WHERE length(title) > 20
    GROUP BY title HAVING min(site_id) < max(site_id)
) AS shared
JOIN posts p ON p.title = shared.title
JOIN posts o ON o.title = shared.title AND o.site_id <> p.site_id
    AND (o.date_gmt < p.date_gmt OR (o.date_gmt = p.date_gmt AND o.id < p.id))
JOIN sites s ON s.id = p.site_id
JOIN sites os ON os.id = o.site_id
WHERE p.upstream_id IS NULL
GROUP BY p.id
ORDER BY p.date_gmt DESC
LIMIT 500""",
    ),
    Query(
        name="broken_media",
        title="Broken media",
        description="Files that could not be fetched, with the reason and where they are used.",
        stamp="tried_at",
        label="url",
        about="coalesce('posts/' || post_id, 'media?show=broken')",
        sql="""SELECT s.host AS site, f.url, f.error,
    coalesce(f.checked_at, f.fetched_at, s.first_seen_at) AS tried_at,
    (SELECT min(pm.post_id) FROM post_media pm WHERE pm.url = f.url) AS post_id,
    (SELECT count(*) FROM post_media pm WHERE pm.url = f.url) AS uses
FROM media_files f
JOIN sites s ON s.id = f.site_id
WHERE f.error IS NOT NULL
ORDER BY f.id DESC
LIMIT 500""",
    ),
    Query(
        name="coverage_gaps",
        title="Coverage gaps",
        description="Collections of which the last crawl of a site could not prove that it has "
        "everything, and why.",
        stamp="started_at",
        label="site || ': ' || collection",
        about="'sites/' || site",
        sql="""SELECT s.host AS site, c.collection, c.reported, c.mirrored, c.hidden, c.missing,
    c.how, k.started_at
FROM sites s
JOIN crawls k ON k.id = (
    SELECT id FROM crawls
    WHERE site_id = s.id AND finished_at IS NOT NULL ORDER BY started_at DESC LIMIT 1)
JOIN coverage c ON c.crawl_id = k.id
WHERE c.complete = 0
ORDER BY s.host, c.missing DESC
LIMIT 1000""",
    ),
)


def feed_name(query: Query) -> str:
    """The name under which a query's feed stands beside it in Datasette."""
    return f"{query.name}_atom"
