"""One look at the last days of a home: what rose, and what becomes of its alerts."""

from __future__ import annotations

from langnghe.core.clock import Clock, local_day
from langnghe.core.home import Home
from langnghe.core.topics import read_topics
from langnghe.store.crawlstate import CrawlState
from langnghe.store.posts.interface import PostStore
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import Followed, follow, going_on
from langnghe.trends.alertsettings import read_alert_settings
from langnghe.trends.coverage import coverage
from langnghe.trends.spikes import rises, watched


def look(
    home: Home, posts: PostStore, crawl: CrawlState, casework: Transactions, clock: Clock
) -> Followed:
    """Look for unusual rises and bring the alerts up to date; sends nothing.

    Raises:
        ConfigError: alerts.yaml, topics.yaml, sources.yaml or settings.yaml is wrong.
    """
    now = clock.now()
    today = local_day(now)
    topics = [topic.id for topic in read_topics(home.configs / "topics.yaml")]
    longest = home.settings.crawl.longest_minutes
    cover = coverage(watched(today), home.sources, crawl, posts, today, longest)
    found = rises(posts, cover, home.sources, topics, going_on(casework))
    return follow(casework, found, read_alert_settings(home), now)
