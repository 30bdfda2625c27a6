"""Biên bản hội nghị giao ban: what an editor has noted of the meeting, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from langnghe.briefing.content import Block, Document, DocumentKind, Heading, Paragraph, Signature
from langnghe.briefing.figures import Figures
from langnghe.briefing.letterhead import Letterheads
from langnghe.briefing.report import on_letterhead, spelt
from langnghe.briefing.sentences import say
from langnghe.core.configfile import read_config
from langnghe.core.institution import LayoutName
from langnghe.core.vietnamese import day

_STRICT: Final = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Person(BaseModel):
    """Who presided, or wrote the minutes."""

    model_config = _STRICT

    name: str = ""
    position: str = ""


class Opinion(BaseModel):
    """What somebody said at the meeting, or answered."""

    model_config = _STRICT

    who: str
    """By name or office, as in `Đ/c Giàng A Sử, bí thư chi bộ bản Chu Va 12`."""
    what: str


class Meeting(BaseModel):
    """What an editor noted. What is empty leaves room to be written by hand, or is not there."""

    model_config = _STRICT

    began: datetime | None = None
    ended: datetime | None = None
    venue: str = ""
    chair: Person = Person()
    secretary: Person = Person()
    present: tuple[str, ...] = ()
    """Groups or names, one a line."""
    present_count: int | None = Field(default=None, ge=0)
    absent: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    answers: tuple[Opinion, ...] = ()
    conclusions: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    """What is to be listened for in the coming month."""

    @model_validator(mode="after")
    def _in_order(self) -> Meeting:
        if self.began and self.ended and self.ended < self.began:
            raise ValueError("hội nghị không thể kết thúc (ended) trước khi bắt đầu (began)")
        return self


TEMPLATE: Final = """\
# Ghi chép hội nghị giao ban; `langnghe minutes` làm biên bản từ tệp này. Chỗ nào để trống thì biên
# bản chừa dòng để viết tay. Không ghi thông tin bí mật nhà nước.
began: {began}  # năm-tháng-ngày giờ:phút
ended:
venue: ""
chair: {{name: "", position: ""}}
secretary: {{name: "", position: ""}}
# Thành phần dự, mỗi dòng một nhóm hoặc một người.
present: []
# present_count: 18
absent: []
# Ý kiến của cộng tác viên; giải đáp của chủ trì. Ví dụ:
#   - who: Đ/c Giàng A Sử, bí thư chi bộ bản Chu Va 12
#     what: Đề nghị xã sớm thông báo lịch sửa cầu treo.
opinions: []
answers: []
conclusions: []
# Nội dung cần nắm bắt, tuyên truyền tháng tới.
directions: []
"""
"""What `langnghe minutes --new` writes; to be filled in."""

BLANK: Final = "…………………………………………"
"""Room to write by hand."""


def read_meeting(path: Path) -> Meeting:
    """Read a file as `TEMPLATE` has it.

    Raises:
        ConfigError: names the file, the line and the cure.
    """
    return read_config(path, Meeting)


def minutes(
    meeting: Meeting, month: date, figures: Figures, heads: Letterheads, layout: LayoutName
) -> Document:
    """Biên bản of the monthly meeting.

    Args:
        meeting: what was noted.
        month: of the briefing.
        figures: of its period, which the meeting was told.
        heads: who issues it.
        layout: by whose rules.
    """
    headed = on_letterhead(
        heads,
        layout,
        DocumentKind.MINUTES,
        "BIÊN BẢN",
        f"hội nghị giao ban cộng tác viên dư luận xã hội tháng {month:%-m} năm {month:%Y}",
        _blocks(meeting, figures),
    )
    return spelt(
        replace(
            headed,
            symbol=headed.symbol.replace("BC", "BB", 1),
            dated=meeting.began.date() if meeting.began else None,
            recipients=(_file_copy(headed.recipients),),
            signatures=(
                Signature("", "NGƯỜI GHI BIÊN BẢN", meeting.secretary.name),
                Signature("", "CHỦ TRÌ HỘI NGHỊ", meeting.chair.name),
            ),
        ),
        heads,
    )


def _blocks(meeting: Meeting, figures: Figures) -> Iterator[Block]:
    yield Heading(1, "Thời gian, địa điểm, thành phần")
    began = _moment(meeting.began) if meeting.began else "… giờ …, ngày … tháng … năm …"
    yield Paragraph(f"Thời gian: bắt đầu lúc {began}.")
    yield Paragraph(f"Địa điểm: {meeting.venue or BLANK}.")
    yield Paragraph(f"Chủ trì: {_person(meeting.chair)}.")
    yield Paragraph(f"Người ghi biên bản: {_person(meeting.secretary)}.")
    yield Paragraph(f"Thành phần dự: {_present(meeting)}")
    yield from _listed(meeting.present)
    if meeting.absent:
        yield Paragraph("Vắng mặt:")
        yield from _listed(meeting.absent)
    yield Heading(1, "Nội dung")
    yield Heading(2, "Báo cáo tình hình dư luận xã hội trong kỳ")
    yield _reported(figures)
    yield Heading(2, "Ý kiến của cộng tác viên")
    yield from _said(meeting.opinions)
    yield Heading(2, "Giải đáp, làm rõ")
    yield from _said(meeting.answers)
    yield Heading(1, "Kết luận")
    yield from _listed(meeting.conclusions) if meeting.conclusions else [Paragraph(BLANK)]
    yield Heading(1, "Định hướng nội dung cần nắm bắt, tuyên truyền tháng tới")
    yield from _listed(meeting.directions) if meeting.directions else [Paragraph(BLANK)]
    ended = _ended(meeting)
    yield Paragraph(
        f"Hội nghị kết thúc lúc {ended}. Biên bản đã được đọc lại cho các thành viên dự họp nghe "
        "và thống nhất thông qua."
    )


def _reported(figures: Figures) -> Paragraph:
    """What the meeting was told, in two sentences; the report itself has the rest."""
    return say(
        figures,
        "Hội nghị nghe báo cáo kỳ từ ngày {since} đến ngày {until}: thu thập được {posts.total} "
        "bài, ý kiến; tiếp nhận {petitions.received} phản ánh, kiến nghị; công bố "
        "{claims.corrections} bản đính chính (có báo cáo kèm theo).",
        since=day(figures.period.since),
        until=day(figures.period.until),
    )


def _said(opinions: Sequence[Opinion]) -> Iterator[Paragraph]:
    if not opinions:
        yield Paragraph(BLANK)
    for one in opinions:
        yield Paragraph(f"{one.who}: {one.what}", bullet=True)


def _listed(lines: Sequence[str]) -> Iterator[Paragraph]:
    return (Paragraph(line, bullet=True) for line in lines)


def _person(person: Person) -> str:
    if not person.name:
        return BLANK
    return f"đồng chí {person.name}" + (f", {person.position}" if person.position else "")


def _present(meeting: Meeting) -> str:
    counted = "" if meeting.present_count is None else f"{meeting.present_count:02} đồng chí"
    if meeting.present:
        return f"{counted}, gồm:" if counted else "gồm:"
    return f"{counted or BLANK}."


def _ended(meeting: Meeting) -> str:
    if meeting.ended is None:
        return "… giờ … cùng ngày"
    if meeting.began and meeting.began.date() == meeting.ended.date():
        return f"{meeting.ended.hour} giờ {meeting.ended.minute:02} phút cùng ngày"
    return _moment(meeting.ended)


def _moment(moment: datetime) -> str:
    return f"{moment.hour} giờ {moment.minute:02} phút, ngày {day(moment.date())}"


def _file_copy(recipients: Sequence[str]) -> str:
    """Minutes go to the archive alone: the last of the recipients."""
    return recipients[-1] if recipients else "Lưu"
