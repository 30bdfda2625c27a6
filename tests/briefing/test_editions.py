"""Two editions, or two months, told apart: no difference tells of fewer than five posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from langnghe.briefing.counting import Value
from langnghe.briefing.editions import compared, restated
from langnghe.briefing.figures import Figures, periods_of
from langnghe.core.models import Sentiment
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.small import breakdowns

TOPICS = ("duong-sa", "y-te", "che")
NOW, BEFORE = periods_of(date(2026, 11, 1), 16)

Drawn = list[tuple[str, Sentiment]]
"""Posts, each with its topic and sentiment."""

POSTS = st.lists(st.tuples(st.sampled_from(TOPICS), st.sampled_from(list(Sentiment))), max_size=40)


def figures_of(drawn: Drawn) -> Figures:
    """Figures of such posts, by the rule for small ones."""
    values: dict[str, Value] = {"posts.total": len(drawn)}
    groups = {}
    for topic in TOPICS:
        mine = [sentiment for one, sentiment in drawn if one == topic]
        values[f"posts.topic.{topic}"] = len(mine)
        groups[topic] = (len(mine), {one.value: mine.count(one) for one in Sentiment})
    for topic, parts in breakdowns(len(drawn), groups).items():
        for one, count in (parts or {}).items():
            values[f"posts.topic.{topic}.sentiment.{one}"] = count
    if len(drawn) >= SMALLEST_FIGURE:
        for sentiment in Sentiment:
            values[f"posts.sentiment.{sentiment}"] = sum(s is sentiment for _, s in drawn)
    return Figures(NOW, BEFORE, datetime(2026, 11, 20, tzinfo=UTC), True, values, {})


@given(first=POSTS, late=st.lists(POSTS, max_size=3))
def test_subtracting_editions_never_tells_what_a_few_late_posts_were_like(
    first: Drawn, late: list[Drawn]
) -> None:
    editions = [figures_of(first)]
    everything = first
    for some in late:
        everything = everything + some
        now = figures_of(everything)
        for edition in editions:
            now = restated(now, edition)
        editions.append(now)
    for number, later in enumerate(editions):
        for earlier in editions[:number]:
            seen = 0
            for topic in TOPICS:
                key = f"posts.topic.{topic}"
                both = later.by(f"{key}.sentiment") and earlier.by(f"{key}.sentiment")
                change = int(later[key]) - int(earlier[key])
                assert not (both and 0 < change < SMALLEST_FIGURE)
                seen += change if both else 0
            whole = int(later["posts.total"]) - int(earlier["posts.total"])
            if later.by("posts.sentiment") and earlier.by("posts.sentiment"):
                assert not 0 < whole < SMALLEST_FIGURE
                # Nor what is left of the whole without the topics that are told.
                assert not 0 < whole - seen < SMALLEST_FIGURE


def test_many_late_posts_are_told() -> None:
    first = figures_of([("duong-sa", Sentiment.NEGATIVE)] * 20)
    now = figures_of([("duong-sa", Sentiment.NEGATIVE)] * 30)
    assert restated(now, first) == now


def test_the_month_before_is_told_as_its_own_briefing_told_it() -> None:
    before = replace(figures_of([("y-te", Sentiment.POSITIVE)] * 10), period=BEFORE, before=BEFORE)
    now = figures_of([("duong-sa", Sentiment.NEGATIVE)] * 8)
    live = replace(
        now,
        values={
            **{key: value for key, value in now.values.items() if value},
            "posts.sentiment.positive": 0,
            "posts.sentiment.positive.before": 9,
            "posts.total.before": 11,
            "posts.total.change": 3,
            "posts.total.growth": 3 / 11,
            "posts.sentiment.negative.before": 1,
        },
    )
    told = compared(live, before)
    assert (told["posts.total.before"], told["posts.total.change"]) == (10, 2)
    assert told["posts.total.growth"] == 0.2
    assert told["posts.sentiment.negative.before"] == 0
    assert told["posts.sentiment.positive.before"] == 10
    assert (told["posts.topic.y-te"], told["posts.topic.y-te.before"]) == (0, 10)
    other = replace(before, period=NOW)
    assert compared(live, other) == live
