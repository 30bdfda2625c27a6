"""The briefing's text, drafted by rules from its figures, section by section.

Headings and register are those of domain.md §2: figures are of what was gathered («trong 214 bài,
ý kiến thu thập được …»), never of «the people». What citizens were right about, what has no
sufficient basis and what is overdue are sections of their own. What only a person can say is
asked for in square brackets (`ASKED`); nothing can be submitted while that stands there.
No words of any post are in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from langnghe.briefing.casetexts import (
    false_claims,
    overdue_petitions,
    petitions_in_all,
    right_claims,
    undecided_claims,
)
from langnghe.briefing.content import Paragraph
from langnghe.briefing.figures import Figures
from langnghe.briefing.issuetexts import against, attached, field_told, intents_told, issues
from langnghe.briefing.sentences import ASKED, joined, say
from langnghe.core.institution import BriefingField
from langnghe.core.vietnamese import day
from langnghe.store.posts.interface import SMALLEST_FIGURE

DRAFT_NOTE: Final = "Dự thảo do máy hỗ trợ, cần cán bộ kiểm tra"

MOST_RISING: Final = 3

OTHER_FIELD: Final = "Lĩnh vực khác"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it."""

    id: str
    level: int
    heading: str
    paragraphs: tuple[Paragraph, ...] = ()
    editable: bool = True
    """False: only a heading over others."""


def draft(figures: Figures, fields: Sequence[BriefingField]) -> tuple[Section, ...]:
    """The whole text, in order."""
    return (
        Section("I", 1, "Tình hình tư tưởng, dư luận xã hội", editable=False),
        Section("overall", 2, "Tình hình chung", tuple(_overall(figures))),
        Section("issues", 2, "Những vấn đề dư luận quan tâm", editable=False),
        Section(
            "world",
            3,
            "Tình hình thế giới, trong nước",
            (ask("vấn đề thế giới, trong nước mà dư luận địa phương quan tâm; xóa nếu không có"),),
        ),
        Section("local", 3, "Trong tỉnh và trên địa bàn", editable=False),
        *_fields(figures, fields),
        Section(
            "online",
            2,
            "Dư luận trên không gian mạng; thông tin đã phát hiện, xác minh, xử lý",
            tuple(_online(figures)),
        ),
        Section("false", 3, "Thông tin sai sự thật, đúng một phần", tuple(false_claims(figures))),
        Section("right", 3, "Những điều người dân phản ánh đúng", tuple(right_claims(figures))),
        Section(
            "undecided",
            3,
            "Thông tin chưa đủ căn cứ kết luận, đang xác minh",
            tuple(undecided_claims(figures)),
        ),
        Section(
            "II",
            1,
            "Kết quả tiếp nhận, trả lời phản ánh, kiến nghị của Nhân dân",
            editable=False,
        ),
        Section("petitions", 2, "Kết quả trong kỳ", tuple(petitions_in_all(figures))),
        Section("overdue", 2, "Những việc quá hạn", tuple(overdue_petitions(figures))),
        Section("III", 1, "Nhận định, dự báo", tuple(_outlook(figures))),
        Section("IV", 1, "Đề xuất, kiến nghị", tuple(_proposals(figures))),
        Section(
            "V",
            1,
            "Định hướng nội dung cần nắm bắt, tuyên truyền tháng tới",
            tuple(_orientation(figures)),
        ),
    )


def rising(figures: Figures) -> tuple[str, ...]:
    """Ids of the topics that rose most in number against the period before, if any did."""
    grown = [
        (int(figures.get(f"posts.topic.{topic}.change")), topic)
        for topic, count in figures.by("posts.topic").items()
        if count >= SMALLEST_FIGURE and count > figures.get(f"posts.topic.{topic}.before")
    ]
    return tuple(topic for _, topic in sorted(grown, key=lambda one: (-one[0], one[1])))[
        :MOST_RISING
    ]


def ask(what: str) -> Paragraph:
    """What only people can write."""
    return Paragraph(f"{ASKED}: {what}.]")


def _overall(figures: Figures) -> Iterator[Paragraph]:
    if not figures.get("posts.total"):
        yield say(figures, "Trong kỳ chưa thu thập được bài, ý kiến nào trên các kênh công khai.")
        return
    first = say(
        figures,
        "Từ {since} đến {until}, thu thập được {posts.total} bài, ý kiến trên các kênh công khai",
        since=f"ngày {day(figures.period.since)}",
        until=f"ngày {day(figures.period.until)}",
    )
    yield attached(first, against(figures, "posts.total"))
    if not figures.over:
        yield Paragraph("Kỳ báo cáo chưa kết thúc nên số liệu chưa được chia nhỏ.")
    if "posts.sentiment.negative" in figures or "posts.sentiment.positive" in figures:
        yield joined(_inclinations(figures), *intents_told(figures))
    if grown := rising(figures):
        parts = [
            say(
                figures,
                f"{{title}} (từ {{posts.topic.{topic}.before}} lên {{posts.topic.{topic}}})",
                title=figures.title("topic", topic),
            )
            for topic in grown
        ]
        yield Paragraph(
            f"Tăng nhiều nhất so với kỳ trước: {'; '.join(one.text for one in parts)}.",
            tuple(key for one in parts for key in one.figures),
        )
    if figures.get("reports.accepted"):
        yield say(
            figures,
            "Cộng tác viên dư luận xã hội gửi {reports.accepted} phiếu phản ánh được tiếp nhận "
            "trong kỳ.",
        )
    yield ask("tâm trạng chung trong cán bộ, đảng viên và Nhân dân, theo phản ánh của cơ sở")


