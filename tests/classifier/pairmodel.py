"""A small model with the shape of the real one: it reads by counting words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.features import count_matrix, text_form
from langnghe.classifier.heads import BY_NAME, EVIDENCE_CLASSES
from langnghe.classifier.likeness import Background, terms_of
from langnghe.classifier.stance import SIGNALS, SPOKEN, TERMS, Matching, Wording
from langnghe.classifier.vectors import unit
from langnghe.core.models import Stance
from langnghe.core.text import fold

SIZE = 128

COMMON = Background(
    dict.fromkeys(["la", "co", "o", "va", "khong", "cua", "da", "bi", "ba", "con", "oi"], 0.4),
    0.001,
)


class CountingModel:
    """Embeds by hashed words; judges a pair by shared words and a few telling ones."""

    def __init__(self) -> None:
        self.pairs_read = 0
        self.texts_embedded = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts_embedded += len(texts)
        counts = count_matrix([text_form("", fold(text)) for text in texts])
        found = np.zeros((len(texts), SIZE), np.float32)
        for row in range(len(texts)):
            own = counts[row]
            np.add.at(found[row], own.indices % SIZE, own.data)
        return unit(found)

    def pair_scores(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.float64]:
        self.pairs_read += len(pairs)
        classes = BY_NAME[head].classes
        judge = self._stance if head == "stance" else self._evidence
        found = np.full((len(pairs), len(classes)), 0.1 / (len(classes) - 1))
        for row, (first, second) in enumerate(pairs):
            found[row, classes.index(judge(first, second))] = 0.9
        return found

    @staticmethod
    def _stance(post: str, claim: str) -> str:
        own, of_claim = terms_of(post).words, terms_of(claim).words
        if len(own & of_claim) < len(of_claim) / 3:
            return Stance.UNRELATED
        if "?" in post:
            return Stance.DOUBTS
        return Stance.DENIES if "tin don" in fold(post) else Stance.REPEATS

    @staticmethod
    def _evidence(claim: str, evidence: str) -> str:
        supported, refuted, not_enough = EVIDENCE_CLASSES
        if not terms_of(claim).pairs & terms_of(evidence).pairs:
            return not_enough
        return refuted if "khong" in terms_of(evidence).words else supported


def trusting(threshold: float = 0.5, floor: float = 0.05) -> Matching:
    """A decision that goes by the encoder's word alone."""
    nothing = (0.0,) * len(SPOKEN)
    weights = dict.fromkeys(TERMS, nothing)
    for at, stance in enumerate(SPOKEN):
        weights[f"encoder_{stance}"] = tuple(float(at == own) for own in range(len(SPOKEN)))
    return Matching(
        dense={False: 0.25, True: 0.1},
        likeness=(10.0, 4.0, -4.0),
        floor=floor,
        scale=dict.fromkeys(SIGNALS, (0.0, 1.0)),
        stance=weights,
        bias=nothing,
        threshold=threshold,
        wording=Wording({}, {}, nothing),
    )
