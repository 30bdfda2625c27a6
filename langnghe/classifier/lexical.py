"""BM25 over a register of claims: which claims share a post's rare words.

On folded words, so that a post without diacritics finds what its accented form finds. What is
rare is told by citizens' posts at large and not by the register alone: in a register of five
claims about one dam, "đập" would count for little and "ở" for as much as anything.

Own lines rather than a package: an inverted index over some thousand claims is one sparse
matrix, and no package of the kind takes rarities from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from langnghe.classifier.likeness import Background, Terms

SATURATION: Final = 1.2
LENGTH: Final = 0.4
"""BM25's k1 and b. Claims are of one length, give or take: little is made of it."""

PAIR_WEIGHT: Final = 0.5
"""A pair of words counts half: its words count beside it."""


class LexicalIndex:
    """The claims by their terms."""

    def __init__(self, claims: Sequence[Terms], background: Background) -> None:
        rows = [_weighted(claim) for claim in claims]
        self._columns = {
            term: column for column, term in enumerate(sorted({t for row in rows for t in row}))
        }
        vocabulary = list(self._columns)
        ends = np.cumsum([0, *map(len, rows)])
        columns = np.fromiter((self._columns[t] for row in rows for t in row), np.int64, ends[-1])
        weights = np.fromiter((w for row in rows for w in row.values()), np.float64, ends[-1])
        holders = np.bincount(columns, minlength=len(vocabulary))
        rarity = background.rarity(vocabulary, holders, len(claims))
        of = np.repeat(np.arange(len(claims)), np.diff(ends))
        lengths = np.bincount(of, weights, minlength=len(claims))
        relative = lengths / max(float(lengths.sum()) / max(len(claims), 1), 1e-9)
        dampened = (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH + LENGTH * relative))
        data = weights * rarity[columns] * dampened[of]
        matrix = sparse.csr_matrix((data, columns, ends), shape=(len(claims), len(vocabulary)))
        whole = np.asarray(matrix.sum(axis=1)).ravel()
        self._whole = np.maximum(whole, 1e-9).astype(np.float32)
        self._terms = matrix.T.tocsr().astype(np.float32)

    def scores(self, posts: Sequence[Terms]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """BM25 of each post with each claim, and its share of what the claim's own text would get.

        Two arrays of the shape (posts, claims); shares lie between 0 and 1.
        """
        known = [
            [column for term in _all(post) if (column := self._columns.get(term)) is not None]
            for post in posts
        ]
        ends = np.cumsum([0, *map(len, known)])
        columns = np.fromiter((column for row in known for column in row), np.int64, ends[-1])
        query = sparse.csr_matrix(
            (np.ones(len(columns), np.float32), columns, ends),
            shape=(len(posts), len(self._columns)),
        )
        scores = np.asarray((query @ self._terms).toarray(), np.float32).round(4)
        return scores, np.minimum(scores / self._whole, 1).round(5)


def _all(terms: Terms) -> Iterator[str]:
    # Sets have no order of their own; sums of floats must not hang on it.
    yield from sorted(terms.words)
    yield from sorted(terms.pairs)
    yield from (f"#{number}" for number in sorted(terms.numbers))


def _weighted(terms: Terms) -> dict[str, float]:
    return {term: PAIR_WEIGHT if " " in term else 1.0 for term in _all(terms)}
