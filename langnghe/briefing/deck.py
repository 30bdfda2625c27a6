"""The slides of the meeting: eight to ten with the title, one for each of the main issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from langnghe.briefing import tables
from langnghe.briefing.content import Chart, ChartKind, Deck, Paragraph, Slide, Table
from langnghe.briefing.figures import Figures
from langnghe.briefing.issuetexts import against, issues
from langnghe.briefing.report import Content, topics_chart
from langnghe.briefing.sentences import ASKED, joined, say
from langnghe.core.institution import LayoutName
from langnghe.core.vietnamese import day
from langnghe.trends.streamfinding import UNNAMED

SLIDE_ISSUES: Final = 4
"""Issues with a slide of their own: with title, figures, claims, petitions, proposals and
orientation these are ten."""
FEWEST: Final = 8
MOST_POINTS: Final = 5
MOST_ROWS: Final = 6


def deck(content: Content, layout: LayoutName) -> Deck:
    """The slides of a month's briefing."""
    figures, heads = content.figures, content.letterheads
    slides = tuple(_slides(content))
    missing = FEWEST - 1 - len(slides)
    at = next(index for index, one in enumerate(slides) if one.title == _PETITIONS)
    return Deck(
        body=heads.spelt(heads.of(layout).body),
        title=f"TÌNH HÌNH DƯ LUẬN XÃ HỘI THÁNG {content.month:%-m} NĂM {content.month:%Y}",
        subtitle="Hội nghị giao ban cộng tác viên dư luận xã hội, kỳ từ "
        f"{day(figures.period.since)} đến {day(figures.period.until)}",
        slides=(*slides[:at], *list(_more(figures))[: max(0, missing)], *slides[at:]),
        draft_note=content.draft_note,
    )


_PETITIONS: Final = "Trả lời phản ánh, kiến nghị"


def _slides(content: Content) -> Iterator[Slide]:
    figures = content.figures
    yield Slide(
        "Số liệu chung",
        tuple(_in_all(figures)),
        chart=topics_chart(figures),
        notes="Đây là số bài, ý kiến thu thập được trên các kênh công khai, không phải ý kiến của "
        f"toàn thể người dân. {' '.join(figures.coverage)}",
    )
    for topic in issues(figures)[:SLIDE_ISSUES]:
        yield _issue(figures, topic)
    yield Slide(
        "Thông tin sai sự thật và đính chính",
        tuple(_claims(figures)),
        notes="Nêu điều đúng trước; không nêu ai đã đăng.",
    )
    yield Slide(
        _PETITIONS,
        tuple(_overdue(figures)),
        table=replace(tables.petitions(figures), title="", note=""),
        notes=tables.petitions(figures).note,
    )
    yield Slide("Đề xuất, kiến nghị", _written(content, "IV"))
    yield Slide("Định hướng tháng tới", _written(content, "V"))


def _more(figures: Figures) -> Iterator[Slide]:
    """What fills up the slides of a quiet month."""
    yield Slide("Khuynh hướng", (), table=_short(tables.inclinations(figures)))
    yield Slide("Loại ý kiến", (), table=_short(tables.intents(figures)))
    yield Slide("Nguồn tin", (), table=_short(tables.by_source(figures)))
    yield Slide("Địa bàn", (), table=_short(tables.by_place(figures)))


def _short(table: Table) -> Table:
    return replace(table, rows=table.rows[:MOST_ROWS], note="", title="")


def _in_all(figures: Figures) -> Iterator[Paragraph]:
    total = say(figures, "Thu thập được {posts.total} bài, ý kiến")
    rest = against(figures, "posts.total")
    yield Paragraph(f"{total.text}, {rest.text}", total.figures + rest.figures)
    if "posts.sentiment.negative" in figures:
        yield say(
            figures,
            "{posts.sentiment.negative} ({posts.sentiment.negative.share}) mang khuynh hướng tiêu "
            "cực",
        )
    if figures.get("posts.sentiment.positive"):
        yield say(
            figures,
            "{posts.sentiment.positive} ({posts.sentiment.positive.share}) mang khuynh hướng tích "
            "cực",
        )


