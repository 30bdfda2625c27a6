"""One topic of a period in charts and tables; no post in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt

from langnghe.briefing.figures import Figures
from langnghe.core.models import Channel
from langnghe.core.vietnamese import CHANNELS, NO_LABEL, SENTIMENTS, day, number
from langnghe.dashboard.charts import Stack, stacked_bars
from langnghe.dashboard.components.tables import table_html
from langnghe.dashboard.components.trendsmonth import ORDER, UNDIVIDED, parts_of
from langnghe.store.posts.interface import UNLABELLED
from langnghe.trends.period import Period
from langnghe.trends.series import Step, by_step
from langnghe.trends.small import steps


def step_title(step: Period) -> str:
    """`16/10–22/10`."""
    return f"{step.since:%d/%m}–{step.until:%d/%m}"


def step_stacks(found: Sequence[Step]) -> tuple[Stack, ...]:
    """A topic's steps, each split by sentiment where it may be."""
    stacks = []
    for step in found:
        parts = None
        if step.parts is not None:
            parts = {SENTIMENTS[one]: step.parts.get(one, 0) for one in ORDER}
            if rest := step.parts.get(UNLABELLED, 0):
                parts[NO_LABEL] = rest
        stacks.append(Stack(step_title(step.period), parts_of(parts, step.total)))
    return tuple(stacks)


def steps_table(stacks: Sequence[Stack]) -> str:
    """The steps in figures."""
    names = [SENTIMENTS[one] for one in ORDER]
    rows = []
    for stack in stacks:
        parts = dict(stack.parts)
        hidden = UNDIVIDED in parts
        rows.append(
            (
                stack.title,
                number(stack.total),
                *("–" if hidden else number(parts.get(name, 0)) for name in names),
            )
        )
    return table_html("Số bài theo tuần và khuynh hướng", ("Tuần", "Số bài", *names), rows)


def days_table(days: Mapping[date, int]) -> str:
    """Posts by day; days without any are left out."""
    return table_html(
        "Số bài theo ngày",
        ("Ngày", "Số bài"),
        ((day(one), number(count)) for one, count in days.items() if count),
    )


def channel_stacks(days: Mapping[str, Mapping[date, int]], period: Period) -> tuple[Stack, ...]:
    """All posts by step, each split by channel: a post has one."""
    columns = {
        CHANNELS[Channel(channel)]: by_step(counts, period) for channel, counts in days.items()
    }
    return tuple(
        Stack(step_title(step), tuple((name, counts[at]) for name, counts in columns.items()))
        for at, step in enumerate(steps(period))
    )


def channels_chart(stacks: Sequence[Stack]) -> alt.LayerChart:
    """Posts by step and channel."""
    return stacked_bars(stacks, [name for name, _ in stacks[0].parts])


def columns_table(caption: str, first: str, stacks: Sequence[Stack]) -> str:
    """A table with a column for each part; all stacks have the same ones."""
    return table_html(
        caption,
        (first, *(name for name, _ in stacks[0].parts), "Cộng"),
        (
            (stack.title, *(number(count) for _, count in stack.parts), number(stack.total))
            for stack in stacks
        ),
    )


def places_table(days: Mapping[str, Mapping[date, int]], figures: Figures, period: Period) -> str:
    """Posts by place and step; a post can name two places, or none."""
    return table_html(
        "Số bài theo địa bàn và tuần",
        ("Địa bàn", "Cả kỳ", *map(step_title, steps(period))),
        (
            (
                figures.title("place", place),
                number(sum(counts.values())),
                *map(number, by_step(counts, period)),
            )
            for place, counts in days.items()
        ),
    )
