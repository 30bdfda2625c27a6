"""Casework: cases, the audit log that nothing can be taken out of, accounts and sessions.

The first step that runs on PostgreSQL as well.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As PostgreSQL has them. In a STRICT table of SQLite's the whole numbers are INTEGER.
TABLES = (
    """
    CREATE TABLE cases (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version BIGINT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        topic TEXT NOT NULL,
        agency TEXT NOT NULL,
        owner TEXT NOT NULL,
        urgent BIGINT NOT NULL,
        due_on BIGINT,
        opened_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    )
    """,
    """
    CREATE TABLE counters (
        name TEXT NOT NULL,
        value BIGINT NOT NULL,
        PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE audit (
        number BIGINT NOT NULL,
        at BIGINT NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        kind TEXT NOT NULL,
        case_id TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        why TEXT NOT NULL,
        content TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (number)
    )
    """,
    """
    CREATE TABLE accounts (
        id TEXT NOT NULL,
        state TEXT NOT NULL,
        name TEXT NOT NULL,
        roles TEXT NOT NULL,
        email TEXT,
        password TEXT,
        must_change BIGINT NOT NULL,
        totp_secret TEXT,
        totp_step BIGINT NOT NULL,
        generation BIGINT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (email)
    )
    """,
    """
    CREATE TABLE sessions (
        token_hash TEXT NOT NULL,
        account TEXT NOT NULL,
        generation BIGINT NOT NULL,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        PRIMARY KEY (token_hash),
        FOREIGN KEY (account) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE login_attempts (
        key TEXT NOT NULL,
        recent TEXT NOT NULL,
        waits BIGINT NOT NULL,
        wait_until BIGINT,
        PRIMARY KEY (key)
    )
    """,
)

CASE_POSTS = """
    CREATE TABLE case_posts (
        kind TEXT NOT NULL,
        case_id TEXT NOT NULL,
        post_id TEXT NOT NULL,
        PRIMARY KEY (kind, case_id, post_id),
        FOREIGN KEY (kind, case_id) REFERENCES cases (kind, id)
    )
    """

INDEXES = (
    "CREATE INDEX cases_queue ON cases (kind, state, opened_at)",
    "CREATE INDEX cases_due ON cases (kind, due_on)",
    "CREATE INDEX case_posts_post ON case_posts (post_id, kind)",
    "CREATE INDEX audit_case ON audit (kind, case_id)",
)

APPEND_ONLY_SQLITE = (
    """
    CREATE TRIGGER audit_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    # INSERT OR REPLACE removes a row without a DELETE that a trigger would see.
    """
    CREATE TRIGGER audit_replace BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number = new.number)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
)

APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
)


def upgrade() -> None:
    rest: tuple[str, ...]
    if op.get_context().dialect.name == "sqlite":
        for table in TABLES:
            op.execute(table.replace("BIGINT", "INTEGER") + " STRICT")
        op.execute(CASE_POSTS + " WITHOUT ROWID, STRICT")
        rest = (*INDEXES, *APPEND_ONLY_SQLITE)
    else:
        for table in (*TABLES, CASE_POSTS):
            op.execute(table)
        rest = (*INDEXES, *APPEND_ONLY_POSTGRESQL)
    for statement in rest:
        op.execute(statement)
