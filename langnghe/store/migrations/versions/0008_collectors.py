"""What several collectors share: which source and host is whose, and posts on their way.

Only in PostgreSQL, where the state of the crawl lies then as well. Its tables are here as the
steps for the SQLite file have left them.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE page (
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        kind TEXT NOT NULL,
        discovered BIGINT NOT NULL,
        changed BIGINT,
        next_visit BIGINT,
        last_visit BIGINT,
        visits BIGINT DEFAULT 0 NOT NULL,
        failures REAL DEFAULT 0 NOT NULL,
        last_status BIGINT,
        etag TEXT,
        last_modified TEXT,
        gone_since BIGINT,
        PRIMARY KEY (source, url)
    )
    """,
    "CREATE INDEX page_due ON page (source, next_visit)",
    """
    CREATE TABLE source_state (
        source TEXT NOT NULL,
        last_attempt BIGINT,
        last_success BIGINT,
        last_yield BIGINT,
        failures REAL DEFAULT 0 NOT NULL,
        backoff_until BIGINT,
        last_problem TEXT,
        cursor TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (source)
    )
    """,
    """
    CREATE TABLE run (
        id BIGSERIAL NOT NULL,
        source TEXT NOT NULL,
        started BIGINT NOT NULL,
        finished BIGINT,
        status TEXT NOT NULL,
        process BIGINT NOT NULL,
        seen_alive BIGINT NOT NULL,
        requests BIGINT DEFAULT 0 NOT NULL,
        not_modified BIGINT DEFAULT 0 NOT NULL,
        problem TEXT,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX run_source ON run (source, started)",
    """
    CREATE TABLE outcome (
        source TEXT NOT NULL,
        day BIGINT NOT NULL,
        run BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        items BIGINT NOT NULL,
        PRIMARY KEY (source, day, run, outcome, reason),
        FOREIGN KEY (run) REFERENCES run (id)
    )
    """,
    """
    CREATE TABLE quarantine (
        id BIGSERIAL NOT NULL,
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        reason TEXT NOT NULL,
        first_seen BIGINT NOT NULL,
        last_seen BIGINT NOT NULL,
        times BIGINT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (source, url, reason)
    )
    """,
    """
    CREATE TABLE api_use (
        key TEXT NOT NULL,
        day BIGINT NOT NULL,
        units BIGINT NOT NULL,
        PRIMARY KEY (key, day)
    )
    """,
    """
    CREATE TABLE lease (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        holder TEXT NOT NULL,
        until BIGINT NOT NULL,
        PRIMARY KEY (kind, name)
    )
    """,
    """
    CREATE TABLE agreed (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE arriving (
        number BIGSERIAL NOT NULL,
        kind TEXT NOT NULL,
        expires BIGINT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (number)
    )
    """,
    "CREATE INDEX arriving_expires ON arriving (expires)",
    """
    CREATE TABLE sent (
        post TEXT NOT NULL,
        source TEXT NOT NULL,
        channel TEXT NOT NULL,
        thread TEXT NOT NULL,
        kind TEXT NOT NULL,
        content TEXT NOT NULL,
        title TEXT NOT NULL,
        seen BIGINT NOT NULL,
        page BIGINT NOT NULL,
        expires BIGINT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (post)
    )
    """,
    "CREATE INDEX sent_expires ON sent (expires)",
    "CREATE INDEX sent_seen ON sent (source, seen)",
)


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        return
    for statement in STATEMENTS:
        op.execute(statement)
