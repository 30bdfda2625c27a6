"""The tables of a briefing: what report, slides, page and workbook show, from the same figures."""

from __future__ import annotations

from typing import Final

from langnghe.briefing.casefigures import DECIDED
from langnghe.briefing.content import Table
from langnghe.briefing.figures import Figures
from langnghe.briefing.issuetexts import issues
from langnghe.briefing.tracing import trace
from langnghe.core.models import Intent, Sentiment
from langnghe.core.vietnamese import INTENTS, SENTIMENTS, VERDICTS
from langnghe.store.posts.interface import SMALLEST_FIGURE

HIDDEN_NOTE: Final = (
    f"Chủ đề có dưới {SMALLEST_FIGURE} bài, ý kiến không được chia nhỏ; một số chủ đề khác cũng "
    "vậy, để không suy ra được số của chủ đề nhỏ."
)
"""Why some figures of a table are not shown."""

_PETITIONS: Final = (
    ("received", "Tiếp nhận"),
    ("answered", "Đã trả lời"),
    ("in_time", "Trong đó trả lời đúng hạn"),
    ("open", "Đang xử lý trong hạn"),
    ("overdue", "Quá hạn chưa trả lời"),
    ("ended", "Từ chối, chuyển nơi có thẩm quyền hoặc đóng"),
)


def by_topic(figures: Figures) -> Table:
    """Posts by topic, against the period before."""
    return _counts(figures, "topic", "Chủ đề", "Bài, ý kiến theo chủ đề")


def by_place(figures: Figures) -> Table:
    """Posts by place, against the period before."""
    return _counts(figures, "place", "Địa bàn", "Bài, ý kiến theo địa bàn")


def by_source(figures: Figures) -> Table:
    """Posts by source, against the period before: the list of sources."""
    return _counts(figures, "source", "Nguồn tin", "Danh mục nguồn và số bài, ý kiến")


def by_channel(figures: Figures) -> Table:
    """Posts by kind of channel, against the period before."""
    return _counts(figures, "channel", "Loại kênh", "Bài, ý kiến theo loại kênh")


def _counts(figures: Figures, dimension: str, column: str, title: str) -> Table:
    ids = figures.by(f"posts.{dimension}")
    keys = [f"posts.{dimension}.{one}" for one in ids]
    return Table(
        title,
        (column, "Kỳ này", "Tỷ lệ", "Kỳ trước"),
        tuple(
            (
                figures.title(dimension, one),
                count,
                figures.values.get(f"{key}.share"),
                figures.values.get(f"{key}.before"),
            )
            for (one, count), key in zip(ids.items(), keys, strict=True)
        ),
        _note(figures),
        tuple(
            f"{key}{suffix}"
            for key in keys
            for suffix in ("", ".share", ".before")
            if f"{key}{suffix}" in figures
        ),
    )


def sentiments_by_topic(figures: Figures, *, only_issues: bool = False) -> Table:
    """How the posts of each topic are inclined; None where that is not broken down."""
    topics = issues(figures) if only_issues else tuple(figures.by("posts.topic"))
    parts = (Sentiment.POSITIVE, Sentiment.NEUTRAL, Sentiment.NEGATIVE)
    titles = tuple(SENTIMENTS[one] for one in parts)
    return _crossed(
        figures, "Bài, ý kiến theo chủ đề và khuynh hướng", topics, "sentiment", parts, titles
    )


def intents_by_topic(figures: Figures) -> Table:
    """What the posts of each topic want; None where that is not broken down."""
    titles = tuple(INTENTS[one] for one in Intent)
    return _crossed(
        figures,
        "Bài, ý kiến theo chủ đề và loại ý kiến",
        tuple(figures.by("posts.topic")),
        "intent",
        tuple(Intent),
        titles,
    )


