"""The commands that set up the folder of data and look after it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.cli.sources import try_source
from langnghe.core.clock import SystemClock

places_app = typer.Typer(help="Danh mục địa bàn.", no_args_is_help=True)


def init(context: typer.Context) -> None:
    """Tạo thư mục dữ liệu: cấu hình, khóa, cơ sở dữ liệu. Không ghi đè tệp đã có."""
    from langnghe.scheduler.setup import init_home

    session: Session = context.obj
    made = init_home(session.home)

    def show() -> None:
        session.out.print(f"Thư mục dữ liệu: {session.home.root}")
        for path in made:
            session.out.print(f"  đã tạo {path}")
        session.out.print(
            f"Tiếp theo: thêm nguồn tin vào {session.home.configs / 'sources.yaml'}, "
            "rồi chạy `langnghe doctor` và `langnghe run`."
        )

    session.result({"home": session.home.root, "made": made}, show)


@places_app.command("build")
def places_build(
    context: typer.Context,
    province: Annotated[
        list[str], typer.Option(help='Tỉnh, thành phố, ví dụ "Lai Châu" (lặp lại được).')
    ],
) -> None:
    """Lập danh mục địa bàn của một tỉnh, cũ và mới; giữ các thôn, bản đã khai."""
    from langnghe.core.placesbuild import build_places, write_places

    session: Session = context.obj
    path = session.home.require().configs / "places.yaml"
    places = build_places(province)
    units = sum(len(one.units) for one in places.provinces)
    write_places(path, places)
    session.result(
        {"file": path, "units": units},
        lambda: session.out.print(f"Đã ghi {units} đơn vị hành chính vào {path}."),
    )


def purge(context: typer.Context) -> None:
    """Xóa nội dung bài quá hạn lưu; số đếm ở lại, nhật ký ghi số lượng."""
    from langnghe.casework.backups import Backups
    from langnghe.crawler.channelterms import RECHECK_DAYS
    from langnghe.store.cases import Cases

    session: Session = context.obj
    home = session.home.require()
    days = home.settings.retention_days
    with session.stores() as stores:
        purged = stores.posts.purge(
            SystemClock().now(), days, home.shorter_retention(days), RECHECK_DAYS
        )
        stores.posts.optimise()
    # A backup holds texts, too.
    with session.casework() as casework:
        backups = Backups(home, Cases(casework), SystemClock()).delete_expired()

    def show() -> None:
        session.out.print(f"Đã xóa nội dung {purged.posts} bài quá hạn lưu.")
        if purged.unconfirmed:
            session.out.print(
                f"Trong đó {purged.unconfirmed} bài không còn thấy ở nguồn trong thời hạn mà điều "
                "khoản của kênh cho phép."
            )
        if backups:
            session.out.print(f"Đã xóa {backups} bản sao lưu quá hạn lưu.")

    session.result(
        {
            "posts": purged.posts,
            "by_source": dict(purged.by_source),
            "unconfirmed": purged.unconfirmed,
            "backups": backups,
        },
        show,
    )


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp sao lưu sẽ được tạo.")],
) -> None:
    """Sao lưu toàn bộ thư mục dữ liệu, kể cả khi dịch vụ đang chạy."""
    from langnghe.store.backup import backup as make_backup

    session: Session = context.obj
    size = make_backup(session.home.require(), file)
    session.result(
        {"file": file, "bytes": size},
        lambda: session.out.print(f"Đã sao lưu vào {file} ({size / 1e6:.1f} MB)."),
    )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp sao lưu.", exists=True)],
    force: Annotated[bool, typer.Option(help="Thay dữ liệu đang có.")] = False,
) -> None:
    """Khôi phục thư mục dữ liệu từ bản sao lưu."""
    from langnghe.scheduler.service import only_scheduler
    from langnghe.store.backup import restore as restore_backup

    session: Session = context.obj
    session.home.root.mkdir(parents=True, exist_ok=True)
    with only_scheduler(session.home):
        restore_backup(file, session.home, force=force)
    session.result(
        {"home": session.home.root},
        lambda: session.out.print(f"Đã khôi phục vào {session.home.root}."),
    )


def doctor(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option(help="Đọc thử nguồn này: hỏi thật vài trang đầu, không lưu gì."),
    ] = None,
) -> None:
    """Kiểm tra máy, cấu hình, khóa, dữ liệu, nguồn tin; nói rõ cần làm gì."""
    from langnghe.scheduler.health import Level, examine

    session: Session = context.obj
    if source is not None:
        try_source(session, source)
        return
    findings = examine(session.home, SystemClock())
    marks = {Level.GOOD: "[green]✓[/]", Level.WARNING: "[yellow]![/]", Level.BAD: "[red]✗[/]"}

    def show() -> None:
        for finding in findings:
            session.out.print(marks[finding.level], Text(finding.what), soft_wrap=True)
            if finding.cure:
                session.out.print("   →", Text(finding.cure), soft_wrap=True)

    data = [
        {"level": finding.level, "what": finding.what, "cure": finding.cure} for finding in findings
    ]
    session.result({"findings": data}, show)
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)
