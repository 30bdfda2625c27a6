"""The character model: linear, over hashed words and pieces of words, for every head of a post.

It knows less than the encoder, and is hardly shaken by how a word is spelled: joined, they are
better than either (`langnghe.classifier.blend`). On disk one file of plain arrays, which cannot
hold code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.blend import POST_WIDTH
from langnghe.classifier.features import BUCKETS, count_matrix, text_form, weigh
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.packed import read_arrays, write_arrays

RARITY_STEPS: Final = 20
"""Rarity is kept in steps of 1 / RARITY_STEPS: at most 12.75 in one byte."""

BATCH: Final = 512
"""Texts worked on at once: larger is no faster and takes memory."""

_KIND: Final = "characters 2 " + ";".join(
    f"{head.name}={','.join(head.classes)}" for head in POST_HEADS
)
"""The number is raised when the features change; and weights of other heads are not read as
these."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of the model."""

    rarity: NDArray[np.float32]
    """Inverse document frequency, shape (BUCKETS,); 0 for features that training did not see."""
    weights: NDArray[np.float32]
    """Shape (BUCKETS, POST_WIDTH)."""
    bias: NDArray[np.float32]
    """Shape (POST_WIDTH,)."""


class Characters:
    """The model, ready to score texts."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def load(cls, path: Path) -> Characters:
        """Read what `save` wrote.

        Raises:
            NotReadyError: the file is missing, damaged, or of another format or other heads.
        """
        arrays = read_arrays(
            path,
            _KIND,
            {
                "rarity": (BUCKETS,),
                "weights": (POST_WIDTH, BUCKETS),
                "scale": (POST_WIDTH,),
                "bias": (POST_WIDTH,),
            },
        )
        weights = arrays["weights"].T.astype(np.float32, order="C")
        return cls(
            Weights(
                arrays["rarity"].astype(np.float32) / np.float32(RARITY_STEPS),
                weights * arrays["scale"].astype(np.float32),
                arrays["bias"].astype(np.float32),
            )
        )

    def scores(self, texts: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Raw scores of (title, text) pairs: shape (texts, POST_WIDTH), as log-odds.

        The classes of a head compete by softmax; a yes-or-no head has the log-odds of yes. The
        same text gets the same scores whatever stands beside it.
        """
        found = np.empty((len(texts), POST_WIDTH), np.float32)
        for start in range(0, len(texts), BATCH):
            forms = [text_form(title, text) for title, text in texts[start : start + BATCH]]
            features = weigh(count_matrix(forms), self._weights.rarity)
            found[start : start + BATCH] = features @ self._weights.weights
        return found + self._weights.bias


def save(path: Path, weights: Weights) -> None:
    """Write the model: weights in one byte each, with one scale a column.

    The same weights give the same bytes. Quality is measured on what was kept.
    """
    reach = np.abs(weights.weights).max(axis=0)
    scale = (np.where(reach > 0, reach, 1) / 127).astype(np.float32)
    arrays = {
        "rarity": np.rint(weights.rarity * RARITY_STEPS).astype(np.uint8),
        # Columns one after the other: like numbers side by side compress better.
        "weights": np.rint(weights.weights / scale).astype(np.int8).T.copy(),
        "scale": scale,
        "bias": weights.bias.astype(np.float32),
    }
    write_arrays(path, _KIND, arrays)
