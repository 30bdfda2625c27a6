"""Slides for the meeting: real placeholders, PowerPoint's own charts, nothing that overflows."""

# mypy: allow-untyped-calls
# python-pptx is typed in parts.
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.presentation import Presentation
from pptx.slide import Slide as MadeSlide
from pptx.text.text import TextFrame
from pptx.util import Pt

from langnghe.briefing.cells import lines, plain
from langnghe.briefing.content import Deck, Paragraph, Slide, Table
from langnghe.briefing.measure import Face, wrapped
from langnghe.briefing.slidecharts import Box, add_chart, add_table, rows_that_fit
from langnghe.briefing.slidemaster import (
    BARE_LAYOUT,
    BODY_HEIGHT,
    BODY_SIZE,
    BODY_TOP,
    CONTENT_LAYOUT,
    INSET,
    MARGIN,
    TITLE_HEIGHT,
    TITLE_LAYOUT,
    TITLE_SIZE,
    WIDTH,
    add_foot,
    blank,
    layout_of,
)
from langnghe.briefing.zipped import settled

_SMALLEST_TEXT: Final = 18
_SMALLEST_TITLE: Final = 20
_LINE: Final = 1.2
"""A line of text, in font sizes."""
_BETWEEN: Final = 0.35
"""Between two points, in font sizes."""
_INSETS: Final = 2 * INSET
_BULLET: Final = 27.0
_GAP: Final = 20.0
_BESIDE: Final = 0.42
"""Share of the width that points have beside a chart or a table."""
_BESIDE_SIZE: Final = 24
_MORE: Final = " (tiếp theo)"
_NO_DAY: Final = date(1980, 1, 1)
_FULL: Final = Box(MARGIN, BODY_TOP, WIDTH - 2 * MARGIN, BODY_HEIGHT)


def write_pptx(deck: Deck, dated: date | None) -> bytes:
    """The slides. The same deck gives the same bytes.

    What is too long for its slide is written smaller, down to a size that can be read from the
    back of a room; what is longer still goes on to a further slide.

    Args:
        deck: what they say.
        dated: stands as the day they were made.
    """
    file = blank()
    _describe(file, deck, dated)
    _title_slide(file, deck)
    for slide in deck.slides:
        for part in _parts(slide):
            _slide(file, part, deck.draft_note)
    saved = BytesIO()
    file.save(saved)
    return settled(saved.getvalue(), f"{dated or _NO_DAY}T00:00:00Z")


def _describe(file: Presentation, deck: Deck, dated: date | None) -> None:
    properties = file.core_properties
    properties.title, properties.author = plain(deck.title)[:255], plain(deck.body)[:255]
    properties.language, properties.last_modified_by, properties.revision = "vi-VN", "", 1
    properties.created = properties.modified = datetime.combine(dated or _NO_DAY, time())


def _title_slide(file: Presentation, deck: Deck) -> None:
    made = file.slides.add_slide(layout_of(file, TITLE_LAYOUT))
    title, subtitle = made.placeholders[0].text_frame, made.placeholders[1].text_frame
    room = WIDTH - 2 * MARGIN - _INSETS
    _fill(title, [_line(deck.title)], _size([_line(deck.title)], "sans-bold", room, 120, 36, 20))
    below = [_line(deck.subtitle), _line(deck.body)]
    _fill(subtitle, below, _size(below, "sans", room, 110, 22, 14))
    add_foot(made, _line(deck.draft_note))


def _slide(file: Presentation, slide: Slide, draft_note: str) -> None:
    """One slide whose parts are known to fit."""
    points = _texts(slide)
    made = file.slides.add_slide(layout_of(file, CONTENT_LAYOUT if points else BARE_LAYOUT))
    title = made.shapes.title
    text = _line(slide.title)
    room = WIDTH - 2 * MARGIN - _INSETS
    if title is not None:
        size = _size([text], "sans-bold", room, TITLE_HEIGHT - 4, TITLE_SIZE, _SMALLEST_TITLE)
        _fill(title.text_frame, [text], size, usual=TITLE_SIZE)
    text_box, figure_box = _boxes(slide)
    if points:
        body = made.placeholders[1]
        body.left, body.top = Pt(text_box.left), Pt(text_box.top)
        body.width, body.height = Pt(text_box.width), Pt(text_box.height)
        _fill(body.text_frame, points, _text_size(points, text_box), usual=BODY_SIZE)
    _figure(made, slide, figure_box)
    add_foot(made, _line(draft_note))
    if slide.notes:
        notes = made.notes_slide.notes_text_frame
        if notes is not None:
            notes.text = plain(slide.notes)