def _inclinations(figures: Figures) -> Paragraph:
    parts = [
        say(figures, f"{{posts.sentiment.{one}}} ({{posts.sentiment.{one}.share}}) {word}")
        for one, word in (
            ("positive", "mang khuynh hướng tích cực"),
            ("neutral", "trung tính"),
            ("negative", "mang khuynh hướng tiêu cực"),
        )
        if f"posts.sentiment.{one}" in figures
    ]
    lead = say(figures, "Trong {posts.total} bài, ý kiến thu thập được có")
    return Paragraph(
        f"{lead.text} {', '.join(one.text for one in parts)}.",
        lead.figures + tuple(key for one in parts for key in one.figures),
    )


def _fields(figures: Figures, fields: Sequence[BriefingField]) -> Iterator[Section]:
    named = {topic for field in fields for topic in field.topics}
    rest = tuple(topic for topic in figures.by("posts.topic") if topic not in named)
    groups = [(field.title, field.topics) for field in fields] + [(OTHER_FIELD, rest)]
    chosen = issues(figures)
    for number, (title, topics) in enumerate(groups, start=1):
        paragraphs = tuple(field_told(figures, topics, chosen))
        if paragraphs:
            yield Section(f"field.{number}", 4, title, paragraphs)


def _online(figures: Figures) -> Iterator[Paragraph]:
    counts = figures.by("posts.channel")
    parts = [
        say(
            figures,
            f"{{title}} {{posts.channel.{channel}}}",
            title=_inside(figures.title("channel", channel)),
        )
        for channel, count in counts.items()
        if count
    ]
    if parts:
        yield Paragraph(
            f"Số bài, ý kiến theo loại kênh: {'; '.join(one.text for one in parts)}.",
            tuple(key for one in parts for key in one.figures),
        )
    yield say(
        figures,
        "Trong kỳ mở {claims.opened} thông tin cần kiểm chứng, kết luận {claims.decided}: "
        "{claims.verdict.false} sai sự thật, {claims.verdict.partly_true} đúng một phần, "
        "{claims.verdict.confirmed} đúng sự thật, {claims.verdict.inconclusive} không đủ căn cứ "
        "kết luận; công bố {claims.corrections} bản đính chính.",
    )


def _inside(title: str) -> str:
    """A title within a sentence."""
    return title[:1].lower() + title[1:]


def _outlook(figures: Figures) -> Iterator[Paragraph]:
    yield ask("nhận định về nguyên nhân và mức độ của những vấn đề nổi lên")
    if not figures.forecasts:
        yield Paragraph(
            "Chưa có dự báo đáng tin cậy về số bài, ý kiến của các tuần tới, nên báo cáo này không "
            "nêu dự báo."
        )
    for forecast in figures.forecasts:
        key = f"forecast.{forecast.topic}"
        yield say(
            figures,
            f"Dự báo đến ngày {{until}}, về {{title}}: khoảng {{{key}.low}} đến {{{key}.high}} "
            "bài, ý kiến trong bốn tuần tới.",
            bullet=True,
            until=day(forecast.until),
            title=f"«{figures.title('topic', forecast.topic)}»",
        )


def _proposals(figures: Figures) -> Iterator[Paragraph]:
    late: dict[str, list[str]] = {}
    for petition in figures.petitions:
        late.setdefault(petition.agency or "bộ phận tiếp nhận", []).append(petition.id)
    for agency, codes in late.items():
        yield Paragraph(
            f"Đề nghị {agency} trả lời ngay những phản ánh, kiến nghị quá hạn: {', '.join(codes)}.",
            bullet=True,
        )
    for report in figures.reports:
        if report.proposals:
            yield say(
                figures,
                "Cộng tác viên tại «{unit}» đề xuất: «{what}».",
                bullet=True,
                unit=report.unit,
                what=" ".join(report.proposals.rstrip(". ").split()),
            )
    yield ask("đề xuất với Ủy ban nhân dân, Mặt trận Tổ quốc và cấp trên; xóa nếu không có")


def _orientation(figures: Figures) -> Iterator[Paragraph]:
    watched = [figures.title("topic", one) for one in (rising(figures) or issues(figures))]
    if watched:
        yield Paragraph(f"Tiếp tục nắm bắt dư luận về: {'; '.join(watched)}.", bullet=True)
    if any(one.corrected_on in figures.period for one in figures.claims if one.corrected_on):
        yield Paragraph(
            "Tuyên truyền những thông tin đã đính chính tại mục Thông tin sai sự thật, đúng một "
            "phần.",
            bullet=True,
        )
    if figures.get("claims.verifying"):
        yield say(figures, "Sớm kết luận {claims.verifying} thông tin đang xác minh.", bullet=True)
    yield ask("nội dung cần nắm bắt, tuyên truyền tháng tới theo chỉ đạo của cấp ủy")
