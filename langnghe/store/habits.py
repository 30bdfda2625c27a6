"""What each source usually gives, as rows; what follows from it is said in `crawler.schedule`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import select

from langnghe.store.schema import source_habit
from langnghe.store.times import optional_micros, to_micros
from langnghe.store.transactions import Transactions

BINS: Final = 48
"""Hours of a working day, then hours of a day at the weekend, both in Viet Nam."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a source usually gives. Sums forget what is long past (`schedule.after_visit`)."""

    begun: datetime
    """Its first visit."""
    counted_until: datetime
    """The last visit that is in it."""
    last_new: datetime | None = None
    """When something new was last found; None: never yet."""
    posts: float = 0.0
    """New posts that were found, of any topic."""
    hours: float = 0.0
    """Usual hours in which they came: an hour at night counts for less than one by day."""
    shape: tuple[float, ...] = (0.0,) * BINS
    """New posts by the hour at which they were published, where the source tells."""
    waited: float = 0.0
    """Posts that were to be expected since something new was last found."""
    longest: float = 0.0
    """The longest silence that ended by itself, in posts that were to be expected."""
    failing: int = 0
    """Visits in a row that failed."""
    hollow: int = 0
    """Visits in a row whose lists answered and listed nothing that we know."""


_BODY: Final = TypeAdapter(Habit)


class Habits:
    """The table `source_habit`. Each call joins the transaction that the thread is in."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def get(self, source: str) -> Habit | None:
        """What is known of a source; None before its first visit."""
        query = select(source_habit.c.body).where(source_habit.c.source == source)
        with self._database.read() as connection:
            body = connection.inner.execute(query).scalar()
        return None if body is None else _BODY.validate_json(body)

    def put(self, source: str, habit: Habit) -> None:
        """Keep it in place of what was known."""
        values = {
            "counted_until": to_micros(habit.counted_until),
            "last_new": optional_micros(habit.last_new),
            "body": _BODY.dump_json(habit).decode(),
        }
        this = source_habit.c.source == source
        with self._database.transaction() as connection:
            known = connection.inner.execute(source_habit.update().where(this).values(values))
            if not known.rowcount:
                connection.inner.execute(source_habit.insert().values(source=source, **values))
