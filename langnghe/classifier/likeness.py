"""How far two posts say the same, and not only speak of the same matter.

The embedding brings together what is about one matter: "the road in Mường Pồn is closed" lies as
near to "the road in Mường Pồn is reopened" as to its own paraphrase. So the likeness of two posts
is judged by several signals at once: their embeddings, the rare words and word pairs, the numbers
and the names that they share, and numbers and names of which they share none. How much each
counts is fitted on the project's own claims (`training.clusters`), and kept with the encoder that
it was fitted for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from langnghe.classifier.packed import read_json, write_json
from langnghe.core.informal import expand
from langnghe.core.text import fold, words

FILE: Final = "clusters.json"
"""Within the model's folder."""
FORMAT: Final = 1

MOST_CHARACTERS: Final = 1_200
"""Read of a text, as much as the encoder reads (`inputs.MOST_CHARACTERS`)."""

BACKGROUND_POSTS: Final = 500
"""How many posts of a window the background outweighs. A window of ten posts on one rumour must
not take the rumour's words for common ones; a window of thousands knows its own words better."""

SIGNALS: Final = (
    "embedding",
    "words",
    "pairs",
    "numbers",
    "names",
    "no_number_shared",
    "no_name_shared",
)
"""The columns of `Posts.signals`: the first five from 0 (the embedding from -1) to 1, the last
two 0 or 1."""

CLIP: Final = 8.0
"""Log odds beyond which a pair is as good as sure; one pair must not outvote many."""
PAIRS_AT_ONCE: Final = 50_000

Vectors = NDArray[np.float32]
"""Shape (posts, size); rows of unit length, or zero where a post has no embedding."""

Signals = NDArray[np.float32]
"""Shape (pairs, `SIGNALS`)."""
Row = NDArray[np.float32]

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE: Final = re.compile(r"[.!?…\n:;\"“”()]+\s*")
_TENS: Final = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is compared of a text, folded."""

    words: frozenset[str]
    pairs: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    """Pairs of words that are written as a name."""
    casual: bool
    """Without a single capital letter within a sentence: its names cannot be told by writing."""


def terms_of(text: str) -> Terms:
    """Take a text apart; shortened words are expanded first."""
    plain = expand(text[:MOST_CHARACTERS])
    found: set[str] = set()
    pairs: set[str] = set()
    names: set[str] = set()
    capitals = 0
    for sentence in _SENTENCE.split(plain):
        written = words(sentence)
        folded = [fold(word) for word in written]
        found.update(word for word in folded if not word.isdigit())
        shouted = sentence.isupper()
        for at in range(len(folded) - 1):
            pair = f"{folded[at]} {folded[at + 1]}"
            pairs.add(pair)
            if not shouted and _is_name(written[at]) and _is_name(written[at + 1]):
                names.add(pair)
        capitals += not shouted and any(map(_is_name, written[1:]))
    return Terms(
        frozenset(found),
        frozenset(pairs),
        frozenset(_numbers(plain)),
        frozenset(names),
        casual=not capitals,
    )


def _is_name(word: str) -> bool:
    return word[0].isupper() and not (len(word) > 1 and word.isupper())


def _numbers(text: str) -> Iterable[str]:
    """Numbers in digits, without separators of thousands; and those spelt out from 11 to 99."""
    for match in _NUMBER.finditer(text):
        whole = re.sub(r"[.,](?=\d{3}(?!\d))", "", match[0])
        yield whole.lstrip("0") or "0"
    spelt = [word.lower() for word in words(text)]
    for before, word, after in zip(["", *spelt], spelt, [*spelt[1:], ""], strict=False):
        if word in ("mười", "chục"):
            tens = 1
        elif word == "mươi":
            tens = _TENS.get(before, 0)
        else:
            continue
        if tens:
            yield str(10 * tens + _TENS.get(after, 0))


@dataclass(frozen=True, slots=True)
class Background:
    """How common words and word pairs are in citizens' posts at large."""

    shares: Mapping[str, float]
    """Share of posts that have the term, for the terms that are not rare."""
    rest: float
    """Share taken for any other term."""

    @classmethod
    def of(cls, texts: Iterable[str], least: int = 4) -> Background:
        """Count the terms of `texts`; those in fewer than `least` of them are rare."""
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            terms = terms_of(text)
            counts.update(terms.words | terms.pairs)
            total += 1
        shares = {
            term: round(count / total, 5)
            for term, count in sorted(counts.items())
            if count >= least
        }
        return cls(shares, round(1 / max(total, 1), 5))

    def rarity(self, terms: Sequence[str], counts: NDArray[Any], posts: int) -> Vectors:
        """How much each term says, given in how many of `posts` posts of a window it stands."""
        expected = np.array([self.shares.get(term, self.rest) for term in terms], np.float64)
        share = (counts + BACKGROUND_POSTS * expected) / (posts + BACKGROUND_POSTS)
        rarity: Vectors = np.maximum(-np.log(np.maximum(share, 1e-9)), 0).astype(np.float32)
        return rarity


