"""Layouts: the rules for how a document looks, as data in `layouts/*.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from langnghe.core.institution import LayoutName

_FOLDER: Final = Path(__file__).parent / "layouts"
_STRICT = ConfigDict(extra="forbid", frozen=True)

StyleName = Literal[
    "national",
    "motto",
    "parent_body",
    "body",
    "star",
    "number",
    "place_date",
    "circulation",
    "document_title",
    "subject",
    "subject_end",
    "addressees_label",
    "addressees",
    "text",
    "heading_1",
    "heading_2",
    "heading_3",
    "heading_4",
    "authority",
    "position",
    "name",
    "recipients_label",
    "recipients",
    "page_number",
    "draft_note",
    "appendix_label",
    "appendix_title",
    "appendix_reference",
    "caption",
    "table",
    "note",
]


def _ordered(limits: tuple[float, float]) -> tuple[float, float]:
    if limits[0] > limits[1]:
        raise ValueError(f"the lower limit {limits[0]} is above the upper one, {limits[1]}")
    return limits


Limits = Annotated[tuple[float, float], AfterValidator(_ordered)]


def within(value: float, limits: Limits, tolerance: float = 0.0) -> bool:
    """Whether a value keeps the limits, both included."""
    return limits[0] - tolerance <= value <= limits[1] + tolerance


class Measure(BaseModel):
    """A length, and what the rules allow."""

    model_config = _STRICT

    value: float
    limits: Limits

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not within(self.value, self.limits):
            raise ValueError(f"{self.value} is not within {self.limits}")
        return self


class Page(BaseModel):
    """The sheet, in millimetres."""

    model_config = _STRICT

    width: float
    height: float
    top: Measure
    bottom: Measure
    left: Measure
    right: Measure
    number_from_edge: float

    @property
    def text_width(self) -> float:
        """Between the margins."""
        return self.width - self.left.value - self.right.value


class LineSpacing(Measure):
    """Exact: points. Multiple: of the font's own line."""

    rule: Literal["exact", "multiple"]


class Style(BaseModel):
    """How one element of a document is written. Sizes and distances in points."""

    model_config = _STRICT

    size: float
    limits: Limits
    text: str = ""
    """What stands there in each document; `{…}` is filled in."""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    capitals: bool = False
    align: Literal["left", "center", "justify"] = "left"
    before: float = 0
    after: float = 0

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not within(self.size, self.limits):
            raise ValueError(f"{self.size} pt is not within {self.limits}")
        return self


class Rule(BaseModel):
    """A line under a text."""

    model_config = _STRICT

    rule: StyleName
    """What it stands under."""
    share: float
    """Its length, as a share of the longest line of that text."""
    limits: Limits


Item = StyleName | Rule


class HeaderRow(BaseModel):
    """Two stacks side by side."""

    model_config = _STRICT

    left: tuple[Item, ...]
    right: tuple[Item, ...]


class Numbering(BaseModel):
    """Numbers of one level of headings."""

    model_config = _STRICT

    format: Literal["roman", "decimal", "letter"]
    pattern: str
    """As Word writes it: `%2.%3.` is the number of level 2, a dot, that of level 3, a dot."""


class Listing(BaseModel):
    """A list of names, one a line, each after a dash."""

    model_config = _STRICT

    label: str
    between: str
    last: str


class Appendix(BaseModel):
    """What follows the signature."""

    model_config = _STRICT

    label: str
    pages: Literal["once", "each"]
    """Whether the page numbers begin anew once, or with each appendix."""


class Layout(BaseModel):
    """The rules of one kind of issuer."""

    model_config = _STRICT

    name: LayoutName
    title: str
    page: Page
    font: str
    first_line: Measure
    line_spacing: LineSpacing
    header: tuple[HeaderRow, ...]
    heading_block: tuple[Item, ...]
    styles: dict[StyleName, Style]
    numbering: tuple[Numbering, ...] = Field(max_length=3)
    signs: Literal["slash", "dots"]
    blank_lines: int
    number_digits: int
    text_end: str
    addressees: Listing
    recipients: Listing
    appendix: Appendix

    @model_validator(mode="after")
    def _whole(self) -> Self:
        shown = [item for row in self.header for item in (*row.left, *row.right)]
        for item in (*shown, *self.heading_block):
            style = item.rule if isinstance(item, Rule) else item
            if style not in self.styles:
                raise ValueError(f"{style} is placed but has no style")
        return self


@cache
def layout_named(name: LayoutName) -> Layout:
    """The rules of that name, as they are shipped.

    Raises:
        pydantic.ValidationError: the shipped file is wrong.
    """
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return Layout.model_validate(yaml.safe_load(text))
