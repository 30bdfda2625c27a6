"""How notices of mistakes were dealt with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from langnghe.casework.notices import Notice, NoticeState
from langnghe.core.clock import local_day


@dataclass(frozen=True, slots=True)
class NoticeCounters:
    """How notices were dealt with. Those written down by mistake count for nothing."""

    received: int
    decided: int
    in_time: int
    """Decided by the deadline."""
    overdue: int
    """Not decided, and late."""
    upheld: int
    """Decided, and there was a mistake, corrected or not."""
    corrected: int
    """Of these, put right already."""


def notice_counters(notices: Iterable[Notice], today: date) -> NoticeCounters:
    """Count `notices` as they stand on `today`, a day in Viet Nam."""
    counted = [one for one in notices if one.state is not NoticeState.WITHDRAWN]
    decided = [one for one in counted if one.decided_at is not None]
    return NoticeCounters(
        received=len(counted),
        decided=len(decided),
        in_time=sum(local_day(one.decided_at) <= one.due_on for one in decided if one.decided_at),
        overdue=sum(one.is_overdue(today) for one in counted),
        upheld=sum(one.upholds is True for one in decided),
        corrected=sum(one.state is NoticeState.CORRECTED for one in decided),
    )
