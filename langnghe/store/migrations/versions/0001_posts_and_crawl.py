"""The tables of the first version: posts with their index, and the state of the crawl."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE band (
        bucket INTEGER NOT NULL,
        "key" INTEGER NOT NULL,
        no INTEGER NOT NULL,
        PRIMARY KEY (bucket, "key", no)
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE daily (
        day INTEGER NOT NULL,
        source INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        place INTEGER NOT NULL,
        topic INTEGER NOT NULL,
        sentiment INTEGER NOT NULL,
        posts INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        PRIMARY KEY (day, source, channel, place, topic, sentiment)
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE INDEX daily_place ON daily
    (place, sentiment, day, posts, kept) WHERE source = 0 AND channel = 0 AND topic = 0
    """,
    """
    CREATE INDEX daily_source ON daily
    (source, channel, sentiment, day, posts, kept) WHERE place = 0 AND topic = 0
    """,
    """
    CREATE INDEX daily_topic ON daily
    (topic, sentiment, day, posts, kept) WHERE source = 0 AND channel = 0 AND place = 0
    """,
    """
    CREATE TABLE day_span (
        day INTEGER NOT NULL,
        first_no INTEGER NOT NULL,
        last_no INTEGER NOT NULL,
        PRIMARY KEY (day)
    ) STRICT
    """,
    """
    CREATE TABLE name (
        id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (kind, value)
    ) STRICT
    """,
    """
    CREATE TABLE name_set (
        id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        members TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (kind, members)
    ) STRICT
    """,
    """
    CREATE TABLE page (
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        kind TEXT NOT NULL,
        discovered INTEGER NOT NULL,
        changed INTEGER,
        next_visit INTEGER,
        last_visit INTEGER,
        visits INTEGER DEFAULT 0 NOT NULL,
        failures REAL DEFAULT 0 NOT NULL,
        last_status INTEGER,
        etag TEXT,
        last_modified TEXT,
        PRIMARY KEY (source, url)
    ) STRICT
    """,
    "CREATE INDEX page_due ON page (source, next_visit)",
    """
    CREATE TABLE post (
        no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        thread_id TEXT NOT NULL,
        parent_id TEXT,
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        precision TEXT NOT NULL,
        fetched INTEGER NOT NULL,
        masked TEXT NOT NULL,
        reactions INTEGER,
        UNIQUE (id)
    ) STRICT
    """,
    "CREATE INDEX post_thread ON post (thread_id)",
    """
    CREATE TABLE purge (
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        days INTEGER NOT NULL,
        posts INTEGER NOT NULL,
        by_source TEXT NOT NULL,
        PRIMARY KEY (id)
    ) STRICT
    """,
    """
    CREATE TABLE quarantine (
        id INTEGER NOT NULL,
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        reason TEXT NOT NULL,
        first_seen INTEGER NOT NULL,
        last_seen INTEGER NOT NULL,
        times INTEGER NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (source, url, reason)
    ) STRICT
    """,
    """
    CREATE TABLE run (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        started INTEGER NOT NULL,
        finished INTEGER,
        status TEXT NOT NULL,
        process INTEGER NOT NULL,
        seen_alive INTEGER NOT NULL,
        requests INTEGER DEFAULT 0 NOT NULL,
        not_modified INTEGER DEFAULT 0 NOT NULL,
        problem TEXT
    ) STRICT
    """,
    "CREATE INDEX run_source ON run (source, started)",
    """
    CREATE TABLE source_channel (
        source INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        PRIMARY KEY (source, channel)
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE source_state (
        source TEXT NOT NULL,
        last_attempt INTEGER,
        last_success INTEGER,
        last_yield INTEGER,
        failures REAL DEFAULT 0 NOT NULL,
        backoff_until INTEGER,
        last_problem TEXT,
        cursor TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (source)
    ) STRICT
    """,
    """
    CREATE TABLE facet (
        no INTEGER NOT NULL,
        published INTEGER NOT NULL,
        day INTEGER NOT NULL,
        source INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        sentiment INTEGER NOT NULL,
        topics INTEGER NOT NULL,
        places INTEGER NOT NULL,
        cluster INTEGER NOT NULL,
        model INTEGER NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    "CREATE INDEX facet_cluster ON facet (cluster, published)",
    "CREATE INDEX facet_model ON facet (model)",
    """
    CREATE INDEX facet_places ON facet
    (places, published, source, channel, sentiment, topics)
    """,
    "CREATE INDEX facet_time ON facet (published, source, channel, sentiment, topics, places)",
    """
    CREATE INDEX facet_topics ON facet
    (topics, published, source, channel, sentiment, places)
    """,
    """
    CREATE TABLE label (
        no INTEGER NOT NULL,
        scores TEXT NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    """
    CREATE TABLE leader (
        no INTEGER NOT NULL,
        sketch BLOB NOT NULL,
        PRIMARY KEY (no),
        FOREIGN KEY(no) REFERENCES post (no)
    ) STRICT
    """,
    """
    CREATE TABLE name_set_member (
        name_id INTEGER NOT NULL,
        set_id INTEGER NOT NULL,
        PRIMARY KEY (name_id, set_id),
        FOREIGN KEY(name_id) REFERENCES name (id),
        FOREIGN KEY(set_id) REFERENCES name_set (id)
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE outcome (
        source TEXT NOT NULL,
        day INTEGER NOT NULL,
        run INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        items INTEGER NOT NULL,
        PRIMARY KEY (source, day, run, outcome, reason),
        FOREIGN KEY(run) REFERENCES run (id)
    ) WITHOUT ROWID, STRICT
    """,
    # What the index holds, computed on demand: the texts themselves are kept once, as written.
    """
    CREATE VIEW post_forms AS
    SELECT no, exact_form(title, text) AS exact, plain_form(title, text) AS plain FROM post
    """,
    """
    CREATE VIRTUAL TABLE post_index USING fts5(
        exact, plain,
        content = 'post_forms', content_rowid = 'no',
        tokenize = "unicode61 remove_diacritics 0"
    )
    """,
)


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return  # Posts and the state of the crawl lie in the SQLite file, wherever casework does.
    for statement in STATEMENTS:
        op.execute(statement)
