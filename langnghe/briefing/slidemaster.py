"""A blank 16:9 presentation with real layouts, for `pptx` to fill."""

# mypy: allow-untyped-calls
# python-pptx is typed in parts.
# ruff: noqa: SLF001 -- python-pptx opens its XML only under names with an underscore
from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, Final

import pptx
from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation
from pptx.shapes.base import BaseShape
from pptx.slide import Slide, SlideLayout
from pptx.util import Emu, Pt

FONT: Final = "Arial"
INK: Final = RGBColor(0x1F, 0x2A, 0x44)
ACCENT: Final = RGBColor(0x00, 0x72, 0xB2)
WIDTH, HEIGHT = 960.0, 540.0
"""Points of a slide, 16:9."""
MARGIN: Final = 48.0
TITLE_TOP, TITLE_HEIGHT = 24.0, 76.0
BODY_TOP, BODY_HEIGHT = 116.0, 372.0
FOOT_TOP, FOOT_HEIGHT = 500.0, 26.0
TITLE_SIZE, BODY_SIZE = 30, 28
INSET: Final = 7.2
"""Points that a text frame keeps free at each side."""
TITLE_LAYOUT, CONTENT_LAYOUT, BARE_LAYOUT = 0, 1, 5


def blank() -> Presentation:
    """A presentation without slides."""
    file = pptx.Presentation()
    file.slide_width, file.slide_height = Pt(WIDTH), Pt(HEIGHT)
    _drop_layouts(file)
    _drop_thumbnail(file)
    _set_fonts(file)
    master = file.slide_master
    _place_all(master.placeholders)
    for layout in file.slide_layouts:
        _place_all(layout.placeholders)
    _place_title_slide(file.slide_layouts[TITLE_LAYOUT])
    _style_texts(file)
    master.shapes._spTree.insert(2, _line())
    return file


def layout_of(file: Presentation, which: int) -> SlideLayout:
    """One of the three layouts: title, title with text, title alone."""
    return file.slide_layouts[{TITLE_LAYOUT: 0, CONTENT_LAYOUT: 1, BARE_LAYOUT: 2}[which]]


def add_foot(slide: Slide, note: str) -> None:
    """Put the note of a draft and the slide's number at its foot.

    PowerPoint gives a new slide these placeholders, python-pptx does not.
    """
    placeholders: Any = slide.slide_layout.placeholders
    for shape in placeholders:
        kind = shape.placeholder_format.type
        if kind is PP_PLACEHOLDER.SLIDE_NUMBER or (kind is PP_PLACEHOLDER.FOOTER and note):
            copy: Any = deepcopy(shape._element)
            slide.shapes._spTree.append(copy)
            copy.nvSpPr.cNvPr.set("id", str(100 + len(slide.shapes)))
            if kind is PP_PLACEHOLDER.FOOTER:
                made = slide.placeholders[shape.placeholder_format.idx]
                made.text_frame.text = note


def _drop_layouts(file: Presentation) -> None:
    """Keep the layouts that are used; the others were drawn for 4:3."""
    kept = {TITLE_LAYOUT, CONTENT_LAYOUT, BARE_LAYOUT}
    for place, layout in reversed(list(enumerate(file.slide_layouts))):
        if place not in kept:
            file.slide_layouts.remove(layout)


def _drop_thumbnail(file: Presentation) -> None:
    """The template's own picture, which folders would show for ours."""
    links: Any = file.part.package._rels
    for key, link in list(links.items()):
        if link.reltype.endswith("/thumbnail"):
            links.pop(key)


def _set_fonts(file: Presentation) -> None:
    """One font with all Vietnamese letters, for headings and texts."""
    theme = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = re.sub(
        rb'(<a:latin typeface=")[^"]*(")', rb"\g<1>" + FONT.encode() + rb"\g<2>", theme.blob
    )
    theme._blob = blob


def _place(shape: BaseShape, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top = Emu(Pt(left)), Emu(Pt(top))
    shape.width, shape.height = Emu(Pt(width)), Emu(Pt(height))


def _place_all(placeholders: Any) -> None:
    full = WIDTH - 2 * MARGIN
    for shape in list(placeholders):
        match shape.placeholder_format.type:
            case PP_PLACEHOLDER.TITLE | PP_PLACEHOLDER.CENTER_TITLE:
                _place(shape, MARGIN, TITLE_TOP, full, TITLE_HEIGHT)
            case PP_PLACEHOLDER.BODY | PP_PLACEHOLDER.OBJECT:
                _place(shape, MARGIN, BODY_TOP, full, BODY_HEIGHT)
            case PP_PLACEHOLDER.FOOTER:
                _place(shape, MARGIN, FOOT_TOP, full - 100, FOOT_HEIGHT)
            case PP_PLACEHOLDER.SLIDE_NUMBER:
                _place(shape, WIDTH - MARGIN - 80, FOOT_TOP, 80, FOOT_HEIGHT)
            case PP_PLACEHOLDER.DATE:
                # The day of a briefing stands in its subtitle.
                shape._element.getparent().remove(shape._element)


def _place_title_slide(layout: SlideLayout) -> None:
    full = WIDTH - 2 * MARGIN
    layout._element.set("showMasterSp", "0")
    placeholders: Any = layout.placeholders
    for shape in placeholders:
        match shape.placeholder_format.type:
            case PP_PLACEHOLDER.CENTER_TITLE:
                _place(shape, MARGIN, 150, full, 130)
            case PP_PLACEHOLDER.SUBTITLE:
                _place(shape, MARGIN, 300, full, 120)
                for properties in shape._element.iter(qn("a:lvl1pPr")):
                    properties.set("algn", "l")
                    run = properties.find(qn("a:defRPr"))
                    if run is not None:
                        _colour(run)


def _style_texts(file: Presentation) -> None:
    """Sizes and colours of titles and texts, where PowerPoint keeps them: in the master."""
    styles = file.slide_master._element.find(qn("p:txStyles"))
    for name, size, bold in (("p:titleStyle", TITLE_SIZE, True), ("p:bodyStyle", BODY_SIZE, False)):
        first = styles.find(f"{qn(name)}/{qn('a:lvl1pPr')}")
        first.set("algn", "l")
        run = first.find(qn("a:defRPr"))
        run.set("sz", str(100 * size))
        run.set("b", "1" if bold else "0")
        _colour(run)
    for holder in (file.slide_master, *file.slide_layouts):
        for shape in holder.placeholders:
            if shape.placeholder_format.type is PP_PLACEHOLDER.TITLE:
                shape._element.find(f".//{qn('a:bodyPr')}").set("anchor", "b")
            if shape.placeholder_format.type is PP_PLACEHOLDER.FOOTER:
                for properties in shape._element.iter(qn("a:lvl1pPr")):
                    properties.set("algn", "l")
                    properties.find(qn("a:defRPr")).set("i", "1")


def _colour(run: etree._Element) -> None:
    for fill in run.findall(qn("a:solidFill")):
        run.remove(fill)
    fill = etree.Element(qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr")).set("val", str(INK))
    run.insert(0, fill)


def _line() -> etree._Element:
    """A coloured line under the titles."""
    left, top, width, height = (
        int(Pt(one)) for one in (MARGIN + INSET, TITLE_TOP + TITLE_HEIGHT + 3, 96, 4)
    )
    made: etree._Element = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="20" name="Vạch"/><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f'</a:prstGeom><a:solidFill><a:srgbClr val="{ACCENT}"/></a:solidFill></p:spPr></p:sp>'
    )
    return made
