"""An alert on the page: figures in words, and whatever is typed or configured stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from langnghe.dashboard.components.alerts import alert_html
from langnghe.dashboard.context import Names
from langnghe.trends.alerts import Alert, AlertState, Seen

SEEN = Seen(date(2026, 11, 11), date(2026, 11, 12), 24, 7.5)
ALERT = Alert(
    "CB.20261112.0001",
    "che",
    datetime(2026, 11, 12, 5, tzinfo=UTC),
    SEEN.since,
    SEEN.until,
    going_on=True,
    first=SEEN,
    peak=SEEN,
    left_out=("bao",),
)
HOSTILE = "<script>alert(1)</script>"


def test_it_says_what_rose_and_that_nobody_has_seen_it() -> None:
    shown = alert_html(ALERT, Names({"che": "Chè"}, {}, {"bao": "Báo tỉnh"}, "Xã"))
    assert "ý kiến về «Chè» tăng bất thường" in shown
    assert "24 bài" in shown
    assert "gấp 3,2 lần" in shown
    assert "Mới" in shown
    assert "lập lúc 12:00 ngày 12/11/2026" in shown


def test_hostile_titles_and_reasons_stay_text() -> None:
    closed = replace(
        ALERT,
        state=AlertState.CLOSED,
        closed_by="lan",
        closed_at=ALERT.opened_at,
        why_closed=HOSTILE,
    )
    shown = alert_html(closed, Names({"che": HOSTILE}, {}, {"bao": HOSTILE}, HOSTILE))
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 4
