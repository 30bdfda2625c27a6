"""What the machine proposes about a post: why to look at it, and how it was read.

Each proposal says how sure the model is, in words, and shows what bears it out: the words of the
post, or the checked claim with its verdict. Marks stand only below the reason that they bear out:
by themselves they would hang over harmless texts, warnings of a scam among them. Toxicity is not
shown: no reason rests on it, and beside a post it would read as a judgement of who wrote it.

A post that may report wrongdoing by officials is kept apart (boundary 4): instead of a reason
stands how the formal channel is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from langnghe.casework.deadlines import FormalChannel
from langnghe.classifier.marks import DANGER_MARKS, FORMAL_MARKS, SCAM_MARKS
from langnghe.classifier.reasons import REFUTED, YES, is_kept_apart
from langnghe.core.models import CheckedClaim, ClaimMatch, Labels, Mark, Reason, Stance
from langnghe.core.vietnamese import INTENTS, REASONS, SENTIMENTS, VERDICTS
from langnghe.dashboard.formats import STANCES, certainty

NOTE: Final = "Máy gợi ý, người quyết định"

LONGEST_EVIDENCE: Final = 300
"""Characters of a claim's evidence that a card shows."""

LONGEST_WORDS: Final = 60
"""Characters of a mark's words that a card shows; the text above has them all."""

_SCORES: Final[Mapping[Reason, str]] = {
    Reason.URGENT: "urgent",
    Reason.SCAM_WARNING: "scam",
    Reason.NEEDS_ANSWER: "answer",
}
_MARKS: Final[Mapping[Reason, Mapping[str, str]]] = {
    Reason.URGENT: DANGER_MARKS,
    Reason.SCAM_WARNING: SCAM_MARKS,
}


def reasons_html(labels: Labels, claims: Mapping[str, CheckedClaim]) -> str:
    """Why a person should look at the post; "" where there is no reason.

    Args:
        labels: what the model says of the post.
        claims: the register of checked claims, by id.
    """
    if not labels.reasons:
        return ""
    look = " ln-pressing" if Reason.URGENT in labels.reasons else ""
    items = "".join(f"<li>{_reason(reason, labels, claims)}</li>" for reason in labels.reasons)
    return (
        f'<div class="ln-why{look}"><ul class="ln-list">{items}</ul>'
        f'<p class="ln-note">{NOTE}</p></div>'
    )


def formal_html(labels: Labels, channel: FormalChannel) -> str:
    """How the formal channel is used, where the post may belong to it; "" for any other post.

    Args:
        labels: what the model says of the post.
        channel: what is said of denunciations (petitions.yaml).
    """
    if not is_kept_apart(labels.marks):
        return ""
    proofs = "".join(
        _proof(f"{escape(label)}: {_quoted(words)}")
        for label, words in _by_kind(labels.marks, FORMAL_MARKS)
    )
    return (
        '<div class="ln-why ln-apart"><div><b>Có thể là tố cáo: thuộc kênh chính thức</b>'
        f"{proofs}<p>Trừ khi khẩn cấp, bài như vậy không vào hàng chờ, để bảo vệ người phản ánh. "
        f"{formal_text_html(channel)}</p></div>"
        f'<p class="ln-note">{NOTE}</p></div>'
    )


def formal_text_html(channel: FormalChannel) -> str:
    """What is said of a formal channel, and the law that says so."""
    basis = f'<span class="ln-proof">Căn cứ: {escape(channel.legal_basis)}</span>'
    return f"{escape(channel.text)}{basis}"


def reading_html(labels: Labels, claims: Mapping[str, CheckedClaim]) -> str:
    """All else that the model says, closed until somebody asks; "" where it says nothing."""
    facts = [
        f"{escape(name)}: <b>{escape(value)}</b>{_sureness(score)}"
        for name, value, score in _facts(labels)
    ]
    related = [
        f"Liên quan: {_claim(claims.get(match.claim_id))} {_stance(match)} {_shared(match)}"
        for match in labels.matches
        if match.stance is not Stance.UNRELATED and not _is_reason(match, labels, claims)
    ]
    if not facts and not related:
        return ""
    more = " · có thông tin đã kiểm chứng liên quan" if related else ""
    items = "".join(f"<li>{item}</li>" for item in facts + related)
    return (
        f'<details class="ln-reading"><summary>Máy đọc bài này thế nào{more}</summary>'
        f'<ul class="ln-list">{items}</ul><p class="ln-note">{NOTE}</p></details>'
    )


