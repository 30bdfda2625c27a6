from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.reasons import (
    ANSWERABLE,
    ASSERTS,
    REFUTED,
    is_kept_apart,
    is_too_short,
    reasons_of,
)
from langnghe.core.models import ClaimMatch, Intent, Mark, Reason, Stance, Verdict

LONG = "Nghe bảo mai đóng đèo ba ngày liền bà con ơi"
SCAM = Mark("fee", "nộp phí")
DANGER = Mark("flood", "nước tràn")
REPORT = Mark("bribe", "cán bộ đòi 5 triệu")


def match(
    stance: Stance = Stance.REPEATS, claim: str = "a", suggested_only: bool = False
) -> ClaimMatch:
    return ClaimMatch(claim, 0.9, stance, 0.9, suggested_only=suggested_only)


def test_a_plain_post_gives_none() -> None:
    assert reasons_of(LONG, Intent.INFORMATION, {}, ()) == ()
    assert reasons_of("", None, {}, ()) == ()


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("stance", Stance)
def test_only_repeating_what_is_refuted_counts(verdict: Verdict, stance: Stance) -> None:
    found = reasons_of(LONG, None, {}, (), (match(stance),), {"a": verdict})
    expected = stance is Stance.REPEATS and verdict in (Verdict.FALSE, Verdict.PARTLY_TRUE)
    assert (Reason.REPEATS_CHECKED_CLAIM in found) is expected


def test_any_one_match_may_be_the_one_that_counts() -> None:
    matches = (match(Stance.DENIES, "a"), match(Stance.REPEATS, "b"))
    verdicts = {"a": Verdict.FALSE, "b": Verdict.PARTLY_TRUE}
    assert reasons_of(LONG, None, {}, (), matches, verdicts) == (Reason.REPEATS_CHECKED_CLAIM,)
    # The stance and the verdict must be those of one and the same claim.
    verdicts["b"] = Verdict.CONFIRMED
    assert reasons_of(LONG, None, {}, (), matches, verdicts) == ()


def test_a_suggestion_or_an_unknown_claim_is_no_reason() -> None:
    refuted = {"a": Verdict.FALSE}
    assert reasons_of(LONG, None, {}, (), (match(suggested_only=True),), refuted) == ()
    assert reasons_of(LONG, None, {}, (), (match(claim="b"),), refuted) == ()
    assert reasons_of(LONG, None, {}, (), (match(),)) == ()


def test_under_eight_words_a_match_is_never_a_reason() -> None:
    seven, eight = "Mai đóng đèo ba ngày liền đấy", "Mai đóng đèo ba ngày liền đấy nhé"
    assert is_too_short(seven)
    assert not is_too_short(eight)
    refuted = {"a": Verdict.FALSE}
    assert reasons_of(seven, None, {}, (), (match(),), refuted) == ()
    assert reasons_of(eight, None, {}, (), (match(),), refuted) == (Reason.REPEATS_CHECKED_CLAIM,)


def test_a_scam_needs_score_and_mark() -> None:
    assert reasons_of(LONG, None, {"scam": 0.5}, (SCAM,)) == (Reason.SCAM_WARNING,)
    assert reasons_of(LONG, None, {"scam": 0.99}, ()) == ()
    assert reasons_of(LONG, None, {"scam": 0.99}, (DANGER,)) == ()
    assert reasons_of(LONG, None, {"scam": 0.49}, (SCAM,)) == ()


def test_urgency_needs_score_and_mark() -> None:
    assert reasons_of(LONG, None, {"urgent": 0.5}, (DANGER,)) == (Reason.URGENT,)
    assert reasons_of(LONG, None, {"urgent": 0.99}, (SCAM,)) == ()
    assert reasons_of(LONG, None, {"urgent": 0.49}, (DANGER,)) == ()


@pytest.mark.parametrize("intent", [*Intent, None])
def test_an_answer_is_owed_to_questions_complaints_and_suggestions(intent: Intent | None) -> None:
    found = reasons_of(LONG, intent, {"answer": 0.5}, ())
    assert found == ((Reason.NEEDS_ANSWER,) if intent in ANSWERABLE else ())
    assert reasons_of(LONG, intent, {"answer": 0.49}, ()) == ()


def test_the_most_pressing_stands_first() -> None:
    found = reasons_of(
        LONG,
        Intent.COMPLAINT,
        {"scam": 1, "urgent": 1, "answer": 1},
        (SCAM, DANGER),
        (match(),),
        {"a": Verdict.FALSE},
    )
    assert found == (
        Reason.URGENT,
        Reason.SCAM_WARNING,
        Reason.REPEATS_CHECKED_CLAIM,
        Reason.NEEDS_ANSWER,
    )


def test_a_report_of_wrongdoing_gives_none_but_danger_to_life() -> None:
    assert is_kept_apart((SCAM, REPORT))
    assert not is_kept_apart((SCAM, DANGER))
    scores = {"scam": 1.0, "urgent": 1.0, "answer": 1.0}
    found = reasons_of(
        LONG,
        Intent.COMPLAINT,
        scores,
        (SCAM, DANGER, REPORT),
        (match(),),
        {"a": Verdict.FALSE},
    )
    assert found == (Reason.URGENT,)
    assert reasons_of(LONG, Intent.COMPLAINT, scores, (SCAM, REPORT)) == ()


@given(
    st.text(max_size=60),
    st.sampled_from([*Intent, None]),
    st.dictionaries(
        st.sampled_from(["scam", "urgent", "answer", "claim", "toxicity", "negative", "complaint"]),
        st.floats(0, 1),
    ),
    st.sets(st.sampled_from([SCAM, DANGER, REPORT])),
    st.lists(st.builds(match, st.sampled_from(Stance), st.sampled_from("ab"), st.booleans())),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from(Verdict)),
)
def test_every_reason_is_borne_out(
    text: str,
    intent: Intent | None,
    scores: dict[str, float],
    marks: set[Mark],
    matches: list[ClaimMatch],
    verdicts: dict[str, Verdict],
) -> None:
    found = reasons_of(text, intent, scores, tuple(marks), tuple(matches), verdicts)
    assert len(set(found)) == len(found)
    assert Reason.UNVERIFIED_CLAIM not in found
    if Reason.SCAM_WARNING in found:
        assert SCAM in marks
    if Reason.URGENT in found:
        assert DANGER in marks
    if REPORT in marks:
        assert set(found) <= {Reason.URGENT}
    if Reason.NEEDS_ANSWER in found:
        assert intent in ANSWERABLE
    if Reason.REPEATS_CHECKED_CLAIM in found:
        assert REFUTED & set(verdicts.values())
        assert not is_too_short(text)
    # How toxic, how negative or how check-worthy a text is makes no reason.
    others = {"claim": 1.0, "toxicity": 1.0, "negative": 1.0, "complaint": 1.0}
    assert reasons_of(text, intent, scores | others, tuple(marks), matches, verdicts) == found


def test_who_asserts_nothing_repeats_nothing() -> None:
    refuted = {"a": Verdict.FALSE}
    view, statement = {"claim": ASSERTS - 0.01}, {"claim": ASSERTS}
    assert reasons_of(LONG, None, view, (), (match(),), refuted) == ()
    assert reasons_of(LONG, None, statement, (), (match(),), refuted) == (
        Reason.REPEATS_CHECKED_CLAIM,
    )
