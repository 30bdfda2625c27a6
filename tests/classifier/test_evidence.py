from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.evidence import (
    MOST_WINDOWS,
    WINDOW_WORDS,
    check_evidence,
    windows,
)
from tests.classifier.pairmodel import CountingModel

CLAIM = "Đèo Pha Lùng cấm xe ba tháng"


@pytest.mark.parametrize(
    ("evidence", "label"),
    [
        ("Thông báo: đèo Pha Lùng cấm xe ba tháng.", "supported"),
        ("Sở trả lời đèo Pha Lùng không cấm xe.", "refuted"),
        ("Giá lợn hơi tăng nhẹ.", "not_enough_info"),
        ("", "not_enough_info"),
        (" … !! ", "not_enough_info"),
    ],
)
def test_what_the_evidence_says(evidence: str, label: str) -> None:
    view = check_evidence(CountingModel(), CLAIM, evidence)
    assert view.label == label
    assert sum(view.probabilities.values()) == pytest.approx(1)
    assert max(view.probabilities, key=view.probabilities.__getitem__) == label


def test_in_long_evidence_the_passage_that_says_most_counts_and_is_shown() -> None:
    filler = "Hội nghị nghe báo cáo nhiều việc khác nhau của các phòng ban. " * 30
    told = "Riêng đèo Pha Lùng không cấm xe ban ngày."
    view = check_evidence(CountingModel(), CLAIM, filler + told + " " + filler)
    assert view.label == "refuted"
    assert told in view.passage
    assert len(view.passage.split()) <= WINDOW_WORDS


def test_where_nothing_is_said_no_passage_is_shown() -> None:
    assert check_evidence(CountingModel(), CLAIM, "Giá lợn hơi tăng.").passage == ""
    assert check_evidence(CountingModel(), "?", "Giá lợn hơi tăng.").label == "not_enough_info"


def test_the_time_for_a_book_is_bounded() -> None:
    model = CountingModel()
    check_evidence(model, CLAIM, "Giá lợn hơi tăng nhẹ ở các chợ huyện. " * 20_000)
    assert model.pairs_read == MOST_WINDOWS


WORDS = st.text("abcđê", min_size=1, max_size=4)
SENTENCES = st.lists(WORDS, min_size=1, max_size=150).map(lambda words: " ".join(words) + ".")


@given(st.lists(SENTENCES, max_size=8))
def test_windows_leave_nothing_out_and_fit(sentences: list[str]) -> None:
    text = "\n".join(sentences)
    pieces = list(windows(text))
    assert all(0 < len(piece.split()) <= WINDOW_WORDS for piece in pieces)
    joined = " ".join(pieces)
    for sentence in sentences:
        if len(sentence.split()) <= WINDOW_WORDS:
            assert sentence in joined
    assert set(text.split()) == set(joined.split())


@given(st.text(max_size=300))
def test_windows_never_fail(text: str) -> None:
    assert all(piece.strip() for piece in windows(text))
