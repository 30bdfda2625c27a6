"""A source on the page "Nguồn tin": what it gives, when last, what is wrong, on what terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from langnghe.core.models import Outcome
from langnghe.core.settings import Settings, Source
from langnghe.core.vietnamese import CHANNELS, number
from langnghe.dashboard.components.sourcenotice import notice_html
from langnghe.dashboard.components.sourceterms import terms_html
from langnghe.dashboard.components.sourceyield import last_new, layout_says, usual
from langnghe.dashboard.formats import OUTCOMES, REJECT_REASONS, ago, until
from langnghe.dashboard.problems import problem, with_commands
from langnghe.store.crawlstate import Run, SourceOverview
from langnghe.store.habits import Habit
from langnghe.store.layouts import Layout
from langnghe.store.sourcenotices import NoticeKind, SourceNotice


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """All that is known of how a source does."""

    source: Source
    overview: SourceOverview
    due: datetime | None
    """When it is read next; None: at once."""
    habit: Habit | None = None
    notices: Sequence[SourceNotice] = ()
    """Those that hold."""
    layouts: Sequence[tuple[Layout, int]] = ()
    """Kinds of page that give too little, and how many pages of each are held back."""

    @property
    def lacks(self) -> bool:
        """Whether its figures may be too low: it fails, or gives less than it used to."""
        silent = any(notice.kind is not NoticeKind.KEY_EXPIRES for notice in self.notices)
        failing = self.overview.state.last_problem is not None
        return self.source.enabled and (failing or silent or bool(self.layouts))

    @property
    def rank(self) -> int:
        """Where it stands on the page: what needs somebody first, what is switched off last."""
        if not self.source.enabled:
            return 3
        return 0 if self.notices else 1 if self.lacks else 2


def source_html(health: SourceHealth, settings: Settings, now: datetime, *, manages: bool) -> str:
    """The card of one source.

    Args:
        health: as found now.
        settings: the home's, for the terms.
        now: the time.
        manages: whether it is for somebody who manages sources, and is told what went wrong and
            what to do. Others are told that something is wrong, for it bears on the figures.
    """
    source, overview, state = health.source, health.overview, health.overview.state
    look, says = _state(health, now, manages)
    facts = [
        ("Kênh", CHANNELS[source.channel]),
        ("Đọc xong gần nhất", ago(state.last_success, now) if state.last_success else "chưa có"),
        ("Lần đọc tới", until(health.due or now, now) if source.enabled else "không đọc"),
        ("Thường có", usual(health.habit)),
        ("Bài mới gần nhất", last_new(health.habit, now)),
        ("7 ngày qua", _counts(overview.last_7_days)),
        ("30 ngày qua", _counts(overview.last_30_days)),
    ]
    if overview.pages:
        facts.append(("Đang theo dõi", f"{number(overview.pages)} trang"))
    if overview.failing_pages and manages:
        facts.append(("Đọc chưa được", f"{number(overview.failing_pages)} trang"))
    if overview.last_run is not None and overview.last_run.requests and manages:
        facts.append(("Lượt gần nhất", _asked(overview.last_run)))
    if overview.rejected_30_days:
        facts.append(("Không dùng được vì", _reasons(overview.rejected_30_days)))
    shown = "".join(f"<span>{escape(name)}: <b>{escape(value)}</b></span>" for name, value in facts)
    notices = "".join(notice_html(notice, manages=manages) for notice in health.notices)
    layouts = "".join(
        f"<p>{escape(layout_says(layout, held))}</p>" for layout, held in health.layouts if manages
    )
    return (
        f'<section class="ln-source {look}"><h2>{escape(source.title)}</h2>{notices}'
        f'<p>{says}</p>{layouts}<div class="ln-facts">{shown}</div>'
        f"{terms_html(source, settings)}</section>"
    )


def _state(health: SourceHealth, now: datetime, manages: bool) -> tuple[str, str]:
    """The class that gives the card its colour, and the state in words."""
    state = health.overview.state
    if not health.source.enabled:
        return "ln-off", "Đang tắt (enabled: false)." if manages else "Đang tắt."
    if state.last_attempt is None:
        return "ln-off", "Chưa đọc lần nào. Dịch vụ sẽ đọc ở lượt tới."
    if state.last_problem is not None:
        look = "ln-bad" if state.last_success is None else "ln-warn"
        if not manages:
            return look, "Đang gặp trục trặc. Cách khắc phục hiện ở trang này của quản trị viên."
        trouble = problem(state.last_problem)
        return look, f"<b>{escape(trouble.what)}.</b> {with_commands(trouble.cure)}"
    if state.backoff_until is not None and state.backoff_until > now:
        return "ln-warn", f"Tạm nghỉ, đọc lại {escape(until(state.backoff_until, now))}."
    if health.lacks or (manages and health.notices):
        return "ln-warn", "Lượt đọc gần nhất không báo lỗi."
    return "", "Đọc tốt."


def _asked(run: Run) -> str:
    says = f"{number(run.requests)} lần hỏi"
    return f"{says}, {number(run.not_modified)} trang không đổi" if run.not_modified else says


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
