"""The tables and indexes of version 0.1, as the first migration makes them.

Current rows are what is, `*_versions` are what was: an object that was never edited costs nothing
in history. Once released, this text is never edited; a change is a new migration.
"""

# What every mirrored object has, whatever its kind. `columns + extra` rebuild the object that the
# API sent; `fingerprint` is of what is not volatile in it; `crawl_id` is the crawl that wrote this
# version. `unsettled` counts the readings in a row that differed although WordPress announced no
# edit; `volatile` lists the fields (JSON) that differ at every reading and are compared no more.
# Times are YYYY-MM-DDTHH:MM:SSZ.
LIFE = """
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    valid_from TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    crawl_id INTEGER NOT NULL REFERENCES crawls(id),
    deleted_at TEXT,
    deleted_reason TEXT,
    unsettled INTEGER NOT NULL DEFAULT 0,
    volatile TEXT"""

# A superseded version: the same columns as they were (without `first_seen_at`, which never
# changes), when it ceased to hold, in which crawl, and which fields then changed (a JSON list).
PAST = """
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    crawl_id INTEGER NOT NULL REFERENCES crawls(id),
    changed TEXT NOT NULL,
    deleted_at TEXT,
    deleted_reason TEXT"""

POST = """
    type TEXT, status TEXT, guid TEXT, slug TEXT, link TEXT, title TEXT,
    date_gmt TEXT, modified_gmt TEXT,
    author_id INTEGER REFERENCES authors(id),
    featured_media_id INTEGER REFERENCES media(id),
    parent_id INTEGER REFERENCES posts(id)"""
MEDIA = """
    status TEXT, guid TEXT, slug TEXT, link TEXT, title TEXT, alt_text TEXT,
    media_type TEXT, mime_type TEXT, source_url TEXT, date_gmt TEXT, modified_gmt TEXT,
    author_id INTEGER REFERENCES authors(id),
    post_id INTEGER REFERENCES posts(id)"""
TERM = """
    taxonomy TEXT, name TEXT, slug TEXT, link TEXT,
    parent_id INTEGER REFERENCES terms(id)"""
AUTHOR = "name TEXT, slug TEXT, url TEXT, link TEXT"
COMMENT = """
    type TEXT, status TEXT, link TEXT, author_name TEXT, author_url TEXT,
    date_gmt TEXT,
    author_id INTEGER REFERENCES authors(id),
    post_id INTEGER REFERENCES posts(id),
    parent_id INTEGER REFERENCES comments(id)"""

# What may be long comes last in a row: SQLite reads the columns before it without following the
# row into its overflow pages.
LONG = {
    "posts": "excerpt TEXT, content TEXT, extra TEXT NOT NULL",
    "media": "caption TEXT, description TEXT, extra TEXT NOT NULL",
    "terms": "description TEXT, extra TEXT NOT NULL",
    "authors": "description TEXT, extra TEXT NOT NULL",
    "comments": "content TEXT, extra TEXT NOT NULL",
}


def _kind(table: str, owner: str, columns: str, more: str = "") -> str:
    return f"""
    CREATE TABLE {table} (
        id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites(id),
        wp_id INTEGER NOT NULL,
        collection TEXT NOT NULL,
        {columns},{more}{LIFE},
        {LONG[table]},
        UNIQUE (site_id, wp_id)
    ) STRICT;
    CREATE TABLE {owner}_versions (
        {owner}_id INTEGER NOT NULL REFERENCES {table}(id),
        {columns},{PAST},
        {LONG[table]},
        PRIMARY KEY ({owner}_id, version)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {table}_valid_from ON {table}(valid_from);
    CREATE INDEX {table}_deleted_at ON {table}(deleted_at) WHERE deleted_at IS NOT NULL;
    CREATE INDEX {table}_collection ON {table}(site_id, collection, wp_id);
    CREATE INDEX {table}_crawl ON {table}(crawl_id);
    CREATE INDEX {owner}_versions_valid_to ON {owner}_versions(valid_to);
    CREATE INDEX {owner}_versions_crawl ON {owner}_versions(crawl_id);
    """