def term_matrix(
    rows: Sequence[frozenset[str]], background: Background | None
) -> tuple[sparse.csr_matrix, list[str]]:
    """Which terms each post has, each weighed by its rarity: ((posts, terms), the terms).

    Rows have length 1, and the product of two says how much of what is rare they have in common.
    Without a background each term counts as one.
    """
    vocabulary = sorted(frozenset().union(*rows)) if rows else []
    columns = {term: column for column, term in enumerate(vocabulary)}
    ends = np.cumsum([0, *map(len, rows)])
    indices = np.fromiter(
        (columns[term] for row in rows for term in sorted(row)), np.int64, ends[-1]
    )
    data = np.ones(len(indices), np.float32)
    if background is not None and len(indices):
        counts = np.bincount(indices, minlength=len(vocabulary))
        data = np.sqrt(background.rarity(vocabulary, counts, len(rows)))[indices]
        of = np.repeat(np.arange(len(rows)), np.diff(ends))
        lengths = np.sqrt(np.bincount(of, data.astype(np.float64) ** 2, minlength=len(rows)))
        data = (data / np.maximum(lengths, 1e-9)[of]).astype(np.float32)
    return sparse.csr_matrix((data, indices, ends), shape=(len(rows), len(vocabulary))), vocabulary


class Posts:
    """The posts of a window, ready to be compared.

    The signals of a pair hang on what else is in the window (what is rare in it, which words are
    names), and not on the order of the posts.
    """

    def __init__(
        self, texts: Sequence[str], vectors: Vectors, background: Background, centre: Vectors
    ) -> None:
        """Take `texts` apart; `vectors` has a row for each, `centre` has the shape (size,)."""
        self.terms = [terms_of(text) for text in texts]
        known: frozenset[str] = frozenset().union(*(one.names for one in self.terms))
        self.vectors = _centred(vectors, centre)
        words_of = [one.words for one in self.terms]
        self.words, self.vocabulary = term_matrix(words_of, background)
        counts = np.bincount(self.words.indices, minlength=len(self.vocabulary))
        self.rarity = background.rarity(self.vocabulary, counts, len(self.terms))
        self._pairs, _ = term_matrix([one.pairs for one in self.terms], background)
        self._numbers, _ = term_matrix([one.numbers for one in self.terms], None)
        # Who writes without capitals writes names without them, too.
        self._names, _ = term_matrix(
            [one.pairs & known if one.casual else one.names for one in self.terms], None
        )

    def __len__(self) -> int:
        return len(self.terms)

    def signals(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Signals:
        """`SIGNALS` of the pairs (first[i], second[i]): shape (pairs, signals)."""
        return _columns(
            np.einsum("ij,ij->i", self.vectors[first], self.vectors[second]),
            [_of_pairs(matrix, first, second) for matrix in self._matrices],
            self._least(self._numbers, first, second),
            self._least(self._names, first, second),
        )

    def signals_within(self, members: NDArray[np.int64]) -> Signals:
        """`SIGNALS` of all pairs within `members`, in scipy's condensed order."""
        one, other = np.triu_indices(len(members), 1)
        own = self.vectors[members]
        return _columns(
            (own @ own.T)[one, other],
            [_all_pairs(matrix[members])[one, other] for matrix in self._matrices],
            self._least(self._numbers, members[one], members[other]),
            self._least(self._names, members[one], members[other]),
        )

    @property
    def _matrices(self) -> tuple[sparse.csr_matrix, ...]:
        return self.words, self._pairs, self._numbers, self._names

    @staticmethod
    def _least(
        matrix: sparse.csr_matrix, first: NDArray[np.int64], second: NDArray[np.int64]
    ) -> Row:
        """How many terms the poorer post of each pair has."""
        sizes = np.diff(matrix.indptr).astype(np.float32)
        least: Row = np.minimum(sizes[first], sizes[second])
        return least


def _columns(embedding: Row, shared: Sequence[Row], most_numbers: Row, most_names: Row) -> Signals:
    """`SIGNALS`, from what each pair shares of words, pairs, numbers and names, and could."""
    words, pairs, numbers, names = shared
    return np.stack(
        [
            embedding,
            words,
            pairs,
            numbers / np.maximum(most_numbers, 1),
            names / np.maximum(most_names, 1),
            (most_numbers > 0) & (numbers == 0),
            (most_names > 0) & (names == 0),
        ],
        axis=1,
    ).astype(np.float32)


def _of_pairs(
    matrix: sparse.csr_matrix, first: NDArray[np.int64], second: NDArray[np.int64]
) -> Row:
    return np.asarray(matrix[first].multiply(matrix[second]).sum(axis=1), np.float32).ravel()


def _all_pairs(matrix: sparse.csr_matrix) -> NDArray[np.float32]:
    products: NDArray[np.float32] = (matrix @ matrix.T).toarray()
    return products


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was fitted for one encoder: how much each signal counts, and where the bar lies."""

    weights: Mapping[str, float]
    """By signal."""
    bias: float
    cut: float
    """Mean log odds from which posts are one group."""
    floor: float
    """Likeness of embeddings below which a pair is not looked at."""
    centre: Vectors
    """Mean embedding of citizens' posts, shape (size,). Embeddings of one language and register
    all lie in one corner; seen from its middle they differ more."""
    background: Background

    @classmethod
    def load(cls, folder: Path) -> Likeness:
        """Read `FILE` of a model's folder.

        Raises:
            NotReadyError: it is missing or damaged.
        """
        return read_json(folder / FILE, FORMAT, cls._from_json)

    @classmethod
    def _from_json(cls, kept: Mapping[str, Any]) -> Likeness:
        return cls(
            {signal: float(kept["weights"][signal]) for signal in SIGNALS},
            float(kept["bias"]),
            float(kept["cut"]),
            float(kept["floor"]),
            np.array(kept["centre"], np.float32),
            Background(dict(kept["background"]), float(kept["rest"])),
        )

    def save(self, folder: Path) -> None:
        """Write `FILE` into a model's folder, whole or not at all."""
        content = {
            "format": FORMAT,
            "weights": dict(self.weights),
            "bias": self.bias,
            "cut": self.cut,
            "floor": self.floor,
            "rest": self.background.rest,
            "centre": [round(float(value), 5) for value in self.centre],
            "background": dict(self.background.shares),
        }
        write_json(folder / FILE, content)

    def prepare(self, texts: Sequence[str], vectors: Vectors) -> Posts:
        """The posts of a window with these texts and embeddings, ready to be compared."""
        return Posts(texts, vectors, self.background, self.centre)

    def scores(self, posts: Posts, first: NDArray[np.int64], second: NDArray[np.int64]) -> Row:
        """Log odds that the posts of each pair say the same, from -`CLIP` to `CLIP`."""
        found = np.empty(len(first), np.float32)
        for start in range(0, len(first), PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            found[part] = self._odds(posts.signals(first[part], second[part]))
        return found

    def scores_within(self, posts: Posts, members: NDArray[np.int64]) -> Row:
        """Likewise for all pairs within `members`, in scipy's condensed order."""
        return self._odds(posts.signals_within(members))

    def _odds(self, signals: Signals) -> Row:
        weights = np.array([self.weights[signal] for signal in SIGNALS], np.float32)
        odds: Row = np.clip(signals @ weights + np.float32(self.bias), -CLIP, CLIP)
        return odds


def _centred(vectors: Vectors, centre: Vectors) -> Vectors:
    moved = np.where(vectors.any(axis=1, keepdims=True), vectors - centre, 0)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    centred: Vectors = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return centred
