"""The schema, stated once: every table, index and view, as the migrations that make them.

Current rows are what is, `*_versions` are what was: an object that was never edited costs nothing
in history. A released migration is never edited; a change is a new one below it.
"""

from sqlite_utils import Database, Migrations

from mirror.store import revisions, shapes
from mirror.store.schema import SCHEMA
from mirror.store.views import VIEWS

migrations = Migrations("mirror")


@migrations()
def m001_first_schema(db: Database) -> None:
    """The tables, indexes and views of version 0.1."""
    for script in SCHEMA:
        _run(db, script)
    for name, select in VIEWS.items():
        db.execute(f"CREATE VIEW {name} AS {select}")


def _run(db: Database, script: str) -> None:
    """Runs a script statement by statement: `executescript` would commit the transaction."""
    for statement in script.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m010_media(db: Database) -> None:
    """What fetching media remembers of an address, and what an address or a post had before.

    `original` is the address that all variants of one picture share; `proxy_of` marks a row that is
    asked for only if that address has failed. `status` is HTTP's; `checked_at` is the last attempt,
    `fetched_at` the last that brought bytes; `next_at` is null for what is never asked again.
    """
    for column in (
        "original TEXT", "proxy_of TEXT", "status INTEGER", "message TEXT", "checked_at TEXT",
        "attempts INTEGER NOT NULL DEFAULT 0", "next_at TEXT",
    ):  # fmt: skip
        db.execute(f"ALTER TABLE media_files ADD COLUMN {column}")
    _run(
        db,
        """
        CREATE INDEX media_files_due ON media_files(site_id, next_at) WHERE next_at IS NOT NULL;
        CREATE INDEX media_files_original ON media_files(site_id, original);
        CREATE TABLE media_file_versions (
            media_file_id INTEGER NOT NULL REFERENCES media_files(id),
            sha256 TEXT NOT NULL REFERENCES files(sha256),
            etag TEXT,
            last_modified TEXT,
            valid_from TEXT NOT NULL,
            valid_to TEXT NOT NULL,
            PRIMARY KEY (media_file_id, valid_from, sha256)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX media_file_versions_sha256 ON media_file_versions(sha256);
        CREATE TABLE post_media_versions (
            post_id INTEGER NOT NULL REFERENCES posts(id),
            version INTEGER NOT NULL,
            media_id INTEGER REFERENCES media(id),
            url TEXT NOT NULL,
            role TEXT NOT NULL,
            PRIMARY KEY (post_id, version, url, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX post_media_versions_url ON post_media_versions(url);
        """,
    )


