from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.classifier.claims import CANDIDATES, ClaimMatcher, attach
from langnghe.classifier.likeness import terms_of
from langnghe.classifier.register import Register
from langnghe.classifier.vectors import pack
from langnghe.core.models import CheckedClaim, Labels, Reason, Stance, Verdict
from langnghe.core.text import fold
from tests.classifier.pairmodel import COMMON, CountingModel, trusting

DAM = CheckedClaim("dap", "Đập hồ Đá Bàn ở xã Ea Trang sắp vỡ, thôn 4 phải di dời.", Verdict.FALSE)
PASS = CheckedClaim("deo", "Đèo Pha Lùng cấm mọi loại xe ba tháng từ 1/8.", Verdict.PARTLY_TRUE)
SWEETS = CheckedClaim("keo", "Kẹo dẻo ở cổng trường Tân Hưng chứa ma túy.", Verdict.CONFIRMED)
REGISTER = Register((DAM, PASS, SWEETS))
REPEAT = "Đập Đá Bàn ở Ea Trang sắp vỡ rồi, thôn 4 di dời ngay bà con ơi"


@dataclass(frozen=True)
class Said:
    text: str
    id: str = "p"
    title: str = ""


def matcher(register: Register = REGISTER, floor: float = 0.05) -> ClaimMatcher:
    return ClaimMatcher(CountingModel(), register, trusting(floor=floor), COMMON)


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        (REPEAT, Stance.REPEATS),
        (fold(REPEAT), Stance.REPEATS),
        ("Đập Đá Bàn ở Ea Trang sắp vỡ, thôn 4 di dời thật không mọi người?", Stance.DOUBTS),
        ("Đập Đá Bàn ở Ea Trang sắp vỡ là tin đồn, thôn 4 không di dời", Stance.DENIES),
    ],
)
def test_a_post_is_matched_with_the_claim_it_speaks_of(text: str, stance: Stance) -> None:
    (found,) = matcher().match([text])
    assert [(match.claim_id, match.stance) for match in found] == [("dap", stance)]
    assert not found[0].suggested_only
    assert 0.5 < found[0].score <= 1
    assert 0 < found[0].stance_score <= 1


def test_shared_words_are_shown_as_the_post_writes_them() -> None:
    (found,) = matcher().match(["dap da ban o Ea Trang SAP VO roi, thon 4 di doi ngay di"])
    words = found[0].words
    assert {"dap", "Ea", "SAP", "VO", "4"} <= set(words)
    assert "o" not in words  # a word that every other text has
    assert len(words) == len({fold(word) for word in words})


def test_a_short_text_is_only_suggested() -> None:
    (found,) = matcher().match(["Đập Đá Bàn Ea Trang sắp vỡ"])
    assert found[0].stance is Stance.REPEATS
    assert found[0].suggested_only


def test_a_post_far_from_every_claim_costs_no_second_reading() -> None:
    model = CountingModel()
    held = ClaimMatcher(model, REGISTER, trusting(floor=0.5), COMMON)
    posts = ["Hôm nay trời đẹp quá cả nhà", "Cảm ơn cô giáo lớp 2A", "🙂", "123"]
    assert held.match(posts) == [()] * len(posts)
    assert model.pairs_read == 0
    held.match([REPEAT])
    assert 1 <= model.pairs_read <= CANDIDATES


def test_known_embeddings_are_not_made_again() -> None:
    model = CountingModel()
    held = ClaimMatcher(model, REGISTER, trusting(), COMMON)
    vectors = model.embed([REPEAT])
    before = model.texts_embedded
    assert held.match([REPEAT], vectors) == held.match([REPEAT])
    assert model.texts_embedded == before + 1


def test_an_empty_register_matches_nothing() -> None:
    assert matcher(Register(())).match([REPEAT, ""]) == [(), ()]
    assert matcher().match([]) == []


