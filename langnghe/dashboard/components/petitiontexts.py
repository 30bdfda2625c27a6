"""Petitions as a page shows them: deadlines in words, cards, facts, versions, history.

Texts in a petition were typed by people: all of it is escaped, nothing in it is live.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Final

from langnghe.casework.deadlines import ROUTE_NAMES, FormalChannels, PetitionSettings
from langnghe.casework.kinds import action_name
from langnghe.casework.petitionfigures import Counters
from langnghe.casework.petitionrecords import (
    KIND_NAMES,
    OPEN,
    STATE_NAMES,
    Answer,
    Kind,
    Petition,
    State,
)
from langnghe.casework.petitions import RULES
from langnghe.core.vietnamese import day, moment, number
from langnghe.dashboard.components.labels import formal_text_html
from langnghe.dashboard.components.versiontexts import DONE, withdrawal_html
from langnghe.dashboard.context import Names
from langnghe.store.auditlog import AuditEntry

SOON: Final = 2
"""Working days left from which on a petition is due soon: as many as the shortest time limit."""

LONGEST_ON_CARD: Final = 280
"""Characters of a summary on its card in a list: what it is about is said by then."""

NO_AGENCY: Final = "Chưa chuyển đơn vị nào"

_DONE: Final[Mapping[str, str]] = {
    "open": "tiếp nhận",
    "merge": "gộp vào phản ánh khác",
    "take_over": "nhận gộp phản ánh khác",
    **{action_name(action): rule.name for action, rule in RULES.items()},
    **DONE,
}
"""What stands in the audit log, in words."""


def is_waiting(petition: Petition) -> bool:
    """Whether people still wait for the first answer, and the deadline counts."""
    return petition.state in OPEN and petition.answered_on is None


def deadline_words(petition: Petition, today: date, settings: PetitionSettings) -> str:
    """How the deadline stands, such as «còn 2 ngày làm việc»; "" where none counts."""
    if petition.due_on is None:
        return ""
    if petition.answered_on:
        late = petition.answered_on > petition.due_on
        how = "trễ hạn" if late else "đúng hạn"
        return f"trả lời ngày {day(petition.answered_on)}, {how}"
    if not is_waiting(petition):
        return ""
    if petition.due_on == today:
        return "hạn là hôm nay"
    if petition.due_on > today:
        return f"còn {settings.working_days_between(today, petition.due_on)} ngày làm việc"
    days = settings.working_days_between(petition.due_on, today)
    return f"quá hạn {days} ngày làm việc" if days else f"quá hạn từ ngày {day(petition.due_on)}"


def urgency(petition: Petition, today: date, settings: PetitionSettings) -> str:
    """The class that gives a card its colour: ln-late, ln-soon or none ("")."""
    if not is_waiting(petition):
        return ""
    if petition.deadline < today:
        return "ln-late"
    left = settings.working_days_between(today, petition.deadline)
    return "ln-soon" if left <= SOON else ""


def card_html(petition: Petition, today: date, settings: PetitionSettings, named: Names) -> str:
    """One petition in a list."""
    look = urgency(petition, today, settings)
    head = f"{petition.id} · {ROUTE_NAMES[petition.route]} · nhận ngày {day(petition.received_on)}"
    return (
        f'<article class="ln-case {look}"><p class="ln-head">{escape(head)}</p>'
        f'<h3 class="ln-title">{_title(petition)}</h3>'
        f'<p class="ln-foot">{chips_html(petition, today, settings, named)}</p></article>'
    )


def _title(petition: Petition) -> str:
    if petition.kind is not Kind.PETITION:
        return f"{KIND_NAMES[petition.kind]}: chỉ giữ số đếm, không giữ nội dung"
    if petition.merged_into:
        return f"Đã gộp vào {escape(petition.merged_into)}"
    summary = petition.summary
    cut = "…" if len(summary) > LONGEST_ON_CARD else ""
    return escape(summary[:LONGEST_ON_CARD]) + cut


def chips_html(petition: Petition, today: date, settings: PetitionSettings, named: Names) -> str:
    """State, deadline, agency, topic and place of a petition."""
    words = deadline_words(petition, today, settings)
    look = {"ln-late": "ln-chip ln-over", "ln-soon": "ln-chip ln-near"}
    chips = [("ln-chip ln-state", STATE_NAMES[petition.state])]
    if words:
        words = words[0].upper() + words[1:]
        chips.append((look.get(urgency(petition, today, settings), "ln-chip"), words))
    if petition.answers and petition.answers[-1].withdrawal:
        chips.append(("ln-chip ln-near", "Câu trả lời đã thu hồi"))
    if petition.agency:
        chips.append(("ln-chip", petition.agency))
    if petition.topic:
        chips.append(("ln-chip", named.topics.get(petition.topic, petition.topic)))
    if petition.place:
        chips.append(("ln-chip ln-place", named.places.get(petition.place, petition.place)))
    if petition.merged:
        chips.append(("ln-chip ln-cluster", f"trả lời chung {len(petition.merged) + 1} phản ánh"))
    return " ".join(f'<span class="{look}">{escape(text)}</span>' for look, text in chips)


def facts_html(petition: Petition, today: date, settings: PetitionSettings, named: Names) -> str:
    """What is known of one petition: what is asked, until when it is to be answered, by whom."""
    facts = [
        ("Kênh tiếp nhận", ROUTE_NAMES[petition.route]),
        ("Ngày tiếp nhận", day(petition.received_on)),
    ]
    if petition.due_on:
        words = deadline_words(petition, today, settings)
        facts.append(("Hạn trả lời", f"{day(petition.due_on)}{f' ({words})' if words else ''}"))
        facts.append(("Căn cứ của thời hạn", petition.legal_basis))
    if petition.kind is Kind.PETITION:
        facts.append(("Đơn vị chủ trì", petition.agency or NO_AGENCY))
        facts.append(("Lĩnh vực", named.topics.get(petition.topic, petition.topic) or "chưa chọn"))
        facts.append(("Địa bàn", named.places.get(petition.place, petition.place) or "chưa chọn"))
    if petition.merged:
        facts.append(("Trả lời chung cho", ", ".join(petition.merged)))
    if petition.merged_into:
        facts.append(("Đã gộp vào", petition.merged_into))
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts
    )
    look = urgency(petition, today, settings)
    summary = f'<p class="ln-said">{_lines(petition.summary)}</p>' if petition.summary else ""
    why = _noted("Lý do", petition.why) if petition.why else ""
    return (
        f'<section class="ln-case {look}"><p class="ln-foot">'
        f'<span class="ln-chip ln-state">{STATE_NAMES[petition.state]}</span></p>'
        f'{summary}{why}<dl class="ln-pairs">{rows}</dl></section>'
    )


def answer_html(answer: Answer) -> str:
    """One version of the answer, as people would read it, and who stands for it."""
    about = [f"Người soạn: {', '.join(answer.drafted_by)}"]
    if answer.approved_at:
        about.append(f"{answer.approved_by} duyệt lúc {moment(answer.approved_at)}")
    if answer.published_at:
        about.append(f"công khai lúc {moment(answer.published_at)}")
    link = (
        f'<p><a class="ln-link" href="{escape(answer.link, quote=True)}" target="_blank" '
        'rel="noopener noreferrer nofollow">Mở trang đã công khai</a></p>'
        if answer.link
        else ""
    )
    return (
        f'<article class="ln-case"><h3 class="ln-title">Bản {answer.number}</h3>'
        f"{_noted('Lý do có bản mới', answer.why) if answer.why else ''}"
        f"{_noted('Cần sửa', answer.sent_back) if answer.sent_back else ''}"
        f"{withdrawal_html(answer.withdrawal)}"
        f'<p class="ln-said">{_lines(answer.text)}</p>'
        f'<p class="ln-head">Căn cứ: {escape(answer.legal_basis or "chưa ghi")}</p>'
        f'<p class="ln-head">{escape(" · ".join(about))}</p>{link}</article>'
    )


def sent_back_html(wanted: str) -> str:
    """What the approver wants changed."""
    noted = _noted("Người phê duyệt trả lại, cần sửa", wanted)
    return f'<section class="ln-case ln-soon">{noted}</section>'


def history_html(entries: Iterable[AuditEntry]) -> str:
    """What was done with a petition, the newest first."""
    return f'<ol class="ln-steps">{"".join(map(_step, entries))}</ol>'


def _step(entry: AuditEntry) -> str:
    done = _DONE[entry.what]
    state = entry.after.get("state")
    where = f" → {STATE_NAMES[State(str(state))]}" if state else ""
    why = f'<p class="ln-proof">{_lines(entry.why)}</p>' if entry.why else ""
    return (
        f"<li><b>{escape(done[0].upper() + done[1:])}</b>{escape(where)}"
        f'<p class="ln-head">{escape(entry.who)} · {moment(entry.at)}</p>{why}</li>'
    )


def formal_html(kind: Kind, channels: FormalChannels) -> str:
    """How a complaint or denunciation is made where it is protected."""
    channel = channels.complaint if kind is Kind.COMPLAINT else channels.denunciation
    return (
        f'<section class="ln-formal"><h3 class="ln-title">{KIND_NAMES[kind]}: kênh chính thức</h3>'
        f"<p>{formal_text_html(channel)}</p></section>"
    )


def waiting_html(waiting: int, late: int, soon: int) -> str:
    """How many people wait for an answer now, how many of them too long, and how many soon will."""
    return _tiles(
        ("Đang xử lý", waiting, "phản ánh", ""),
        ("Quá hạn", late, "phản ánh", "ln-late" if late else ""),
        ("Sắp đến hạn", soon, "phản ánh", "ln-soon" if soon else ""),
    )


def figures_html(figures: Counters) -> str:
    """How petitions of a period were answered."""
    share = figures.share_in_time
    waiting = figures.received - figures.answered - figures.overdue
    return _tiles(
        ("Đã tiếp nhận", figures.received, "phản ánh", ""),
        ("Đã trả lời", figures.answered, "phản ánh", ""),
        ("Quá hạn, chưa trả lời", figures.overdue, "phản ánh", ""),
        ("Còn hạn, hoặc kết thúc không cần trả lời", waiting, "phản ánh", ""),
        ("Tỷ lệ đúng hạn", "chưa có" if share is None else f"{share:.0%}", "", ""),
        ("Khiếu nại, tố cáo", figures.formal, "lượt, chỉ đếm", ""),
    )


def group_html(title: str, said: str = "") -> str:
    """The heading of a part of a list, with what is said of it."""
    more = f" <span>{escape(said)}</span>" if said else ""
    return f'<h2 class="ln-group">{escape(title)}{more}</h2>'


def _tiles(*tiles: tuple[str, int | str, str, str]) -> str:
    shown = "".join(
        f'<div class="{look}"><dt>{escape(name)}</dt>'
        f"<dd><b>{number(value) if isinstance(value, int) else escape(value)}</b> {unit}</dd></div>"
        for name, value, unit, look in tiles
    )
    return f'<dl class="ln-tiles">{shown}</dl>'


def _noted(name: str, text: str) -> str:
    return f'<p class="ln-proof"><b>{escape(name)}:</b> {_lines(text)}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
