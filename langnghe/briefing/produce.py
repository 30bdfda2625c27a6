"""The files of a briefing: report, slides and workbook, all of the same content."""

from __future__ import annotations

from enum import StrEnum

from langnghe.briefing import tables
from langnghe.briefing.deck import deck
from langnghe.briefing.docx import write_docx
from langnghe.briefing.layout import layout_named
from langnghe.briefing.pdf import to_pdf
from langnghe.briefing.pptx import write_pptx
from langnghe.briefing.report import Content, report
from langnghe.briefing.xlsx import write_xlsx
from langnghe.core.institution import LayoutName


class FileKind(StrEnum):
    """A file that people take along; the value is how its name ends."""

    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    PDF = "pdf"
    """Last: it takes longest, and needs LibreOffice."""


def produce(content: Content, layout: LayoutName, kind: FileKind) -> bytes:
    """One file. The same content gives the same bytes.

    Raises:
        PdfUnavailable: a PDF is wanted, and there is no LibreOffice here.
        PdfFailed: LibreOffice did not make it.
    """
    match kind:
        case FileKind.DOCX:
            return write_docx(report(content, layout), layout_named(layout))
        case FileKind.PDF:
            return to_pdf(produce(content, layout, FileKind.DOCX), content.dated)
        case FileKind.PPTX:
            return write_pptx(deck(content, layout), content.dated)
        case FileKind.XLSX:
            title = f"Số liệu dư luận xã hội tháng {content.month:%m/%Y}"
            if content.draft_note:
                title = f"{title} ({content.draft_note})"
            sheets = (*tables.every_table(content.figures), tables.sources(content.figures))
            return write_xlsx(title, sheets, content.dated)


def file_name(content: Content, layout: LayoutName, kind: FileKind) -> str:
    """Such as `giao-ban-2026-11-hd05.docx`; of a draft it says so."""
    draft = "-du-thao" if content.draft_note else ""
    return f"giao-ban-{content.month:%Y-%m}-{layout}{draft}.{kind}"
