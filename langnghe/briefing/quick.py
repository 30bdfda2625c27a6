"""Báo cáo nhanh: one matter, as soon as it is urgent; drafted from figures, finished by people.

It holds figures and what casework has written, no words of a post: what people say is put down by
whoever finishes the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from langnghe.briefing.casetexts import false_claims, right_claims, undecided_claims
from langnghe.briefing.content import (
    Block,
    Chart,
    ChartKind,
    Document,
    DocumentKind,
    Heading,
    Paragraph,
    Table,
)
from langnghe.briefing.figures import Figures
from langnghe.briefing.issuetexts import issue_told
from langnghe.briefing.letterhead import Letterheads
from langnghe.briefing.report import on_letterhead, spelt
from langnghe.briefing.sentences import say
from langnghe.briefing.text import DRAFT_NOTE, ask
from langnghe.core.institution import LayoutName
from langnghe.core.vietnamese import day, number
from langnghe.trends.alerts import Alert
from langnghe.trends.alerttexts import sentences

WEEK: Final = 7
DAYS: Final = 4 * WEEK
"""Shown day by day: four weeks, the last of them against the others."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a quick report is about."""

    figures: Figures
    """Of the running period: its claims and petitions. Its posts are only part of a period's."""
    whole: Figures
    """Of the last period that is over, which may be broken down and compared."""
    today: date
    topic: str = ""
    """Id; "" only for an alert that says that life is in danger."""
    alert: Alert | None = None
    days: Mapping[date, int] | None = None
    """Posts about the topic on each of the last `DAYS` days."""

    @property
    def title(self) -> str:
        """What it is about, in words."""
        return self.figures.title("topic", self.topic) if self.topic else "nguy hiểm đến tính mạng"


def quick_report(matter: Matter, heads: Letterheads, layout: LayoutName) -> Document:
    """Báo cáo nhanh about one topic or alert; always a draft."""
    subject = f"tình hình dư luận về {_lower(matter.title)}"
    headed = on_letterhead(
        heads, layout, DocumentKind.QUICK, "BÁO CÁO NHANH", subject, _blocks(matter)
    )
    return spelt(replace(headed, draft_note=DRAFT_NOTE), heads)


def _blocks(matter: Matter) -> Iterator[Block]:
    figures, topic = matter.figures, matter.topic
    yield Heading(1, "Diễn biến")
    yield from _course(matter)
    yield Heading(1, "Nội dung dư luận quan tâm")
    if f"posts.topic.{topic}" in matter.whole:
        period = matter.whole.period
        yield Paragraph(f"Kỳ giao ban từ ngày {day(period.since)} đến ngày {day(period.until)}:")
        yield from issue_told(matter.whole, topic)
    yield ask(
        "sự việc, địa bàn, các luồng ý kiến chính; diễn đạt lại, không chép nguyên văn ý kiến của "
        "cá nhân"
    )
    if topic:
        yield Heading(1, "Thông tin sai sự thật, thông tin đang xác minh")
        yield from _claims(figures, topic)
        yield Heading(1, "Phản ánh, kiến nghị")
        yield from _petitions(figures, topic)
    yield Heading(1, "Nhận định, đề xuất")
    yield ask("nguyên nhân, mức độ, dự kiến diễn biến; việc cần làm ngay, cơ quan nào làm")
    yield Heading(1, "Nguồn số liệu")
    yield from (Paragraph(sentence, bullet=True) for sentence in figures.coverage)


def _course(matter: Matter) -> Iterator[Block]:
    alert, days = matter.alert, matter.days
    if alert is not None:
        titles = matter.figures.titles
        topics, sources = _named(titles, "topic."), _named(titles, "source.")
        keys = (f"alert.{alert.id}.posts", f"alert.{alert.id}.expected")
        for sentence in sentences(alert, topics, sources):
            yield Paragraph(sentence, keys)
    if days:
        yield _counted(days)
        table = Table(
            f"Số bài, ý kiến về «{matter.title}» mỗi ngày",
            ("Ngày", "Số bài, ý kiến"),
            tuple(sorted(days.items())),
            f"Là số bài thu thập được đến hết ngày {day(max(days))}, không phải số người.",
            tuple(f"posts.topic.{matter.topic}.day.{one}" for one in sorted(days)),
        )
        most = max(days, key=lambda one: (days[one], one))
        yield Chart(
            ChartKind.LINES, table, f"Số bài, ý kiến mỗi ngày; nhiều nhất là ngày {day(most)}."
        )


def _counted(days: Mapping[date, int]) -> Paragraph:
    """The last week against the one before it, and all days together."""
    ordered = sorted(days)
    last, before = ordered[-WEEK:], ordered[-2 * WEEK : -WEEK]
    return Paragraph(
        f"Từ ngày {day(ordered[0])} đến ngày {day(ordered[-1])} thu thập được "
        f"{number(sum(days.values()))} bài, ý kiến; riêng {WEEK} ngày cuối "
        f"{number(sum(days[one] for one in last))}, {WEEK} ngày liền trước "
        f"{number(sum(days[one] for one in before))}.",
        ("days.total", "days.last", "days.before"),
    )


def _claims(figures: Figures, topic: str) -> Iterator[Paragraph]:
    own = replace(figures, claims=tuple(one for one in figures.claims if one.topic == topic))
    if not own.claims:
        yield Paragraph("Chưa có thông tin nào về việc này được đưa ra kiểm chứng.")
        return
    for told in (false_claims, right_claims, undecided_claims):
        # Each says so where it has none: here only what there is is told.
        yield from (one for one in told(own) if one.bullet)


def _petitions(figures: Figures, topic: str) -> Iterator[Paragraph]:
    received = f"petitions.topic.{topic}"
    if figures.get(received):
        yield say(figures, f"Trong kỳ đã tiếp nhận {{{received}}} phản ánh, kiến nghị.")
    else:
        yield Paragraph("Trong kỳ chưa tiếp nhận phản ánh, kiến nghị nào về việc này.")
    for one in figures.petitions:
        if one.topic == topic:
            yield Paragraph(
                f"Quá hạn: {one.id}, «{one.summary.rstrip('. ')}», "
                f"{one.agency or 'chưa chuyển đơn vị chủ trì'}, hạn trả lời {day(one.due_on)}.",
                bullet=True,
            )


def _named(titles: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        key.removeprefix(prefix): title for key, title in titles.items() if key.startswith(prefix)
    }


def _lower(title: str) -> str:
    """A title within a sentence; a name keeps its capital."""
    words = title.split()
    is_name = len(words) > 1 and words[1][:1].isupper()
    return title if is_name or title.isupper() else f"{title[:1].lower()}{title[1:]}"
