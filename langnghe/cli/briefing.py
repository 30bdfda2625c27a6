"""The commands of the monthly briefing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.institution import LayoutName
from langnghe.core.wholefile import writing

if TYPE_CHECKING:
    from langnghe.briefing.content import Document
    from langnghe.briefing.figures import Material
    from langnghe.store.transactions import Transactions

Month = Annotated[
    datetime, typer.Argument(formats=["%Y-%m"], help="Tháng giao ban, ví dụ 2026-11.")
]
Layout = Annotated[
    LayoutName | None,
    typer.Option(help="Thể thức; mặc định theo briefing.yaml."),
]
Out = Annotated[Path, typer.Option(help="Thư mục ghi tệp.", file_okay=False, metavar="DIR")]


def briefing(
    context: typer.Context, month: Month, layout: Layout = None, out: Out = Path()
) -> None:
    """Xuất báo cáo giao ban tháng: DOCX, PDF, PPTX và XLSX.

    Bản đã duyệt thì xuất đúng như lúc duyệt; chưa duyệt thì xuất bản dự thảo.
    """
    from langnghe.briefing.produce import FileKind, file_name, produce
    from langnghe.briefing.work import content

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    chosen = layout or home.briefing.layout
    with _material(session) as (material, _):
        said = content(material, month.date().replace(day=1), clock.now())
    out.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    missing: list[str] = []
    for kind in FileKind:
        path = out / file_name(said, chosen, kind)
        try:
            _write(path, produce(said, chosen, kind))
        except LangNgheError as error:
            missing.append(str(error))
        else:
            made.append(path)

    def show() -> None:
        state = "bản dự thảo" if said.draft_note else f"bản duyệt ngày {said.dated:%d/%m/%Y}"
        session.out.print(f"Báo cáo giao ban tháng {said.month:%m/%Y} ({state}), kỳ {period}:")
        for path in made:
            session.out.print(f"  {path}", soft_wrap=True)
        for problem in missing:
            session.err.print(problem, soft_wrap=True)

    period = f"{said.figures.period.since:%d/%m/%Y}–{said.figures.period.until:%d/%m/%Y}"
    session.result(
        {
            "month": f"{said.month:%Y-%m}",
            "draft": bool(said.draft_note),
            "files": made,
            "missing": missing,
        },
        show,
    )
    if missing:
        raise typer.Exit(4)


Topic = Annotated[str | None, typer.Option("--topic", help="Mã chủ đề, như trong topics.yaml.")]
AlertId = Annotated[
    str | None, typer.Option("--alert", help="Mã cảnh báo, ví dụ CB.20261112.0001.")
]


def quick_report(
    context: typer.Context,
    topic: Topic = None,
    alert: AlertId = None,
    layout: Layout = None,
    out: Out = Path(),
) -> None:
    """Soạn dự thảo báo cáo nhanh về một chủ đề hoặc một cảnh báo: DOCX và PDF."""
    from langnghe.briefing.letterhead import letterheads
    from langnghe.briefing.matters import matter_of
    from langnghe.briefing.quick import quick_report

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    chosen = layout or home.briefing.layout
    with _material(session) as (material, casework):
        matter = matter_of(material, casework, clock.now(), topic=topic, alert_id=alert)
    name = f"bao-cao-nhanh-{alert or topic}-{matter.today:%Y-%m-%d}-{chosen}-du-thao"
    _write_documents(session, quick_report(matter, letterheads(home), chosen), chosen, out, name)


def minutes(
    context: typer.Context,
    month: Month,
    file: Annotated[
        Path | None, typer.Argument(help="Tệp ghi chép; không có thì biên bản chừa chỗ viết tay.")
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Tạo tệp ghi chép mẫu để điền, chưa làm biên bản.")
    ] = False,
    layout: Layout = None,
    out: Out = Path(),
) -> None:
    """Làm biên bản hội nghị giao ban từ tệp ghi chép: DOCX và PDF."""
    from langnghe.briefing.letterhead import letterheads
    from langnghe.briefing.minutes import TEMPLATE, Meeting, minutes, read_meeting
    from langnghe.briefing.work import current_figures

    session: Session = context.obj
    home, clock = session.home.require(), SystemClock()
    first = month.date().replace(day=1)
    if new:
        if file is None:
            raise LangNgheError(
                "Hãy nêu tên tệp ghi chép, ví dụ `langnghe minutes 2026-11 t.yaml`."
            )
        if file.exists():
            raise LangNgheError(f"{file} đã có, không ghi đè. Hãy chọn tên khác.")
        _write(file, TEMPLATE.format(began=f"{first:%Y-%m}-20 08:00").encode())
        session.result({"file": file}, lambda: session.out.print(f"Đã tạo {file}. Hãy điền."))
        return
    meeting = Meeting() if file is None else read_meeting(file)
    chosen = layout or home.briefing.layout
    with _material(session) as (material, _):
        figures, _ = current_figures(material, first, clock.now())
    document = minutes(meeting, first, figures, letterheads(home), chosen)
    _write_documents(session, document, chosen, out, f"bien-ban-giao-ban-{first:%Y-%m}-{chosen}")


def _write_documents(
    session: Session, document: Document, layout: LayoutName, out: Path, name: str
) -> None:
    """Write a document as DOCX and PDF, and say where."""
    from langnghe.briefing.docx import write_docx
    from langnghe.briefing.layout import layout_named
    from langnghe.briefing.pdf import to_pdf

    out.mkdir(parents=True, exist_ok=True)
    content = write_docx(document, layout_named(layout))
    made, missing = [out / f"{name}.docx"], []
    _write(made[0], content)
    try:
        _write(out / f"{name}.pdf", to_pdf(content, document.dated))
        made.append(out / f"{name}.pdf")
    except LangNgheError as error:
        missing.append(str(error))

    def show() -> None:
        for path in made:
            session.out.print(str(path), soft_wrap=True)
        for problem in missing:
            session.err.print(problem, soft_wrap=True)

    session.result({"files": made, "missing": missing}, show)
    if missing:
        raise typer.Exit(4)


def briefing_check(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Tệp DOCX hoặc PDF.", exists=True, dir_okay=False, metavar="FILE")
    ],
    layout: Annotated[LayoutName, typer.Option(help="Thể thức phải theo.")],
) -> None:
    """Kiểm tra một tệp DOCX hoặc PDF có đúng thể thức không, kể cả sau khi sửa trong Word."""
    from rich.table import Table
    from rich.text import Text

    from langnghe.briefing.check import check_docx
    from langnghe.briefing.checkpdf import check_pdf
    from langnghe.briefing.layout import layout_named

    session: Session = context.obj
    rules = layout_named(layout)
    if file.suffix.lower() == ".pdf":
        checks = check_pdf(file, rules)
    else:
        checks = check_docx(file.read_bytes(), rules)
    broken = [check for check in checks if not check.holds]

    def show() -> None:
        table = Table("", "Quy định", "Trong tệp")
        for check in checks:
            sign = Text("đúng", "green") if check.holds else Text("SAI", "bold red")
            table.add_row(sign, Text(check.rule), Text(check.found))
        session.out.print(table)
        session.out.print(
            f"{len(broken)} trong {len(checks)} quy định chưa đúng."
            if broken
            else f"Đúng cả {len(checks)} quy định."
        )

    found = [{"rule": one.rule, "holds": one.holds, "found": one.found} for one in checks]
    session.result({"layout": layout, "checks": found}, show)
    if broken:
        raise typer.Exit(1)


def _write(path: Path, content: bytes) -> None:
    with writing(path) as file:
        file.write(content)


@contextmanager
def _material(session: Session) -> Iterator[tuple[Material, Transactions]]:
    """What figures are gathered from in the session's home, and its casework."""
    from langnghe.briefing.work import material_of

    with session.stores() as stores, session.casework() as casework:
        yield material_of(session.home, stores, casework), casework
