"""Alerts of unusual rises, and the messages that tell of them."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As PostgreSQL has them. In a STRICT table of SQLite's the whole numbers are INTEGER.
TABLES = (
    """
    CREATE TABLE alerts (
        id TEXT NOT NULL,
        version BIGINT NOT NULL,
        state TEXT NOT NULL,
        kind TEXT NOT NULL,
        topic TEXT NOT NULL,
        began_on BIGINT NOT NULL,
        going_on BIGINT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE alert_messages (
        alert TEXT NOT NULL,
        recipient TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        next_at BIGINT NOT NULL,
        problem TEXT NOT NULL,
        PRIMARY KEY (alert, recipient),
        FOREIGN KEY (alert) REFERENCES alerts (id)
    )
    """,
)

INDEXES = (
    "CREATE INDEX alerts_list ON alerts (began_on, id)",
    # One event has one alert, whoever looks for events at the same time.
    "CREATE UNIQUE INDEX alerts_going_on ON alerts (kind, topic) WHERE going_on = 1",
    "CREATE INDEX alert_messages_due ON alert_messages (state, next_at)",
)


def upgrade() -> None:
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in TABLES:
        op.execute(table.replace("BIGINT", "INTEGER") + " STRICT" if sqlite else table)
    for index in INDEXES:
        op.execute(index)