SCHEMA = (
    """
    CREATE TABLE sites (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL UNIQUE,
        host TEXT NOT NULL,
        name TEXT,
        description TEXT,
        api_root TEXT,
        timezone TEXT,
        index_json TEXT,
        back_off_until TEXT,
        delay REAL,
        first_seen_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE crawls (
        id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites(id),
        mode TEXT NOT NULL CHECK (mode IN ('backfill', 'update', 'full')),
        started_at TEXT NOT NULL,
        finished_at TEXT,
        outcome TEXT CHECK (outcome IN ('complete', 'partial', 'failed', 'interrupted')),
        message TEXT,
        requests INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        new INTEGER NOT NULL DEFAULT 0,
        edited INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        restored INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX crawls_site ON crawls(site_id, started_at);

    CREATE TABLE collections (
        site_id INTEGER NOT NULL REFERENCES sites(id),
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        slug TEXT NOT NULL,
        route TEXT NOT NULL,
        refused TEXT,
        watermark TEXT,
        resume TEXT,
        hidden INTEGER NOT NULL DEFAULT 0,
        per_page INTEGER,
        reread_at TEXT,
        reread_from INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (site_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE coverage (
        crawl_id INTEGER NOT NULL REFERENCES crawls(id),
        collection TEXT NOT NULL,
        reported INTEGER,
        mirrored INTEGER NOT NULL,
        hidden INTEGER NOT NULL DEFAULT 0,
        missing INTEGER NOT NULL DEFAULT 0,
        complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
        how TEXT NOT NULL,
        PRIMARY KEY (crawl_id, collection)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE failures (
        id INTEGER PRIMARY KEY,
        crawl_id INTEGER NOT NULL REFERENCES crawls(id),
        site_id INTEGER NOT NULL REFERENCES sites(id),
        collection TEXT,
        wp_id INTEGER,
        url TEXT NOT NULL,
        kind TEXT NOT NULL,
        status INTEGER,
        message TEXT NOT NULL,
        first_at TEXT NOT NULL,
        last_at TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 1,
        next_at TEXT,
        resolved_at TEXT
    ) STRICT;
    CREATE INDEX failures_open ON failures(site_id, url) WHERE resolved_at IS NULL;
    CREATE INDEX failures_crawl ON failures(crawl_id);

    CREATE TABLE upstreams (
        id INTEGER PRIMARY KEY,
        domain TEXT NOT NULL UNIQUE,
        name TEXT
    ) STRICT;
    """,
    _kind("authors", "author", AUTHOR),
    _kind("terms", "term", TERM),
    _kind(
        "posts",
        "post",
        POST,
        """
        guid_key TEXT,
        original_id INTEGER REFERENCES posts(id),
        upstream_id INTEGER REFERENCES upstreams(id),""",
    ),
    _kind("media", "media", MEDIA),
    _kind("comments", "comment", COMMENT),
    """
    CREATE INDEX posts_guid_key ON posts(guid_key) WHERE guid_key IS NOT NULL;
    CREATE INDEX posts_original ON posts(original_id) WHERE original_id IS NOT NULL;
    CREATE INDEX posts_upstream ON posts(upstream_id) WHERE upstream_id IS NOT NULL;
    CREATE INDEX posts_link ON posts(link);
    CREATE INDEX posts_guid ON posts(guid);
    CREATE INDEX posts_date ON posts(date_gmt);
    CREATE INDEX posts_author ON posts(author_id);
    CREATE INDEX posts_featured ON posts(featured_media_id) WHERE featured_media_id IS NOT NULL;
    CREATE INDEX posts_parent ON posts(parent_id) WHERE parent_id IS NOT NULL;
    CREATE INDEX media_post ON media(post_id) WHERE post_id IS NOT NULL;
    CREATE INDEX media_author ON media(author_id);
    CREATE INDEX terms_parent ON terms(parent_id) WHERE parent_id IS NOT NULL;
    CREATE INDEX comments_post ON comments(post_id);

    CREATE TABLE post_terms (
        post_id INTEGER NOT NULL REFERENCES posts(id),
        term_id INTEGER NOT NULL REFERENCES terms(id),
        PRIMARY KEY (post_id, term_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX post_terms_term ON post_terms(term_id);

    CREATE TABLE post_media (
        post_id INTEGER NOT NULL REFERENCES posts(id),
        media_id INTEGER REFERENCES media(id),
        url TEXT NOT NULL,
        role TEXT NOT NULL
            CHECK (role IN ('featured', 'inline', 'gallery', 'attached', 'enclosure')),
        PRIMARY KEY (post_id, url, role)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX post_media_media ON post_media(media_id) WHERE media_id IS NOT NULL;
    CREATE INDEX post_media_url ON post_media(url);

    CREATE TABLE files (
        sha256 TEXT PRIMARY KEY,
        path TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        mime TEXT NOT NULL,
        width INTEGER,
        height INTEGER,
        first_seen_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE media_files (
        id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites(id),
        url TEXT NOT NULL,
        media_id INTEGER REFERENCES media(id),
        size TEXT NOT NULL,
        sha256 TEXT REFERENCES files(sha256),
        fetched_at TEXT,
        etag TEXT,
        last_modified TEXT,
        error TEXT,
        UNIQUE (site_id, url)
    ) STRICT;
    CREATE INDEX media_files_media ON media_files(media_id) WHERE media_id IS NOT NULL;
    CREATE INDEX media_files_sha256 ON media_files(sha256) WHERE sha256 IS NOT NULL;

    CREATE TABLE attributions (
        id INTEGER PRIMARY KEY,
        post_id INTEGER NOT NULL REFERENCES posts(id),
        version INTEGER NOT NULL,
        upstream_id INTEGER REFERENCES upstreams(id),
        url TEXT,
        rule TEXT NOT NULL,
        confidence REAL NOT NULL,
        quote TEXT NOT NULL,
        at INTEGER,
        chosen INTEGER NOT NULL DEFAULT 0 CHECK (chosen IN (0, 1))
    ) STRICT;
    CREATE INDEX attributions_post ON attributions(post_id, version);
    CREATE INDEX attributions_upstream ON attributions(upstream_id);

    -- One row a version of a post that was judged syndicated: what all its evidence adds up to.
    CREATE TABLE judgements (
        post_id INTEGER NOT NULL REFERENCES posts(id),
        version INTEGER NOT NULL,
        upstream_id INTEGER NOT NULL REFERENCES upstreams(id),
        url TEXT,
        confidence REAL NOT NULL,
        PRIMARY KEY (post_id, version)
    ) STRICT, WITHOUT ROWID;

    -- Objects named by others before they were seen themselves (or that are never shown): the field
    -- of the row `row_id` in the table `owner` that waits for the object `wp_id`.
    CREATE TABLE unresolved (
        site_id INTEGER NOT NULL REFERENCES sites(id),
        owner TEXT NOT NULL,
        row_id INTEGER NOT NULL,
        field TEXT NOT NULL,
        wp_id INTEGER NOT NULL,
        PRIMARY KEY (site_id, owner, row_id, field, wp_id)
    ) STRICT, WITHOUT ROWID;

    -- Contentless: the index holds no copy of the text, which can be had from `content` again.
    CREATE VIRTUAL TABLE posts_fts USING fts5(
        title, text, content='', tokenize='unicode61 remove_diacritics 2'
    );
    """,
)