def test_a_claim_without_shared_words_is_not_found_by_its_place_in_the_register() -> None:
    others = [
        CheckedClaim(f"c{number}", f"Việc khác thứ {number} ngoài huyện", Verdict.FALSE)
        for number in range(20)
    ]
    register = Register((*others, DAM))
    held = matcher(register)
    (near,) = held.candidates([REPEAT], [terms_of(REPEAT)])
    assert register.claims[near[0][0]] == DAM
    assert len(near) == CANDIDATES
    assert near[0][1].lead > 0.5


def test_the_order_of_the_register_changes_nothing() -> None:
    posts = [REPEAT, "Pha Lùng cấm xe ba tháng từ 1/8 nhé, đèo sạt", "Kẹo dẻo Tân Hưng có ma túy"]
    found = {
        tuple(matcher(Register(order)).match(posts)) for order in permutations(REGISTER.claims)
    }
    assert len(found) == 1


POSTS = st.sampled_from(
    [REPEAT, fold(REPEAT), PASS.text, SWEETS.text, "Trời đẹp", "", "đèo vỡ ma túy thôn 4"]
)


@settings(max_examples=25)
@given(st.lists(POSTS | st.text(max_size=50), max_size=6))
def test_what_stands_beside_a_post_changes_nothing(posts: list[str]) -> None:
    held = matcher()
    together = held.match(posts)
    assert together == [held.match([post])[0] for post in posts]
    for matches in together:
        stances = [match.stance is Stance.REPEATS for match in matches]
        assert stances == sorted(stances, reverse=True)
        assert all(0 <= match.score <= 1 for match in matches)


def labels(vector: bytes = b"") -> Labels:
    return Labels(post_id="p", model="m", scores={"answer": 0.1}, embedding=vector)


def test_only_a_repeated_claim_that_is_false_or_partly_true_is_a_reason() -> None:
    posts = [
        Said(REPEAT),
        Said("Đèo Pha Lùng cấm mọi loại xe ba tháng từ 1/8 rồi nhé"),
        Said("Kẹo dẻo ở cổng trường Tân Hưng chứa ma túy đấy các mẹ"),
        Said("Đập Đá Bàn ở Ea Trang sắp vỡ, thôn 4 di dời có đúng không?"),
        Said("Đập Đá Bàn sắp vỡ thôn 4"),
        Said("Hôm nay trời đẹp"),
    ]
    found = attach([labels() for _ in posts], matcher(), posts)
    assert [bool(one.matches) for one in found] == [True] * 5 + [False]
    reason = (Reason.REPEATS_CHECKED_CLAIM,)
    assert [one.reasons for one in found] == [reason, reason, (), (), (), ()]
    assert {one.register for one in found} == {REGISTER.digest}


def test_labels_keep_all_else_and_are_recomputed_for_a_changed_register() -> None:
    first = attach([labels()], matcher(), [Said(REPEAT)])
    cleared = Register((replace(DAM, verdict=Verdict.CONFIRMED), PASS))
    again = attach(first, matcher(cleared), [Said(REPEAT)])
    assert first[0].reasons == (Reason.REPEATS_CHECKED_CLAIM,)
    assert again[0].reasons == ()
    assert again[0].register == cleared.digest != first[0].register
    assert replace(again[0], matches=(), register="") == labels()


def test_the_embedding_of_the_labels_is_used() -> None:
    model = CountingModel()
    held = ClaimMatcher(model, REGISTER, trusting(), COMMON)
    vector = pack(model.embed([REPEAT]))[0]
    before = model.texts_embedded
    (found,) = attach([labels(vector)], held, [Said(REPEAT)])
    assert model.texts_embedded == before
    assert found.matches[0].claim_id == "dap"
    assert attach([], held, []) == []


def test_thousands_of_claims_are_held() -> None:
    words = np.random.default_rng(3).integers(1000, size=(5_000, 12))
    register = Register(
        tuple(
            CheckedClaim(f"c{at}", " ".join(f"từ{word}" for word in row), Verdict.FALSE)
            for at, row in enumerate(words.tolist())
        )
    )
    held = matcher(register)
    posts = [register.claims[at].text for at in range(0, 5_000, 500)]
    found = held.match(posts)
    assert [matches[0].claim_id for matches in found] == [f"c{at}" for at in range(0, 5_000, 500)]
