"""A briefing as its page shows it: sections, where each number comes from, figures, history.

What somebody has typed is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Final

from langnghe.briefing.briefings import STATE_NAMES, Briefing, BriefingState
from langnghe.briefing.cells import shown
from langnghe.briefing.content import Paragraph, Table
from langnghe.briefing.figures import Figures
from langnghe.briefing.sentences import ASKED, untraced
from langnghe.briefing.text import Section
from langnghe.briefing.tracing import trace
from langnghe.core.vietnamese import day, moment
from langnghe.dashboard.components.tables import table_html
from langnghe.store.auditlog import AuditEntry

_ROMAN: Final = ("I", "II", "III", "IV", "V")
_DONE: Final[Mapping[str, str]] = {
    "open": "Bắt đầu soạn",
    "edit": "Sửa lời văn",
    "refresh": "Cập nhật số liệu",
    "submit": "Trình duyệt",
    "send_back": "Trả lại",
    "approve": "Duyệt",
    "reopen": "Lập bản mới",
}
"""What stands in the audit log, in words."""


def month_title(month: date) -> str:
    """`tháng 11/2026`."""
    return f"tháng {month:%m/%Y}"


def period_words(figures: Figures) -> str:
    """`từ 16/10/2026 đến 15/11/2026`."""
    return f"từ {day(figures.period.since)} đến {day(figures.period.until)}"


def state_html(briefing: Briefing, figures: Figures) -> str:
    """Where the briefing stands, in a line or two."""
    state = STATE_NAMES[briefing.state]
    edition = f"Bản {briefing.number}"
    counted = f"số liệu lấy lúc {moment(figures.gathered_at)}"
    authors = ", ".join(briefing.drafted_by)
    facts = [
        f'<span class="ln-chip ln-state">{escape(state)}</span>',
        f'<span class="ln-chip">{edition}</span>',
        f"<span>Kỳ {period_words(figures)} · {counted} · người soạn: {escape(authors)}</span>",
    ]
    lines = [f'<p class="ln-foot">{" ".join(facts)}</p>']
    if briefing.why:
        lines.append(f'<p class="ln-foot">Lý do lập bản này: {escape(briefing.why)}</p>')
    if briefing.sent_back:
        lines.append(
            f'<p class="ln-returned">Người duyệt trả lại: {escape(briefing.sent_back)}</p>'
        )
    frozen = briefing.frozen
    if briefing.state is BriefingState.APPROVED and frozen is not None:
        lines.append(
            f'<p class="ln-foot">{escape(frozen.approved_by)} duyệt lúc '
            f"{moment(frozen.approved_at)}. Số liệu và lời văn được giữ nguyên như lúc duyệt.</p>"
        )
    return f'<div class="ln-briefing ln-report">{"".join(lines)}</div>'


def headings(sections: Iterable[Section]) -> dict[str, str]:
    """What each section is headed, with its number as on paper."""
    count = [0, 0, 0]
    found = {}
    for section in sections:
        level = section.level
        if level > len(count):
            found[section.id] = section.heading
            continue
        count[level - 1] += 1
        count[level:] = [0] * (len(count) - level)
        number = _ROMAN[count[0] - 1] if level == 1 else ".".join(map(str, count[1:level]))
        found[section.id] = f"{number}. {section.heading}"
    return found


def section_html(section: Section) -> str:
    """The text of a section; what is still asked for stands out."""
    parts = []
    for bullet, group in _groups(section.paragraphs):
        if bullet:
            parts.append(f"<ul>{''.join(f'<li>{_text(one)}</li>' for one in group)}</ul>")
        else:
            parts += [f"<p>{_text(one)}</p>" for one in group]
    inside = "".join(parts) or "<p><em>Mục này chưa có nội dung.</em></p>"
    return f'<div class="ln-section">{inside}</div>'


def sources_html(section: Section, figures: Figures) -> str:
    """Where each number of a section comes from; a number without a source is pointed out."""
    items = []
    for paragraph in section.paragraphs:
        for key in dict.fromkeys(paragraph.figures):
            if key in figures:
                found = trace(figures, key)
                items.append(
                    f"<li><b>{escape(figures.shown(key))}</b> {escape(found.meaning)}"
                    f"<br><code>{escape(found.query)}</code></li>"
                )
    return f'<ul class="ln-figures ln-sources">{"".join(dict.fromkeys(items))}</ul>'


def strangers(section: Section, figures: Figures) -> list[str]:
    """The numbers of a section that are no figure of the period."""
    found = [one for paragraph in section.paragraphs for one in untraced(paragraph, figures)]
    return list(dict.fromkeys(found))


def figure_table(table: Table) -> str:
    """A table of figures."""
    rows = [
        [shown(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return table_html(table.title, table.columns, rows)


def history_html(entries: Iterable[AuditEntry]) -> str:
    """What was done with a briefing, the newest first."""
    items = "".join(
        f"<li><p><b>{escape(_DONE.get(one.what, one.what))}</b> · {escape(one.who)} · "
        f"{moment(one.at)}</p>{f'<p>{escape(one.why)}</p>' if one.why else ''}</li>"
        for one in entries
    )
    return f'<ul class="ln-steps">{items}</ul>'


def _groups(paragraphs: Iterable[Paragraph]) -> Iterable[tuple[bool, list[Paragraph]]]:
    groups: list[tuple[bool, list[Paragraph]]] = []
    for one in paragraphs:
        if not groups or groups[-1][0] is not one.bullet:
            groups.append((one.bullet, []))
        groups[-1][1].append(one)
    return groups


def _text(paragraph: Paragraph) -> str:
    text = escape(paragraph.text)
    return f"<mark>{text}</mark>" if ASKED in paragraph.text else text
