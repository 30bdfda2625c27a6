"""What terms ask for: API units used by day, and when posts were last seen at their source."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# These tables are the SQLite file's alone. Posts that are there count as seen when they were
# fetched; on which page is found out when it is read next.
STATEMENTS = (
    "ALTER TABLE facet ADD COLUMN seen INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE facet ADD COLUMN page INTEGER DEFAULT 0 NOT NULL",
    "UPDATE facet SET seen = (SELECT p.fetched FROM post AS p WHERE p.no = facet.no)",
    "CREATE INDEX facet_seen ON facet (channel, seen)",
    "CREATE INDEX facet_page ON facet (page) WHERE page > 0",
    "ALTER TABLE purge ADD COLUMN reason TEXT DEFAULT 'retention' NOT NULL",
    "ALTER TABLE page ADD COLUMN gone_since INTEGER",
    """
    CREATE TABLE api_use (
        key TEXT NOT NULL,
        day INTEGER NOT NULL,
        units INTEGER NOT NULL,
        PRIMARY KEY (key, day)
    ) STRICT, WITHOUT ROWID
    """,
)


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for statement in STATEMENTS:
            op.execute(statement)
