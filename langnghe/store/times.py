"""Moments and days as the integers that tables hold.

A moment is counted in whole microseconds since 1970 in UTC, so that it comes back exactly as it
was; a day is its number in the proleptic Gregorian calendar (`date.toordinal`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from langnghe.core.clock import LOCAL_ZONE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970 in UTC."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment, aware, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def optional_micros(moment: datetime | None) -> int | None:
    """As `to_micros`; None stays None."""
    return None if moment is None else to_micros(moment)


def optional_moment(micros: int | None) -> datetime | None:
    """As `from_micros`; None stays None."""
    return None if micros is None else from_micros(micros)


def day_start(day: date) -> int:
    """The moment at which a day begins in Viet Nam, in microseconds."""
    return to_micros(datetime.combine(day, time(), tzinfo=LOCAL_ZONE))
