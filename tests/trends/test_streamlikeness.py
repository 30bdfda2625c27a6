from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.trends.streamlikeness import LEAST_TOLD, MOST_TERMS, Signature, matched, signature
from tests.classifier.clusterworld import BACKGROUND, SIZE

CENTRE = np.zeros(SIZE, np.float32)
OTP = "công an gọi điện đòi đọc mã otp để làm sạch dữ liệu đất đai"
JOBS = "tuyển người làm tại nhà lương cao việc nhẹ phải nộp phí trước"


def around(axis: int, count: int) -> np.ndarray:
    vectors = np.zeros((count, SIZE), np.float32)
    vectors[:, axis] = 1
    return vectors


def sign(axis: int, text: str, count: int = 6) -> Signature:
    return signature(
        around(axis, count), [f"{text} {number}" for number in range(count)], BACKGROUND
    )


def test_what_means_and_says_the_same_goes_on() -> None:
    before = [sign(0, OTP), sign(1, JOBS)]
    assert matched(before, [sign(1, JOBS), sign(0, OTP)], CENTRE) == {0: 1, 1: 0}


def test_neither_meaning_nor_words_alone_are_enough() -> None:
    # All attempts at fraud mean nearly the same to an encoder, whatever they are about.
    assert matched([sign(0, OTP)], [sign(0, JOBS)], CENTRE) == {}
    assert matched([sign(0, OTP)], [sign(1, "xin cảm ơn các anh")], CENTRE) == {}


def test_a_stream_goes_on_in_one_only_the_likest() -> None:
    blurred = Signature(sign(0, OTP).mean, {"otp": 1.0, "khac": 1.0})
    assert matched([sign(0, OTP)], [blurred, sign(0, OTP)], CENTRE) == {0: 1}
    assert matched([], [sign(0, OTP)], CENTRE) == {}
    assert matched([sign(0, OTP)], [], CENTRE) == {}


@pytest.mark.parametrize("told", [LEAST_TOLD - 1, LEAST_TOLD])
def test_only_terms_that_several_said_are_kept(told: int) -> None:
    texts = ["câu chuyện bể nước" if at < told else "trời mưa lớn" for at in range(8)]
    kept = signature(around(0, 8), texts, BACKGROUND).terms
    assert ("be nuoc" in kept) == (told >= LEAST_TOLD)


@settings(max_examples=30)
@given(st.lists(st.text("abcdeghiklmn ", min_size=1, max_size=80), min_size=5, max_size=9))
def test_any_texts_give_few_terms_and_never_more_than_two_words(texts: list[str]) -> None:
    terms = signature(around(0, len(texts)), texts, BACKGROUND).terms
    assert len(terms) <= MOST_TERMS
    assert all(len(term.split()) <= 2 and weight >= 0 for term, weight in terms.items())