def _crossed(
    figures: Figures,
    title: str,
    topics: tuple[str, ...],
    dimension: str,
    parts: tuple[str, ...],
    titles: tuple[str, ...],
) -> Table:
    rows = []
    keys: list[str] = []
    for topic in topics:
        prefix = f"posts.topic.{topic}.{dimension}"
        shown = figures.by(prefix)
        keys += [f"{prefix}.{part}" for part in parts if part in shown]
        # Posts that no model has read count in none of the parts.
        cells = (shown.get(part, 0) if shown else None for part in parts)
        rows.append((figures.title("topic", topic), *cells))
    return Table(
        title,
        ("Chủ đề", *titles),
        tuple(rows),
        f"{HIDDEN_NOTE} {_note(figures)}".strip(),
        tuple(keys),
    )


def inclinations(figures: Figures) -> Table:
    """All posts by sentiment."""
    return _counts(figures, "sentiment", "Khuynh hướng", "Bài, ý kiến theo khuynh hướng")


def intents(figures: Figures) -> Table:
    """All posts by intent."""
    return _counts(figures, "intent", "Loại ý kiến", "Bài, ý kiến theo loại ý kiến")


def petitions(figures: Figures) -> Table:
    """What became of the petitions of the period, and of those carried over."""
    return Table(
        "Phản ánh, kiến nghị",
        ("Nội dung", "Tiếp nhận trong kỳ", "Kỳ trước chuyển sang"),
        tuple(
            (
                title,
                int(figures.get(f"petitions.{name}")),
                int(figures.get(f"petitions.carried.{name}")),
            )
            for name, title in _PETITIONS
        ),
        f"Tính đến ngày {figures.as_of:%d/%m/%Y}. Phản ánh đã gộp vẫn được tính từng cái.",
        tuple(f"petitions.{kind}{name}" for name, _ in _PETITIONS for kind in ("", "carried.")),
    )


def overdue(figures: Figures) -> Table:
    """The petitions that are overdue."""
    return Table(
        "Phản ánh, kiến nghị quá hạn",
        ("Mã", "Nội dung", "Đơn vị chủ trì", "Hạn trả lời", "Số ngày làm việc đã quá"),
        tuple(
            (
                one.id,
                one.summary,
                one.agency or "chưa chuyển",
                one.due_on,
                int(figures.get(f"petitions.late.{one.id}")),
            )
            for one in figures.petitions
        ),
        figures=tuple(f"petitions.late.{one.id}" for one in figures.petitions),
    )


def verdicts(figures: Figures) -> Table:
    """What the claims decided in the period turned out to be."""
    return Table(
        "Thông tin đã kết luận trong kỳ",
        ("Kết luận", "Số thông tin"),
        tuple(
            (VERDICTS[verdict], int(figures.get(f"claims.verdict.{verdict}")))
            for verdict in DECIDED
        ),
        figures=tuple(f"claims.verdict.{verdict}" for verdict in DECIDED),
    )


def claims(figures: Figures) -> Table:
    """Each claim that was decided in the period or is being verified."""
    return Table(
        "Thông tin cần kiểm chứng",
        ("Mã", "Nội dung", "Kết luận", "Ngày kết luận", "Ngày đính chính", "Số bài nêu"),
        tuple(
            (
                one.id,
                one.statement,
                VERDICTS[one.verdict],
                one.decided_on,
                one.corrected_on,
                int(figures.get(f"claims.posts.{one.id}")),
            )
            for one in figures.claims
        ),
        figures=tuple(f"claims.posts.{one.id}" for one in figures.claims),
    )


def every_table(figures: Figures) -> tuple[Table, ...]:
    """All tables that have rows: the appendix of the report, the sheets of the workbook."""
    found = (
        by_topic(figures),
        sentiments_by_topic(figures),
        intents_by_topic(figures),
        inclinations(figures),
        intents(figures),
        by_place(figures),
        by_channel(figures),
        petitions(figures),
        overdue(figures),
        verdicts(figures),
        claims(figures),
        by_source(figures),
    )
    return tuple(table for table in found if table.rows)


def sources(figures: Figures) -> Table:
    """«Nguồn số liệu»: each figure with its key, what it counts, and its query."""
    rows = []
    for key in figures.values:
        found = trace(figures, key)
        rows.append((key, figures.shown(key), found.meaning, found.query))
    return Table("Nguồn số liệu", ("Khóa", "Số liệu", "Ý nghĩa", "Truy vấn"), tuple(rows))


def _note(figures: Figures) -> str:
    return " ".join(figures.coverage)
