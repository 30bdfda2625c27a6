"""How the text of a Word file looks in the end: what it says itself, else what its styles say."""

# ruff: noqa: SLF001 -- as in wordparts
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

_TRUE = {None, "1", "true", "on"}


@dataclass(frozen=True, slots=True)
class Look:
    """Of a piece of text."""

    font: str
    size: float
    """Points."""
    bold: bool
    italic: bool
    underline: bool


def paragraphs(file: WordFile) -> Iterator[Paragraph]:
    """All of the body, also those in tables, in their order."""
    for block in file.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block
        else:
            yield from in_table(block)


def in_table(table: Table) -> Iterator[Paragraph]:
    """Those in the cells of a table, row by row."""
    for row in table.rows:
        for cell in row.cells:
            yield from cell.paragraphs


def look(run: Run, paragraph: Paragraph) -> Look:
    """How a run is shown."""
    sources = [run._r.rPr, *_of_styles(paragraph), _defaults(paragraph)]
    size = _first(sources, "w:sz", "w:val")
    return Look(
        font=_first(sources, "w:rFonts", "w:ascii") or "",
        # Word's own default, where nobody says a size.
        size=int(size) / 2 if size else 10.0,
        bold=_on(sources, "w:b"),
        italic=_on(sources, "w:i"),
        underline=(_first(sources, "w:u", "w:val") or "none") != "none",
    )


def fonts(run: Run, paragraph: Paragraph) -> set[str]:
    """The fonts of a run for all scripts: Word chooses one by the letter."""
    sources = [run._r.rPr, *_of_styles(paragraph), _defaults(paragraph)]
    found = {_first(sources, "w:rFonts", f"w:{script}") for script in ("ascii", "hAnsi", "cs")}
    return {one or "" for one in found}


def shape(paragraph: Paragraph, name: str) -> Any:
    """A property of a paragraph's shape, such as `space_before`, from it or from its styles."""
    value = getattr(paragraph.paragraph_format, name)
    style: Any = paragraph.style
    while value is None and style is not None:
        value = getattr(style.paragraph_format, name)
        style = style.base_style
    return value


def _of_styles(paragraph: Paragraph) -> list[Any]:
    found = []
    style: Any = paragraph.style
    while style is not None:
        found.append(style.element.rPr)
        style = style.base_style
    return found


def _defaults(paragraph: Paragraph) -> Any:
    styles = paragraph.part.document.styles.element  # type: ignore[attr-defined]  # a story part
    return styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")


def _first(sources: list[Any], name: str, attribute: str) -> str | None:
    for source in sources:
        found = None if source is None else source.find(qn(name))
        if found is not None and found.get(qn(attribute)) is not None:
            value: str = found.get(qn(attribute))
            return value
    return None


def _on(sources: list[Any], name: str) -> bool:
    for source in sources:
        found = None if source is None else source.find(qn(name))
        if found is not None:
            return found.get(qn("w:val")) in _TRUE
    return False
