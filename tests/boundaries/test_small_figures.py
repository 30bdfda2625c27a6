"""Boundary 5: no figure of fewer than 5 posts is broken down, nor can it be reckoned out.

Whoever has all that is shown can add and subtract it in any way. These tests do so with linear
algebra: a set of posts whose breakdown follows from what is shown is one whose indicator is a
combination of those shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.briefing.counting import post_figures
from langnghe.core.clock import FixedClock
from langnghe.core.models import Sentiment
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.period import Period
from langnghe.trends.series import Step, topic_steps
from langnghe.trends.small import hidden, steps
from tests.trends.posts import Said, keep

TOPICS = ("che", "dat", "duong")
PERIOD = Period(date(2026, 10, 16), date(2026, 11, 5))
TODAY = date(2026, 11, 20)

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=6)
MANY = st.lists(COUNTS, min_size=1, max_size=4)


def follows(shown: list[np.ndarray], wanted: np.ndarray) -> bool:
    """Whether `wanted` is a linear combination of the rows of `shown`."""
    if not shown:
        return not wanted.any()
    rows = np.array(shown)
    return bool(
        np.linalg.matrix_rank(rows, tol=1e-9)
        == np.linalg.matrix_rank(np.vstack([rows, wanted]), tol=1e-9)
    )


def small_sets(cells: list[int]) -> list[np.ndarray]:
    """Every set of cells that has 1 to 4 posts together."""
    filled = [at for at, count in enumerate(cells) if count]
    found = []
    for size in range(1, SMALLEST_FIGURE):
        for chosen in combinations(filled, size):
            if sum(cells[at] for at in chosen) < SMALLEST_FIGURE:
                row = np.zeros(len(cells))
                row[list(chosen)] = 1
                found.append(row)
    return found


@given(COUNTS)
def test_nothing_small_follows_from_the_steps_of_one_topic(cells: list[int]) -> None:
    shown = _shown(sum(cells), cells, np.eye(len(cells)))
    assert not any(follows(shown, wanted) for wanted in small_sets(cells))


@settings(max_examples=60)
@given(MANY)
def test_nothing_small_follows_from_topics_and_their_steps(topics: list[list[int]]) -> None:
    # Each post has one topic here: who sees that the totals add up knows it.
    cells = [count for topic in topics for count in topic]
    totals = dict(enumerate(map(sum, topics)))
    secret = hidden(sum(cells), totals)
    shown = [np.ones(len(cells))] if sum(cells) >= SMALLEST_FIGURE else []
    start = 0
    for number, topic in enumerate(topics):
        units = np.eye(len(cells))[start : start + len(topic)]
        start += len(topic)
        if number not in secret:
            shown += _shown(sum(topic), topic, units)
    assert not any(follows(shown, wanted) for wanted in small_sets(cells))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=14))
def test_no_rest_of_a_topic_is_small_where_topics_overlap(
    posts: list[tuple[bool, bool, bool]],
) -> None:
    totals = {topic: sum(post[topic] for post in posts) for topic in range(3)}
    for topic in totals.keys() - hidden(len(posts), totals):
        outside = len(posts) - totals[topic]
        assert totals[topic] == 0 or totals[topic] >= SMALLEST_FIGURE
        assert totals[topic] == 0 or outside == 0 or outside >= SMALLEST_FIGURE


# How many posts each topic has in each of the three steps.
TABLES = st.lists(
    st.lists(st.sampled_from((0, 0, 1, 2, 3, 4, 5, 9)), min_size=3, max_size=3),
    min_size=3,
    max_size=3,
)


@settings(max_examples=25)
@given(TABLES, st.randoms(use_true_random=False))
def test_nothing_small_follows_from_the_briefing_and_the_page_together(
    table: list[list[int]], chance: Random
) -> None:
    said = [
        Said(PERIOD.since + timedelta(days=7 * step), (topic,), chance.choice(list(Sentiment)))
        for topic, counts in zip(TOPICS, table, strict=True)
        for step, count in enumerate(counts)
        for _ in range(count)
    ]
    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "langnghe.db")
        store = EmbeddedPostStore(database, FixedClock(datetime(2026, 11, 20, tzinfo=UTC)))
        keep(store, said)
        before = Period(date(2026, 9, 25), date(2026, 10, 15))
        figures = post_figures(store, PERIOD, before, broken_down=True)
        found = {topic: topic_steps(store, PERIOD, topic, "sentiment", TODAY) for topic in TOPICS}
        running = topic_steps(store, PERIOD, "che", "sentiment", PERIOD.until)
        database.close()
    cells = [count for counts in table for count in counts]
    shown = _rows(set(figures), found)
    assert not any(follows(shown, wanted) for wanted in small_sets(cells))
    assert all(step.parts is None for step in running if step.total)
    _agree(figures, found, said)


def _rows(keys: set[str], found: dict[str, tuple[Step, ...]]) -> list[np.ndarray]:
    """Which cells each breakdown that is shown is of."""
    rows = []
    if any(key.startswith("posts.sentiment.") for key in keys):
        rows.append(np.ones(9))
    for at, topic in enumerate(TOPICS):
        if any(key.startswith(f"posts.topic.{topic}.sentiment.") for key in keys):
            rows.append(np.repeat(np.eye(3)[at], 3))
        for number, step in enumerate(found[topic]):
            if step.parts:
                rows.append(np.eye(9)[3 * at + number])
    return rows


def _agree(
    figures: Mapping[str, float], found: dict[str, tuple[Step, ...]], said: list[Said]
) -> None:
    """What is shown is what direct counts give."""
    for at, step in enumerate(steps(PERIOD)):
        for topic in TOPICS:
            direct = Counter(
                str(one.sentiment) for one in said if topic in one.topics and one.day in step
            )
            shown = found[topic][at]
            assert shown.total == direct.total()
            assert shown.parts is None or shown.parts == direct
    for topic in TOPICS:
        for sentiment in Sentiment:
            value = figures.get(f"posts.topic.{topic}.sentiment.{sentiment}")
            direct_one = sum(one.topics == (topic,) and one.sentiment is sentiment for one in said)
            assert value is None or value == direct_one


def _shown(whole: int, counts: list[int], units: np.ndarray) -> list[np.ndarray]:
    """The whole and each of its counts that is broken down."""
    if whole < SMALLEST_FIGURE:
        return []
    secret = hidden(whole, dict(enumerate(counts)))
    open_ones = [units[at] for at, count in enumerate(counts) if count and at not in secret]
    return [units.sum(axis=0), *open_ones]
