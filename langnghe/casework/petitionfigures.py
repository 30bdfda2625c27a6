"""Which petitions are overdue, and how many were answered in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from langnghe.casework.petitionrecords import OPEN, Kind, Petition, State


def overdue(petitions: Iterable[Petition], today: date) -> list[Petition]:
    """Those still to be answered whose deadline was before `today`, the longest overdue first."""
    late = [petition for petition in petitions if petition.is_overdue(today)]
    return sorted(late, key=lambda petition: (petition.deadline, petition.id))


@dataclass(frozen=True, slots=True)
class Counters:
    """How petitions were answered. Merged ones count, each by its own deadline."""

    received: int
    answered: int
    in_time: int
    """Answered by the deadline."""
    overdue: int
    """Not answered, still open, and late."""
    formal: int
    """Complaints and denunciations, which are in no other figure."""

    @property
    def share_in_time(self) -> float | None:
        """Of those answered or overdue, 0 to 1; None while there are none."""
        decided = self.answered + self.overdue
        return self.in_time / decided if decided else None


def counters(
    petitions: Iterable[Petition], today: date, others: Iterable[Petition] = ()
) -> Counters:
    """Count `petitions` as they stand on `today`, a day in Viet Nam.

    Args:
        petitions: those to be counted.
        today: open ones that were due before it are overdue.
        others: those that some of them are merged into, if they are not among them.

    Raises:
        KeyError: one that another is merged into is in neither.
    """
    counted = list(petitions)
    by_code = {petition.id: petition for petition in (*counted, *others)}
    received = answered = in_time = late = formal = 0
    for petition in counted:
        main = petition
        while main.merged_into:
            main = by_code[main.merged_into]
        if main.kind is not Kind.PETITION:
            formal += 1
            continue
        if main.state is State.WITHDRAWN:
            continue
        received += 1
        if main.answered_on:
            answered += 1
            in_time += main.answered_on <= petition.deadline
        else:
            late += main.state in OPEN and petition.deadline < today
    return Counters(received, answered, in_time, late, formal)
