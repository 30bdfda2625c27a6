"""Limits on guessing passwords: who failed too often waits, each time for longer."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from langnghe.casework.roles import Refused
from langnghe.store.accounts import Accounts
from langnghe.store.transactions import Transactions

WINDOW: Final = timedelta(minutes=15)
FORGET: Final = timedelta(days=1)
"""So long after the last wait the next is short again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many log-ins may fail within WINDOW, and how long one then waits.

    Each further wait is twice as long as the one before, up to `longest`.
    """

    failures: int
    first: timedelta
    longest: timedelta


PER_ACCOUNT: Final = Limit(5, timedelta(minutes=1), timedelta(hours=1))
"""Some 400 guesses a day at most, against passwords that need 10⁸."""

OVERALL: Final = Limit(100, timedelta(seconds=15), timedelta(minutes=2))
"""Slows down trying one password with many names. Its waits are short: they keep out everybody."""

ALL: Final = "*"
"""Key of `Attempts` over all accounts."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Log-ins that failed of late, with one account's name or over all."""

    key: str
    recent: tuple[datetime, ...] = ()
    """Those that count towards the next wait."""
    waits: int = 0
    wait_until: datetime | None = None
    """End of the last wait."""


def counted(before: Attempts, limit: Limit, now: datetime) -> Attempts:
    """With one failure more.

    Raises:
        Refused: one has to wait.
    """
    waits = before.waits
    if before.wait_until is not None:
        if now < before.wait_until:
            minutes = math.ceil((before.wait_until - now) / timedelta(minutes=1))
            raise Refused(f"Đã nhập sai quá nhiều lần. Hãy thử lại sau {minutes} phút.")
        if now - before.wait_until >= FORGET:
            waits = 0
    recent = (*(at for at in before.recent if now - at < WINDOW), now)
    if len(recent) < limit.failures:
        return Attempts(before.key, recent, waits, before.wait_until)
    # Ten doublings are beyond any `longest`; without a bound the number would not fit.
    wait = min(limit.first * 2 ** min(waits, 10), limit.longest)
    return Attempts(before.key, (), waits + 1, now + wait)


@contextmanager
def limited(database: Transactions, name: str, now: datetime) -> Iterator[None]:
    """Counts what is inside as a failed log-in with `name`, unless it ends without an error.

    It is counted beforehand: a hundred guesses sent at once are a hundred failures. Not to be
    used within a transaction, which would take back the count with all else.

    Raises:
        Refused: too many failed before; nothing inside is run, and nothing more is counted.
    """
    tables, key = Accounts(database), _bucket(name)
    with database.transaction():
        for one, limit in ((key, PER_ACCOUNT), (ALL, OVERALL)):
            tables.put_attempts(asdict(counted(_attempts(tables, one), limit, now)))
    yield
    with database.transaction():
        tables.put_attempts(asdict(Attempts(key)))
        overall = _attempts(tables, ALL)
        recent = list(overall.recent)
        if now in recent:
            recent.remove(now)
        tables.put_attempts(asdict(replace(overall, recent=tuple(recent))))


def _bucket(name: str) -> str:
    """Key of `Attempts` for a name, of an account or not: a refusal must not tell which.

    Sometimes people type their password where the name belongs. Sixteen bits of a hash do not
    tell it; that two of some dozens of names share them is rare, and then they share a limit.
    """
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:4]


_ATTEMPTS: Final = TypeAdapter(Attempts)


def _attempts(tables: Accounts, key: str) -> Attempts:
    row = tables.attempts(key)
    return Attempts(key) if row is None else _ATTEMPTS.validate_python(dict(row))
