"""Sentences about the issues of a month: how much was said of each topic, and what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from langnghe.briefing.content import Paragraph
from langnghe.briefing.figures import Figures
from langnghe.briefing.lines import StreamLine
from langnghe.briefing.sentences import ASKED, joined, say
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.streamfinding import UNNAMED

MOST_ISSUES: Final = 5
"""Topics that get a paragraph of their own: with more the report gets longer than four pages."""
MOST_STREAMS: Final = 3
MOST_PLACES: Final = 2

_INTENT_WORDS: Final = (
    ("complaint", "phàn nàn"),
    ("question", "câu hỏi"),
    ("suggestion", "đề xuất, góp ý"),
    ("praise", "lời khen, cảm ơn"),
)


def issues(figures: Figures) -> tuple[str, ...]:
    """Ids of the topics that most was said about, those first."""
    counts = figures.by("posts.topic")
    return tuple(one for one, count in counts.items() if count >= SMALLEST_FIGURE)[:MOST_ISSUES]


def field_told(
    figures: Figures, topics: Sequence[str], chosen: Sequence[str]
) -> Iterator[Paragraph]:
    """What was said in one field: of the chosen topics more than of the others."""
    counts = {one: count for one, count in figures.by("posts.topic").items() if one in topics}
    for topic in counts:
        if topic in chosen:
            yield from issue_told(figures, topic)
    others = [topic for topic, count in counts.items() if count and topic not in chosen]
    if others:
        parts = [
            say(figures, f"{{title}} ({{posts.topic.{one}}})", title=figures.title("topic", one))
            for one in others
        ]
        first = not any(topic in chosen for topic in counts)
        lead = "Số bài, ý kiến về" if first else "Ngoài ra, số bài, ý kiến về"
        yield Paragraph(
            f"{lead}: {'; '.join(one.text for one in parts)}.",
            tuple(key for one in parts for key in one.figures),
        )
    yield from _heard(figures, topics)


def issue_told(figures: Figures, topic: str) -> Iterator[Paragraph]:
    """What was said about one topic: how much, how inclined, in which streams."""
    key = f"posts.topic.{topic}"
    first = say(
        figures,
        f"{{title}}: thu thập được {{{key}}} bài, ý kiến",
        title=figures.title("topic", topic),
    )
    sentences = [attached(first, against(figures, key))]
    if f"{key}.sentiment.negative" in figures:
        sentences.append(
            say(
                figures,
                f"Trong đó {{{key}.sentiment.negative}} mang khuynh hướng tiêu cực "
                f"({{{key}.sentiment.negative.share}}).",
            )
        )
    sentences += intents_told(figures, key)
    places = list(figures.by(f"{key}.place").items())[:MOST_PLACES]
    if places:
        parts = [
            say(figures, f"{{place}} ({{{key}.place.{one}}})", place=figures.title("place", one))
            for one, _ in places
        ]
        sentences.append(
            Paragraph(
                f"Địa bàn được nhắc đến nhiều: {', '.join(one.text for one in parts)}.",
                tuple(name for one in parts for name in one.figures),
            )
        )
    if figures.get(f"petitions.topic.{topic}"):
        sentences.append(
            say(
                figures,
                f"Đã tiếp nhận {{petitions.topic.{topic}}} phản ánh, kiến nghị về việc này.",
            )
        )
    yield joined(*sentences)
    streams = [one for one in figures.streams if one.topic == topic]
    for stream in streams[:MOST_STREAMS]:
        size = f"streams.{topic}.{stream.number}"
        standing = f", {stream.standing}" if stream.standing else ""
        yield say(
            figures,
            f"Luồng ý kiến {{title}}: {{{size}}} bài, ý kiến{{standing}}.",
            bullet=True,
            title=stream_name(stream),
            standing=standing,
        )


def stream_name(stream: StreamLine) -> str:
    """A stream's title; where nobody could draft one, a person is asked for it."""
    unnamed = stream.title.startswith(UNNAMED)
    return f"{ASKED}: tên luồng ý kiến]" if unnamed else f"«{stream.title}»"


def against(figures: Figures, key: str) -> Paragraph:
    """How a count of posts compares with the period before, as the rest of a sentence."""
    now, before = figures.get(key), figures.get(f"{key}.before")
    if not before:
        return say(figures, "kỳ trước không có bài, ý kiến nào")
    if now == before:
        return say(figures, "bằng kỳ trước")
    word = "tăng" if now > before else "giảm"
    return say(figures, f"{word} {{{key}.change}} so với kỳ trước ({{{key}.before}} bài, ý kiến)")


def attached(paragraph: Paragraph, rest: Paragraph, end: str = ".") -> Paragraph:
    """A sentence with its last part after a comma."""
    return Paragraph(
        f"{paragraph.text}, {rest.text}{end}",
        paragraph.figures + rest.figures,
        paragraph.bullet,
    )


def intents_told(figures: Figures, prefix: str = "posts") -> Iterator[Paragraph]:
    """What people want, where there is a breakdown; in order of size."""
    found = [
        (figures.get(f"{prefix}.intent.{intent}"), f"{{{prefix}.intent.{intent}}} {word}")
        for intent, word in _INTENT_WORDS
        if figures.get(f"{prefix}.intent.{intent}")
    ]
    if found:
        parts = [part for _, part in sorted(found, key=lambda one: -one[0])]
        yield say(figures, f"Về loại ý kiến, có {', '.join(parts)}.")


def _heard(figures: Figures, topics: Sequence[str]) -> Iterator[Paragraph]:
    """What collaborators reported, in their words, which are masked."""
    for report in figures.reports:
        if report.topic in topics:
            said = "; ".join(
                f"«{text.rstrip('.')}» ({inclination.lower()})"
                for text, inclination, _ in report.streams
            )
            yield say(
                figures,
                "Cộng tác viên tại {unit} ghi nhận: {said}.",
                bullet=True,
                unit=f"«{report.unit}»",
                said=said,
            )
