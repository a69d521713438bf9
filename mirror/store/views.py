"""The views: what people ask of a mirror, as names. A migration makes them, or makes them anew."""

_COLUMNS = """v.type, v.status, v.guid, v.slug, v.link, v.title, v.content, v.excerpt, v.author_id,
    v.featured_media_id, v.parent_id, v.date_gmt, v.modified_gmt, v.extra,
    v.shape_id"""

VIEWS: dict[str, str] = {
    # Every version of every post; `valid_to` and `changed` are null for the current one.
    "versions": f"""
        SELECT v.id AS post_id, v.site_id, v.wp_id, v.version, v.valid_from, NULL AS valid_to,
            v.crawl_id, NULL AS changed, v.deleted_at, v.deleted_reason, {_COLUMNS}
        FROM posts v
        UNION ALL
        SELECT v.post_id, p.site_id, p.wp_id, v.version, v.valid_from, v.valid_to,
            v.crawl_id, v.changed, v.deleted_at, v.deleted_reason, {_COLUMNS}
        FROM post_versions v JOIN posts p ON p.id = v.post_id""",
    # One row an event, of every kind. An edit is `silent` if WordPress did not announce it: the
    # content changed, `modified_gmt` did not.
    "changes": "\n UNION ALL ".join(
        f"""
        SELECT o.first_seen_at AS at, 'new' AS event, '{owner}' AS kind, o.site_id, o.id AS row_id,
            o.wp_id, o.collection, 1 AS version, NULL AS changed, 0 AS silent, NULL AS reason
        FROM {table} o
        UNION ALL
        SELECT v.valid_to, CASE WHEN v.deleted_at IS NULL THEN 'edited' ELSE 'restored' END,
            '{owner}', o.site_id, o.id, o.wp_id, o.collection, v.version + 1, v.changed,
            v.deleted_at IS NULL AND {silent}, NULL
        FROM {owner}_versions v JOIN {table} o ON o.id = v.{owner}_id
        UNION ALL
        SELECT o.deleted_at, 'deleted', '{owner}', o.site_id, o.id, o.wp_id, o.collection,
            o.version, NULL, 0, o.deleted_reason
        FROM {table} o WHERE o.deleted_at IS NOT NULL
        UNION ALL
        SELECT v.deleted_at, 'deleted', '{owner}', o.site_id, o.id, o.wp_id, o.collection,
            v.version, NULL, 0, v.deleted_reason
        FROM {owner}_versions v JOIN {table} o ON o.id = v.{owner}_id
        WHERE v.deleted_at IS NOT NULL"""
        for table, owner, silent in (
            ("posts", "post", "instr(v.changed, '\"modified_gmt\"') = 0"),
            ("media", "media", "instr(v.changed, '\"modified_gmt\"') = 0"),
            ("terms", "term", "0"),
            ("authors", "author", "0"),
            ("comments", "comment", "0"),
        )
    ),
    "syndicated": """
        SELECT p.id AS post_id, s.host AS site, p.link, p.title, p.date_gmt, u.domain AS upstream,
            u.name AS upstream_name, j.url AS upstream_url, j.confidence,
            (SELECT group_concat(a.rule || ': ' || a.quote, char(10))
                FROM attributions a WHERE a.post_id = p.id AND a.version = p.version) AS evidence
        FROM posts p
        JOIN sites s ON s.id = p.site_id
        JOIN judgements j ON j.post_id = p.id AND j.version = p.version
        JOIN upstreams u ON u.id = j.upstream_id""",
    "duplicates": """
        SELECT p.id AS post_id, p.site_id, p.link, p.guid, o.id AS original_id,
            o.site_id AS original_site_id, o.link AS original_link, o.guid AS original_guid,
            CASE
                WHEN p.guid = o.guid AND p.site_id = o.site_id THEN 'same GUID under another id'
                WHEN p.guid = o.guid THEN 'same GUID on another site'
                WHEN replace(p.guid, '&#038;', '&') = replace(o.guid, '&#038;', '&')
                    THEN 'same GUID, escaped differently'
                ELSE 'same GUID but for scheme, www or final slash'
            END AS reason
        FROM posts p JOIN posts o ON o.id = p.original_id""",
    "edited_after_publication": """
        SELECT p.id AS post_id, p.site_id, p.link, p.title, p.date_gmt, v.valid_to AS edited_at,
            v.version + 1 AS version, v.changed,
            CAST(julianday(v.valid_to) - julianday(p.date_gmt) AS INTEGER) AS days
        FROM post_versions v JOIN posts p ON p.id = v.post_id
        WHERE v.deleted_at IS NULL""",
    "gone": """
        SELECT p.id AS post_id, p.site_id, s.host AS site, p.wp_id, p.type, p.link, p.title,
            p.date_gmt, p.deleted_at, p.deleted_reason
        FROM posts p JOIN sites s ON s.id = p.site_id
        WHERE p.deleted_at IS NOT NULL""",
}
