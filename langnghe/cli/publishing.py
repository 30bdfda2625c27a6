"""The command of the public page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from langnghe.cli.session import Session
from langnghe.core.errors import LangNgheError


def publish(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(help="Thư mục của trang; không ghi thì theo folder trong publishing.yaml."),
    ] = None,
) -> None:
    """Ghi trang công khai: thông tin đính chính và trả lời đã được duyệt, kèm căn cứ."""
    from langnghe.publishing.publish import publish as write_public_page
    from langnghe.publishing.settings import FILE, publishing_settings, service_folder

    session: Session = context.obj
    home = session.home.require()
    folder = out or service_folder(home)
    if folder is None:
        raise LangNgheError(
            f"Chưa biết ghi trang vào đâu. Hãy thêm --out, hoặc ghi folder trong "
            f"{home.config_or_shipped(FILE)}."
        )
    folder = folder.expanduser().absolute()
    with session.casework() as casework:
        report = write_public_page(home, casework, folder)
    written = report.written
    changes = len(written.added) + len(written.changed) + len(written.removed)

    def show() -> None:
        session.out.print(
            f"Trang công khai: {report.corrections} thông tin đính chính, {report.answers} trả "
            f"lời, trong đó {report.withdrawn} đã thu hồi.",
            soft_wrap=True,
        )
        session.out.print(
            f"{written.files} tệp: thêm {len(written.added)}, đổi {len(written.changed)}, "
            f"bỏ {len(written.removed)}."
            if changes
            else f"{written.files} tệp, không có gì thay đổi."
        )
        session.out.print(Text(f"Xem tại {(folder / 'index.html').as_uri()}"), soft_wrap=True)
        if publishing_settings(home).is_sample and not home.is_sample():
            session.err.print(
                Text(
                    f"base_url trong {home.config_or_shipped(FILE)} vẫn là địa chỉ mẫu: hãy ghi "
                    "địa chỉ thật trước khi đưa trang lên mạng."
                ),
                soft_wrap=True,
            )
        for page in report.heavy:
            session.err.print(
                Text(f"{page} nặng quá 100 KB, mở chậm trên đường truyền yếu."), soft_wrap=True
            )
        for case in report.lost:
            session.err.print(
                Text(
                    f"{case}: bản nghe không còn trong kho nên không được đăng. Hãy khôi phục từ "
                    "bản sao lưu, hoặc đính kèm lại."
                ),
                soft_wrap=True,
            )

    session.result(
        {
            "folder": folder,
            "corrections": report.corrections,
            "answers": report.answers,
            "withdrawn": report.withdrawn,
            "files": written.files,
            "added": written.added,
            "changed": written.changed,
            "removed": written.removed,
            "heavy": report.heavy,
            "lost": report.lost,
        },
        show,
    )
