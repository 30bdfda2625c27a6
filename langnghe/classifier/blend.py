"""The encoder's scores and the character model's, joined to probabilities.

How much each counts was fitted on dev parts, apart for texts with diacritics and for texts
without: there the encoder knows less (`langnghe.classifier.training.calibrate`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from langnghe.classifier.heads import BY_NAME, PAIR_HEADS, POST_HEADS, Head
from langnghe.core.text import fold

COLUMNS: Final[Mapping[str, slice]] = {
    head.name: slice(start := sum(before.width for before in POST_HEADS[:at]), start + head.width)
    for at, head in enumerate(POST_HEADS)
}
"""Where each head's scores stand in a row of post scores."""

POST_WIDTH: Final = sum(head.width for head in POST_HEADS)

MARKED_SHARE: Final = 0.1
"""Up to this share of its words a bare text may carry diacritics: a name that was pasted. Of
careful Vietnamese about three words in four do."""

# What the service puts in place of a number ([SĐT]) carries diacritics in any text; so does the
# đ of an amount, which is why single letters do not count.
_MASK: Final = re.compile(r"\[[^\[\]\n]{1,20}\]")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def bare(text: str) -> bool:
    """Whether `text` is written without diacritics. One without words is not."""
    words = _WORD.findall(_MASK.sub(" ", text))
    marked = sum(not word.isascii() and fold(word) != word.casefold() for word in words)
    return bool(words) and marked <= MARKED_SHARE * len(words)


@dataclass(frozen=True, slots=True)
class Join:
    """How one head's two scores are joined: `encoder · e + characters · c + bias`."""

    encoder: float
    characters: float
    bias: tuple[float, ...]
    """One for each of the head's scores."""

    def scores(
        self, encoder: NDArray[np.floating], characters: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """The joined log-odds, in the shape of either: (texts, width)."""
        joined: NDArray[np.float64] = (
            self.encoder * encoder.astype(np.float64)
            + self.characters * characters.astype(np.float64)
            + np.array(self.bias)
        )
        return joined


@dataclass(frozen=True, slots=True)
class Blend:
    """How scores of all heads become probabilities."""

    plain: Mapping[str, Join]
    """By post head, for texts with diacritics."""
    bare: Mapping[str, Join]
    """The same for texts without."""
    pairs: Mapping[str, float]
    """By pair head, what its scores are divided by (its temperature)."""

    def probabilities(
        self,
        encoder: NDArray[np.floating],
        characters: NDArray[np.floating],
        bare: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Probabilities of all post heads, shape (texts, POST_WIDTH).

        Those of a head's classes add to 1; a yes-or-no head has that of yes, and 0.5 is where
        the decision was best.

        Args:
            encoder: raw scores of the encoder's post heads, shape (texts, POST_WIDTH).
            characters: those of the character model, same shape.
            bare: of each text whether it lacks diacritics, shape (texts,).
        """
        found = self.scores(encoder, characters, bare)
        for head in POST_HEADS:
            at = COLUMNS[head.name]
            found[:, at] = shares(head, found[:, at])
        return found

    def scores(
        self,
        encoder: NDArray[np.floating],
        characters: NDArray[np.floating],
        bare: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """The same as log-odds."""
        found = np.empty(encoder.shape, np.float64)
        for rows, joins in ((~bare, self.plain), (bare, self.bare)):
            for head in POST_HEADS:
                at = COLUMNS[head.name]
                found[rows, at] = joins[head.name].scores(encoder[rows, at], characters[rows, at])
        return found

    def pair(self, head: str, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Probabilities of a pair head's classes from its raw scores: both (pairs, classes)."""
        return shares(BY_NAME[head], scores.astype(np.float64) / self.pairs[head])

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, for `model.json`."""
        return {
            "plain": {name: _join_to_json(join) for name, join in self.plain.items()},
            "bare": {name: _join_to_json(join) for name, join in self.bare.items()},
            "pairs": dict(self.pairs),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Blend:
        """The way back.

        Raises:
            ValueError: something is missing, or not a number of its kind.
        """
        try:
            plain, bare_ = (
                {head.name: _join_from_json(head, document[kind][head.name]) for head in POST_HEADS}
                for kind in ("plain", "bare")
            )
            pairs = {head.name: float(document["pairs"][head.name]) for head in PAIR_HEADS}
        except (KeyError, TypeError) as error:
            raise ValueError(f"no blend of scores: {error!r}") from None
        if not all(0 < temperature < np.inf for temperature in pairs.values()):
            raise ValueError(f"no blend of scores: temperatures {pairs}")
        return cls(plain, bare_, pairs)


def shares(head: Head, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of one head as probabilities: softmax over its classes, or sigmoid."""
    if not head.classes:
        yes: NDArray[np.float64] = expit(scores)
        return yes
    found: NDArray[np.float64] = softmax(scores, axis=1)
    return found


def _join_to_json(join: Join) -> dict[str, Any]:
    return {"encoder": join.encoder, "characters": join.characters, "bias": list(join.bias)}


def _join_from_json(head: Head, document: Mapping[str, Any]) -> Join:
    join = Join(
        float(document["encoder"]),
        float(document["characters"]),
        tuple(float(one) for one in document["bias"]),
    )
    if len(join.bias) != head.width:
        raise ValueError(f"{head.name} needs {head.width} biases, not {len(join.bias)}")
    if not np.isfinite([join.encoder, join.characters, *join.bias]).all():
        raise ValueError(f"{head.name} has numbers that are none")
    return join
