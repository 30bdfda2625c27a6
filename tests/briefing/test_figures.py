"""Figures of a briefing: equal to a direct count, traced, and never small when broken down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.briefing.figures import (
    Figures,
    from_json,
    gather,
    month_of,
    periods_of,
    to_json,
)
from langnghe.briefing.tables import every_table, sources
from langnghe.briefing.tracing import trace
from langnghe.core.clock import local_day
from langnghe.core.models import Intent, Sentiment
from langnghe.store.posts.interface import SMALLEST_FIGURE
from tests.briefing.world import (
    FIRST,
    LAST,
    MONTH,
    NOW,
    World,
    labelled,
    month_of_posts,
    post,
    world,
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "home") as made:
        made.add(*month_of_posts())
        yield made


def figures_of(here: World) -> Figures:
    return gather(here.material, *periods_of(MONTH, 16), here.clock.now())


def test_every_figure_of_posts_equals_a_recount_from_the_posts(here: World) -> None:
    posts, labels = month_of_posts()
    figures = figures_of(here)
    mine = [one for one in posts if FIRST <= local_day(one.published_at) <= LAST]
    by_id = {one.post_id: one for one in labels}
    assert figures["posts.total"] == len(mine) == 40
    assert figures["posts.total.before"] == len(posts) - len(mine)
    assert figures.by("posts.topic") == Counter(one.topics[0] for one in mine)
    assert figures.by("posts.channel") == Counter(one.channel.value for one in mine)
    assert figures.by("posts.source") == Counter(one.source for one in mine)
    assert figures.by("posts.place") == Counter(place for one in mine for place in one.places)
    assert figures.by("posts.sentiment") == Counter(by_id[one.id].sentiment for one in mine)
    assert figures.by("posts.intent") == Counter(by_id[one.id].intent for one in mine)
    of_roads = [one for one in mine if one.topics == ("duong-sa",)]
    assert figures.by("posts.topic.duong-sa.sentiment") == Counter(
        by_id[one.id].sentiment for one in of_roads
    )
    assert figures["posts.topic.duong-sa.share"] == len(of_roads) / 40
    assert figures.opinions == sum(one.channel != "feed" for one in mine)


def test_a_topic_of_three_posts_is_not_broken_down_and_neither_is_what_would_tell_of_it(
    here: World,
) -> None:
    figures = figures_of(here)
    assert figures["posts.topic.dat-dai"] == 3
    within = {"dat-dai"}
    hidden = {
        topic
        for topic in figures.by("posts.topic")
        if not figures.by(f"posts.topic.{topic}.sentiment")
    }
    # Alone it could be worked out from the others.
    assert within < hidden
    assert sum(figures.by("posts.topic")[topic] for topic in hidden) >= SMALLEST_FIGURE
    for table in every_table(figures):
        for key in table.figures:
            assert not key.startswith("posts.topic.dat-dai.s") or key.endswith(".share")


def test_a_period_that_is_not_over_is_not_broken_down(here: World) -> None:
    here.clock.at = NOW - timedelta(days=10)
    figures = figures_of(here)
    assert not figures.over
    assert figures["posts.total"] == 40
    assert not figures.by("posts.sentiment")
    assert not any(".sentiment." in key or ".intent." in key for key in figures.values)


def test_each_figure_can_be_traced_and_has_a_row_among_the_sources(here: World) -> None:
    figures = figures_of(here)
    rows = {row[0]: row for row in sources(figures).rows}
    assert set(rows) == set(figures.values)
    for key in figures.values:
        assert trace(figures, key).meaning
        assert trace(figures, key).query
    found = trace(figures, "posts.topic.duong-sa.sentiment.negative")
    assert "topic=duong-sa sentiment=negative" in found.query
    assert f"since={FIRST} until={LAST}" in found.query
    with pytest.raises(KeyError):
        trace(figures, "posts.topic.khong-co")


def test_kept_as_json_they_come_back_the_same(here: World) -> None:
    figures = figures_of(here)
    assert from_json(to_json(figures)) == figures
    assert to_json(from_json(to_json(figures))) == to_json(figures)


@pytest.mark.parametrize(
    ("day", "first_day", "month"),
    [
        (date(2026, 11, 15), 16, date(2026, 11, 1)),
        (date(2026, 11, 16), 16, date(2026, 12, 1)),
        (date(2026, 12, 16), 16, date(2027, 1, 1)),
        (date(2026, 12, 31), 1, date(2026, 12, 1)),
    ],
)
def test_the_month_whose_period_holds_a_day(day: date, first_day: int, month: date) -> None:
    assert month_of(day, first_day) == month
    assert day in periods_of(month, first_day)[0]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(
        st.tuples(
            st.integers(0, 30),
            st.sets(st.sampled_from(["duong-sa", "y-te", "che"]), min_size=1),
            st.sampled_from(list(Sentiment)),
            st.sampled_from(list(Intent)),
        ),
        max_size=25,
    )
)
def test_whatever_came_no_small_total_has_parts(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[int, set[str], Sentiment, Intent]],
) -> None:
    with world(tmp_path_factory.mktemp("any") / "home") as here:
        posts = [
            post(number, FIRST + timedelta(days=day), tuple(sorted(topics)))
            for number, (day, topics, _, _) in enumerate(drawn)
        ]
        labels = [
            labelled(number, sentiment, intent)
            for number, (_, _, sentiment, intent) in enumerate(drawn)
        ]
        here.add(posts, labels)
        figures = figures_of(here)
    assert figures["posts.total"] == len(drawn)
    totals = figures.by("posts.topic")
    shown = [topic for topic in totals if figures.by(f"posts.topic.{topic}.sentiment")]
    assert all(totals[topic] >= SMALLEST_FIGURE for topic in shown)
    if len(drawn) < SMALLEST_FIGURE:
        assert not figures.by("posts.sentiment")
        assert not figures.by("posts.intent")
    for topic in shown:
        assert sum(figures.by(f"posts.topic.{topic}.sentiment").values()) == totals[topic]
