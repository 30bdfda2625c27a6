"""Runs the migrations inside a transaction that is already open."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def scripts() -> ScriptDirectory:
    """The steps in `versions/`."""
    return ScriptDirectory(str(Path(__file__).parent))


def is_known(revision: str) -> bool:
    """Whether this program has the step with that name."""
    return revision in {script.revision for script in scripts().walk_revisions()}


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the tables to `revision`.

    SQLite can undo changes of tables, so all steps belong to the caller's transaction: a crash
    in mid-migration leaves the file as it was.
    """
    directory = scripts()
    context = MigrationContext.configure(
        connection,
        opts={
            "transactional_ddl": True,
            # What alembic's own EnvironmentContext hands in: the steps still to be taken.
            "fn": lambda at, _context: directory._upgrade_revs(revision, at),  # noqa: SLF001
            "script": directory,
        },
    )
    with Operations.context(context):
        context.run_migrations()
