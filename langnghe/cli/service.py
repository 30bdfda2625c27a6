"""The commands that run the service or its pages, and the sample."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home


def dashboard(context: typer.Context) -> None:
    """Chỉ mở trang web, không đọc nguồn tin."""
    import subprocess

    from langnghe.dashboard.server import dashboard_command, dashboard_environment

    session: Session = context.obj
    home = session.home.require()
    _say_address(session, home)
    try:
        code = subprocess.call(  # noqa: S603  our own interpreter and arguments
            dashboard_command(home), env=dashboard_environment(home)
        )
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def run(context: typer.Context) -> None:
    """Chạy dịch vụ: đọc nguồn tin theo lịch, gán nhãn, xóa bài quá hạn, mở trang web.

    Khi chưa có nguồn tin nào, dịch vụ dùng trang mẫu với nội dung hư cấu.
    """
    from langnghe.scheduler.service import Service
    from langnghe.scheduler.setup import init_home

    session: Session = context.obj
    home = session.home
    if not home.exists():
        init_home(home)
    if any(source.enabled for source in home.sources):
        _say_address(session, home)
        Service(home, SystemClock(), lambda line: session.err.print(Text(line))).run()
        return
    session.err.print(
        Text(
            "Chưa có nguồn tin nào được cấu hình: dịch vụ đang dùng TRANG MẪU, "
            "nội dung hư cấu.\n"
            f"Để đọc nguồn thật, hãy thêm vào {home.configs / 'sources.yaml'} rồi chạy lại.",
            "bold yellow",
        )
    )
    _run_demo(session, serve=True)


def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option(help="Mở trang web sau khi đọc xong.")] = True,
) -> None:
    """Đọc trang mẫu (nội dung hư cấu) vào thư mục con «demo» và mở trang web."""
    _run_demo(context.obj, serve=serve)


def _run_demo(session: Session, *, serve: bool) -> None:
    from langnghe.dashboard.sampleaccounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
    from langnghe.scheduler.demo import fill_demo, serving_sample_site
    from langnghe.scheduler.service import Service

    clock = SystemClock()
    with serving_sample_site(session.home, clock) as demo_home:
        with session.progress("Đang đọc trang mẫu") as progress:
            summary = fill_demo(demo_home, clock, progress)
        session.result(
            {"home": demo_home.root, **summary},
            lambda: session.err.print(
                f"Trang mẫu: {summary['posts']} bài trong kho, "
                f"{summary['labelled']} bài vừa gán nhãn."
            ),
        )
        if serve:
            _say_address(session, demo_home)
            names = ", ".join(account.id for account in SAMPLE_ACCOUNTS)
            session.err.print(f"Tài khoản mẫu: {names}; mật khẩu chung: «{SAMPLE_PASSWORD}».")
            Service(demo_home, clock, lambda line: session.err.print(Text(line))).run()


def _say_address(session: Session, home: Home) -> None:
    settings = home.settings.dashboard
    session.err.print(
        f"Mở trình duyệt tại [bold]http://{settings.host}:{settings.port}[/bold] (Ctrl+C để dừng)."
    )
