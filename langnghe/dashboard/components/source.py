"""A source on the page "Nguồn tin": what it gave, when last, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape

from langnghe.core.models import Outcome
from langnghe.core.settings import Source
from langnghe.core.vietnamese import CHANNELS, number
from langnghe.dashboard.formats import OUTCOMES, REJECT_REASONS, ago, until
from langnghe.dashboard.problems import problem
from langnghe.store.crawlstate import SourceOverview


def source_html(
    source: Source,
    overview: SourceOverview,
    due: datetime | None,
    now: datetime,
    *,
    manages: bool,
) -> str:
    """The card of one source.

    Args:
        source: as configured.
        overview: what it gave.
        due: when it is read next; None: at once.
        now: the time.
        manages: whether it is for somebody who manages sources, and is told what went wrong and
            what to do. Others are told that something is wrong, for it bears on the figures.
    """
    state = overview.state
    look, says = _state(source, overview, now, manages)
    facts = [
        ("Kênh", CHANNELS[source.channel]),
        ("Đọc xong gần nhất", ago(state.last_success, now) if state.last_success else "chưa có"),
        ("Lần đọc tới", until(due or now, now) if source.enabled else "không đọc"),
        ("7 ngày qua", _counts(overview.last_7_days)),
        ("30 ngày qua", _counts(overview.last_30_days)),
    ]
    if overview.pages:
        facts.append(("Đang theo dõi", f"{number(overview.pages)} trang"))
    if overview.failing_pages and manages:
        facts.append(("Đọc chưa được", f"{number(overview.failing_pages)} trang"))
    if overview.rejected_30_days:
        facts.append(("Không dùng được vì", _reasons(overview.rejected_30_days)))
    shown = "".join(f"<span>{escape(name)}: <b>{escape(value)}</b></span>" for name, value in facts)
    return (
        f'<section class="ln-source {look}"><h2>{escape(source.title)}</h2>'
        f'<p>{says}</p><div class="ln-facts">{shown}</div></section>'
    )


def _state(
    source: Source, overview: SourceOverview, now: datetime, manages: bool
) -> tuple[str, str]:
    """The class that gives the card its colour, and the state in words."""
    state = overview.state
    if not source.enabled:
        return "ln-off", "Đang tắt (enabled: false)." if manages else "Đang tắt."
    if state.last_attempt is None:
        return "ln-off", "Chưa đọc lần nào. Dịch vụ sẽ đọc ở lượt tới."
    if state.last_problem is not None:
        look = "ln-bad" if state.last_success is None else "ln-warn"
        if not manages:
            return look, "Đang gặp trục trặc. Cách khắc phục hiện ở trang này của quản trị viên."
        trouble = problem(state.last_problem)
        return look, f"<b>{escape(trouble.what)}.</b> {escape(trouble.cure)}"
    if state.backoff_until is not None and state.backoff_until > now:
        return "ln-warn", f"Tạm nghỉ, đọc lại {escape(until(state.backoff_until, now))}."
    return "", "Đọc tốt."


def _counts(outcomes: Mapping[Outcome, int]) -> str:
    parts = [
        f"{number(outcomes[outcome])} bài {OUTCOMES[outcome]}"
        for outcome in Outcome
        if outcomes.get(outcome)
    ]
    return ", ".join(parts) or "không có bài nào"


def _reasons(reasons: Mapping[str, int]) -> str:
    known = {reason.value: words for reason, words in REJECT_REASONS.items()}
    return ", ".join(
        f"{known.get(reason, reason)} ({number(count)} bài)"
        for reason, count in sorted(reasons.items(), key=lambda item: -item[1])
    )
