"""A document as a Word file that people go on editing: real styles, numbers and headers."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from docx.document import Document as WordFile
from docx.enum.section import WD_SECTION
from docx.section import Section

from langnghe.briefing.cells import lines, plain
from langnghe.briefing.content import Block, Chart, Document, Heading, Paragraph, Table
from langnghe.briefing.layout import Layout, Numbering, StyleName
from langnghe.briefing.wordending import write_ending
from langnghe.briefing.wordheader import day_in_words, texts_of, write_header
from langnghe.briefing.wordparts import count_pages, field, unnumber
from langnghe.briefing.wordstyles import (
    APPENDIX_HEADING,
    BULLET,
    STYLE_NAMES,
    blank,
    set_page,
)
from langnghe.briefing.wordtables import Numbered
from langnghe.briefing.zipped import settled

_END: Final = re.compile(r"[\s./;,]*$")
_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
"""Vietnamese. Word counts a, b, c, d, e: it is right up to the fourth."""
_HEADINGS: Final[tuple[StyleName, ...]] = ("heading_1", "heading_2", "heading_3", "heading_4")
_NO_DAY: Final = date(1980, 1, 1)


def write_docx(document: Document, layout: Layout) -> bytes:
    """A document laid out. The same document gives the same bytes.

    Args:
        document: what it says.
        layout: whose rules it follows.
    """
    file = blank(layout)
    _describe(file, document)
    write_header(file, document, layout)
    numbered = Numbered(file, layout)
    _Body(file, layout, numbered).write(document.blocks)
    write_ending(file, document, layout)
    _pages(file.sections[0], document, layout)
    _appendices(file, document, layout, numbered)
    saved = BytesIO()
    file.save(saved)
    return settled(saved.getvalue(), f"{document.dated or _NO_DAY}T00:00:00Z")


class _Body:
    """Writes the blocks between header and ending."""

    def __init__(self, file: WordFile, layout: Layout, numbered: Numbered) -> None:
        self._file, self._layout, self._numbered = file, layout, numbered
        self._count = [0, 0, 0, 0]

    def write(self, blocks: tuple[Block, ...]) -> None:
        """Add them all; the last paragraph gets the sign that ends a text."""
        for block in blocks:
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._paragraph(block)
                case Table():
                    self._numbered.table(block)
                case Chart():
                    self._numbered.chart(block)
        if blocks and isinstance(blocks[-1], Paragraph):
            last = self._file.paragraphs[-1]
            if last.runs:
                last.runs[-1].text = _END.sub("", last.text) + self._layout.text_end
                # The block of signatures never stands alone on a page.
                last.paragraph_format.keep_with_next = True

    def _heading(self, heading: Heading) -> None:
        level = min(max(heading.level, 1), 4)
        text = " ".join(lines(heading.text))
        name, style = STYLE_NAMES[_HEADINGS[level - 1]], self._layout.styles[_HEADINGS[level - 1]]
        paragraph = self._file.add_paragraph(text.upper() if style.capitals else text, style=name)
        self._count[level - 1] += 1
        self._count[level:] = [0] * (4 - level)
        by_hand = _written_number(self._layout.numbering, level, self._count)
        if by_hand:
            unnumber(paragraph)
            paragraph.runs[0].text = f"{by_hand} {text}"

    def _paragraph(self, paragraph: Paragraph) -> None:
        for index, line in enumerate(lines(paragraph.text)):
            bullet = paragraph.bullet and not index
            self._file.add_paragraph(line, style=BULLET if bullet else STYLE_NAMES["text"])


def _written_number(numbering: tuple[Numbering, ...], level: int, count: list[int]) -> str:
    """A number that Word would get wrong; "" where its own is right."""
    if level > len(numbering):
        return ""
    one, place = numbering[level - 1], count[level - 1]
    if one.format != "letter" or place <= 4 or place > len(_LETTERS):
        return ""
    return one.pattern.replace(f"%{level}", _LETTERS[place - 1])


def _describe(file: WordFile, document: Document) -> None:
    """What Word shows as the file's properties: from the document, never from this machine."""
    moment = datetime.combine(document.dated or _NO_DAY, time())
    properties = file.core_properties
    subject = " ".join(lines(f"{document.title} {document.subject}"))
    properties.title, properties.author = subject[:255], plain(document.body)[:255]
    properties.language, properties.comments, properties.keywords = "vi-VN", "", ""
    properties.last_modified_by, properties.revision = "", 1
    properties.created = properties.modified = moment  # settled writes it; python-docx needs one


def _pages(section: Section, document: Document, layout: Layout) -> None:
    """Page numbers at the top, from the second page on, and the note of a draft on each."""
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    head.style = STYLE_NAMES["page_number"]
    field(head, "PAGE", "2")
    section.first_page_header.paragraphs[0].style = STYLE_NAMES["page_number"]
    for foot in (section.footer, section.first_page_footer):
        foot.paragraphs[0].style = STYLE_NAMES["draft_note"]
        foot.paragraphs[0].add_run(" ".join(lines(document.draft_note)))


def _appendices(file: WordFile, document: Document, layout: Layout, numbered: Numbered) -> None:
    """What follows the signatures, each part on a page of its own.

    A heading of level 1 begins an appendix; deeper ones are headings within it.
    """
    titles = [one for one in document.appendix if isinstance(one, Heading) and one.level == 1]
    begun = 0
    for block in document.appendix:
        opens = isinstance(block, Heading) and block.level == 1
        if opens or not begun:
            begun += 1
            section = file.add_section(WD_SECTION.NEW_PAGE)
            set_page(section, layout)
            anew = begun == 1 or layout.appendix.pages == "each"
            count_pages(section, anew=anew)
            section.different_first_page_header_footer = anew
            _opening(file, document, layout, block if opens else None, begun, len(titles))
            if opens:
                continue
        match block:
            case Heading():
                file.add_paragraph(" ".join(lines(block.text)), style=APPENDIX_HEADING)
            case Paragraph():
                for line in lines(block.text):
                    file.add_paragraph(line, style=BULLET if block.bullet else STYLE_NAMES["text"])
            case Table():
                numbered.table(block)
            case Chart():
                numbered.chart(block)


def _opening(
    file: WordFile,
    document: Document,
    layout: Layout,
    heading: Block | None,
    place: int,
    among: int,
) -> None:
    """An appendix's number, title, and what it belongs to."""
    label = layout.appendix.label + (f" {_roman(place)}" if among > 1 else "")
    file.add_paragraph(label, style=STYLE_NAMES["appendix_label"])
    if isinstance(heading, Heading):
        title = " ".join(lines(heading.text)).upper()
        file.add_paragraph(title, style=STYLE_NAMES["appendix_title"])
    texts = texts_of(document, layout)
    number = texts["number"].removeprefix("Số: ").removeprefix("Số ")
    kind = " ".join(lines(document.title)).capitalize()
    reference = f"(Kèm theo {kind} số {number} {day_in_words(document.dated)})"
    file.add_paragraph(reference, style=STYLE_NAMES["appendix_reference"])


def _roman(value: int) -> str:
    signs = {10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}
    found = ""
    for size, sign in signs.items():
        found += sign * (value // size)
        value %= size
    return found