def _issue(figures: Figures, topic: str) -> Slide:
    key = f"posts.topic.{topic}"
    total = say(figures, f"{{{key}}} bài, ý kiến")
    rest = against(figures, key)
    points = [Paragraph(f"{total.text}, {rest.text}", total.figures + rest.figures)]
    wanted = [
        say(figures, f"{{{key}.intent.{intent}}} {word}")
        for intent, word in (
            ("complaint", "phàn nàn"),
            ("question", "câu hỏi"),
            ("suggestion", "đề xuất, góp ý"),
        )
        if figures.get(f"{key}.intent.{intent}")
    ]
    if wanted:
        points.append(replace(joined(*wanted), text="; ".join(one.text for one in wanted)))
    points += [
        say(
            figures,
            f"Luồng ý kiến «{{title}}»: {{streams.{topic}.{stream.number}}}",
            title=stream.title,
        )
        for stream in figures.streams
        if stream.topic == topic and not stream.title.startswith(UNNAMED)
    ]
    if figures.get(f"petitions.topic.{topic}"):
        points.append(say(figures, f"{{petitions.topic.{topic}}} phản ánh, kiến nghị tiếp nhận"))
    points += [
        Paragraph(f"Quá hạn: {petition.id}, {petition.agency or 'chưa chuyển đơn vị chủ trì'}")
        for petition in figures.petitions
        if petition.topic == topic
    ]
    return Slide(
        figures.title("topic", topic), tuple(points[:MOST_POINTS]), chart=_parts(figures, topic)
    )


def _parts(figures: Figures, topic: str) -> Chart | None:
    table = tables.sentiments_by_topic(figures, only_issues=True)
    title = figures.title("topic", topic)
    row = next((row for row in table.rows if row[0] == title), None)
    if row is None or None in row:
        return None
    rows = tuple(zip(table.columns[1:], row[1:], strict=True))
    own = Table("", ("Khuynh hướng", "Số bài, ý kiến"), rows)
    alt = f"{title}: " + ", ".join(f"{name.lower()} {value}" for name, value in rows) + "."
    return Chart(ChartKind.BARS, own, alt)


def _claims(figures: Figures) -> Iterator[Paragraph]:
    yield say(
        figures,
        "Kết luận {claims.decided} thông tin: {claims.verdict.false} sai sự thật, "
        "{claims.verdict.partly_true} đúng một phần, {claims.verdict.confirmed} đúng sự thật, "
        "{claims.verdict.inconclusive} không đủ căn cứ",
    )
    yield say(
        figures,
        "Công bố {claims.corrections} bản đính chính; {claims.verifying} thông tin đang xác minh",
    )
    told = [one for one in figures.claims if one.truth][: MOST_POINTS - 2]
    for claim in told:
        truth = claim.truth.split(". ")[0].rstrip(".")
        yield Paragraph(f"Thông tin đúng: «{truth}» ({claim.id})")


def _overdue(figures: Figures) -> Iterator[Paragraph]:
    if "petitions.in_time.share" in figures:
        yield say(
            figures,
            "Đúng hạn {petitions.in_time.share} số đã trả lời hoặc quá hạn",
        )
    if figures.petitions:
        first = figures.petitions[0]
        yield say(
            figures,
            "{petitions.late} việc quá hạn; lâu nhất {id}, hạn {due}",
            id=first.id,
            due=day(first.due_on),
        )


def _written(content: Content, section_id: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a section as somebody wrote them, but for what is still asked for."""
    section = next((one for one in content.sections if one.id == section_id), None)
    found = section.paragraphs if section else ()
    return tuple(one for one in found if ASKED not in one.text)[:MOST_POINTS]
