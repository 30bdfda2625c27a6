"""A notice about a source, in words: since when what is missing, why, and what to do."""

from __future__ import annotations

from datetime import datetime
from html import escape

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.vietnamese import day
from langnghe.dashboard.problems import CAUSES, with_commands
from langnghe.store.sourcenotices import NoticeKind, SourceNotice


def what(notice: SourceNotice) -> str:
    """What the notice says, without its cause."""
    since = _day(notice.since)
    match notice.kind:
        case NoticeKind.NO_DATA:
            return f"Không có dữ liệu như thường lệ, nhận ra ngày {since}"
        case NoticeKind.PART_FAILS:
            return f"Một phần nguồn không đọc được, nhận ra ngày {since}"
        case NoticeKind.LAYOUT_CHANGED:
            return f"Trang cho ít hơn thường lệ, nhận ra ngày {since}"
        case NoticeKind.KEY_EXPIRES:
            deadline = "" if notice.deadline is None else f" ngày {_day(notice.deadline)}"
            return f"Khóa hết hạn{deadline}"


def likely(notice: SourceNotice) -> str:
    """Its likely cause; empty where what it says is all there is to it."""
    return "" if notice.kind is NoticeKind.KEY_EXPIRES else CAUSES[notice.cause].what


def told(notice: SourceNotice) -> str:
    """What the notice says and its likely cause, in sentences."""
    cause = likely(notice)
    return f"{what(notice)}." + (f" Có thể do {cause}." if cause else "")


def notice_html(notice: SourceNotice, *, manages: bool) -> str:
    """A notice that holds now.

    Whoever manages sources is told the likely cause and what to do; others that figures of the
    source may be too low.
    """
    if not manages:
        if notice.kind is NoticeKind.KEY_EXPIRES:
            return ""
        return (
            f'<p class="ln-notice"><b>{escape(what(notice))}.</b> Số bài của nguồn này có thể thấp '
            "hơn thực tế.</p>"
        )
    rest = told(notice).removeprefix(f"{what(notice)}.")
    return (
        f'<p class="ln-notice"><b>{escape(what(notice))}.</b>{escape(rest)}<br>'
        f"Việc cần làm: {with_commands(CAUSES[notice.cause].cure)}</p>"
    )


def past_row(notice: SourceNotice, title: str) -> tuple[str, str, str, str]:
    """A notice that is over as a row of a table: source, what, likely cause, end."""
    over = "" if notice.until is None else _day(notice.until)
    return title, what(notice), likely(notice), over


def _day(moment: datetime) -> str:
    return day(moment.astimezone(LOCAL_ZONE).date())
