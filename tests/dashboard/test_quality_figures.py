"""What the page "Chất lượng" says: figures in words, nothing below the smallest figure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from langnghe.casework.agreement import Agreement
from langnghe.casework.review import Dismissal
from langnghe.casework.reviewfigures import Month, Outcome
from langnghe.classifier.evaluation.published import Detection, ModelFigures, Spelling
from langnghe.core.models import Reason
from langnghe.dashboard.components import quality

SCAM, URGENT, ANSWER = Reason.SCAM_WARNING, Reason.URGENT, Reason.NEEDS_ANSWER
FEW = Month({}, 4, {}, {}, {})
MONTH = Month(
    {ANSWER: 1_240, SCAM: 3, URGENT: 2},
    1_245,
    {(SCAM, URGENT): Outcome(4, 1), (ANSWER,): Outcome(930, 310)},
    {(ANSWER,): {Dismissal.OPINION: 9, Dismissal.NOT_LOCAL: 301}},
    {(ANSWER,): Agreement(41, 37, 0.716), (SCAM,): Agreement(4, 4, None)},
)
SPELLING = Spelling({"sentiment": 0.8177, "intent": 0.8032}, {"scam": Detection(29, 0.9655, 1.0)})
FIGURES = ModelFigures("a" * 64, 757, SPELLING, SPELLING, 390, 0.0, 0.005)


def text(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def test_a_month_says_what_it_rests_on() -> None:
    assert quality.month_words(MONTH) == "**1.245 mục** đã được quyết định."
    assert "Dưới 5 mục nên không chia nhỏ" in quality.month_words(FEW)
    assert quality.decided_html(FEW.decided) == ""
    counts = text(quality.decided_html(MONTH.decided))
    assert counts == "Khẩn cấp: 2 mục Dấu hiệu lừa đảo: 3 mục Cần trả lời: 1.240 mục"
    assert quality.month_title(date(2026, 1, 1)) == "tháng 01/2026"


def test_the_chart_and_its_table_say_the_same() -> None:
    chart = quality.outcomes_chart(MONTH.outcomes).to_dict()
    (data,) = chart["datasets"].values()
    rows = [(row["tên"], row["kết quả"], row["số mục"]) for row in data]
    together = "Các lý do ít mục: Khẩn cấp, Dấu hiệu lừa đảo"
    assert rows == [
        ("Cần trả lời", "Lý do đúng", 930),
        ("Cần trả lời", "Bỏ qua", 310),
        (together, "Lý do đúng", 4),
        (together, "Bỏ qua", 1),
    ]
    table = text(quality.outcomes_table(MONTH.outcomes))
    assert "Cần trả lời 1.240 930 310 75 %" in table
    assert f"{together} 5 4 1 80 %" in table


def test_why_items_were_dismissed_the_most_frequent_first() -> None:
    said = text(quality.dismissals_html(MONTH.dismissals))
    assert said == "Cần trả lời (310 mục): Không thuộc địa bàn 301 · Ý kiến, quan điểm 9"


def test_agreement_is_said_with_a_word_and_not_at_all_for_few() -> None:
    table = text(quality.agreements_table(MONTH.agreements))
    assert "Cần trả lời 41 37 cao (0,72)" in table
    assert "lừa đảo" not in table


@pytest.mark.parametrize(
    ("kappa", "words"),
    [
        (1.0, "rất cao (1,00)"),
        (0.8, "cao (0,80)"),
        (0.41, "vừa phải (0,41)"),
        (0.3, "thấp (0,30)"),
        (0.001, "rất thấp (0,00)"),
        (0.0, "không hơn ngẫu nhiên (0,00)"),
        (-0.5, "không hơn ngẫu nhiên (-0,50)"),
    ],
)
def test_words_for_kappa(kappa: float, words: str) -> None:
    assert quality.agreement_words(kappa) == words


def test_the_model_in_words() -> None:
    said = text(quality.model_html(FIGURES))
    assert (
        "Trong 100 bài mà máy cho là bài có nội dung lừa đảo, 97 bài đúng như vậy. Trong 100 bài "
        "có nội dung lừa đảo, máy nhận ra 100 bài."
    ) in said
    assert "Đo trên 29 bài có nội dung lừa đảo." in said
    assert "máy đọc đúng khuynh hướng (tích cực, trung tính, tiêu cực) của 82 bài." in said
    # What was not measured is not spoken of.
    assert "khẩn cấp" not in said


def test_wrongly_flagged_criticism_stands_beside_its_ceiling() -> None:
    none = text(quality.criticism_html(FIGURES))
    assert "390 bài" in none
    assert "không bài nào bị gắn nhầm" in none
    assert "nhiều nhất 5 trong 1.000 bài" in none
    over = quality.criticism_html(replace(FIGURES, flagged=4 / 390))
    assert "4 bài bị gắn nhầm" in text(over)
    assert "ln-over" in over
    assert "Chưa đo" in quality.criticism_html(replace(FIGURES, flagged=None))
