"""The figures of the page "Chất lượng", in words, tables and a chart; no text of any post."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from html import escape
from typing import Final, TypeVar

import altair as alt

from langnghe.casework.agreement import FEWEST_PAIRS, Agreement
from langnghe.casework.review import Dismissal
from langnghe.casework.reviewfigures import Month, Outcome, Reasons
from langnghe.classifier.evaluation.published import DETECTIONS, Detection, ModelFigures, Spelling
from langnghe.core.models import Reason
from langnghe.core.vietnamese import REASONS, number
from langnghe.dashboard.charts import INK
from langnghe.dashboard.components.tables import table_html
from langnghe.dashboard.formats import DISMISSALS
from langnghe.store.posts.interface import SMALLEST_FIGURE

HELD, NOT_HELD = "Lý do đúng", "Bỏ qua"

_KAPPA: Final = (
    (0.8, "rất cao"),
    (0.6, "cao"),
    (0.4, "vừa phải"),
    (0.2, "thấp"),
    (0.0, "rất thấp"),
)
"""Above which kappa agreement is called what (Landis & Koch 1977)."""

_SUBJECTS: Final[Mapping[str, str]] = {
    "needs_answer": "bài cần cơ quan trả lời",
    "scam": "bài có nội dung lừa đảo",
    "urgent": "bài báo tình huống khẩn cấp",
    "claim": "bài nêu điều có thể kiểm chứng",
    "repeats": "bài lặp lại thông tin đã kiểm chứng",
}
_READINGS: Final[Mapping[str, str]] = {
    "sentiment": "khuynh hướng (tích cực, trung tính, tiêu cực)",
    "intent": "loại ý kiến (phàn nàn, câu hỏi, đề xuất…)",
}

_COLUMN: Final = 18
"""Characters of a line beside the bars, so that a phone has room for both."""

_DARK: Final = "#1c2526"

T = TypeVar("T")


def month_title(month: date) -> str:
    """`tháng 11/2026`."""
    return f"tháng {month:%m/%Y}"


def reasons_title(reasons: Reasons) -> str:
    """The name of a reason, or of those that are counted together."""
    names = [title for reason, title in REASONS.items() if reason in reasons]
    return names[0] if len(names) == 1 else f"Các lý do ít mục: {', '.join(names)}"


def _ordered(groups: Mapping[Reasons, T]) -> Iterator[tuple[Reasons, T]]:
    """The most pressing reason first, those that are counted together last."""
    order = list(REASONS)
    yield from sorted(groups.items(), key=lambda one: (len(one[0]) > 1, order.index(one[0][0])))


# --- What reviewers decided ------------------------------------------------------------------


def month_words(month: Month) -> str:
    """What the figures of a month rest on."""
    if not month.decided:
        return (
            f"**{number(month.total)} mục** đã được quyết định. Dưới {SMALLEST_FIGURE} mục nên "
            "không chia nhỏ thêm."
        )
    return f"**{number(month.total)} mục** đã được quyết định."


def decided_html(decided: Mapping[Reason, int]) -> str:
    """How many items each reason had."""
    parts = [
        f"<span>{escape(title)}: <b>{number(decided[reason])} mục</b></span>"
        for reason, title in REASONS.items()
        if reason in decided
    ]
    return f'<div class="ln-facts">{"".join(parts)}</div>' if parts else ""


def outcomes_chart(outcomes: Mapping[Reasons, Outcome]) -> alt.Chart:
    """Items by reason, split into those whose reason held and those dismissed."""
    rows = []
    for reasons, outcome in _ordered(outcomes):
        title = reasons_title(reasons)
        lines = "\n".join(textwrap.wrap(title, _COLUMN))
        rows += [
            {"lý do": lines, "tên": title, "kết quả": name, "số mục": count, "thứ tự": order}
            for order, (name, count) in enumerate(
                ((HELD, outcome.confirmed), (NOT_HELD, outcome.dismissed))
            )
        ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), height=alt.Step(64))
        .mark_bar()
        .encode(
            y=alt.Y(
                "lý do:N",
                title=None,
                sort=None,
                axis=alt.Axis(
                    labelExpr="split(datum.value, '\\n')",
                    labelLimit=0,
                    labelColor=_DARK,
                    labelFontSize=13,
                ),
            ),
            x=alt.X(
                "số mục:Q",
                title="Số mục",
                axis=alt.Axis(tickMinStep=1, format="d", labelColor=_DARK, titleColor=_DARK),
            ),
            color=alt.Color(
                "kết quả:N",
                title=None,
                scale=alt.Scale(domain=[HELD, NOT_HELD], range=[INK, "#b88600"]),
                legend=alt.Legend(orient="bottom", labelColor=_DARK, labelFontSize=13),
            ),
            order="thứ tự:Q",
            tooltip=[
                alt.Tooltip("tên:N", title="Lý do"),
                alt.Tooltip("kết quả:N", title="Kết quả"),
                alt.Tooltip("số mục:Q", title="Số mục"),
            ],
        )
    )
    return chart


def outcomes_table(outcomes: Mapping[Reasons, Outcome]) -> str:
    """The same in figures."""
    rows = [
        (
            reasons_title(reasons),
            number(one.decided),
            number(one.confirmed),
            number(one.dismissed),
            f"{_hundred(one.confirmed / one.decided)} %",
        )
        for reasons, one in _ordered(outcomes)
    ]
    head = ("Lý do cần xem", "Số mục", HELD, NOT_HELD, "Tỷ lệ đúng")
    return table_html("Người xét duyệt thấy lý do đúng bao nhiêu lần", head, rows)


def dismissals_html(dismissals: Mapping[Reasons, Mapping[Dismissal, int]]) -> str:
    """What was dismissed, and why, the most frequent first."""
    items = []
    for reasons, whys in _ordered(dismissals):
        why = " · ".join(
            f"{escape(DISMISSALS[one])} <b>{number(count)}</b>"
            for one, count in sorted(whys.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        total = number(sum(whys.values()))
        items.append(f"<li><b>{escape(reasons_title(reasons))}</b> ({total} mục): {why}</li>")
    return f'<ul class="ln-figures">{"".join(items)}</ul>'


def agreements_table(agreements: Mapping[Reasons, Agreement]) -> str:
    """How far two reviewers agree who do not see each other's decision."""
    rows = [
        (reasons_title(reasons), number(one.pairs), number(one.same), agreement_words(one.kappa))
        for reasons, one in _ordered(agreements)
        if one.kappa is not None
    ]
    head = ("Lý do cần xem", "Số cặp ý kiến", "Giống nhau", "Mức thống nhất (kappa)")
    return table_html("Hai người xét duyệt độc lập thống nhất đến đâu", head, rows)


