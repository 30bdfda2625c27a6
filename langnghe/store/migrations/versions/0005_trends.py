"""Opinion streams of each topic and period, and forecasts: figures that outlive the posts."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As PostgreSQL has them. In a STRICT table of SQLite's the whole numbers are INTEGER.
TABLES = (
    """
    CREATE TABLE opinion_streams (
        topic TEXT NOT NULL,
        since BIGINT NOT NULL,
        until BIGINT NOT NULL,
        version BIGINT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (topic, since, until)
    )
    """,
    """
    CREATE TABLE forecasts (
        topic TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (topic)
    )
    """,
)


def upgrade() -> None:
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in TABLES:
        op.execute(table.replace("BIGINT", "INTEGER") + " STRICT" if sqlite else table)
