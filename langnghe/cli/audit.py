"""The commands of the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session, Since, Until
from langnghe.core.clock import LOCAL_ZONE

audit_app = typer.Typer(help="Nhật ký hoạt động.", no_args_is_help=True)


@audit_app.command("verify")
def audit_verify(context: typer.Context) -> None:
    """Kiểm tra nhật ký và từng hồ sơ có bị sửa lén không; nêu mục sai đầu tiên."""
    from langnghe.casework.audit import findings
    from langnghe.store.auditlog import AuditLog

    session: Session = context.obj
    with session.casework() as database:
        chain = AuditLog(database).verify()
    found = findings(chain)

    def show() -> None:
        for finding in found:
            session.out.print(Text(finding, "red"), soft_wrap=True)
        if not found:
            session.out.print(f"Nhật ký nguyên vẹn: {chain.entries} mục.")
            # Cutting off the end of a log leaves a whole, shorter one: hence this.
            session.out.print(
                f"Mã cuối: {chain.head}. Ghi lại ở nơi khác để lần sau đối chiếu.", soft_wrap=True
            )

    session.result(
        {
            "entries": chain.entries,
            "head": chain.head,
            "broken": chain.broken,
            "unaccounted": chain.unaccounted,
        },
        show,
    )
    if found:
        raise typer.Exit(1)


@audit_app.command("show")
def audit_show(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Loại hồ sơ, ví dụ claim, account.")] = None,
    case: Annotated[str | None, typer.Option(help="Mã hồ sơ.")] = None,
    who: Annotated[str | None, typer.Option(help="Tài khoản đã làm.")] = None,
    since: Since = None,
    until: Until = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Số mục.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Bỏ qua từng này mục mới nhất.")] = 0,
) -> None:
    """Ai đã làm gì, khi nào, vì sao; mục mới nhất trước."""
    from langnghe.casework.accounts import COMMAND_LINE
    from langnghe.casework.audit import entries
    from langnghe.store.auditlog import AuditLog, Entries

    session: Session = context.obj
    where = Entries(
        kind,
        case,
        who,
        _midnight(since),
        _midnight(until + timedelta(days=1)) if until else None,
    )
    with session.casework() as database:
        found = entries(AuditLog(database), COMMAND_LINE, where, size, offset)

    def show() -> None:
        for entry in found:
            at = f"{entry.at.astimezone(LOCAL_ZONE):%H:%M:%S %d/%m/%Y}"
            line = f"{entry.number}  {at}  {entry.who}  {entry.what}  {entry.kind} {entry.case_id}"
            session.out.print(Text(line), soft_wrap=True)
            for path in sorted(entry.before.keys() | entry.after.keys()):
                change = f"{entry.before.get(path, '–')} → {entry.after.get(path, '–')}"
                session.out.print(Text(f"    {path}: {change}", "dim"), soft_wrap=True)
            if entry.why:
                session.out.print(Text(f"    Lý do: {entry.why}"), soft_wrap=True)
        if not found:
            session.out.print("Không có mục nhật ký nào như vậy.")

    rows = [
        {
            "number": entry.number,
            "at": entry.at.astimezone(UTC),
            "who": entry.who,
            "what": entry.what,
            "kind": entry.kind,
            "case": entry.case_id,
            "before": entry.before,
            "after": entry.after,
            "why": entry.why,
        }
        for entry in found
    ]
    session.result({"entries": rows}, show)


def _midnight(day: datetime | None) -> datetime | None:
    """The beginning of a day in Viet Nam."""
    return None if day is None else day.replace(tzinfo=LOCAL_ZONE)
