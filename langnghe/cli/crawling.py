"""The commands that read sources: crawl, and import of a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.models import Outcome

if TYPE_CHECKING:
    from langnghe.crawler.report import CrawlReport

_OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.STORED: "Mới",
    Outcome.UNCHANGED: "Không đổi",
    Outcome.DUPLICATE: "Trùng",
    Outcome.OFF_TOPIC: "Ngoài chủ đề",
    Outcome.REJECTED: "Không dùng được",
}


def crawl(
    context: typer.Context,
    source: Annotated[
        list[str] | None, typer.Option(help="Chỉ đọc nguồn này (lặp lại được).")
    ] = None,
    due: Annotated[bool, typer.Option(help="Chỉ đọc các nguồn đã đến hạn.")] = False,
) -> None:
    """Đọc các nguồn tin một lượt."""
    from langnghe.crawler.process import crawl as crawl_sources
    from langnghe.scheduler.progress import page_counter

    session: Session = context.obj
    home = session.home.require()
    sources = [entry for entry in home.sources if entry.enabled]
    if source:
        unknown = set(source) - {entry.name for entry in sources}
        if unknown:
            raise LangNgheError(
                f"Không có nguồn tin nào (đang bật) tên {', '.join(sorted(unknown))}. "
                f"Xem tên nguồn trong {home.configs / 'sources.yaml'}."
            )
        sources = [entry for entry in sources if entry.name in source]
    if not sources:
        raise LangNgheError(
            f"Chưa có nguồn tin nào đang bật. Hãy thêm vào {home.configs / 'sources.yaml'}; "
            "docs/sources.md có ví dụ cho từng kênh."
        )
    with session.progress("Đang đọc các nguồn tin") as progress:
        report = crawl_sources(
            home, sources, SystemClock(), only_due=due, progress=page_counter(progress)
        )
    session.result(report.as_json(), lambda: _show_crawl(session, report))
    raise typer.Exit(report.exit_code)


def _show_crawl(session: Session, report: CrawlReport) -> None:
    from langnghe.dashboard.problems import problem

    if not report.sources:
        session.out.print("Chưa nguồn tin nào đến hạn đọc.")
        return
    table = Table("Nguồn tin", *_OUTCOME_NAMES.values(), "Trang")
    for row in report.sources:
        table.add_row(
            row.source,
            *(str(row.outcomes.get(outcome, 0)) for outcome in _OUTCOME_NAMES),
            str(row.pages),
        )
    session.out.print(table)
    if report.deleted:
        session.out.print(f"Đã xóa {report.deleted} bài không còn ở nguồn.")
    for row in report.sources:
        for key, times in row.problems.items():
            trouble = problem(key)
            session.out.print(
                Text(f"{row.source}: {trouble.what} ({times} lần). {trouble.cure}"), soft_wrap=True
            )


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Tệp CSV, XLSX hoặc JSONL.", exists=True)],
    source: Annotated[str, typer.Option(help="Tên nguồn (kênh file) trong sources.yaml.")],
) -> None:
    """Nhập một tệp xuất từ kênh khác, theo cách đọc cột của một nguồn kênh «file»."""
    from langnghe.core.settings import FileSource
    from langnghe.crawler.importing import import_file
    from langnghe.crawler.report import PARTLY

    session: Session = context.obj
    home = session.home.require()
    entry = next((entry for entry in home.sources if entry.name == source), None)
    if not isinstance(entry, FileSource):
        raise LangNgheError(
            f"{source!r} không phải nguồn kênh «file». Hãy thêm một nguồn như vậy vào "
            f"{home.configs / 'sources.yaml'}; docs/sources.md có ví dụ."
        )
    with session.progress("Đang nhập") as progress:
        report = import_file(home, entry, file, SystemClock(), progress=progress)
    rejected = report.outcomes.get(Outcome.REJECTED, 0)

    def show() -> None:
        for outcome, name in _OUTCOME_NAMES.items():
            session.out.print(f"{name}: {report.outcomes.get(outcome, 0)} bài")
        for row in report.bad_rows:
            session.err.print(Text(row), soft_wrap=True)

    session.result(report.as_json(), show)
    if rejected:
        raise typer.Exit(PARTLY)
