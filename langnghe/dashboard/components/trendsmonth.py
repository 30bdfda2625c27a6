"""A reporting period in words, charts and tables, from the briefing's figures; no post in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import altair as alt

from langnghe.briefing.casefigures import DECIDED
from langnghe.briefing.figures import Figures, periods_of
from langnghe.core.models import Sentiment
from langnghe.core.vietnamese import (
    NO_LABEL,
    SENTIMENTS,
    VERDICTS,
    day,
    number,
    percent,
    short_decimal,
)
from langnghe.dashboard.charts import Stack, stacked_bars
from langnghe.dashboard.components.tables import table_html
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.period import Period

UNDIVIDED: Final = "Không chia nhỏ"
"""A bar of posts that are not broken down."""
ORDER: Final = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
PARTS: Final = (*(SENTIMENTS[one] for one in ORDER), NO_LABEL)
MOST: Final = 12
"""Topics in the chart; the table has all of them."""
CHANGES: Final = 5
STREAMS: Final = 8
"""Streams of all topics; each topic has all of its own."""

NOT_OVER: Final = (
    "Kỳ đang diễn ra: mới có tổng số bài. Khuynh hướng, loại ý kiến, địa bàn của từng chủ đề và so "
    "sánh với kỳ trước có khi kỳ kết thúc."
)
LATER: Final = "Có khi kỳ kết thúc."
CAME_SINCE: Final = "Có bài đến sau khi tính số liệu của kỳ nên không chia theo tuần."
TOO_FEW: Final = (
    f"Chủ đề có dưới {SMALLEST_FIGURE} bài thì không chia nhỏ; một vài chủ đề khác cũng không "
    "chia, để không ai tính ngược ra được."
)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in a period."""

    id: str
    title: str
    total: int
    before: int
    parts: Mapping[str, int] | None
    """By sentiment's name on screen, in the order of `PARTS`; None: not broken down."""


def facts_html(figures: Figures) -> str:
    """The period in one line of figures."""
    facts = [("Bài, ý kiến", figures.shown("posts.total"))]
    if "posts.sentiment.negative.share" in figures:
        facts.append(("Tiêu cực", figures.shown("posts.sentiment.negative.share")))
    facts += [
        ("Thông tin có kết luận", figures.shown("claims.decided")),
        ("Đính chính đã công bố", figures.shown("claims.corrections")),
        ("Phản ánh tiếp nhận", figures.shown("petitions.received")),
    ]
    if "petitions.in_time.share" in figures:
        facts.append(("Trả lời đúng hạn", figures.shown("petitions.in_time.share")))
    facts.append(("Việc quá hạn", figures.shown("petitions.late")))
    said = "".join(f"<span>{title}: <b>{value}</b></span>" for title, value in facts)
    return f'<div class="ln-facts ln-month">{said}</div>'


def days_words(period: Period) -> str:
    """`từ 16/10/2026 đến 15/11/2026`."""
    return f"từ {day(period.since)} đến {day(period.until)}"


def month_title(month: date, first_day: int, today: date) -> str:
    """A choice of the list of periods: `Tháng 11/2026 (16/10–15/11/2026)`."""
    period, _ = periods_of(month, first_day)
    running = ", đang diễn ra" if period.until >= today else ""
    return f"Tháng {month:%m/%Y} ({period.since:%d/%m}–{period.until:%d/%m/%Y}{running})"


def volume_words(figures: Figures) -> str:
    """How many posts there were, and against the period before."""
    total, before = int(figures["posts.total"]), int(figures.get("posts.total.before"))
    return (
        f"**{number(total)} bài, ý kiến** thu thập được {days_words(seen_days(figures))}"
        f"{f'; {against(total, before)}' if figures.over else ''}. Trong đó "
        f"{number(figures.opinions)} bài từ nơi người dân trao đổi, còn lại là tin bài, thông báo."
    )


def seen_days(figures: Figures) -> Period:
    """The days of the period that there can be posts of: of a running one those until today."""
    return Period(figures.period.since, min(figures.period.until, figures.as_of))


