from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from langnghe.classifier.claims import ClaimMatcher
from langnghe.classifier.evaluation.claims import (
    MatchQuality,
    measure_matching,
    register_of,
    stripped,
)
from langnghe.classifier.likeness import Background
from langnghe.classifier.stance import Matching
from langnghe.classifier.training.examples import ClaimExamples, Example
from langnghe.classifier.training.stance import fit_stance, fit_wording, rows_of
from langnghe.core.models import Stance
from langnghe.core.text import fold
from tests.classifier.pairmodel import COMMON, CountingModel, trusting

PLACES = (
    "Nậm Mu", "Đá Bàn", "Pha Lùng", "Tân Hưng", "Bến Trâm", "Gò Cát", "Ia Dom", "Hải Lựu",
    "Chợ Rộc", "Mỹ An", "Phú Điền", "Huổi Lướng", "Vạn Ninh", "Bá Thiện", "Tân Hòa", "Khau Vạc",
)  # fmt: skip
MATTERS = ("đập chứa nước", "cây cầu treo", "trạm y tế", "trường mầm non")


def claims(places: tuple[str, ...]) -> list[ClaimExamples]:
    found = []
    for at, place in enumerate(places):
        matter = MATTERS[at % len(MATTERS)]
        found.append(
            ClaimExamples(
                fold(place),
                f"{matter} {place} bị sập trong đêm làm {10 + at} nhà hư hại.",
                "false",
                "Báo cáo của xã",
                (
                    (
                        f"{matter} {place} sập đêm qua rồi, {10 + at} nhà hư hại nặng",
                        Stance.REPEATS,
                    ),
                    (f"Trời ơi {place}: {matter} bị sập, {10 + at} nhà hư hại", Stance.REPEATS),
                    (f"{matter} {place} bị sập trong đêm thật không mọi người?", Stance.DOUBTS),
                    (f"{matter} {place} bị sập trong đêm là tin đồn, đừng tin", Stance.DENIES),
                    (
                        f"{matter} {place} bị sập hồi 2009, {10 + at} nhà hư hại, nay xây lại",
                        Stance.UNRELATED,
                    ),
                ),
            )
        )
    return found


TRAIN, DEV = claims(PLACES[:8]), claims(PLACES[8:])
OTHERS = [
    Example("o1", "Hôm nay trời đẹp quá cả nhà"),
    Example("o2", "Cảm ơn cô giáo đã tận tình", criticism=""),
    Example("o3", "Cán bộ gì mà hách dịch, dân hỏi không thèm trả lời", criticism="official"),
]


@pytest.fixture(scope="module")
def matching() -> Matching:
    return fit_stance(CountingModel(), TRAIN, DEV, OTHERS, COMMON)


def measured(matching: Matching, held: list[ClaimExamples]) -> MatchQuality:
    return measure_matching(CountingModel(), matching, COMMON, held, TRAIN)


def test_what_is_fitted_finds_the_repeats_and_little_else(matching: Matching) -> None:
    for posts in (DEV, stripped(DEV)):
        quality = measured(matching, posts)
        assert quality.recall_at_5.value == 1
        assert quality.precision.value >= 0.9
        assert quality.recall.value >= 0.9
        assert quality.claims == len(PLACES)
        assert quality.posts == 5 * len(DEV)


def test_the_same_data_give_the_same_file(matching: Matching, tmp_path: Path) -> None:
    matching.save(tmp_path)
    written = (tmp_path / "claims.json").read_bytes()
    assert Matching.load(tmp_path) == matching
    fit_stance(CountingModel(), TRAIN, DEV, OTHERS, COMMON).save(tmp_path)
    assert (tmp_path / "claims.json").read_bytes() == written


def test_most_posts_that_speak_of_no_claim_are_not_read_closely(matching: Matching) -> None:
    model = CountingModel()
    held = ClaimMatcher(model, register_of(DEV), matching, COMMON)
    assert held.match([one.text for one in OTHERS]) == [(), (), ()]
    assert model.pairs_read == 0


def test_wording_tells_stances_of_claims_it_has_not_seen() -> None:
    wording = fit_wording(TRAIN)
    scores = wording.scores([text for claim in DEV for text, _ in claim.posts])
    truth = [stance for claim in DEV for _, stance in claim.posts]
    for row, stance in zip(scores, truth, strict=True):
        told = list(Stance)[int(row.argmax())] if row.max() > 0 else Stance.UNRELATED
        assert told is stance
    assert set(wording.rarity) == set(wording.weights)


def test_a_set_without_near_misses_is_refused() -> None:
    posts = [replace(claim, posts=claim.posts[:4]) for claim in TRAIN]
    with pytest.raises(ValueError, match="stance"):
        fit_wording(posts)


def test_every_post_is_fitted_in_both_spellings() -> None:
    rows = rows_of(DEV, OTHERS)
    half = len(rows) // 2
    assert [fold(row.text) for row in rows[:half]] == [fold(row.text) for row in rows[half:]]
    assert not any(row.bare for row in rows[:half])
    assert all(row.bare for row in rows[half:])
    assert {row.claim for row in rows} == {"", *(claim.id for claim in DEV)}


def test_figures_count_what_is_wrong_and_where() -> None:
    # Goes by the model's word alone, which takes any like text without a sign for a repeat.
    near_miss = ClaimExamples(
        "a",
        "Đập Nậm Mu bị sập.",
        "false",
        "",
        (
            ("Đập Nậm Mu bị sập rồi bà con ơi chạy đi", Stance.REPEATS),
            ("Tối nay trên kia đông người đứng xem lắm", Stance.REPEATS),
            ("Đập Nậm Mu bị sập hồi năm 2009 nay xây lại", Stance.UNRELATED),
            ("Đập Nậm Mu bị sập có thật không?", Stance.DOUBTS),
        ),
    )
    quality = measure_matching(
        CountingModel(), trusting(floor=0.3), Background({}, 0.001), [near_miss]
    )
    assert quality.precision.value == 0.5
    assert quality.recall.value == 0.5
    assert quality.recall_at_5.value == 1  # a register of one is searched whole
    assert quality.f1 == 0.5
    assert quality.mistaken[Stance.UNRELATED] == 1
    assert sum(quality.mistaken.values()) == 1
    assert quality.elsewhere == 0
    assert quality.precision.low <= quality.precision.value <= quality.precision.high
