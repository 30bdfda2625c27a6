"""The time, as something that can be handed in.

Nothing in the service asks the operating system for the time by itself: it is given a
`Clock`, so that a test or a simulation can say what day it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days, weeks and months are those of Viet Nam, whatever the machine's own zone."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, time-zone aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 1, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.at += by


def local_day(moment: datetime) -> date:
    """The calendar day of a moment in Viet Nam."""
    return moment.astimezone(LOCAL_ZONE).date()
