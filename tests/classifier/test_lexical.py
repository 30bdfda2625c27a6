from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.lexical import LexicalIndex
from langnghe.classifier.likeness import Background, terms_of
from langnghe.core.text import fold
from tests.classifier.pairmodel import COMMON

CLAIMS = [
    "Đập hồ Đá Bàn ở xã Ea Trang sắp vỡ, xã đã lệnh cho thôn 4 di dời.",
    "Đèo Pha Lùng cấm mọi loại xe trong ba tháng kể từ 1/8 do sạt lở.",
    "Kẹo dẻo bán trước cổng Trường THCS Tân Hưng chứa ma túy.",
]
INDEX = LexicalIndex([terms_of(claim) for claim in CLAIMS], COMMON)
TEXTS = st.text("aáạbcđdeêghiklmnôơtuưxy .,!?0123456789", max_size=80)


def test_a_post_finds_the_claim_whose_rare_words_it_shares() -> None:
    posts = [
        "deo pha lung dong ba thang roi",
        "Ma túy tẩm vào kẹo dẻo ở Tân Hưng",
        "thôn 4 dời hết",
    ]
    scores, _ = INDEX.scores([terms_of(post) for post in posts])
    assert scores.argmax(axis=1).tolist() == [1, 2, 0]


def test_what_is_common_everywhere_counts_little_even_if_one_claim_alone_has_it() -> None:
    index = LexicalIndex(
        [terms_of("Đập của ba con"), terms_of("Đập Nậm Mu vỡ")],
        Background({"cua": 0.5, "ba": 0.4, "con": 0.4}, 0.001),
    )
    scores, _ = index.scores([terms_of("con vỡ, của")])
    assert scores[0, 1] > scores[0, 0] > 0


def test_a_claim_gets_its_whole_share_from_its_own_text() -> None:
    _, shares = INDEX.scores([terms_of(claim) for claim in CLAIMS])
    assert np.allclose(np.diagonal(shares), 1, atol=1e-4)
    assert (shares - np.diag(np.diagonal(shares)) < 0.2).all()


@given(st.lists(st.sampled_from(CLAIMS) | TEXTS, max_size=5))
def test_neighbours_change_nothing(posts: list[str]) -> None:
    scores, shares = INDEX.scores([terms_of(post) for post in posts])
    assert scores.shape == shares.shape == (len(posts), len(CLAIMS))
    assert ((shares >= 0) & (shares <= 1)).all()
    for row, post in enumerate(posts):
        alone, _ = INDEX.scores([terms_of(post)])
        assert (alone[0] == scores[row]).all()


def test_diacritics_change_nothing() -> None:
    plain, _ = INDEX.scores([terms_of(claim) for claim in CLAIMS])
    bare, _ = INDEX.scores([terms_of(fold(claim)) for claim in CLAIMS])
    assert (plain == bare).all()


def test_a_register_may_be_empty_and_a_claim_without_terms() -> None:
    scores, shares = LexicalIndex([], COMMON).scores([terms_of("Đập vỡ")])
    assert scores.shape == shares.shape == (1, 0)
    scores, shares = LexicalIndex([terms_of("!"), terms_of("vỡ")], COMMON).scores([terms_of("vỡ")])
    assert scores[0, 0] == shares[0, 0] == 0 < scores[0, 1]
    assert INDEX.scores([])[0].shape == (0, 3)
