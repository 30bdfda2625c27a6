"""Finds the opinion streams of the topics, period by period, while the posts are there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from langnghe.classifier.likeness import Likeness
from langnghe.classifier.streams import Opinion, OpinionStream, find_streams, opinions
from langnghe.core.clock import Clock, local_day
from langnghe.core.models import Intent, Sentiment, Topic
from langnghe.core.topics import TopicMatcher
from langnghe.store.cases import Conflict
from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.monthstreams import (
    Found,
    MonthStream,
    MonthStreams,
    continued,
    followed,
    keep,
    month_streams,
)
from langnghe.trends.period import Period, period_of
from langnghe.trends.streamlikeness import signature

PERIODS: Final = 4
"""How many are looked at, the running one included: texts are kept for 90 days at most."""
MOST_PHRASES: Final = 3
LEAST_TOLD: Final = 2
"""Posts of a stream that a phrase must stand in to be part of its title."""
UNNAMED: Final = "Chưa đặt tên"


@dataclass(frozen=True, slots=True)
class FindingReport:
    """What one run did."""

    periods: int
    """That have posts."""
    changed: int
    """Topics and periods whose streams were found, or found anew."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds streams with one model and one configuration of topics."""

    posts: PostStore
    records: TrendRecords
    model: str
    """Version of the running model."""
    likeness: Likeness
    topics: Sequence[Topic]
    first_day: int
    """Of a period (briefing.yaml)."""

    def run(self, clock: Clock) -> FindingReport:
        """Bring the streams of the running period and the ones before it up to date.

        What is kept stays as it is where posts have been purged since, and while fewer than
        five posts have changed: two versions that differ by less would tell of single posts
        (boundary 5). May run at any time, again.
        """
        now = clock.now()
        periods = [one for one in self._periods(local_day(now)) if self._counted(None, one)]
        matcher = TopicMatcher(self.topics)
        changed = 0
        for period in periods:
            kept = month_streams(self.records, period)
            before = month_streams(self.records, _before(period, self.first_day))
            for topic in self.topics:
                old = kept.get(topic.id)
                found = self._found(topic.id, period, old, matcher, now)
                found = followed(found, period, before.get(topic.id), self.likeness.centre)
                if old is not None and found == old.found:
                    continue
                try:
                    keep(self.records, topic.id, period, old.version if old else 0, found)
                except Conflict:
                    continue  # an editor was quicker; the next run sees the new title
                changed += 1
        return FindingReport(len(periods), changed)

    def _periods(self, today: date) -> list[Period]:
        """The running one and those before it, the earliest first."""
        found = [period_of(today, self.first_day)]
        while len(found) < PERIODS:
            found.append(_before(found[-1], self.first_day))
        return found[::-1]

    def _counted(self, topic: str | None, period: Period) -> int:
        """Posts that there ever were."""
        topics = () if topic is None else (topic,)
        filters = Filters(topics=topics, since=period.since, until=period.until)
        return sum(self.posts.counts(filters, interval=None).values())

    def _found(
        self,
        topic: str,
        period: Period,
        old: MonthStreams | None,
        matcher: TopicMatcher,
        now: datetime,
    ) -> Found:
        """The streams of a topic as they are now, or those that are kept."""
        filters = Filters(topics=(topic,), since=period.since, until=period.until)
        said = opinions(self.posts.labelled(self.model, filters))
        if old is not None:
            enough = abs(len(said) - old.found.posts) >= SMALLEST_FIGURE
            if not enough and old.found.model == self.model:
                return old.found
            if len(said) < old.found.posts and len(said) < self._counted(topic, period):
                return old.found  # purged, or not labelled yet
        by_id = {one.id: one for one in said}
        found = find_streams(said, self.likeness.background).streams
        told = {one.id: _phrases(one, matcher) for one in said}
        streams = tuple(
            self._stream(number, stream, [by_id[id_] for id_ in stream.posts], told)
            for number, stream in enumerate(found, 1)
        )
        if old is not None and old.found.model == self.model:
            streams = continued(old.found.streams, streams, self.likeness.centre)
        return Found(self.model, len(said), now, _told_apart(streams))

    def _stream(
        self,
        number: int,
        stream: OpinionStream,
        said: Sequence[Opinion],
        told: Mapping[str, frozenset[str]],
    ) -> MonthStream:
        return MonthStream(
            number=number,
            title="",
            draft=_draft(stream, told),
            posts=stream.size,
            sentiments={
                kind: count
                for kind in Sentiment
                if (count := sum(one.sentiment is kind for one in said))
            },
            intents={
                kind: count for kind in Intent if (count := sum(one.intent is kind for one in said))
            },
            representatives=stream.representatives,
            signature=signature(
                np.stack([one.vector for one in said]),
                list({one.cluster_id: one.text for one in said}.values()),
                self.likeness.background,
            ),
        )


def _before(period: Period, first_day: int) -> Period:
    return period_of(period.since - timedelta(days=1), first_day)


def _phrases(opinion: Opinion, matcher: TopicMatcher) -> frozenset[str]:
    """Phrases of any topic that a post says."""
    return frozenset(mention.phrase for mention in matcher.explain(opinion.text))


def _draft(stream: OpinionStream, told: Mapping[str, frozenset[str]]) -> str:
    """The configured phrases that set a stream apart from the rest of its topic; "" if none do.

    They are ours, no one's words: a leader's page may show them.
    """
    inside = Counter(phrase for id_ in stream.posts for phrase in told[id_])
    everywhere = Counter(phrase for phrases in told.values() for phrase in phrases)
    scores = {}
    for phrase, count in inside.items():
        share = count / stream.size
        usual = (everywhere[phrase] + 1) / (len(told) + 1)
        if count >= LEAST_TOLD:
            scores[phrase] = share * math.log(1 + share / usual)
    best = sorted(scores, key=lambda phrase: (-round(scores[phrase], 6), phrase))
    drafted = ", ".join(_apart(best))
    return f"{drafted[:1].upper()}{drafted[1:]}"


def _told_apart(streams: Sequence[MonthStream]) -> tuple[MonthStream, ...]:
    """The streams, none with the draft of a larger one, and none without any."""
    seen: set[str] = set()
    named = []
    for one in streams:
        draft = one.draft or UNNAMED
        if draft in seen or draft == UNNAMED:
            draft = f"{draft} ({one.number})"
        seen.add(draft)
        named.append(replace(one, draft=draft))
    return tuple(named)


def _apart(phrases: Sequence[str]) -> Iterator[str]:
    """The first few that do not say one another's words again."""
    taken: list[set[str]] = []
    for phrase in phrases:
        words = set(phrase.lower().split())
        if len(taken) < MOST_PHRASES and not any(words & other for other in taken):
            taken.append(words)
            yield phrase
