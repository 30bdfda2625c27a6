"""Notices of mistakes as a page shows them; all texts are escaped, nothing in them is live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Final

from langnghe.casework.claimstate import Claim
from langnghe.casework.deadlines import PetitionSettings
from langnghe.casework.noticefigures import NoticeCounters
from langnghe.casework.notices import (
    ROUTE_NAMES,
    STATE_NAMES,
    UNDECIDED,
    About,
    Notice,
    NoticeState,
)
from langnghe.casework.petitionrecords import Petition
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import day, moment, number
from langnghe.dashboard.components.noticeplace import case_address
from langnghe.store.auditlog import AuditEntry

SOON: Final = 2
"""Working days left from which on a notice is due soon."""
LONGEST_ON_CARD: Final = 280

ABOUT_NAMES: Final[Mapping[About, str]] = {
    About.CLAIM: "Thông tin đính chính",
    About.PETITION: "Trả lời phản ánh, kiến nghị",
}
NEXT: Final[Mapping[NoticeState, str]] = {
    NoticeState.RECEIVED: "Biên tập viên kiểm tra: đối chiếu nội dung đã công bố với căn cứ, hỏi "
    "lại nơi ban hành văn bản nếu cần.",
    NoticeState.CHECKING: "Biên tập viên đề xuất: có sai sót hay không, vì sao.",
    NoticeState.AWAITING_APPROVAL: "Người phê duyệt quyết định. Ai đã soạn nội dung bị báo sai sót "
    "hoặc đã đề xuất kết quả thì không quyết định.",
    NoticeState.UPHELD: "Sửa nội dung đã công bố, hoặc thu hồi. Công bố bản mới xong, báo sai sót "
    "này tự chuyển sang «đã sửa».",
    NoticeState.CORRECTED: "Đã sửa. Kết quả kiểm tra được công khai cùng bản mới.",
    NoticeState.REJECTED: "Đã xong. Lý do giữ nguyên được công khai ở trang của nội dung ấy; ai "
    "hỏi theo mã thì trả lời như vậy.",
    NoticeState.WITHDRAWN: "Báo sai sót này ghi nhầm và đã rút. Không còn việc ở đây.",
}
"""What comes next, and whose work it is."""

_DONE: Final[Mapping[str, str]] = {
    "open": "Ghi nhận báo sai sót",
    "start_checking": "Bắt đầu kiểm tra",
    "propose": "Đề xuất kết quả",
    "send_back": "Trả lại để kiểm tra thêm",
    "decide": "Quyết định",
    "settle": "Ghi nhận đã sửa",
    "withdraw": "Rút vì ghi nhầm",
}
"""What stands in the audit log, in words."""


def deadline_words(notice: Notice, today: date, settings: PetitionSettings) -> str:
    """How the deadline stands, such as «còn 2 ngày làm việc»; "" where none counts."""
    if notice.decided_at is not None:
        late = local_day(notice.decided_at) > notice.due_on
        return f"quyết định ngày {day(local_day(notice.decided_at))}" + (", trễ hạn" * late)
    if notice.state not in UNDECIDED:
        return ""
    if notice.due_on == today:
        return "hạn là hôm nay"
    if notice.due_on > today:
        return f"còn {settings.working_days_between(today, notice.due_on)} ngày làm việc"
    return f"quá hạn {settings.working_days_between(notice.due_on, today)} ngày làm việc"


def urgency(notice: Notice, today: date, settings: PetitionSettings) -> str:
    """The class that gives a card its colour: ln-late, ln-soon or none ("")."""
    if notice.state not in UNDECIDED:
        return ""
    if notice.due_on < today:
        return "ln-late"
    return "ln-soon" if settings.working_days_between(today, notice.due_on) <= SOON else ""


def card_html(notice: Notice, today: date, settings: PetitionSettings) -> str:
    """One notice in a list."""
    look = urgency(notice, today, settings)
    cut = "…" * (len(notice.text) > LONGEST_ON_CARD)
    words = deadline_words(notice, today, settings)
    shade = {"ln-late": " ln-over", "ln-soon": " ln-near"}.get(look, "")
    chips = [f'<span class="ln-chip ln-state">{STATE_NAMES[notice.state]}</span>']
    if words:
        words = words[0].upper() + words[1:]
        chips.append(f'<span class="ln-chip{shade}">{escape(words)}</span>')
    chips.append(f'<span class="ln-chip">{ABOUT_NAMES[notice.about]} {escape(notice.case)}</span>')
    said = escape(notice.text[:LONGEST_ON_CARD]) + cut or "Đã rút vì ghi nhầm"
    return (
        f'<article class="ln-case {look}"><p class="ln-head">{notice.id} · '
        f"{ROUTE_NAMES[notice.route]} · nhận ngày {day(notice.received_on)}</p>"
        f'<h3 class="ln-title">{said}</h3><p class="ln-foot">{" ".join(chips)}</p></article>'
    )


def facts_html(notice: Notice, today: date, settings: PetitionSettings) -> str:
    """What is known of one notice: what is said to be wrong, until when, and what was found."""
    words = deadline_words(notice, today, settings)
    address = escape(case_address(notice.about, notice.case), quote=True)
    target = (
        f'<a class="ln-link" href="{address}">{ABOUT_NAMES[notice.about]} '
        f"{escape(notice.case)}, bản {notice.edition}</a>"
    )
    rows = [
        ("Báo về", target),
        ("Người soạn bản ấy", escape(", ".join(notice.drafted_by))),
        ("Nhận qua", f"{ROUTE_NAMES[notice.route]}, ngày {day(notice.received_on)}"),
        ("Hạn quyết định", escape(day(notice.due_on) + (f" ({words})" if words else ""))),
        ("Căn cứ của thời hạn", escape(notice.legal_basis)),
        ("Người ghi", escape(notice.opened_by)),
    ]
    if notice.decided_at is not None:
        rows.append(("Người quyết định", escape(notice.decided_by)))
    pairs = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    said = f'<p class="ln-said">{_lines(notice.text)}</p>' if notice.text else ""
    back = _noted("Cần kiểm tra thêm", notice.sent_back) if notice.sent_back else ""
    return (
        f'<section class="ln-case {urgency(notice, today, settings)}"><p class="ln-foot">'
        f'<span class="ln-chip ln-state">{STATE_NAMES[notice.state]}</span></p>{said}{back}'
        f"{finding_html(notice)}"
        f'<dl class="ln-pairs">{pairs}</dl></section>'
    )


def finding_html(notice: Notice) -> str:
    """What was found, proposed or decided; "" before anybody said anything."""
    if notice.upholds is None:
        return ""
    what = "có sai sót" if notice.upholds else "không có sai sót"
    name = "Kết quả" if notice.decided_at else "Đề xuất"
    return _noted(f"{name}: {what}", notice.finding)


def case_title(case: Claim | Petition) -> str:
    """By what somebody knows a published correction or answer again."""
    if isinstance(case, Claim):
        return case.current.text.title if case.current else case.statement
    return case.summary


def public_html(case: Claim | Petition) -> str:
    """What the public reads now, which the notice is about."""
    if case.current is None:
        return '<p class="ln-head">Không còn bản nào đang công bố.</p>'
    parts: tuple[str, ...]
    if isinstance(case, Claim):
        text = case.current.text
        title, parts = text.title, (text.truth, text.circulating, text.finding)
    else:
        title, parts = case.summary, (case.current.text, case.current.legal_basis)
    body = "".join(f'<p class="ln-said">{_lines(part)}</p>' for part in parts)
    return (
        f'<article class="ln-correction"><h3>{escape(title)}</h3>'
        f'<p class="ln-head">Bản {case.current.number}, đang công bố</p>{body}</article>'
    )


def waiting_html(waiting: int, late: int, upheld: int) -> str:
    """How many notices wait for a decision, how many of them too long, and what is to be mended."""
    return _tiles(
        ("Chờ quyết định", waiting, ""),
        ("Quá hạn", late, "ln-late" if late else ""),
        ("Có sai sót, chờ sửa", upheld, "ln-soon" if upheld else ""),
    )


def figures_html(figures: NoticeCounters) -> str:
    """How notices of a period were dealt with."""
    return _tiles(
        ("Đã nhận", figures.received, ""),
        ("Đã quyết định", figures.decided, ""),
        ("Đúng hạn", figures.in_time, ""),
        ("Có sai sót", figures.upheld, ""),
        ("Đã sửa", figures.corrected, ""),
    )


def history_html(entries: Iterable[AuditEntry]) -> str:
    """What was done with a notice, the newest first."""
    return f'<ol class="ln-steps">{"".join(map(_step, entries))}</ol>'


def banner_html(notices: Iterable[tuple[str, Notice]]) -> str:
    """Notices about a case, each with the address where it is worked on."""
    items = "".join(
        f'<li><a class="ln-link" href="{escape(address, quote=True)}">{one.id}</a>: '
        f"{STATE_NAMES[one.state]}, hạn {day(one.due_on)}</li>"
        for address, one in notices
    )
    return (
        '<section class="ln-case ln-soon"><h3 class="ln-title">Có người báo nội dung đã công bố '
        f"có sai sót</h3><ul>{items}</ul></section>"
    )


def _step(entry: AuditEntry) -> str:
    why = f'<p class="ln-proof">{_lines(entry.why)}</p>' if entry.why else ""
    return (
        f"<li><b>{_DONE[entry.what]}</b>"
        f'<p class="ln-head">{escape(entry.who)} · {moment(entry.at)}</p>{why}</li>'
    )


def _tiles(*tiles: tuple[str, int, str]) -> str:
    shown = "".join(
        f'<div class="{look}"><dt>{name}</dt><dd><b>{number(value)}</b> báo sai sót</dd></div>'
        for name, value, look in tiles
    )
    return f'<dl class="ln-tiles">{shown}</dl>'


def _noted(name: str, text: str) -> str:
    return f'<p class="ln-proof"><b>{escape(name)}:</b> {_lines(text)}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
