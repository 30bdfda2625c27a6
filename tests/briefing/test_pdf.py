from __future__ import annotations

import time
from pathlib import Path

import pytest

from langnghe.briefing.checkpdf import check_pdf
from langnghe.briefing.docx import write_docx
from langnghe.briefing.layout import layout_named
from langnghe.briefing.pdf import PdfFailed, PdfUnavailable, to_pdf
from langnghe.core.institution import LayoutName
from tests.briefing import samples


@pytest.mark.parametrize("name", LayoutName)
def test_printed_pages_keep_the_rules(name: LayoutName, tmp_path: Path) -> None:
    layout = layout_named(name)
    document = samples.of_layout(name)
    path = tmp_path / "report.pdf"
    path.write_bytes(to_pdf(write_docx(document, layout), document.dated))
    checks = check_pdf(path, layout)
    assert len(checks) >= 8
    assert [one for one in checks if not one.holds] == []
    other = check_pdf(path, layout_named(LayoutName.HD05 if name is LayoutName.ND30 else name))
    assert len(other) == len(checks)


def test_the_same_file_gives_the_same_bytes() -> None:
    content = write_docx(samples.minutes(), layout_named(LayoutName.HD05))
    first = to_pdf(content, samples.DATED)
    time.sleep(1.1)
    assert to_pdf(content, samples.DATED) == first
    assert b"/CreationDate(D:20261120000000" in first


def test_without_libreoffice_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PdfUnavailable, match="libreoffice-writer"):
        to_pdf(b"", None)


@pytest.mark.parametrize(
    ("script", "reason"),
    [("sleep 60", "quá 1 giây"), ("exit 3", "mã lỗi 3"), ("exit 0", "không có tệp kết quả")],
)
def test_a_libreoffice_that_fails_is_ended_and_told_of(
    script: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(PdfFailed, match=reason):
        to_pdf(b"", None, timeout=1)