def _facts(labels: Labels) -> Iterator[tuple[str, str, float | None]]:
    """Name, value, and the score of that value."""
    scores = labels.scores
    if labels.sentiment is not None:
        yield "Khuynh hướng", SENTIMENTS[labels.sentiment], scores.get(labels.sentiment)
    if labels.intent is not None:
        yield "Loại ý kiến", INTENTS[labels.intent], scores.get(labels.intent)
    if (claim := scores.get("claim")) is not None:
        said = "có" if claim >= YES else "không"
        yield "Nội dung có thể kiểm chứng", said, max(claim, 1 - claim)


def _reason(reason: Reason, labels: Labels, claims: Mapping[str, CheckedClaim]) -> str:
    if reason is Reason.REPEATS_CHECKED_CLAIM:
        return _repeated(labels, claims)
    score = labels.scores.get(_SCORES[reason]) if reason in _SCORES else None
    shown = f"<b>{escape(REASONS[reason])}</b>{_sureness(score)}"
    return shown + "".join(
        _proof(f"{escape(label)}: {_quoted(words)}")
        for label, words in _by_kind(labels.marks, _MARKS.get(reason, {}))
    )


def _repeated(labels: Labels, claims: Mapping[str, CheckedClaim]) -> str:
    found = [match for match in labels.matches if _is_reason(match, labels, claims)]
    sure = max((match.stance_score for match in found), default=None)
    shown = f"<b>{escape(REASONS[Reason.REPEATS_CHECKED_CLAIM])}</b>{_sureness(sure)}"
    if not found:
        # The register was changed after the model read the post: the next run reads it again.
        return shown + _proof("Danh mục đã đổi sau khi máy đọc bài này.")
    for match in found:
        claim = claims[match.claim_id]
        shown += _proof(_claim(claim)) + _proof(_evidence(claim)) + _proof(_shared(match))
    return shown


def _is_reason(match: ClaimMatch, labels: Labels, claims: Mapping[str, CheckedClaim]) -> bool:
    """Whether the match bears out the reason that the post repeats a checked claim."""
    claim = claims.get(match.claim_id)
    return (
        Reason.REPEATS_CHECKED_CLAIM in labels.reasons
        and match.stance is Stance.REPEATS
        and not match.suggested_only
        and claim is not None
        and claim.verdict in REFUTED
    )


def _claim(claim: CheckedClaim | None) -> str:
    if claim is None:
        return "một thông tin không còn trong danh mục."
    verdict = escape(VERDICTS[claim.verdict])
    return f"«{escape(claim.text)}» Kết quả kiểm chứng: <b>{verdict}</b>."


def _stance(match: ClaimMatch) -> str:
    if match.suggested_only:
        return "Bài quá ngắn để đối chiếu, chỉ gợi ý."
    return f"Bài này {escape(STANCES[match.stance])}{_sureness(match.stance_score)}."


def _shared(match: ClaimMatch) -> str:
    return f"Từ chung: {_quoted(match.words)}." if match.words else ""


def _evidence(claim: CheckedClaim) -> str:
    if not claim.evidence:
        return ""
    shown = claim.evidence[:LONGEST_EVIDENCE]
    more = "…" if len(claim.evidence) > len(shown) else ""
    body = escape(shown).replace("\n", "<br>")
    return f"Căn cứ: {body}{more}"


def _by_kind(
    marks: Iterable[Mark], labels: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words of the kinds that `labels` names, under their label, in the order of the text."""
    words: dict[str, dict[str, str]] = {}
    for mark in marks:
        if mark.kind in labels:
            words.setdefault(mark.kind, {}).setdefault(mark.words.lower(), mark.words)
    for kind, found in words.items():
        yield labels[kind], tuple(found.values())


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{escape(_short(word))}”" for word in words)


def _short(words: str) -> str:
    """A long address would fill a phone's screen; its beginning says where it leads."""
    return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS] + "…"


def _proof(body: str) -> str:
    return f'<span class="ln-proof">{body}</span>' if body else ""


def _sureness(score: float | None) -> str:
    return "" if score is None else f' <span class="ln-sure">({certainty(score)})</span>'
