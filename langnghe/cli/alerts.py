"""The commands of alerts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock, local_day

if TYPE_CHECKING:
    from langnghe.core.home import Home
    from langnghe.trends.delivery import Named

alerts_app = typer.Typer(help="Cảnh báo tăng bất thường.", no_args_is_help=True)


@alerts_app.command("run")
def alerts_run(
    context: typer.Context,
    send: Annotated[bool, typer.Option(help="Gửi thư và webhook đã đến giờ.")] = True,
) -> None:
    """Tìm chủ đề tăng bất thường, lập cảnh báo, rồi gửi cho những người nhận trong alerts.yaml.

    Nguồn tin không còn cho bài như thường lệ cũng được báo cho những người nhận này.
    """
    from langnghe.scheduler.sourcenotices import tell
    from langnghe.trends.alertsettings import AlertSecrets, read_alert_settings
    from langnghe.trends.delivery import Delivered, deliver
    from langnghe.trends.looking import look

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    settings = read_alert_settings(home)
    with session.stores() as stores, session.casework() as casework:
        followed = look(home, stores.posts, stores.crawl, casework, clock)
        # What is made up is told to nobody.
        told = about_sources = Delivered()
        if send and not home.is_sample():
            secrets, named = AlertSecrets(), _named(home)
            told = deliver(casework, settings, secrets, named, clock)
            titles = {source.name: source.title for source in home.sources if source.enabled}
            about_sources = tell(
                stores.crawl.notices, settings, secrets, titles, named.institution, clock
            )

    def show() -> None:
        session.out.print(
            f"Cảnh báo mới: {len(followed.opened)}; còn kéo dài: {len(followed.lasting)}; "
            f"đã lắng: {len(followed.ended)}."
        )
        session.out.print(
            f"Đã gửi {told.sent}; chờ gửi lại {told.later}; không gửi được {told.failed}."
        )
        session.out.print(
            f"Thư báo về nguồn tin: đã gửi {about_sources.sent}; chờ gửi lại "
            f"{about_sources.later}; không gửi được {about_sources.failed}."
        )

    session.result(
        {
            "opened": followed.opened,
            "lasting": followed.lasting,
            "ended": followed.ended,
            "sent": told.sent,
            "later": told.later,
            "failed": told.failed,
            "about_sources": asdict(about_sources),
        },
        show,
    )
    if told.later or told.failed or about_sources.later or about_sources.failed:
        raise typer.Exit(4)


@alerts_app.command("list")
def alerts_list(
    context: typer.Context,
    size: Annotated[int, typer.Option(min=1, max=500, help="Số cảnh báo.")] = 20,
) -> None:
    """Các cảnh báo, mới nhất trước, và đã gửi được cho ai chưa."""
    from langnghe.core.vietnamese import day
    from langnghe.store.alerts import Alerts, MessageState
    from langnghe.trends.alerts import STATE_NAMES, alert_of
    from langnghe.trends.alerttexts import headline, sentences
    from langnghe.trends.delivery import PROBLEMS

    session: Session = context.obj
    home = session.home.require()
    named = _named(home)
    with session.casework() as casework:
        store = Alerts(casework)
        found = [alert_of(store, row.id) for row in store.find(limit=size)]
        unsent = {
            alert.id: [
                one for one in store.messages(alert.id) if one.state is not MessageState.SENT
            ]
            for alert in found
        }

    def show() -> None:
        if not found:
            session.out.print("Chưa có cảnh báo nào.")
        for alert in found:
            line = f"{alert.id}  {day(alert.began_on)}  {STATE_NAMES[alert.state]}  "
            session.out.print(Text(line + headline(alert, named.topics)), soft_wrap=True)
            first = sentences(alert, named.topics, named.sources)[0]
            session.out.print(Text(f"    {first}", "dim"), soft_wrap=True)
            for one in unsent[alert.id]:
                why = PROBLEMS.get(one.problem, "chưa đến giờ gửi")
                session.out.print(Text(f"    Chưa gửi cho {one.recipient}: {why}."), soft_wrap=True)

    session.result(
        {
            "alerts": [
                {
                    "id": alert.id,
                    "topic": alert.topic,
                    "state": alert.state.value,
                    "began_on": alert.began_on,
                    "last_on": alert.last_on,
                    "going_on": alert.going_on,
                    "posts": alert.peak.count,
                    "expected": alert.peak.expected,
                    "unsent": {one.recipient: one.problem for one in unsent[alert.id]},
                }
                for alert in found
            ]
        },
        show,
    )


@alerts_app.command("try")
def alerts_try(context: typer.Context) -> None:
    """Gửi ngay một cảnh báo thử cho tất cả người nhận trong alerts.yaml, để kiểm tra cấu hình."""
    from langnghe.trends.alerts import Alert, Seen
    from langnghe.trends.alertsettings import AlertSecrets, read_alert_settings
    from langnghe.trends.delivery import PROBLEMS, Named, try_all

    session: Session = context.obj
    home = session.home.require()
    settings = read_alert_settings(home)
    now = SystemClock().now()
    today = local_day(now)
    seen = Seen(today - timedelta(days=1), today, 0, 0.0)
    sample = Alert(
        f"CB.{today:%Y%m%d}.THU", "thu", now, seen.since, seen.until, True, seen, seen, ()
    )
    named = Named({"thu": "Gửi thử, không có việc gì xảy ra"}, {}, home.settings.institution)
    problems = try_all(settings, AlertSecrets(), named, sample, now)

    def show() -> None:
        if not problems:
            session.out.print("Chưa có người nhận nào trong alerts.yaml, nên không gửi gì.")
            return
        table = Table("Người nhận", "Kết quả")
        for recipient, problem in problems.items():
            table.add_row(Text(recipient), Text(PROBLEMS[problem] if problem else "đã gửi"))
        session.out.print(table)

    session.result({"problems": problems}, show)
    if any(problems.values()):
        raise typer.Exit(4)


def _named(home: Home) -> Named:
    from langnghe.core.topics import read_topics
    from langnghe.trends.delivery import Named

    return Named(
        {topic.id: topic.title for topic in read_topics(home.configs / "topics.yaml")},
        {source.name: source.title for source in home.sources},
        home.settings.institution,
    )
