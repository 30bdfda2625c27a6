"""The adaptive schedule: what sources are expected to give, notices about them, page yields."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As PostgreSQL has them. In a STRICT table of SQLite's the whole numbers are INTEGER.
TABLES = (
    """
    CREATE TABLE source_habit (
        source TEXT NOT NULL,
        counted_until BIGINT NOT NULL,
        last_new BIGINT,
        body TEXT NOT NULL,
        PRIMARY KEY (source)
    )
    """,
    """
    CREATE TABLE source_notices (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        since BIGINT NOT NULL,
        until BIGINT,
        cause TEXT NOT NULL,
        deadline BIGINT,
        told TEXT NOT NULL,
        PRIMARY KEY (source, kind, since)
    )
    """,
    """
    CREATE TABLE page_yield (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        field TEXT NOT NULL,
        seen REAL NOT NULL,
        found REAL NOT NULL,
        recent TEXT NOT NULL,
        PRIMARY KEY (source, kind, field)
    )
    """,
    """
    CREATE TABLE page_layout (
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        usual TEXT NOT NULL,
        changed BIGINT,
        fallen TEXT NOT NULL,
        now TEXT NOT NULL,
        holds BIGINT NOT NULL,
        PRIMARY KEY (source, kind)
    )
    """,
)

INDEXES = (
    # A source has one notice of a kind at a time.
    "CREATE UNIQUE INDEX source_notices_open ON source_notices (source, kind) WHERE until IS NULL",
    "CREATE INDEX source_notices_since ON source_notices (since)",
)


def upgrade() -> None:
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in TABLES:
        op.execute(table.replace("BIGINT", "INTEGER") + " STRICT" if sqlite else table)
    for index in INDEXES:
        op.execute(index)