def against(now: int, before: int) -> str:
    """`kỳ trước 30 bài (tăng 56,7 %)`; of few posts no percentage."""
    said = f"kỳ trước {number(before)} bài"
    if before < SMALLEST_FIGURE or now == before:
        return said if now != before else f"bằng kỳ trước ({number(before)} bài)"
    way = "tăng" if now > before else "giảm"
    return f"{said} ({way} {percent(abs(now - before) / before)})".replace(" %", "\u00a0%")


def topic_rows(figures: Figures) -> tuple[TopicRow, ...]:
    """All topics with posts in the period or the one before, the largest first."""
    return tuple(
        TopicRow(
            topic,
            figures.title("topic", topic),
            total,
            int(figures.get(f"posts.topic.{topic}.before")),
            _named(figures.by(f"posts.topic.{topic}.sentiment"), total),
        )
        for topic, total in figures.by("posts.topic").items()
    )


def _named(parts: Mapping[str, int], total: int) -> dict[str, int] | None:
    if not parts:
        return None
    named = {SENTIMENTS[one]: parts.get(one, 0) for one in ORDER}
    rest = total - sum(named.values())
    return named | ({NO_LABEL: rest} if rest else {})


def parts_of(parts: Mapping[str, int] | None, total: int) -> tuple[tuple[str, int], ...]:
    """The parts of one bar; of what is not broken down one part without colour."""
    return ((UNDIVIDED, total),) if parts is None else tuple(parts.items())


def topics_chart(rows: Sequence[TopicRow]) -> alt.LayerChart:
    """The largest topics, each split by sentiment."""
    stacks = [Stack(row.title, parts_of(row.parts, row.total)) for row in rows[:MOST] if row.total]
    return sentiment_bars(stacks)


def sentiment_bars(stacks: Sequence[Stack]) -> alt.LayerChart:
    """Bars by sentiment; the legend has only what is there."""
    there = {name for stack in stacks for name, _ in stack.parts}
    names = [SENTIMENTS[one] for one in ORDER]
    if NO_LABEL in there:
        names.append(NO_LABEL)
    return stacked_bars(stacks, names, empty=UNDIVIDED if UNDIVIDED in there else "")


def topics_table(rows: Sequence[TopicRow]) -> str:
    """The chart in figures, with all topics."""
    head = ("Chủ đề", "Số bài", "Kỳ trước", *PARTS[:3])
    return table_html(
        "Số bài theo chủ đề và khuynh hướng",
        head,
        (
            (
                row.title,
                number(row.total),
                number(row.before),
                *(
                    ("–",) * 3
                    if row.parts is None
                    else (number(row.parts[name]) for name in PARTS[:3])
                ),
            )
            for row in rows
        ),
    )


def _cells(parts: Mapping[str, int] | None) -> tuple[str, ...]:
    return tuple("–" if parts is None else number(parts[name]) for name in PARTS[:3])


def changes_html(rows: Sequence[TopicRow]) -> str:
    """The topics that rose most, and those that fell most; of few posts nothing is said."""
    counted = [row for row in rows if max(row.total, row.before) >= SMALLEST_FIGURE]
    rose = sorted((r for r in counted if r.total > r.before), key=lambda r: r.before - r.total)
    fell = sorted((r for r in counted if r.total < r.before), key=lambda r: r.total - r.before)
    return _changes("Tăng nhiều nhất", rose) + _changes("Giảm nhiều nhất", fell)


def _changes(title: str, rows: Sequence[TopicRow]) -> str:
    if not rows:
        return ""
    items = "".join(
        f"<li>{escape(row.title)}: <b>{number(row.total)} bài</b>, "
        f"{against(row.total, row.before)}</li>"
        for row in rows[:CHANGES]
    )
    return f'<h3 class="ln-title">{title}</h3><ul class="ln-figures">{items}</ul>'


def named(figures: Figures, prefix: str, dimension: str) -> dict[str, int]:
    """Figures such as `posts.intent.…` by name; empty where they may not be shown."""
    return {
        figures.title(dimension, one): count for one, count in figures.by(prefix).items() if count
    }


def streams_html(figures: Figures) -> str:
    """The largest opinion streams of all topics, with how they moved; "" if there are none."""
    sized = [(int(figures[f"streams.{one.topic}.{one.number}"]), one) for one in figures.streams]
    sized.sort(key=lambda pair: -pair[0])
    items = "".join(
        f"<li>{escape(figures.title('topic', one.topic))}: «{escape(one.title)}» "
        f"<b>{number(size)}&nbsp;bài</b>{escape(f' · {one.standing}' if one.standing else '')}</li>"
        for size, one in sized[:STREAMS]
    )
    return f'<ul class="ln-figures">{items}</ul>' if items else ""


