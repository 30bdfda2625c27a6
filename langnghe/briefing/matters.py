"""Gathers what a quick report tells of a topic or an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

from langnghe.briefing.figures import Material, month_of
from langnghe.briefing.quick import DAYS, Matter
from langnghe.briefing.work import current_figures, usual_month
from langnghe.casework.roles import Refused
from langnghe.core.clock import local_day
from langnghe.store.alerts import Alerts
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import alert_of
from langnghe.trends.period import Period
from langnghe.trends.series import daily


def matter_of(
    material: Material,
    casework: Transactions,
    now: datetime,
    *,
    topic: str | None = None,
    alert_id: str | None = None,
) -> Matter:
    """What there is to say of a topic now, or of an alert when it was last seen.

    Args:
        material: what is counted.
        casework: where the alerts are.
        now: the time.
        topic: id of a topic; without an alert.
        alert_id: of an alert; its topic is told of.

    Raises:
        Refused: neither is named, or there is no such topic or alert.
    """
    today = local_day(now)
    alert = None
    if alert_id is not None:
        try:
            alert = alert_of(Alerts(casework), alert_id)
        except LookupError:
            raise Refused(f"Không có cảnh báo {alert_id}. Hãy xem lại mã cảnh báo.") from None
        topic = alert.topic
    if topic is None:
        raise Refused("Hãy nêu chủ đề (--topic) hoặc cảnh báo (--alert) cần báo cáo nhanh.")
    last = today if alert is None else min(alert.last_on, today)
    first_day = material.home.briefing.period_first_day
    month = month_of(last, first_day)
    figures, _ = current_figures(material, month, now)
    whole, _ = current_figures(material, usual_month(material.posts, first_day, now), now)
    if topic and f"topic.{topic}" not in figures.titles:
        raise Refused(f"Không có chủ đề {topic}. Hãy xem mã chủ đề trong topics.yaml.")
    days = None
    if topic:
        days = daily(material.posts, Period(last - timedelta(days=DAYS - 1), last), topic=topic)
    return Matter(figures, whole, today, topic, alert, days)