@migrations()
def m020_browse(db: Database) -> None:
    """Indexes for the pages and questions of `mirror.browse`: none of them may scan a large table.

    `tests/browse/test_plans.py` holds the queries to them. No index has an expression that may fail
    on what upstream sends: a row that cannot be indexed could not be written.
    """
    _run(
        db,
        """
        CREATE INDEX posts_first_seen ON posts(first_seen_at);
        CREATE INDEX posts_site_date ON posts(site_id, date_gmt, upstream_id);
        CREATE INDEX posts_type_date ON posts(type, date_gmt);
        CREATE INDEX posts_upstream_site ON posts(upstream_id, site_id, date_gmt)
            WHERE upstream_id IS NOT NULL;
        CREATE INDEX posts_upstream_date ON posts(upstream_id, date_gmt)
            WHERE upstream_id IS NOT NULL;
        CREATE INDEX posts_edited ON posts(date_gmt) WHERE version > 1;
        CREATE INDEX posts_gone ON posts(date_gmt) WHERE deleted_at IS NOT NULL;
        CREATE INDEX posts_title ON posts(title, site_id);
        CREATE INDEX post_versions_edits ON post_versions(valid_to, deleted_at);
        CREATE INDEX post_versions_restored ON post_versions(valid_to)
            WHERE deleted_at IS NOT NULL;
        CREATE INDEX post_versions_silent ON post_versions(valid_to)
            WHERE deleted_at IS NULL AND instr(changed, '"modified_gmt"') = 0;
        CREATE INDEX judgements_url ON judgements(url) WHERE url IS NOT NULL;
        CREATE INDEX judgements_upstream ON judgements(upstream_id);
        CREATE INDEX media_files_broken ON media_files(error) WHERE error IS NOT NULL;
        CREATE INDEX files_first_seen ON files(first_seen_at);

        -- A row's page in Datasette counts the rows that refer to it.
        CREATE INDEX post_versions_author ON post_versions(author_id) WHERE author_id IS NOT NULL;
        CREATE INDEX post_versions_featured ON post_versions(featured_media_id)
            WHERE featured_media_id IS NOT NULL;
        CREATE INDEX post_versions_parent ON post_versions(parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX media_versions_post ON media_versions(post_id) WHERE post_id IS NOT NULL;
        CREATE INDEX media_versions_author ON media_versions(author_id)
            WHERE author_id IS NOT NULL;
        CREATE INDEX comments_author ON comments(author_id) WHERE author_id IS NOT NULL;
        CREATE INDEX comments_parent ON comments(parent_id) WHERE parent_id IS NOT NULL;
        CREATE INDEX comment_versions_post ON comment_versions(post_id)
            WHERE post_id IS NOT NULL;
        CREATE INDEX comment_versions_author ON comment_versions(author_id)
            WHERE author_id IS NOT NULL;
        CREATE INDEX comment_versions_parent ON comment_versions(parent_id)
            WHERE parent_id IS NOT NULL;
        CREATE INDEX post_media_versions_media ON post_media_versions(media_id)
            WHERE media_id IS NOT NULL;
        """,
    )


@migrations()
def m030_fallback(db: Database) -> None:
    """What feeds and sitemaps give where REST is refused.

    `unidentified`: posts without a WordPress id, one row a version, the current one with a null
    `valid_to`; `object` is JSON in REST's words; `post_id` is the post, once REST has shown it.
    `feeds`: the validators of a feed that was read to its end, and when.
    """
    _run(
        db,
        """
        CREATE TABLE unidentified (
            site_id INTEGER NOT NULL REFERENCES sites(id),
            guid TEXT NOT NULL,
            version INTEGER NOT NULL,
            link TEXT NOT NULL,
            type TEXT NOT NULL,
            title TEXT,
            object TEXT NOT NULL,
            valid_from TEXT NOT NULL,
            valid_to TEXT,
            crawl_id INTEGER NOT NULL REFERENCES crawls(id),
            post_id INTEGER REFERENCES posts(id),
            PRIMARY KEY (site_id, guid, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX unidentified_link ON unidentified(site_id, link) WHERE valid_to IS NULL;
        CREATE INDEX unidentified_post ON unidentified(post_id) WHERE post_id IS NOT NULL;
        CREATE INDEX unidentified_crawl ON unidentified(crawl_id);
        CREATE TABLE feeds (
            site_id INTEGER NOT NULL REFERENCES sites(id),
            url TEXT NOT NULL,
            etag TEXT,
            last_modified TEXT,
            read_at TEXT NOT NULL,
            PRIMARY KEY (site_id, url)
        ) STRICT, WITHOUT ROWID;
        """,
    )


@migrations()
def m040_revisions(db: Database) -> None:
    """WordPress' own revisions, which only credentials show; how much each crawl could see."""
    for statement in revisions.SCHEMA:
        db.execute(statement)


