"""What a post does with a claim: repeat it, doubt it, deny it, or none of these.

The encoder reads both texts at once and says how each stance becomes them. It is small, and
takes "the road is closed three months" for "the road is closed three nights": so its word is
joined with what can be counted (rare words, numbers and names that are shared or not) and with
the wording of the post (questions, hearsay, warnings of a rumour, opinions). How much each counts
is fitted on claims that the encoder was not taught (`training.stance`), and kept beside it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from langnghe.classifier.inputs import MOST_CHARACTERS
from langnghe.classifier.likeness import Terms
from langnghe.classifier.packed import read_json, write_json
from langnghe.core.informal import expand
from langnghe.core.models import Stance
from langnghe.core.text import fold

FILE: Final = "claims.json"
"""Within the model's folder."""
FORMAT: Final = 2

CERTAIN: Final = 6.0
"""Log odds beyond which the encoder's word counts no more: it is often sure and wrong."""

SPOKEN: Final = (Stance.REPEATS, Stance.DOUBTS, Stance.DENIES)
"""The stances that speak of the claim, held against `UNRELATED`."""

SIGNALS: Final = (
    *(f"encoder_{stance}" for stance in SPOKEN),
    *(f"wording_{stance}" for stance in SPOKEN),
    "share",
    "cosine",
    "lead",
    "numbers",
    "other_numbers",
    "names",
    "other_names",
)
"""The columns of `signals`. The first six are log odds against `UNRELATED`; `share` and `cosine`
say how alike the texts are, `lead` by how much more than the post's next best claim; the others
how far the claim's numbers and names stand in the post, and whether the post has others."""

PRODUCTS: Final = tuple(combinations_with_replacement(range(len(SIGNALS)), 2))
"""Signals that are also multiplied with each other, as columns of `signals`: a shared number says
the more the more other words are shared, and nothing where hardly any are."""

TERMS: Final = (*SIGNALS, *(f"{SIGNALS[one]}*{SIGNALS[other]}" for one, other in PRODUCTS))
"""What the decision weighs."""

FARTHEST: Final = 4.0
"""Standard deviations from its mean beyond which a signal counts no more: a product of two that
nobody has seen would decide alone."""

_TOKEN: Final = re.compile(r"[^\W_]+|[?!.,]")
_NUMBER: Final = "0"


def phrases(text: str) -> set[str]:
    """How `text` is worded: its words and signs, folded, single and by two and three.

    Numbers become one sign: what is learnt from one rumour must hold for the next.
    """
    tokens = [
        _NUMBER if token.isdigit() else fold(token)
        for token in _TOKEN.findall(expand(text[:MOST_CHARACTERS]))
    ]
    return {
        " ".join(tokens[at : at + size])
        for size in (1, 2, 3)
        for at in range(len(tokens) - size + 1)
    }


@dataclass(frozen=True, slots=True)
class Wording:
    """A linear model over `phrases`: what a text does with whatever claim it speaks of."""

    rarity: Mapping[str, float]
    """By phrase: how much it counts in the length of a text."""
    weights: Mapping[str, tuple[float, ...]]
    """By the same phrases, what each says for each of `SPOKEN`, against `UNRELATED`."""
    bias: tuple[float, ...]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log odds of `SPOKEN` for each text: shape (texts, 3)."""
        found = np.tile(np.array(self.bias), (len(texts), 1))
        for row, text in enumerate(texts):
            known = sorted(self.weights.keys() & phrases(text))
            if known:
                rarity = np.array([self.rarity[phrase] for phrase in known])
                said = np.array([self.weights[phrase] for phrase in known])
                found[row] += rarity @ said / np.linalg.norm(rarity)
        return found


@dataclass(frozen=True, slots=True)
class Near:
    """How near a post and a claim lie before either is read closely."""

    share: float
    """Of the claim's rare words, how many stand in the post: 0 to 1."""
    cosine: float
    """Of their embeddings."""
    lead: float
    """Its share less that of the post's best other claim: -1 to 1."""


def signals(
    encoder: NDArray[np.floating],
    wording: NDArray[np.floating],
    near: Sequence[Near],
    terms: Sequence[tuple[Terms, Terms]],
) -> NDArray[np.float64]:
    """`SIGNALS` of (post, claim) pairs: shape (pairs, signals).

    Args:
        encoder: probabilities of all stances, shape (pairs, 4), in the order of `Stance`.
        wording: of each pair's post, as `Wording.scores` gives them.
        near: of each pair.
        terms: of each pair's post and claim.
    """
    logs = np.log(np.clip(encoder.astype(np.float64), 1e-9, 1))
    odds = np.clip(logs[:, :-1] - logs[:, -1:], -CERTAIN, CERTAIN)
    counted = np.array(
        [
            (one.share, one.cosine, one.lead, *_shared(post, claim))
            for one, (post, claim) in zip(near, terms, strict=True)
        ]
    ).reshape(len(near), len(SIGNALS) - 2 * len(SPOKEN))
    return np.concatenate([odds, wording, counted], axis=1)


