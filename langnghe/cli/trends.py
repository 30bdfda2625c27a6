"""The command that finds what takes too long to be found while a page opens."""

from __future__ import annotations

from dataclasses import asdict

import typer

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock


def trends(context: typer.Context) -> None:
    """Tìm các luồng ý kiến của từng kỳ báo cáo và lập dự báo tuần; chạy lại bất cứ lúc nào."""
    from langnghe.scheduler.trends import find_trends
    from langnghe.store.trendrecords import TrendRecords

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    with session.stores() as stores, session.casework() as casework:
        report = find_trends(home, stores.posts, TrendRecords(casework), clock)
    session.result(
        asdict(report),
        lambda: session.out.print(
            f"Đã xem {report.periods} kỳ; luồng ý kiến tìm mới hoặc tìm lại: {report.streams}; "
            f"chủ đề có dự báo đáng tin cậy: {report.forecasts} trên {report.topics}."
        ),
    )