@migrations()
def m050_stories(db: Database) -> None:
    """Which rules judged a post, the same story on several sites, and upstreams that are mirrored.

    `judged`: the version of a post and of the rules at its last judgement; 0 for those before this.
    `signatures`: of the plain text of a post's version, null for texts too short to have one;
    `placed` is 0 until it was compared with the others. A story's id is that of its post with the
    lowest number: it stays the same when copies come. All but `judged` can be made again from the
    posts by `mirror stories`.
    """
    _run(
        db,
        """
        CREATE TABLE judged (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            version INTEGER NOT NULL,
            rules INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX judged_rules ON judged(rules);
        INSERT INTO judged (post_id, version, rules) SELECT id, version, 0 FROM posts;

        CREATE TABLE signatures (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            version INTEGER NOT NULL,
            method INTEGER NOT NULL,
            placed INTEGER NOT NULL DEFAULT 0 CHECK (placed IN (0, 1)),
            signature BLOB
        ) STRICT;
        CREATE INDEX signatures_waiting ON signatures(post_id) WHERE placed = 0;

        CREATE TABLE stories (
            id INTEGER PRIMARY KEY,
            first_post_id INTEGER NOT NULL REFERENCES posts(id),
            posts INTEGER NOT NULL,
            sites INTEGER NOT NULL,
            first_at TEXT NOT NULL,
            latest_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX stories_latest ON stories(latest_at);
        CREATE INDEX stories_first_post ON stories(first_post_id);
        CREATE TABLE story_posts (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            story_id INTEGER NOT NULL REFERENCES stories(id),
            place INTEGER NOT NULL,
            published_at TEXT NOT NULL,
            similarity REAL NOT NULL,
            added INTEGER NOT NULL,
            removed INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX story_posts_story ON story_posts(story_id, place);

        CREATE TABLE upstream_posts (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            version INTEGER NOT NULL,
            upstream_post_id INTEGER NOT NULL REFERENCES posts(id),
            how TEXT NOT NULL CHECK (how IN ('url', 'guid', 'text')),
            similarity REAL,
            lead_seconds INTEGER,
            contradiction TEXT
        ) STRICT;
        CREATE INDEX upstream_posts_upstream ON upstream_posts(upstream_post_id);
        CREATE INDEX upstream_posts_contradicted ON upstream_posts(post_id)
            WHERE contradiction IS NOT NULL
        """,
    )


@migrations()
def m060_private(db: Database) -> None:
    """What is not public, so that `mirror browse --public` can leave it out without looking at all.

    The conditions are those of `mirror.browse.public`, word for word: SQLite asks for that.
    """
    private = "status <> 'publish' OR (content <> '' AND instr(extra, '\"protected\":true') > 0)"
    db.execute(f"CREATE INDEX posts_private ON posts(id) WHERE {private}")
    db.execute(
        f"CREATE INDEX post_versions_private ON post_versions(post_id, version) WHERE {private}"
    )


@migrations()
def m070_merges(db: Database) -> None:
    """The full-text index merges its parts later, 16 at a time: half the price of a commit.

    A search looks into a few parts more (sqlite.org/fts5.html, section 6.1).
    """
    db.execute("INSERT INTO posts_fts(posts_fts, rank) VALUES('automerge', 16)")


@migrations()
def m080_shapes(db: Database) -> None:
    """What the objects of a site say alike is held once. Rows that are there stay as they are.

    Dropped are an index that nothing asks, and one that is the beginning of another.
    """
    for statement in shapes.SCHEMA:
        db.execute(statement)
    db.execute("DROP INDEX posts_valid_from")
    db.execute("DROP INDEX posts_upstream")
    for name, select in (("versions", VIEWS["versions"]), ("history", revisions.HISTORY)):
        db.execute(f"DROP VIEW {name}")
        db.execute(f"CREATE VIEW {name} AS {select}")


@migrations()
def m090_rewritten(db: Database) -> None:
    """How many posts were written anew in the full-text index since it was merged, in one row."""
    db.execute("CREATE TABLE posts_fts_rewritten (posts INTEGER NOT NULL) STRICT")
    db.execute("INSERT INTO posts_fts_rewritten VALUES (0)")


@migrations()
def m100_read_in(db: Database) -> None:
    """Which crawl moved a collection's watermark: what others wrote since was not looked into."""
    db.execute("ALTER TABLE collections ADD COLUMN read_in INTEGER REFERENCES crawls(id)")
