"""The tables' history: each step in `versions/`, run by alembic when a database is opened."""

from __future__ import annotations

HEAD = "0009"
"""The newest step. Kept here so that opening a database that is up to date, which every command
does, need not load alembic; `tests/store/test_migrations.py` holds it to the scripts."""
