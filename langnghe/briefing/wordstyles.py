"""A blank Word file with a layout's page, styles and numbers, for `docx` to fill."""

from __future__ import annotations

from typing import Any, Final

import docx
from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.text.parfmt import CT_PPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from langnghe.briefing.layout import Layout, Style, StyleName

STYLE_NAMES: Final[dict[StyleName, str]] = {
    "national": "Tiêu đề chung",
    "motto": "Tiêu ngữ",
    "parent_body": "Cơ quan cấp trên",
    "body": "Cơ quan ban hành",
    "star": "Dấu sao",
    "number": "Số và ký hiệu",
    "place_date": "Địa danh và thời gian",
    "circulation": "Phạm vi lưu hành",
    "document_title": "Title",
    "subject": "Subtitle",
    "subject_end": "Gạch dưới trích yếu",
    "addressees_label": "Kính gửi",
    "addressees": "Nơi kính gửi",
    "text": "Body Text",
    "heading_1": "Heading 1",
    "heading_2": "Heading 2",
    "heading_3": "Heading 3",
    "heading_4": "Heading 4",
    "authority": "Quyền hạn ký",
    "position": "Chức vụ",
    "name": "Họ tên người ký",
    "recipients_label": "Nơi nhận",
    "recipients": "Danh sách nơi nhận",
    "page_number": "Header",
    "draft_note": "Footer",
    "appendix_label": "Số phụ lục",
    "appendix_title": "Tên phụ lục",
    "appendix_reference": "Kèm theo",
    "caption": "Caption",
    "table": "Bảng",
    "note": "Ghi chú",
}
"""What people see in Word's list of styles. English names are Word's own, which it translates."""
RULE: Final = "Đường kẻ"
BULLET: Final = "List Bullet"
APPENDIX_HEADING: Final = "Mục phụ lục"
_ALIGNMENTS: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_RUNNING: Final[frozenset[StyleName]] = frozenset(
    ("text", "heading_1", "heading_2", "heading_3", "heading_4")
)
"""Set like text: first line indented, the layout's line spacing."""
_LEADING: Final[frozenset[StyleName]] = frozenset(
    (
        *("heading_1", "heading_2", "heading_3", "heading_4", "caption", "appendix_label"),
        *("appendix_title", "appendix_reference", "document_title", "subject"),
    )
)
"""Never the last line of a page."""
_KEPT: Final = frozenset(("Default Paragraph Font", "Normal Table", "No List", "Table Grid"))
_FORMATS: Final = {"roman": "upperRoman", "decimal": "decimal", "letter": "lowerLetter"}
_HEADINGS, _BULLETS = 1, 2
"""Ids of the two lists in numbering.xml."""


def blank(layout: Layout) -> WordFile:
    """A Word file without text."""
    file = docx.Document()
    _drop_styles(file)
    _settle_file(file)
    _settle_defaults(file, layout)
    _define_numbers(file, layout)
    for name, style in layout.styles.items():
        _define(file, layout, name, style)
    _define_others(file, layout)
    set_page(file.sections[0], layout)
    return file


def set_page(section: Section, layout: Layout) -> None:
    """Give a section the layout's sheet and margins."""
    page = layout.page
    section.page_width, section.page_height = Mm(page.width), Mm(page.height)
    section.top_margin, section.bottom_margin = Mm(page.top.value), Mm(page.bottom.value)
    section.left_margin, section.right_margin = Mm(page.left.value), Mm(page.right.value)
    section.header_distance = Mm(page.number_from_edge)
    section.footer_distance = Mm(page.number_from_edge)


def _drop_styles(file: WordFile) -> None:
    """Leave only what every file needs: python-docx brings its own looks along."""
    styles = file.styles.element
    for one in list(styles.findall(qn("w:style"))):
        name = one.find(qn("w:name"))
        if name is None or name.get(qn("w:val")) not in {*_KEPT, "Normal"}:
            styles.remove(one)


def _settle_file(file: WordFile) -> None:
    """Make Word open it as a file of today, in Vietnamese: the template is American."""
    for holder in (file.part.package, file.part):
        for key, link in list(holder.rels.items()):
            if link.reltype.endswith(("/thumbnail", "/stylesWithEffects")):
                del holder.rels[key]
    settings = file.settings.element
    for one in settings.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), "15")
    for name, attribute, value in (
        ("w:themeFontLang", "w:val", "vi-VN"),
        ("w:themeFontLang", "w:eastAsia", "vi-VN"),
        ("w:decimalSymbol", "w:val", ","),
        ("w:listSeparator", "w:val", ";"),
    ):
        for one in settings.iter(qn(name)):
            one.set(qn(attribute), value)


def _settle_defaults(file: WordFile, layout: Layout) -> None:
    """The font, its size and the language of all text."""
    defaults = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        for child in list(defaults):
            defaults.remove(child)
        defaults.append(_fonts(layout.font))
        defaults.append(
            parse_xml(f'<w:lang {nsdecls("w")} w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>')
        )
    normal = file.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.size = Pt(layout.styles["text"].size)
        _set_font(normal, layout.font)
        normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.widow_control = True


