"""The sample month's alerts: the days of the month looked at one after the other.

The sample site is read for the first time today, and of a source that is new nothing can be told.
So the visits of the weeks before are made up as well: one a day, without trouble.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.scheduler.samplesteps import EDITOR, LEADER
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.opening import Stores
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import AlertState, alerts_of, close, mark_seen
from langnghe.trends.looking import look

VISITED: Final = 90
LOOKED: Final = 30
"""Days back."""

SEEN_UNTIL: Final = 10
CLOSED_UNTIL: Final = 18
"""Days back: nobody has seen, or closed, those that came later."""

WHY: Final = "Đã trao đổi với bộ phận phụ trách; theo dõi trong báo cáo tháng."


def add_sample_visits(home: Home, database: Database, now: datetime) -> None:
    """Make up that every source was read once a day until yesterday."""
    with database.transaction():
        for back in range(VISITED, 0, -1):
            crawl = CrawlState(database, FixedClock(now - timedelta(days=back)))
            for source in home.sources:
                crawl.finish_run(crawl.begin_run(source.name), requests=1, not_modified=0)


def add_sample_alerts(home: Home, stores: Stores, casework: Transactions, now: datetime) -> int:
    """Look at each of the last days as on its evening; gives how many alerts came of it.

    A leader has seen all but the newest, and an editor has closed the oldest.
    """
    for back in range(LOOKED, -1, -1):
        clock = FixedClock(now - timedelta(days=back))
        look(home, stores.posts, stores.crawl, casework, clock)
        if back >= CLOSED_UNTIL:
            for alert in alerts_of(casework, EDITOR, states=[AlertState.SEEN]):
                close(casework, alert.id, WHY, EDITOR, clock, version=alert.version)
        if back >= SEEN_UNTIL:
            for alert in alerts_of(casework, LEADER, states=[AlertState.OPEN]):
                mark_seen(casework, alert.id, LEADER, clock)
    return len(alerts_of(casework, LEADER))