def _figure(made: MadeSlide, slide: Slide, box: Box) -> None:
    if slide.chart:
        add_chart(made, slide.chart, box)
    elif slide.table:
        add_table(made, slide.table, box)


def _boxes(slide: Slide) -> tuple[Box, Box]:
    """Where points and figure stand: side by side, or one of them alone."""
    if not (slide.chart or slide.table):
        return _FULL, _FULL
    if not slide.points:
        return _FULL, _FULL
    beside = _FULL.width * _BESIDE
    left = replace(_FULL, width=beside - _GAP / 2)
    right = replace(_FULL, left=MARGIN + beside + _GAP / 2, width=_FULL.width - beside - _GAP / 2)
    return left, right


def _parts(slide: Slide) -> Iterator[Slide]:
    """The slide, in as many as it needs: first its figure, then what had no room beside it."""
    if slide.chart and slide.table:
        # A slide has room for one of them.
        yield from _parts(replace(slide, table=None))
        more = replace(slide, chart=None, points=(), title=slide.title + _MORE, notes="")
        yield from _parts(more)
        return
    text_box, figure_box = _boxes(slide)
    points = [piece for text in _texts(slide) for piece in _pieces(text, text_box)]
    tables = _pages(slide.table, figure_box) if slide.table else [None]
    beside = _many(points, text_box)
    yield replace(slide, points=_points(points[:beside]), table=tables[0])
    rest = points[beside:]
    more = replace(slide, title=slide.title + _MORE, chart=None, table=None, notes="")
    while rest:
        count = _many(rest, _FULL)
        yield replace(more, points=_points(rest[:count]))
        rest = rest[count:]
    for table in tables[1:]:
        yield replace(more, points=(), table=table)


def _pages(table: Table, box: Box) -> list[Table | None]:
    """A table in as many as it needs; those after the first have the slide to themselves."""
    found: list[Table | None] = []
    rest = table
    while True:
        count = rows_that_fit(rest, _FULL if found else box)
        found.append(replace(rest, rows=rest.rows[:count]))
        if count >= len(rest.rows):
            return found
        rest = replace(rest, rows=rest.rows[count:])


def _texts(slide: Slide) -> list[str]:
    return [line for point in slide.points for line in lines(point.text)]


def _points(texts: list[str]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text) for text in texts)


def _pieces(text: str, box: Box) -> list[str]:
    """A text that alone is longer than its box, in pieces that are not."""
    made = wrapped(text, "sans", _SMALLEST_TEXT, box.width - _INSETS - _BULLET)
    most = max(1, int(box.height / (_SMALLEST_TEXT * _LINE)) - 1)
    return [" ".join(made[at : at + most]) for at in range(0, len(made), most)]


def _many(texts: list[str], box: Box) -> int:
    """How many texts have room at the smallest size; one at least, if there is one."""
    for count in range(len(texts), 1, -1):
        if (
            _tall(texts[:count], "sans", box.width - _INSETS - _BULLET, _SMALLEST_TEXT)
            <= box.height
        ):
            return count
    return min(1, len(texts))


def _text_size(texts: list[str], box: Box) -> int:
    room = box.width - _INSETS - _BULLET
    wanted = BODY_SIZE if box is _FULL else _BESIDE_SIZE
    return _size(texts, "sans", room, box.height, wanted, _SMALLEST_TEXT)


def _size(
    texts: list[str], face: Face, room: float, height: float, wanted: int, smallest: int
) -> int:
    """The largest size in which the texts fit; the smallest, if they fit in none."""
    for size in range(wanted, smallest, -1):
        if _tall(texts, face, room, size) <= height:
            return size
    return smallest


def _tall(texts: list[str], face: Face, room: float, size: int) -> float:
    """Points that texts take, one under the other."""
    # A trace less room than there is: the viewer's font may be another with the same name.
    made = sum(len(wrapped(text, face, size, room * 0.98)) for text in texts)
    return made * size * _LINE + len(texts) * size * _BETWEEN


def _fill(frame: TextFrame, texts: list[str], size: int, usual: int = 0) -> None:
    """Put texts into a placeholder; a size other than its own is said at each."""
    frame.word_wrap = True
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_before = Pt(size * _BETWEEN) if place else Pt(0)
        run = paragraph.add_run()
        run.text = text
        run.font.language_id = MSO_LANGUAGE_ID.VIETNAMESE
        if size != usual:
            run.font.size = Pt(size)


def _line(text: str) -> str:
    return " ".join(lines(text))
