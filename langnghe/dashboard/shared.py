"""What the pages and the log-in share: one home, its stores, opened once."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from langnghe.casework.desk import Desk
from langnghe.core.clock import SystemClock
from langnghe.core.errors import NotReadyError
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.server import HOME_VARIABLE
from langnghe.store.opening import Stores, casework_beside, connect
from langnghe.store.transactions import Transactions


def home() -> Home:
    """The home that `langnghe dashboard` named."""
    root = os.environ.get(HOME_VARIABLE)
    if root is None:
        raise NotReadyError("Hãy mở trang bằng lệnh `langnghe dashboard` hoặc `langnghe run`.")
    return Home(Path(root)).require()


@cache
def stores() -> Stores:
    """The home's stores."""
    return connect(home(), SystemClock())


@cache
def casework() -> Transactions:
    """The database with accounts, cases and the audit log."""
    return casework_beside(home(), stores().database)


@cache
def desk() -> Desk:
    """Casework, by its rules."""
    return open_desk(home(), casework(), SystemClock())
