"""What a document says, before it has a look: the layouts and writers make pages of it.

A text that a person may edit is plain text; a writer shows it as text, whatever it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DocumentKind(StrEnum):
    """What the institution issues."""

    REPORT = "report"
    """Báo cáo tình hình dư luận xã hội tháng."""
    QUICK = "quick"
    """Báo cáo nhanh."""
    MINUTES = "minutes"
    """Biên bản hội nghị giao ban."""


class ChartKind(StrEnum):
    """How a table's figures are drawn."""

    BARS = "bars"
    """One figure for each row, lying."""
    STACKED = "stacked"
    """Several figures for each row, one after the other."""
    LINES = "lines"
    """Rows are days or weeks, each column is a line."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. The layout numbers it."""

    level: int
    """1: `I-`; 2: `1.`; 3: `1.1.`; 4: by field, without a number."""
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text."""

    text: str
    figures: tuple[str, ...] = ()
    """Keys of the figures (`figures.Figures`) that its numbers come from, in their order."""
    bullet: bool = False
    """Begins with a dash."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures or of names."""

    title: str
    columns: tuple[str, ...]
    """The first column names the row."""
    rows: tuple[tuple[str | int | float | date | None, ...], ...]
    """Raw values: the writer formats them the Vietnamese way. None: not shown (too few)."""
    note: str = ""
    """Stands below: coverage, what is left out and why."""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table."""

    kind: ChartKind
    table: Table
    alt: str
    """What it shows, in a sentence, for who cannot see it."""


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and for whom."""

    authority: str
    """Such as `T/M BAN THƯỜNG VỤ` (the layout has the sign between the letters); "" if none."""
    position: str
    name: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document, ready to be laid out."""

    kind: DocumentKind
    parent_body: str
    """The body above, such as `ĐẢNG BỘ TỈNH LAI CHÂU`."""
    body: str
    """Who issues it, such as `ĐẢNG ỦY XÃ BÌNH LƯ`."""
    number: str
    """Given by the registry; "" leaves room for it."""
    symbol: str
    """Such as `BC/ĐU`."""
    place: str
    """Where it is issued, such as `Bình Lư`."""
    dated: date | None
    """None leaves room for day and month."""
    title: str
    """Tên loại, such as `BÁO CÁO`."""
    subject: str
    """Trích yếu."""
    addressees: tuple[str, ...]
    """Kính gửi; may be empty."""
    blocks: tuple[Block, ...]
    recipients: tuple[str, ...]
    """Nơi nhận, without dashes and signs at their ends."""
    signatures: tuple[Signature, ...]
    """One; of minutes two: who wrote them on the left, who presided on the right."""
    appendix: tuple[Block, ...] = ()
    draft_note: str = ""
    """Stands on each page of what is not approved."""
    internal: bool = False
    """Print LƯU HÀNH NỘI BỘ."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: few words."""

    title: str
    points: tuple[Paragraph, ...]
    chart: Chart | None = None
    table: Table | None = None
    notes: str = ""
    """What the presenter says; not on the slide."""


@dataclass(frozen=True, slots=True)
class Deck:
    """The slides of a briefing; the first is its title."""

    body: str
    title: str
    subtitle: str
    slides: tuple[Slide, ...]
    draft_note: str = ""
