"""How well posts are matched with checked claims, with how sure each figure is.

What is asked is what the service does: each post is held against the whole register. A post that
repeats a claim is found if that claim is matched with `REPEATS`. Any other post, and any other
claim, that is matched so is wrong. Intervals come from drawing claims, not posts: the posts of
one claim stand and fall together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.claims import ClaimMatcher, PairModel
from langnghe.classifier.evaluation.figures import Figure
from langnghe.classifier.likeness import Background, terms_of
from langnghe.classifier.register import Register
from langnghe.classifier.stance import Matching
from langnghe.classifier.training.examples import ClaimExamples
from langnghe.classifier.training.views import strip_marks
from langnghe.core.models import CheckedClaim, ClaimMatch, Stance, Verdict

DRAWS: Final = 1_000
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class MatchQuality:
    """What matching does with the posts of a claims set."""

    claims: int
    """In the register."""
    posts: int
    recall_at_5: Figure
    """Posts that repeat a claim, and have it among the claims that are read closely."""
    precision: Figure
    """Of matches with `REPEATS`, those that are right."""
    recall: Figure
    """Of posts that repeat a claim, those matched with it by `REPEATS`."""
    mistaken: Mapping[Stance, int]
    """Matches with `REPEATS` that are wrong, by what the post does with its own claim."""
    elsewhere: int
    """Of these, how many name another claim than the post's own."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision.value + self.recall.value
        return 2 * self.precision.value * self.recall.value / both if both else 0.0


def register_of(claims: Sequence[ClaimExamples]) -> Register:
    """The claims as a register."""
    return Register(
        tuple(
            CheckedClaim(claim.id, claim.text, Verdict(claim.verdict), claim.evidence)
            for claim in claims
        )
    )


def stripped(claims: Sequence[ClaimExamples]) -> list[ClaimExamples]:
    """The same with posts without diacritics; the register is written with care as ever."""
    return [
        replace(claim, posts=tuple((strip_marks(text), stance) for text, stance in claim.posts))
        for claim in claims
    ]


def measure_matching(
    model: PairModel,
    matching: Matching,
    background: Background,
    claims: Sequence[ClaimExamples],
    others: Sequence[ClaimExamples] = (),
) -> MatchQuality:
    """Hold every post of `claims` against the register of `claims` and `others`."""
    matcher = ClaimMatcher(model, register_of([*claims, *others]), matching, background)
    posts = [
        (at, claim.id, text, stance)
        for at, claim in enumerate(claims)
        for text, stance in claim.posts
    ]
    texts = [text for _, _, text, _ in posts]
    vectors = model.embed(texts)
    candidates = list(matcher.candidates(texts, [terms_of(text) for text in texts], vectors))
    found = matcher.match(texts, vectors)
    # By claim: repeats, repeats whose claim is a candidate, right and all matches by REPEATS.
    counts = np.zeros((len(claims), 4), np.int64)
    mistaken = dict.fromkeys(Stance, 0)
    elsewhere = 0
    for (at, own, _, stance), near, matches in zip(posts, candidates, found, strict=True):
        if stance is Stance.REPEATS:
            counts[at, 0] += 1
            counts[at, 1] += any(matcher.register.claims[place].id == own for place, _ in near)
        for claim in repeated(matches):
            counts[at, 3] += 1
            if claim == own and stance is Stance.REPEATS:
                counts[at, 2] += 1
            else:
                mistaken[stance] += 1
                elsewhere += claim != own
    return MatchQuality(
        claims=len(matcher.register.claims),
        posts=len(posts),
        recall_at_5=_share(counts, 1, 0),
        precision=_share(counts, 2, 3),
        recall=_share(counts, 2, 0),
        mistaken=mistaken,
        elsewhere=elsewhere,
    )


def repeated(matches: Sequence[ClaimMatch]) -> list[str]:
    """Ids of the claims that a text is said to repeat."""
    return [match.claim_id for match in matches if match.stance is Stance.REPEATS]


def _share(counts: NDArray[np.int64], part: int, whole: int) -> Figure:
    """The share of one column in another, with its interval over draws of rows (claims)."""
    draws = np.random.default_rng(SEED).integers(len(counts), size=(DRAWS, len(counts)))
    sampled = counts[draws].sum(axis=1)
    shares = sampled[:, part] / np.maximum(sampled[:, whole], 1)
    low, high = np.quantile(shares, (0.025, 0.975))
    total = counts.sum(axis=0)
    return Figure(float(total[part] / max(int(total[whole]), 1)), float(low), float(high))