def agreement_words(kappa: float) -> str:
    """`cao (0,72)`."""
    word = next((word for above, word in _KAPPA if kappa > above), "không hơn ngẫu nhiên")
    return f"{word} ({kappa:.2f})".replace(".", ",")


NO_AGREEMENT: Final = (
    f"Tháng này chưa đủ {FEWEST_PAIRS} cặp ý kiến cho lý do nào nên chưa tính mức thống nhất."
)


# --- What the model is worth -----------------------------------------------------------------


def model_html(figures: ModelFigures) -> str:
    """What was measured of the model, in sentences."""
    detections = "".join(
        _sentence(*_detection(_SUBJECTS[name], figures.plain, figures.bare, name))
        for name in DETECTIONS
        if name in figures.plain.detections
    )
    readings = "".join(
        _sentence(
            f"Trong 100 bài, máy đọc đúng {name} của {_hundred(figures.plain.readings[head])} bài.",
            f"Bài viết không dấu: {_hundred(figures.bare.readings[head])} bài.",
        )
        for head, name in _READINGS.items()
    )
    return f'<ul class="ln-figures">{detections}{readings}</ul>'


def criticism_html(figures: ModelFigures) -> str:
    """How often criticism was wrongly flagged, beside what is allowed at most."""
    allowed = f"Mức cho phép: nhiều nhất {_thousand(figures.ceiling)} trong 1.000 bài."
    if figures.flagged is None:
        return f'<p class="ln-ceiling">Chưa đo với mô hình này. {allowed}</p>'
    wrong = round(figures.flagged * figures.criticism)
    look = " ln-over" if figures.flagged > figures.ceiling else ""
    said = "không bài nào bị gắn nhầm" if wrong == 0 else f"{number(wrong)} bài bị gắn nhầm"
    return (
        f'<p class="ln-ceiling{look}">Trong <b>{number(figures.criticism)} bài</b> phê bình, châm '
        "biếm, bày tỏ quan điểm không dùng để dạy máy, "
        f"<b>{said}</b> là lặp lại thông tin sai hay có dấu hiệu lừa đảo. {allowed}</p>"
    )


def _detection(subject: str, plain: Spelling, bare: Spelling, name: str) -> tuple[str, str]:
    one: Detection = plain.detections[name]
    other: Detection = bare.detections[name]
    main = (
        f"Trong 100 bài mà máy cho là {subject}, {_hundred(one.precision)} bài đúng như vậy. "
        f"Trong 100 {subject}, máy nhận ra {_hundred(one.recall)} bài."
    )
    more = (
        f"Bài viết không dấu: {_hundred(other.precision)} và {_hundred(other.recall)} bài. "
        f"Đo trên {number(one.posts)} {subject}."
    )
    return main, more


def _sentence(main: str, more: str) -> str:
    return f'<li>{escape(main)} <span class="ln-sure">{escape(more)}</span></li>'


def _hundred(share: float) -> str:
    return str(round(100 * share))


def _thousand(share: float) -> str:
    return f"{1000 * share:g}".replace(".", ",")
