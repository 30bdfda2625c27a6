"""Why a page could not be read the last time: its status alone does not say."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Of pages that fail at present, what their status proves; the others say it when they fail next.
STATEMENTS = (
    "ALTER TABLE page ADD COLUMN last_problem TEXT",
    """
    UPDATE page SET last_problem = CASE
        WHEN last_status IN (404, 410) THEN 'gone'
        WHEN last_status = 401 THEN 'unauthorised'
        WHEN last_status IN (403, 407, 451) THEN 'forbidden'
        WHEN last_status = 429 THEN 'rate_limited'
        WHEN last_status >= 500 THEN 'server_error'
    END WHERE failures > 0
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
