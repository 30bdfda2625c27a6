"""The dictionary of words that recur in every row: topics, places, sources, channels, labels.

Entries are never removed, so what was looked up once stays true, unless it was entered in a
transaction that was then undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from langnghe.store.database import Connection, Database

EMPTY = 0
"""Stands for no reason at all, as most posts have it: rows with it need no place in an index."""


class Names:
    """Words as small numbers, and their combinations as one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rollbacks = database.rollbacks
        self._ids: dict[tuple[str, str], int] = {}
        self._values: dict[int, str] = {}
        self._set_ids: dict[tuple[str, tuple[str, ...]], int] = {}
        self._sets: dict[int, tuple[int, ...]] = {}

    def _forget_undone(self) -> None:
        if self._rollbacks != self._database.rollbacks:
            self._rollbacks = self._database.rollbacks
            for cache in (self._ids, self._values, self._set_ids, self._sets):
                cache.clear()

    def find(self, connection: Connection, kind: str, value: str) -> int | None:
        """The number of a word, or None if no post ever had it."""
        self._forget_undone()
        value = str(value)  # of an enumeration, the word alone
        known = self._ids.get((kind, value))
        if known is not None:
            return known
        row = connection.execute(
            "SELECT id FROM name WHERE kind = ? AND value = ?", (kind, value)
        ).first()
        if row is None:
            return None
        self._ids[kind, value] = row.id
        self._values[row.id] = value
        return int(row.id)

    def enter(self, connection: Connection, kind: str, value: str) -> int:
        """The number of a word, which is entered if need be. Within a transaction only."""
        value = str(value)
        known = self.find(connection, kind, value)
        if known is None:
            row = connection.execute(
                "INSERT INTO name (kind, value) VALUES (?, ?) RETURNING id", (kind, value)
            ).one()
            known = self._ids[kind, value] = int(row.id)
            self._values[known] = value
        return known

    def known(self, connection: Connection, kind: str, values: Iterable[str]) -> list[int]:
        """The numbers of those words that some post had."""
        found = (self.find(connection, kind, value) for value in values)
        return [number for number in found if number is not None]

    def value(self, connection: Connection, number: int) -> str:
        """The word with that number."""
        self._forget_undone()
        value = self._values.get(number)
        if value is None:
            row = connection.execute("SELECT value FROM name WHERE id = ?", (number,)).one()
            value = self._values[number] = str(row.value)
        return value

    def enter_set(self, connection: Connection, kind: str, values: Sequence[str]) -> int:
        """The number of a combination, in its order. Within a transaction only."""
        self._forget_undone()
        key = (kind, tuple(values))
        known = self._set_ids.get(key)
        if known is not None:
            return known
        numbers = [self.enter(connection, kind, value) for value in values]
        members = ",".join(map(str, numbers))
        row = connection.execute(
            "SELECT id FROM name_set WHERE kind = ? AND members = ?", (kind, members)
        ).first()
        if row is None:
            row = connection.execute(
                "INSERT INTO name_set (kind, members) VALUES (?, ?) RETURNING id", (kind, members)
            ).one()
            connection.execute_many(
                "INSERT INTO name_set_member (name_id, set_id) VALUES (?, ?)",
                [(number, row.id) for number in dict.fromkeys(numbers)],
            )
        self._set_ids[key] = int(row.id)
        self._sets[int(row.id)] = tuple(numbers)
        return int(row.id)

    def members(self, connection: Connection, set_id: int) -> tuple[int, ...]:
        """The numbers of the words of a combination."""
        self._forget_undone()
        if set_id == EMPTY:
            return ()
        known = self._sets.get(set_id)
        if known is None:
            row = connection.execute("SELECT members FROM name_set WHERE id = ?", (set_id,)).one()
            known = tuple(int(number) for number in row.members.split(",") if number)
            self._sets[set_id] = known
        return known

    def set_values(self, connection: Connection, set_id: int) -> tuple[str, ...]:
        """The words of a combination, in order."""
        return tuple(self.value(connection, number) for number in self.members(connection, set_id))
