"""The night's work on trends: opinion streams of the periods, and the week's forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from langnghe.classifier.likeness import Likeness
from langnghe.classifier.neural import version_of
from langnghe.classifier.opening import model_folder
from langnghe.core.clock import Clock, local_day
from langnghe.core.home import Home
from langnghe.core.topics import read_topics
from langnghe.store.posts.interface import PostStore
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.forecast import renew
from langnghe.trends.streamfinding import Finder


@dataclass(frozen=True, slots=True)
class TrendsReport:
    """What one run did."""

    periods: int
    """That have posts."""
    streams: int
    """Topics and periods whose streams were found, or found anew."""
    forecasts: int
    """Topics that have a reliable forecast."""
    topics: int
    """That were looked at."""


def find_trends(home: Home, posts: PostStore, records: TrendRecords, clock: Clock) -> TrendsReport:
    """Bring streams and forecasts up to date. May run at any time, again."""
    folder = model_folder(home.model)
    topics = read_topics(home.configs / "topics.yaml")
    finder = Finder(
        posts,
        records,
        version_of(folder),
        Likeness.load(folder),
        topics,
        home.briefing.period_first_day,
    )
    found = finder.run(clock)
    made = renew(posts, records, [topic.id for topic in topics], local_day(clock.now()))
    return TrendsReport(
        found.periods, found.changed, sum(one.is_reliable for one in made.values()), len(made)
    )
