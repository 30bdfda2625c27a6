"""Does the evidence that is attached to a claim bear it out? A suggestion to the reviewer.

It decides nothing: a verdict is a person's. The model was taught on sentences of reference works
and written ones, and a claim alone already sways it (`evaluation.evidence` says how far).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from langnghe.classifier.claims import PairModel
from langnghe.classifier.heads import EVIDENCE_CLASSES
from langnghe.core.text import clean, words

SUPPORTED, REFUTED, NOT_ENOUGH = EVIDENCE_CLASSES

WINDOW_WORDS: Final = 60
"""Read at once: with the claim, what fits the encoder's input."""
MOST_WINDOWS: Final = 40
"""Read of one piece of evidence: about four pages."""

_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """How the model reads a claim beside its evidence."""

    label: str
    """One of `heads.EVIDENCE_CLASSES`."""
    probabilities: Mapping[str, float]
    """By class, 0 to 1; they add up to 1."""
    passage: str = ""
    """Where in the evidence that is said; "" where the evidence says too little."""


def windows(evidence: str) -> Iterator[str]:
    """The evidence in pieces of whole sentences, each of about `WINDOW_WORDS` words or fewer.

    Each piece begins with the last sentence of the one before, unless that is long: what "it" is
    often stands there. A sentence that is too long is cut.
    """
    piece: list[str] = []
    fresh = False
    for sentence in filter(None, map(str.strip, _SENTENCE.split(clean(evidence)))):
        for part in _cut(sentence):
            if fresh and _size([*piece, part]) > WINDOW_WORDS:
                yield " ".join(piece)
                last = piece[-1:]
                piece = last if _size([*last, part]) <= WINDOW_WORDS else []
            elif _size([*piece, part]) > WINDOW_WORDS:
                piece = []
            piece.append(part)
            fresh = True
    if fresh:
        yield " ".join(piece)


def check_evidence(model: PairModel, claim: str, evidence: str) -> EvidenceView:
    """What `evidence`, of any length, says of `claim`.

    Of long evidence the passage that says most counts: the one least likely to say nothing.
    Evidence without words says nothing.
    """
    passages = []
    for passage in windows(evidence):
        if words(passage):
            passages.append(passage)
        if len(passages) == MOST_WINDOWS:
            break
    if not passages or not words(claim):
        return EvidenceView(
            NOT_ENOUGH, {name: float(name == NOT_ENOUGH) for name in EVIDENCE_CLASSES}
        )
    scores = model.pair_scores([(claim, passage) for passage in passages], "evidence")
    strongest = int(scores[:, EVIDENCE_CLASSES.index(NOT_ENOUGH)].argmin())
    probabilities = dict(zip(EVIDENCE_CLASSES, map(float, scores[strongest]), strict=True))
    label = max(probabilities, key=probabilities.__getitem__)
    return EvidenceView(label, probabilities, "" if label == NOT_ENOUGH else passages[strongest])


def _cut(sentence: str) -> Iterator[str]:
    pieces = sentence.split()
    for start in range(0, len(pieces), WINDOW_WORDS):
        yield " ".join(pieces[start : start + WINDOW_WORDS])


def _size(parts: list[str]) -> int:
    return sum(len(part.split()) for part in parts)
