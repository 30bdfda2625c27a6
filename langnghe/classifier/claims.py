"""Which checked claims a text speaks of, and what it does with them.

Claims that share its rare words and claims that mean alike are ranked apart, and both ranks
joined (weighted reciprocal rank fusion; Cormack et al. 2009). The best few are read closely
(`classifier.stance`). A match only ever says that a person should look; that a text repeats a
claim leads to a review reason, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.blend import bare
from langnghe.classifier.inputs import MOST_CHARACTERS
from langnghe.classifier.lexical import LexicalIndex
from langnghe.classifier.likeness import Background, Likeness, Terms, terms_of
from langnghe.classifier.model import Document
from langnghe.classifier.reasons import is_too_short, reasons_of
from langnghe.classifier.register import Register
from langnghe.classifier.stance import Matching, Near, signals
from langnghe.classifier.vectors import unpack
from langnghe.core.models import ClaimMatch, Labels, Stance
from langnghe.core.text import fold, words

CANDIDATES: Final = 5
"""Claims that are read closely for one text."""

DAMPING: Final = 10
"""Of rank fusion: the first place counts (DAMPING + 5) / (DAMPING + 1) times the fifth."""

SHOWN: Final = 0.5
"""From this likeness a claim is shown although the text takes no stance on it."""

BATCH: Final = 256
"""Texts worked on at once."""

LEAST_RARE: Final = 2.0
"""A shared word is shown if one text in e^2, about seven, or fewer has it."""

PLACES: Final = 5
"""Decimals kept of a likeness."""

Vectors = NDArray[np.float32]
"""Shape (texts, size), rows of unit length."""


class PairModel(Protocol):
    """What matching needs of the encoder."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """What each text means: (texts, size), rows of unit length."""
        ...

    def pair_scores(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.floating]:
        """Probabilities of the classes of the pair head `head`: (pairs, classes)."""
        ...


class ClaimMatcher:
    """A register of claims, ready to have texts held against it."""

    def __init__(
        self, model: PairModel, register: Register, matching: Matching, background: Background
    ) -> None:
        """Index the register. `matching` and `background` are those fitted for `model`."""
        self.register = register
        self._model = model
        self._matching = matching
        self._texts = [claim.text for claim in register.claims]
        self._terms = [terms_of(text) for text in self._texts]
        self._words = LexicalIndex(self._terms, background)
        self._vectors = model.embed(self._texts) if self._texts else None
        self._background = background

    @classmethod
    def load(cls, folder: Path, model: PairModel, register: Register) -> ClaimMatcher:
        """A matcher by what lies in the folder of `model`.

        Raises:
            NotReadyError: it was not fitted for claims, or a file is damaged.
        """
        return cls(model, register, Matching.load(folder), Likeness.load(folder).background)

    def match(
        self, texts: Sequence[str], embeddings: Vectors | None = None
    ) -> list[tuple[ClaimMatch, ...]]:
        """The claims that each text seems to speak of, those it takes a stance on first.

        Args:
            texts: as shown: masked, in NFC.
            embeddings: of the texts, where they are known already.
        """
        found: list[tuple[ClaimMatch, ...]] = []
        for start in range(0, len(texts), BATCH):
            part = slice(start, start + BATCH)
            found += self._match(texts[part], None if embeddings is None else embeddings[part])
        return found

    def _match(
        self, texts: Sequence[str], embeddings: Vectors | None
    ) -> Iterator[tuple[ClaimMatch, ...]]:
        terms = [terms_of(text) for text in texts]
        pairs = self.close_pairs(texts, terms, embeddings)
        shares = self.stances(texts, terms, pairs)
        matches: list[list[ClaimMatch]] = [[] for _ in texts]
        for (post, claim, near), chances in zip(pairs, shares, strict=True):
            stance, chance = self._matching.decide(chances)
            likeness = float(self._matching.alike(np.array(near.share), np.array(near.cosine)))
            if stance is not Stance.UNRELATED or likeness >= SHOWN:
                matches[post].append(
                    ClaimMatch(
                        claim_id=self.register.claims[claim].id,
                        score=round(likeness, 4),
                        stance=stance,
                        stance_score=round(chance, 4),
                        words=self._shared_words(texts[post], self._terms[claim]),
                        suggested_only=is_too_short(texts[post]),
                    )
                )
        for of_post in matches:
            yield tuple(sorted(of_post, key=_order))

    def candidates(
        self, texts: Sequence[str], terms: Sequence[Terms], embeddings: Vectors | None = None
    ) -> Iterator[list[tuple[int, Near]]]:
        """For each text the claims (their places in the register) to be read, best first."""
        if self._vectors is None or not texts:
            yield from ([] for _ in texts)
            return
        vectors = self._model.embed(texts) if embeddings is None else embeddings
        scores, share = self._words.scores(terms)
        # Sums of floats may differ in the last place with the number of texts beside.
        cosine = (vectors.astype(np.float32) @ self._vectors.T).round(PLACES)
        dense = np.array([self._matching.dense[bare(text)] for text in texts])[:, None]
        # A claim without a word of the text has no place in the ranking by words.
        by_words = np.where(scores > 0, 1 / (DAMPING + _ranks(scores)), 0)
        fused = (1 - dense) * by_words + dense / (DAMPING + _ranks(cosine))
        best = np.argsort(-fused, axis=1, kind="stable")[:, :CANDIDATES]
        for row, places in enumerate(best):
            shares = share[row, places]
            yield [
                (
                    int(place),
                    Near(
                        float(share[row, place]),
                        float(cosine[row, place]),
                        float(share[row, place] - max(np.delete(shares, at), default=0)),
                    ),
                )
                for at, place in enumerate(places)
            ]

    def close_pairs(
        self, texts: Sequence[str], terms: Sequence[Terms], embeddings: Vectors | None = None
    ) -> list[tuple[int, int, Near]]:
        """(text, claim, how near): the candidates that are near enough to be read closely."""
        return [
            (post, claim, near)
            for post, found in enumerate(self.candidates(texts, terms, embeddings))
            for claim, near in found
            if self._matching.alike(np.array(near.share), np.array(near.cosine))
            >= self._matching.floor
        ]

    def signals(
        self, texts: Sequence[str], terms: Sequence[Terms], pairs: Sequence[tuple[int, int, Near]]
    ) -> NDArray[np.float64]:
        """What `classifier.stance` judges these pairs by: shape (pairs, signals)."""
        read = [(texts[post][:MOST_CHARACTERS], self._texts[claim]) for post, claim, _ in pairs]
        encoder = self._model.pair_scores(read, "stance") if read else np.empty((0, len(Stance)))
        # A text that stands in five pairs is taken apart once.
        own = sorted({post for post, _, _ in pairs})
        worded = self._matching.wording.scores([texts[post] for post in own])
        return signals(
            encoder,
            worded[np.searchsorted(own, [post for post, _, _ in pairs])],
            [near for _, _, near in pairs],
            [(terms[post], self._terms[claim]) for post, claim, _ in pairs],
        )

    def stances(
        self, texts: Sequence[str], terms: Sequence[Terms], pairs: Sequence[tuple[int, int, Near]]
    ) -> NDArray[np.float64]:
        """Probabilities of all stances for these pairs: shape (pairs, 4)."""
        return self._matching.probabilities(self.signals(texts, terms, pairs))

    def _shared_words(self, text: str, claim: Terms) -> tuple[str, ...]:
        known = claim.words | claim.numbers
        found: dict[str, str] = {}
        for word in words(text[:MOST_CHARACTERS]):
            folded = fold(word)
            if folded in known and folded not in found and self._is_rare(folded):
                found[folded] = word
        return tuple(found.values())

    def _is_rare(self, folded: str) -> bool:
        share = self._background.shares.get(folded, self._background.rest)
        return bool(-np.log(max(share, 1e-9)) >= LEAST_RARE)


def attach(
    labels: Sequence[Labels], matcher: ClaimMatcher, posts: Sequence[Document]
) -> list[Labels]:
    """The labels with the claims that the posts speak of, and the reasons that follow.

    Args:
        labels: of the posts, in their order, with all that is needed for reasons.
        matcher: of the register.
        posts: the posts.
    """
    texts = [post.text for post in posts]
    packed = [label.embedding for label in labels]
    known = unpack(packed) if all(packed) else None
    verdicts = matcher.register.verdicts
    return [
        replace(
            label,
            matches=matches,
            register=matcher.register.digest,
            reasons=reasons_of(
                post.text, label.intent, label.scores, label.marks, matches, verdicts
            ),
        )
        for label, post, matches in zip(labels, posts, matcher.match(texts, known), strict=True)
    ]


def _ranks(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """The place of each score within its row, from 1 for the highest."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return ranks


def _order(match: ClaimMatch) -> tuple[bool, bool, float]:
    return match.stance is not Stance.REPEATS, match.stance is Stance.UNRELATED, -match.score
