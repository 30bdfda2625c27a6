"""What the machine proposes is shown in words, with what bears it out, and nothing is live."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from langnghe.classifier.marks import DANGER_MARKS, SCAM_MARKS
from langnghe.core.models import (
    CheckedClaim,
    ClaimMatch,
    Intent,
    Labels,
    Mark,
    Reason,
    Sentiment,
    Stance,
    Verdict,
)
from langnghe.core.vietnamese import REASONS, VERDICTS
from langnghe.dashboard.components.labels import (
    LONGEST_EVIDENCE,
    LONGEST_WORDS,
    reading_html,
    reasons_html,
)

CLAIM = CheckedClaim("c1", "Xã thu 200.000 đồng tiền làm VNeID.", Verdict.FALSE, "Công an xã, 3/11")
CLAIMS = {"c1": CLAIM}
REPEATS = ClaimMatch("c1", 0.9, Stance.REPEATS, 0.93, ("VNeID", "200k"))
FEE, FLOOD = "fee", "flood"
LABELS = Labels(
    "a" * 32,
    "m",
    sentiment=Sentiment.NEGATIVE,
    intent=Intent.COMPLAINT,
    scores={
        "negative": 0.95,
        "complaint": 0.75,
        "claim": 0.55,
        "scam": 0.91,
        "urgent": 0.6,
        "answer": 0.8,
        "toxicity": 0.99,
    },
)


def _text(card: str) -> str:
    return re.sub(r"\s+", " ", html.fragment_fromstring(card).text_content())


def _why(labels: Labels, claims: dict[str, CheckedClaim] = CLAIMS) -> str:
    return _text(reasons_html(labels, claims))


def _reading(labels: Labels, claims: dict[str, CheckedClaim] = CLAIMS) -> str:
    return _text(reading_html(labels, claims))


def test_the_kinds_used_here_are_marks() -> None:
    assert FEE in SCAM_MARKS
    assert FLOOD in DANGER_MARKS


def test_without_a_reason_nothing_asks_to_be_looked_at() -> None:
    marked = replace(LABELS, marks=(Mark(FEE, "nộp 200k"),), matches=(REPEATS,))
    assert reasons_html(marked, CLAIMS) == ""


def test_a_proposal_says_who_proposes_and_who_decides() -> None:
    assert "Máy gợi ý, người quyết định" in _why(replace(LABELS, reasons=(Reason.NEEDS_ANSWER,)))


def test_each_reason_is_named_with_how_sure_the_model_is() -> None:
    reasons = (Reason.URGENT, Reason.SCAM_WARNING, Reason.NEEDS_ANSWER)
    why = _why(replace(LABELS, reasons=reasons))
    for words in ("Khẩn cấp (chưa chắc)", "Dấu hiệu lừa đảo (chắc)", "Cần trả lời (khá chắc)"):
        assert words in why


def test_a_mark_stands_below_the_reason_that_it_bears_out_and_nowhere_else() -> None:
    marks = (Mark(FEE, "nộp 200k"), Mark(FLOOD, "nước lên"), Mark(FEE, "Nộp 200K"))
    scam = _why(replace(LABELS, marks=marks, reasons=(Reason.SCAM_WARNING,)))
    assert f"{SCAM_MARKS[FEE]}: “nộp 200k”" in scam
    assert "Nộp 200K" not in scam
    assert "nước lên" not in scam
    answer = replace(LABELS, marks=marks, reasons=(Reason.NEEDS_ANSWER,))
    assert "nộp 200k" not in _why(answer) + _reading(answer)


@pytest.mark.parametrize("verdict", [Verdict.FALSE, Verdict.PARTLY_TRUE])
def test_the_repeated_claim_stands_there_with_verdict_and_evidence(verdict: Verdict) -> None:
    labels = replace(LABELS, matches=(REPEATS,), reasons=(Reason.REPEATS_CHECKED_CLAIM,))
    why = _why(labels, {"c1": replace(CLAIM, verdict=verdict)})
    assert "Lặp lại thông tin đã kiểm chứng (chắc)" in why
    assert f"«{CLAIM.text}» Kết quả kiểm chứng: {VERDICTS[verdict]}." in why
    assert "“VNeID”, “200k”" in why
    assert "Căn cứ: Công an xã, 3/11" in why
    assert "Liên quan" not in _reading(labels, {"c1": replace(CLAIM, verdict=verdict)})


@pytest.mark.parametrize("claims", [{}, {"c1": replace(CLAIM, verdict=Verdict.CONFIRMED)}])
def test_a_register_that_changed_since_is_told(claims: dict[str, CheckedClaim]) -> None:
    labels = replace(LABELS, matches=(REPEATS,), reasons=(Reason.REPEATS_CHECKED_CLAIM,))
    why = _why(labels, claims)
    assert "Danh mục đã đổi" in why
    assert "Kết quả" not in why


@pytest.mark.parametrize(
    ("stance", "words"),
    [(Stance.DOUBTS, "hỏi hoặc nghi ngờ"), (Stance.DENIES, "bác bỏ, đính chính hoặc cảnh báo")],
)
def test_who_asks_about_or_denies_a_claim_only_relates_to_it(stance: Stance, words: str) -> None:
    labels = replace(LABELS, matches=(replace(REPEATS, stance=stance),))
    assert reasons_html(labels, CLAIMS) == ""
    assert f"Bài này {words}" in _reading(labels)


def test_a_short_text_is_said_to_be_only_suggested() -> None:
    labels = replace(LABELS, matches=(replace(REPEATS, suggested_only=True),))
    assert "Bài quá ngắn để đối chiếu, chỉ gợi ý." in _reading(labels)
    assert "khẳng định" not in _reading(labels)


def test_a_claim_of_another_matter_is_not_shown() -> None:
    labels = replace(LABELS, matches=(replace(REPEATS, stance=Stance.UNRELATED),))
    assert CLAIM.text not in _reading(labels)


def test_the_reading_says_all_in_words_and_no_number() -> None:
    reading = _reading(LABELS)
    assert "Khuynh hướng: Tiêu cực (chắc)" in reading
    assert "Loại ý kiến: Phàn nàn (khá chắc)" in reading
    assert "Nội dung có thể kiểm chứng: có (chưa chắc)" in reading
    assert not re.search(r"\d", reading)


def test_a_no_is_as_sure_as_its_score_is_low() -> None:
    labels = replace(LABELS, scores={"claim": 0.02})
    assert "Nội dung có thể kiểm chứng: không (chắc)" in _reading(labels)


def test_a_model_that_knows_only_sentiment_says_only_that() -> None:
    labels = Labels("a" * 32, "m", sentiment=Sentiment.NEUTRAL, scores={"neutral": 0.8})
    assert "Khuynh hướng: Trung tính (khá chắc)" in _reading(labels)
    assert "Loại ý kiến" not in _reading(labels)
    assert reading_html(Labels("a" * 32, "m"), {}) == ""


def test_toxicity_is_never_shown() -> None:
    loud = replace(LABELS, reasons=tuple(REASONS), marks=(Mark(FEE, "nộp 200k"),))
    polite = replace(loud, scores={**loud.scores, "toxicity": 0.01})
    assert _why(loud) == _why(polite)
    assert _reading(loud) == _reading(polite)


ANY = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co"]), min_size=1)


@given(ANY, ANY, st.sampled_from(Stance))
def test_words_and_claims_stay_text(words: str, claim: str, stance: Stance) -> None:
    labels = replace(
        LABELS,
        marks=(Mark(FEE, words), Mark(FLOOD, words)),
        matches=(replace(REPEATS, stance=stance, words=(words,)),),
        reasons=tuple(REASONS),
    )
    claims = {"c1": CheckedClaim("c1", claim, Verdict.FALSE, claim)}
    why, reading = reasons_html(labels, claims), reading_html(labels, claims)
    tags = {element.tag for card in (why, reading) for element in html.fromstring(card).iter()}
    assert tags <= {"div", "details", "summary", "p", "ul", "li", "b", "span", "br"}
    assert words[:LONGEST_WORDS] in html.fragment_fromstring(why).text_content()
    if stance is not Stance.UNRELATED:
        shown = why if stance is Stance.REPEATS else reading
        assert f"«{claim}»" in html.fragment_fromstring(shown).text_content()


def test_long_evidence_is_cut() -> None:
    labels = replace(LABELS, matches=(REPEATS,), reasons=(Reason.REPEATS_CHECKED_CLAIM,))
    why = _why(labels, {"c1": replace(CLAIM, evidence="x" * 5_000)})
    assert "x" * LONGEST_EVIDENCE + "…" in why
    assert "x" * (LONGEST_EVIDENCE + 1) not in why


def test_a_long_address_is_shown_by_its_beginning() -> None:
    address = "http://vneid-gov.example/" + "x" * 500
    why = _why(replace(LABELS, marks=(Mark(FEE, address),), reasons=(Reason.SCAM_WARNING,)))
    assert f"“{address[:LONGEST_WORDS]}…”" in why