def verdicts_html(figures: Figures) -> str:
    """Claims decided in the period by verdict; "" if there are none."""
    items = "".join(
        f"<li>{VERDICTS[one]}: <b>{number(count)} thông tin</b></li>"
        for one in DECIDED
        if (count := int(figures.get(f"claims.verdict.{one}")))
    )
    return f'<ul class="ln-figures">{items}</ul>' if items else ""


def claims_words(figures: Figures) -> str:
    """What became of claims in the period."""
    return (
        f"**{figures.shown('claims.decided')} thông tin** có kết luận trong kỳ; đã công bố "
        f"{figures.shown('claims.corrections')} bản đính chính; "
        f"{figures.shown('claims.verifying')} thông tin đang xác minh."
    )


_ANSWERING: Final = (
    ("Trả lời đúng hạn", "in_time"),
    ("Trả lời muộn", "late"),
    ("Đang xử lý, còn hạn", "open"),
    ("Quá hạn chưa trả lời", "overdue"),
    ("Kết thúc khác", "ended"),
)


def answering(figures: Figures) -> tuple[Stack, ...]:
    """Petitions received in the period, and those carried over, by how far they are."""
    found = []
    for title, prefix in (
        ("Tiếp nhận trong kỳ", "petitions"),
        ("Kỳ trước chuyển sang", "petitions.carried"),
    ):
        counts = {name: int(figures.get(f"{prefix}.{name}")) for _, name in _ANSWERING}
        counts["late"] = int(figures.get(f"{prefix}.answered")) - counts["in_time"]
        found.append(Stack(title, tuple((label, counts[name]) for label, name in _ANSWERING)))
    return tuple(stack for stack in found if stack.total)


def answering_chart(stacks: Sequence[Stack]) -> alt.LayerChart:
    """How petitions were answered."""
    return stacked_bars(stacks, [label for label, _ in _ANSWERING], unit="phản ánh, kiến nghị")


def answering_table(stacks: Sequence[Stack]) -> str:
    """The chart in figures."""
    return table_html(
        "Phản ánh, kiến nghị theo tình hình trả lời",
        ("Phản ánh, kiến nghị", *(label for label, _ in _ANSWERING), "Cộng"),
        (
            (stack.title, *(number(count) for _, count in stack.parts), number(stack.total))
            for stack in stacks
        ),
    )


def petitions_words(figures: Figures) -> str:
    """How petitions were answered, and how fast."""
    said = f"Tiếp nhận **{figures.shown('petitions.received')} phản ánh, kiến nghị** trong kỳ. "
    if "petitions.in_time.share" in figures:
        said += f"Tỷ lệ trả lời đúng hạn: **{figures.shown('petitions.in_time.share')}**. "
    if "petitions.days" in figures:
        said += (
            f"Một nửa số câu trả lời xong {_within(figures['petitions.days'])}, lâu nhất "
            f"{figures.shown('petitions.days.longest')} ngày làm việc. "
        )
    if not figures.get("petitions.late"):
        return said + f"Đến {day(figures.as_of)} không còn việc nào quá hạn."
    return said + (
        f"Đến {day(figures.as_of)} còn **{figures.shown('petitions.late')} việc quá hạn** chưa trả "
        "lời (phản ánh giống nhau đã gộp tính là một việc)."
    )


def _within(days: float) -> str:
    if days < 1:
        return "**trong ngày**"
    return f"**trong {short_decimal(days)} ngày làm việc**"


def coverage_html(figures: Figures) -> str:
    """All there is to know of what the figures rest on."""
    return _note(f"Số liệu dựa trên gì: {' '.join(figures.coverage)}")


def coverage_note(figures: Figures) -> str:
    """What stands under each chart of posts: what is odd about its sources, or that nothing is."""
    # The first sentence counts the sources and the last says what follows: once a page is enough.
    return _note(f"Nguồn số liệu: {' '.join(figures.coverage[1:-1] or figures.coverage)}")


def _note(text: str) -> str:
    return f'<p class="ln-note ln-basis">{escape(text)}</p>'