def _define(file: WordFile, layout: Layout, name: StyleName, style: Style) -> None:
    """One style of the layout."""
    made = _new(file, STYLE_NAMES[name], layout)
    made.font.size = Pt(style.size)
    made.font.bold, made.font.italic = style.bold, style.italic
    made.font.underline = style.underline
    shape = made.paragraph_format
    shape.alignment = _ALIGNMENTS[style.align]
    shape.space_before, shape.space_after = Pt(style.before), Pt(style.after)
    shape.keep_with_next = name in _LEADING
    if name in _RUNNING:
        _run_on(made, layout)
    if name.startswith("heading_"):
        level = int(name.removeprefix("heading_"))
        properties = made.element.get_or_add_pPr()
        if level <= len(layout.numbering):
            _number(properties, _HEADINGS, level - 1)
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        properties.append(outline)


def _define_others(file: WordFile, layout: Layout) -> None:
    """Styles that follow from those of the layout."""
    text = layout.styles["text"]
    bullet = _new(file, BULLET, layout)
    bullet.font.size = Pt(text.size)
    bullet.paragraph_format.alignment = _ALIGNMENTS[text.align]
    bullet.paragraph_format.space_before = Pt(text.before)
    _run_on(bullet, layout)
    _number(bullet.element.get_or_add_pPr(), _BULLETS, 0)
    heading = _new(file, APPENDIX_HEADING, layout)
    heading.font.size, heading.font.bold = Pt(text.size), True
    heading.paragraph_format.space_before = Pt(12)
    heading.paragraph_format.keep_with_next = True
    for level in range(1, 5):
        # After a heading people write text.
        numbered: Any = file.styles[f"Heading {level}"]
        numbered.next_paragraph_style = file.styles[STYLE_NAMES["text"]]
    rule = _new(file, RULE, layout)
    rule.font.size = Pt(1)
    rule.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    rule.paragraph_format.line_spacing = Pt(3)
    rule.paragraph_format.space_after = Pt(4)
    border = (
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        "</w:pBdr>"
    )
    properties = rule.element.get_or_add_pPr()
    properties.insert_element_before(
        parse_xml(border), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _run_on(made: ParagraphStyle, layout: Layout) -> None:
    """First line and line spacing of running text."""
    shape = made.paragraph_format
    shape.first_line_indent = Mm(layout.first_line.value)
    if layout.line_spacing.rule == "exact":
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(layout.line_spacing.value)
    else:
        shape.line_spacing = layout.line_spacing.value


def _new(file: WordFile, name: str, layout: Layout) -> ParagraphStyle:
    made = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.isascii())
    if not isinstance(made, ParagraphStyle):
        raise TypeError(f"{name} became {made}")
    if not name.isascii():
        # Ids that python-docx makes of names have letters which some programs stumble over.
        made.element.styleId = f"LangNghe{len(file.styles)}"
    made.base_style = file.styles["Normal"]
    made.quick_style = True
    made.hidden = False
    made.font.color.rgb = RGBColor(0, 0, 0)
    _set_font(made, layout.font)
    return made


def _set_font(style: ParagraphStyle, font: str) -> None:
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, _fonts(font))


def _fonts(font: str) -> BaseOxmlElement:
    """One font for all scripts: Word asks for them apart."""
    return parse_xml(
        f'<w:rFonts {nsdecls("w")} w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" '
        f'w:cs="{font}"/>'
    )


def _number(properties: CT_PPr, list_id: int, level: int) -> None:
    """Let paragraphs be numbered by one of the lists."""
    numbers = properties.get_or_add_numPr()  # type: ignore[attr-defined]  # made at run time
    numbers.get_or_add_ilvl().val = level
    numbers.get_or_add_numId().val = list_id


def _define_numbers(file: WordFile, layout: Layout) -> None:
    """The numbers of headings, and the dash of lists, as Word's own automatic ones."""
    indent = f'<w:pPr><w:ind w:left="0" w:firstLine="{Mm(layout.first_line.value).twips}"/></w:pPr>'
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{_FORMATS[one.format]}"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="{one.pattern}"/><w:lvlJc w:val="left"/>{indent}</w:lvl>'
        for level, one in enumerate(layout.numbering)
    )
    dash = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
        '<w:pStyle w:val="ListBullet"/><w:suff w:val="space"/><w:lvlText w:val="-"/>'
        f'<w:lvlJc w:val="left"/>{indent}</w:lvl>'
    )
    lists = {_HEADINGS: ("multilevel", levels), _BULLETS: ("hybridMultilevel", dash)}
    numbers = file.part.numbering_part.element
    for child in list(numbers):
        numbers.remove(child)
    for key, (kind, inner) in lists.items():
        numbers.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}">'
                f'<w:multiLevelType w:val="{kind}"/>{inner}</w:abstractNum>'
            )
        )
    for key in lists:
        numbers.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{key}"><w:abstractNumId w:val="{key}"/></w:num>'
            )
        )
