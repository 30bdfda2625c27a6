"""The commands of collecting on several machines: collect, and take in what was collected."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock
from langnghe.core.errors import NotReadyError
from langnghe.core.settings import WebSource


def collect(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option(help="Chỉ đọc một lượt các nguồn đã đến hạn, rồi dừng.")
    ] = False,
) -> None:
    """Thu thập cùng các máy khác: đọc nguồn đến hạn mà chưa máy nào đọc, gửi bài về máy chính.

    Cần crawl.frontier trong settings.yaml; docs/collector.md chỉ từng bước.
    """
    from langnghe.crawler.process import crawl
    from langnghe.scheduler.collector import Collector

    session: Session = context.obj
    home = session.home.require()
    if not once:
        Collector(home, SystemClock(), lambda line: session.err.print(Text(line))).run()
        return
    # Files lie on the main machine, which imports them itself.
    sources = [one for one in home.sources if one.enabled and isinstance(one, WebSource)]
    report = crawl(home, sources, SystemClock(), only_due=True)
    session.result(
        report.as_json(),
        lambda: session.out.print(f"Đã đọc {len(report.sources)} nguồn tin."),
    )
    raise typer.Exit(report.exit_code)


def arrivals(
    context: typer.Context,
    move: Annotated[
        bool, typer.Option(help="Nhận làm máy chính thay cho máy (hoặc thư mục) trước đây.")
    ] = False,
) -> None:
    """Nhận vào kho những bài các máy thu thập đã gửi về; chạy lại bất cứ lúc nào."""
    from langnghe.crawler.sharing import digests, name_of
    from langnghe.store.agreed import lead
    from langnghe.store.outbox import forget_expired, take_in

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    with session.stores() as stores:
        if stores.frontier is None:
            raise NotReadyError(
                "Chưa đặt crawl.frontier trong settings.yaml: trên một máy, bài được lưu ngay."
            )
        lead(stores.frontier, name_of(home), digests(home), move=move)
        forget_expired(stores.frontier, clock)
        taken = take_in(stores.frontier, stores.posts, clock)
    session.result(
        {"taken": taken}, lambda: session.out.print(f"Đã nhận {taken} mục từ các máy thu thập.")
    )
