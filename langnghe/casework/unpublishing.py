"""Thu hồi: taking back what was published. A note of it stays public, with date and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from langnghe.casework.claimtexts import checked_line
from langnghe.casework.roles import Actor


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That something published was taken back. What it said is kept, but not shown any more."""

    why: str
    """As the public reads it."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unpublish:
    """Take back all that was published of a claim or petition, earlier editions included.

    An earlier edition left standing alone would look like what holds now.
    """

    why: str


def withdrawal(action: Unpublish, actor: Actor, now: datetime) -> Withdrawal:
    """What is kept of it.

    Raises:
        Refused: there is no reason, or it is too long.
    """
    return Withdrawal(checked_line(action.why, "Lý do thu hồi"), actor.account, now)
