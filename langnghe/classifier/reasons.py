"""Why a person must look at a post: the review reasons of a single post.

The model proposes by its scores; what a person can see for himself (a mark in the words, a
checked claim that the text repeats) must bear it out. No reason rests on a view.

A post that reports wrongdoing by officials is kept apart (boundary 4): it belongs to the formal,
identity-protecting channel (Luật Tố cáo 2018, Luật Khiếu nại 2011), and nobody who may be concerned
should handle it as one post among others. It stays stored, searchable and counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from langnghe.classifier.marks import DANGER_MARKS, FORMAL_MARKS, SCAM_MARKS
from langnghe.core.models import ClaimMatch, Intent, Mark, Reason, Stance, Verdict
from langnghe.core.text import words

YES: Final = 0.5
"""From this score on the answer to a yes-or-no question is yes: scores are calibrated to it."""

ASSERTS: Final = 0.1
"""From this claim score on a text may assert something. Below it are a tenth of the posts that
repeat a claim, and nearly all criticism: whoever asserts nothing repeats nothing."""

FEWEST_WORDS: Final = 8
"""A shorter text says too little to be held to a claim: a match is only suggested."""

REFUTED: Final = frozenset({Verdict.FALSE, Verdict.PARTLY_TRUE})
"""Verdicts whose claim should not go round unanswered."""

ANSWERABLE: Final = frozenset({Intent.QUESTION, Intent.COMPLAINT, Intent.SUGGESTION})


def is_too_short(text: str) -> bool:
    """Whether `text` has too few words for a match with a claim to be more than suggested."""
    return len(words(text)) < FEWEST_WORDS


def is_kept_apart(marks: Iterable[Mark]) -> bool:
    """Whether a post with these marks reports wrongdoing by officials: out of the ordinary queue.

    The marks alone decide. A post kept apart wrongly still shows its reader the formal channel; one
    that is overlooked goes to those it may be about.
    """
    return any(mark.kind in FORMAL_MARKS for mark in marks)


def reasons_of(
    text: str,
    intent: Intent | None,
    scores: Mapping[str, float],
    marks: Collection[Mark],
    matches: Collection[ClaimMatch] = (),
    verdicts: Mapping[str, Verdict] | None = None,
) -> tuple[Reason, ...]:
    """The reasons that one post gives, the most pressing first; () for most posts.

    Never `UNVERIFIED_CLAIM`, which only several like posts can have. A post that is kept apart has
    none but `URGENT`: danger to life waits for no form.

    Args:
        text: the post's own text, without the title.
        intent: what it does; None where the model does not say.
        scores: probabilities by head; `scam`, `answer` and `urgent` are read, 0 if missing, and
            `claim`, which holds nothing back if missing.
        marks: those of all families of `classifier.marks` together, in any order.
        matches: the checked claims it seems to speak of.
        verdicts: of those claims, by id; a claim that is not named counts as unverified.
    """
    kinds = {mark.kind for mark in marks}
    reasons = []
    if scores.get("urgent", 0.0) >= YES and not kinds.isdisjoint(DANGER_MARKS):
        reasons.append(Reason.URGENT)
    if is_kept_apart(marks):
        return tuple(reasons)
    if scores.get("scam", 0.0) >= YES and not kinds.isdisjoint(SCAM_MARKS):
        reasons.append(Reason.SCAM_WARNING)
    asserts = scores.get("claim", YES) >= ASSERTS
    if asserts and _repeats(text, matches, verdicts or {}):
        reasons.append(Reason.REPEATS_CHECKED_CLAIM)
    if intent in ANSWERABLE and scores.get("answer", 0.0) >= YES:
        reasons.append(Reason.NEEDS_ANSWER)
    return tuple(reasons)


def _repeats(text: str, matches: Collection[ClaimMatch], verdicts: Mapping[str, Verdict]) -> bool:
    """Whether the text asserts what a checked claim's verdict calls false or partly true."""
    repeated = any(
        match.stance is Stance.REPEATS
        and not match.suggested_only
        and verdicts.get(match.claim_id) in REFUTED
        for match in matches
    )
    return repeated and not is_too_short(text)