def terms_of_decision(
    found: NDArray[np.floating], scale: NDArray[np.floating]
) -> NDArray[np.float64]:
    """`TERMS` from `signals`: shape (pairs, terms).

    Args:
        found: shape (pairs, signals).
        scale: mean and standard deviation of each signal, shape (signals, 2).
    """
    level = np.clip((found - scale[:, 0]) / scale[:, 1], -FARTHEST, FARTHEST)
    one, other = np.array(PRODUCTS).T
    return np.concatenate([level, level[:, one] * level[:, other]], axis=1)


def _shared(post: Terms, claim: Terms) -> tuple[float, float, float, float]:
    """How far numbers and names of the claim stand in the post, and how many others do."""
    numbers = len(claim.numbers & post.numbers) / len(claim.numbers) if claim.numbers else 0.5
    # Who writes without capitals writes names without them, too.
    names = len(claim.names & post.pairs) / len(claim.names) if claim.names else 0.5
    return (
        numbers,
        math.log1p(len(post.numbers - claim.numbers)),
        names,
        math.log1p(len(post.names - claim.pairs)),
    )


@dataclass(frozen=True, slots=True)
class Matching:
    """What was fitted for one encoder."""

    dense: Mapping[bool, float]
    """What the rank by embeddings counts beside that by words, of 1 together; for texts without
    diacritics (True) and with (False)."""
    likeness: tuple[float, float, float]
    """Weights of share and cosine, and the bias: log odds that both speak of one matter."""
    floor: float
    """Likeness (0 to 1) below which a pair is not read closely."""
    scale: Mapping[str, tuple[float, float]]
    """By signal its mean and standard deviation, where the decision was fitted."""
    stance: Mapping[str, tuple[float, ...]]
    """By term (`TERMS`), what it says for each of `SPOKEN`, against `UNRELATED`."""
    bias: tuple[float, ...]
    threshold: float
    """Probability from which a text is said to repeat a claim."""
    wording: Wording

    def probabilities(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of all stances, from `signals`: shape (pairs, 4), in the order of `Stance`."""
        scale = np.array([self.scale[signal] for signal in SIGNALS])
        weights = np.array([self.stance[term] for term in TERMS])
        odds = np.pad(
            terms_of_decision(found, scale) @ weights + np.array(self.bias), ((0, 0), (0, 1))
        )
        shares: NDArray[np.float64] = softmax(odds, axis=1)
        return shares

    def decide(self, shares: NDArray[np.float64]) -> tuple[Stance, float]:
        """The stance by its probabilities, shape (4,), and its own one."""
        stances = list(Stance)
        repeats = stances.index(Stance.REPEATS)
        if shares[repeats] >= self.threshold:
            return Stance.REPEATS, float(shares[repeats])
        at = max((at for at in range(len(stances)) if at != repeats), key=lambda at: shares[at])
        return stances[at], float(shares[at])

    def alike(
        self, share: NDArray[np.floating], cosine: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Probability that texts so near to each other speak of one matter; any shape."""
        of_share, of_cosine, bias = self.likeness
        odds = of_share * share.astype(np.float64) + of_cosine * cosine.astype(np.float64) + bias
        chance: NDArray[np.float64] = expit(odds)
        return chance

    @classmethod
    def load(cls, folder: Path) -> Matching:
        """Read `FILE` of a model's folder.

        Raises:
            NotReadyError: it is missing or damaged.
        """
        return read_json(folder / FILE, FORMAT, cls._from_json)

    @classmethod
    def _from_json(cls, kept: Mapping[str, Any]) -> Matching:
        of_share, of_cosine, bias = _three(kept["likeness"])
        wording: Mapping[str, Sequence[Any]] = kept["wording"]
        return cls(
            {False: float(kept["dense"]["plain"]), True: float(kept["dense"]["bare"])},
            (of_share, of_cosine, bias),
            float(kept["floor"]),
            {signal: _level(kept["scale"][signal]) for signal in SIGNALS},
            {term: _three(kept["stance"][term]) for term in TERMS},
            _three(kept["bias"]),
            float(kept["threshold"]),
            Wording(
                {phrase: float(numbers[0]) for phrase, numbers in wording.items()},
                {phrase: _three(numbers[1:]) for phrase, numbers in wording.items()},
                _three(kept["wording_bias"]),
            ),
        )

    def save(self, folder: Path) -> None:
        """Write `FILE` into a model's folder, whole or not at all."""
        content = {
            "format": FORMAT,
            "dense": {"plain": self.dense[False], "bare": self.dense[True]},
            "likeness": self.likeness,
            "floor": self.floor,
            "threshold": self.threshold,
            "scale": dict(self.scale),
            "stance": dict(self.stance),
            "bias": self.bias,
            "wording_bias": self.wording.bias,
            "wording": {
                phrase: (self.wording.rarity[phrase], *weights)
                for phrase, weights in sorted(self.wording.weights.items())
            },
        }
        write_json(folder / FILE, content)


def _level(values: Sequence[Any]) -> tuple[float, float]:
    mean, deviation = map(float, values)
    if not math.isfinite(mean) or not 0 < deviation < math.inf:
        raise ValueError(f"cần trung bình và độ lệch chuẩn, không phải {values!r}")
    return mean, deviation


def _three(values: Sequence[Any]) -> tuple[float, ...]:
    found = tuple(map(float, values))
    if len(found) != len(SPOKEN) or not all(map(math.isfinite, found)):
        raise ValueError(f"cần {len(SPOKEN)} số, không phải {values!r}")
    return found
