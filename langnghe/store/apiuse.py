"""How much of a platform's daily allowance was used: counted before a request is sent.

An allowance belongs to a key, so two sources with the same key share one count. The key stands
here by its secret's name, never by its value.
"""

from __future__ import annotations

from datetime import date

from langnghe.store.transactions import Transactions


class ApiUse:
    """Units used, by key and by the platform's own day. Safe to use from several processes."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def used(self, key: str, day: date) -> int:
        """Units that were used on this day."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT units FROM api_use WHERE key = ? AND day = ?", (key, day.toordinal())
            ).first()
        return 0 if row is None else int(row.units)

    def add(self, key: str, day: date, units: int) -> None:
        """Count units as used."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO api_use (key, day, units) VALUES (?, ?, ?) "
                "ON CONFLICT (key, day) DO UPDATE SET units = api_use.units + excluded.units",
                (key, day.toordinal(), units),
            )
