"""The end of a document: who signs, who gets it."""

from __future__ import annotations

import re
from typing import Final

from docx.document import Document as WordFile
from docx.shared import Pt

from langnghe.briefing.cells import lines
from langnghe.briefing.content import Document, Signature
from langnghe.briefing.layout import Layout
from langnghe.briefing.wordheader import named
from langnghe.briefing.wordparts import Stack, grid
from langnghe.briefing.wordstyles import STYLE_NAMES

_POINTS_PER_MM: Final = 72 / 25.4
_SIGN: Final = re.compile(r"^(T|K|TU)\s*/?\s*(M|T|L|Q)[./]?\s+(?=\S)")
"""T/M, K/T, T/L, TUQ before the authority, with slash, dot or neither."""


def write_ending(file: WordFile, document: Document, layout: Layout) -> None:
    """Add signatures and recipients, in one block that no page break parts.

    Of one signature the recipients stand at its left; of two they stand below.
    """
    full = layout.page.text_width * _POINTS_PER_MM
    two = len(document.signatures) > 1
    table = grid(file, (full / 2, full / 2), 2 if two else 1)
    top = table.rows[0].cells
    if two:
        for signature, cell in zip(document.signatures[:2], top, strict=True):
            _signature(Stack(cell), signature, layout)
        _recipients(Stack(table.rows[1].cells[0]), document, layout)
    else:
        _recipients(Stack(top[0]), document, layout)
        for signature in document.signatures:
            _signature(Stack(top[1]), signature, layout)
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = row is not table.rows[-1]
    for row in table.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.space_before = Pt(12)


def signed_for(authority: str, layout: Layout) -> str:
    """`T/M BAN THƯỜNG VỤ` of the Party's documents is `TM. BAN THƯỜNG VỤ` in the State's."""
    match = _SIGN.match(authority)
    if not match:
        return authority
    first, second = match.groups()
    # TUQ has no slash in either.
    sign = f"{first}{second}" if first == "TU" or layout.signs == "dots" else f"{first}/{second}"
    return f"{sign}{'.' if layout.signs == 'dots' else ''} {authority[match.end() :]}"


def _signature(stack: Stack, signature: Signature, layout: Layout) -> None:
    authority = signed_for(" ".join(lines(signature.authority)), layout).upper()
    position = " ".join(lines(signature.position)).upper()
    if authority:
        stack.add(authority, STYLE_NAMES["authority"])
    if position:
        paragraph = stack.add(position, STYLE_NAMES["position"])
        if not authority:
            # Who signs for nobody else has only a position, which then stands for both.
            paragraph.style = STYLE_NAMES["authority"]
    for _ in range(layout.blank_lines):
        stack.add("", STYLE_NAMES["name"])
    stack.add(" ".join(lines(signature.name)), STYLE_NAMES["name"])


def _recipients(stack: Stack, document: Document, layout: Layout) -> None:
    shown = named(document.recipients, layout.recipients)
    if not shown:
        return
    stack.add(layout.recipients.label, STYLE_NAMES["recipients_label"])
    for text in shown:
        stack.add(text, STYLE_NAMES["recipients"])
