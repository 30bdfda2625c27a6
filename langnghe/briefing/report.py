"""The report of a month as a document: text, tables and charts in their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from langnghe.briefing import letterhead, tables
from langnghe.briefing.briefings import Briefing, Edition
from langnghe.briefing.content import (
    Block,
    Chart,
    ChartKind,
    Document,
    DocumentKind,
    Heading,
    Paragraph,
)
from langnghe.briefing.figures import Figures, from_json
from langnghe.briefing.letterhead import Letterheads
from langnghe.briefing.text import DRAFT_NOTE, Section, draft
from langnghe.core.clock import local_day
from langnghe.core.home import Home
from langnghe.core.institution import LayoutName

MOST_BARS: Final = 12
"""Rows of the chart of topics; the appendix has them all."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the documents of a month are made of."""

    month: date
    figures: Figures
    letterheads: Letterheads
    sections: tuple[Section, ...]
    dated: date | None = None
    """The day of approval; None for a draft."""

    @property
    def draft_note(self) -> str:
        """Stands on each page of what nobody has approved."""
        return "" if self.dated else DRAFT_NOTE


def content_of(month: date, kept: Briefing | Edition) -> Content:
    """Of a briefing as it is written now, or of an edition as it was approved."""
    dated = local_day(kept.approved_at) if isinstance(kept, Edition) else None
    return Content(
        month,
        from_json(kept.figures),
        letterhead.from_json(kept.letterheads),
        kept.sections,
        dated,
    )


def drafted_content(home: Home, month: date, figures: Figures) -> Content:
    """Of a month that nobody has begun to write about."""
    return Content(
        month, figures, letterhead.letterheads(home), draft(figures, home.briefing.fields)
    )


def report(content: Content, layout: LayoutName) -> Document:
    """Báo cáo tình hình dư luận xã hội tháng."""
    heads = content.letterheads
    headed = on_letterhead(
        heads,
        layout,
        DocumentKind.REPORT,
        "BÁO CÁO",
        f"tình hình dư luận xã hội tháng {content.month:%-m} năm {content.month:%Y}",
        _blocks(content),
    )
    return spelt(
        replace(
            headed,
            dated=content.dated,
            appendix=tuple(_appendix(content.figures)),
            draft_note=content.draft_note,
        ),
        heads,
    )


def on_letterhead(
    heads: Letterheads,
    layout: LayoutName,
    kind: DocumentKind,
    title: str,
    subject: str,
    blocks: Iterable[Block],
) -> Document:
    """A document of the issuing body with its signature and recipients, not dated yet."""
    head = heads.of(layout)
    return Document(
        kind=kind,
        parent_body=head.parent_body,
        body=head.body,
        number="",
        symbol=head.symbol,
        place=heads.place,
        dated=None,
        title=title,
        subject=subject,
        addressees=(),
        blocks=tuple(blocks),
        recipients=head.recipients,
        signatures=(head.signature,),
        internal=heads.internal,
    )


def spelt(document: Document, heads: Letterheads) -> Document:
    """A document with the chosen spelling in all that it says of the issuing body."""
    blocks = tuple(
        replace(block, text=heads.spelt(block.text))
        if isinstance(block, Heading | Paragraph)
        else block
        for block in document.blocks
    )
    return replace(
        document,
        body=heads.spelt(document.body),
        parent_body=heads.spelt(document.parent_body),
        blocks=blocks,
        recipients=tuple(map(heads.spelt, document.recipients)),
        signatures=tuple(
            replace(one, authority=heads.spelt(one.authority), position=heads.spelt(one.position))
            for one in document.signatures
        ),
    )


def topics_chart(figures: Figures) -> Chart | None:
    """The topics most was said about, by inclination where that may be shown."""
    table = tables.sentiments_by_topic(figures, only_issues=True)
    if any(None not in row for row in table.rows):
        first = table.rows[0]
        alt = (
            f"Cột chồng: {len(table.rows)} chủ đề nhiều bài, ý kiến nhất theo khuynh hướng; nhiều "
            f"nhất là {first[0]}."
        )
        return Chart(ChartKind.STACKED, table, alt)
    counts = tables.by_topic(figures)
    if not counts.rows:
        return None
    short = replace(
        counts,
        columns=(counts.columns[0], "Số bài, ý kiến"),
        rows=tuple(row[:2] for row in counts.rows[:MOST_BARS]),
    )
    return Chart(
        ChartKind.BARS, short, f"Số bài, ý kiến theo chủ đề; nhiều nhất là {short.rows[0][0]}."
    )


def _blocks(content: Content) -> Iterator[Block]:
    figures = content.figures
    for section in content.sections:
        yield Heading(section.level, section.heading)
        yield from section.paragraphs
        if section.id == "overall" and (chart := topics_chart(figures)):
            yield chart
        if section.id == "petitions":
            yield tables.petitions(figures)


def _appendix(figures: Figures) -> Iterator[Block]:
    """What the body does not tell one by one, and where all figures come from."""
    yield Heading(1, "Bảng số liệu")
    for table in (
        tables.by_topic(figures),
        tables.sentiments_by_topic(figures),
        tables.intents_by_topic(figures),
        tables.inclinations(figures),
        tables.intents(figures),
        tables.by_place(figures),
        tables.by_channel(figures),
    ):
        if table.rows:
            # What the figures rest on stands once, with the list of sources.
            hides = table.note.startswith(tables.HIDDEN_NOTE)
            yield replace(table, note=tables.HIDDEN_NOTE if hides else "")
    yield Heading(1, "Danh mục nguồn và cách tính")
    yield from (Paragraph(sentence, bullet=True) for sentence in figures.coverage)
    yield Paragraph(
        f"Số liệu được tính ngày {figures.as_of:%d/%m/%Y}. Ý nghĩa và truy vấn của từng số ở trang "
        "«Nguồn số liệu» của bảng tính kèm theo.",
        bullet=True,
    )
    yield replace(tables.by_source(figures), note="")
