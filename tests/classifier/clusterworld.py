"""What the tests of clusters and streams share: an embedding without a trained encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from langnghe.classifier.features import count_matrix, text_form
from langnghe.classifier.likeness import SIGNALS, Background, Likeness

SIZE = 64
AXES = np.random.default_rng(3).standard_normal((1 << 14, SIZE), np.float32)
BACKGROUND = Background(
    {
        "la": 0.4,
        "co": 0.4,
        "o": 0.3,
        "khong": 0.3,
        "xa": 0.3,
        "duoc": 0.2,
        "nha": 0.2,
        "nguoi": 0.2,
    },
    0.002,
)


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Hashed words and word pieces, projected at random: like texts lie near, as in the service."""
    counts = count_matrix([text_form("", text) for text in texts])
    counts = sparse.csr_matrix(
        (np.ones(counts.nnz, np.float32), counts.indices % len(AXES), counts.indptr),
        shape=(len(texts), len(AXES)),
    )
    vectors: NDArray[np.float32] = np.asarray(counts @ AXES, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def hand_made(cut: float = 0.0) -> Likeness:
    """Weights near those that were fitted."""
    weights = dict(zip(SIGNALS, (3.5, 5.0, 2.2, 1.1, 3.2, -0.4, -2.3), strict=True))
    return Likeness(weights, -2.5, cut, 0.0, np.zeros(SIZE, np.float32), BACKGROUND)
