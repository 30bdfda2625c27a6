"""From text to hashed word and character features.

Hashed, because a vocabulary would carry words and word pairs of research data sets, names of
people among them, into the product: a bucket number says nothing.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from langnghe.classifier.inputs import model_text
from langnghe.core.text import fold, match_form

BLOCK: Final = 1 << 17
"""Buckets for words and word pairs, and again as many for pieces of words. The two blocks are
scaled apart, or the many pieces would drown the few words."""

BUCKETS: Final = 2 * BLOCK

PIECES: Final = range(2, 6)
"""Lengths of the character pieces of a word. They carry spelling slips and teencode."""

_TERM: Final = re.compile(r"\w+|[^\w\s]+")

# Odd 64-bit constants whose high bits mix well (Knuth's golden ratio and one of SplitMix64's).
_FIRST: Final = np.uint64(0x9E3779B97F4A7C15)
_SECOND: Final = np.uint64(0xBF58476D1CE4E5B9)
_TO_BUCKET: Final = np.uint64(64 - (BLOCK.bit_length() - 1))


def text_form(title: str, text: str) -> str:
    """The form that the character model reads: numbers masked, lower-case, one tone placement.

    Teencode is left as it is: the training texts are full of it, and the model learns it. With
    `informal.expand` macro-F1 was lower on each dev set, plain and stripped (docs/models.md).
    """
    read = model_text(text)
    return match_form(f"{model_text(title)}\n{read}" if title else read)


def _hash(term: str) -> int:
    return zlib.crc32(term.encode(errors="replace"))


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[int, int, tuple[int, ...]]:
    """The hash of the word, that of its folded form, and the buckets of its pieces.

    The folded form is what a text with diacritics and one without have in common. Vietnamese
    has few words, so nearly all come from the cache.
    """
    ended = f" {word} "
    pieces = {
        BLOCK + _hash(ended[start : start + length]) % BLOCK
        for length in PIECES
        for start in range(len(ended) - length + 1)
    }
    # The signs keep a folded word apart from the same word as written.
    return _hash(f"+{word}"), _hash(f"-{fold(word)}"), tuple(sorted(pieces))


def count_matrix(forms: Sequence[str]) -> sparse.csr_matrix:
    """How often each feature occurs, for each text form: shape (texts, BUCKETS), float32.

    Words, pairs of neighbouring words (both as written and folded), and pieces of words.
    """
    words, folded, pieces = array("Q"), array("Q"), array("q")
    word_ends, piece_ends = array("q", [0]), array("q", [0])
    for form in forms:
        for term in _TERM.findall(form):
            written, bare, of_word = _word(term)
            words.append(written)
            folded.append(bare)
            pieces.extend(of_word)
        word_ends.append(len(words))
        piece_ends.append(len(pieces))
    texts = np.arange(len(forms))
    of_words = np.repeat(texts, np.diff(word_ends))
    of_pieces = np.repeat(texts, np.diff(piece_ends))
    side_by_side = of_words[:-1] == of_words[1:]
    of_pairs = of_words[:-1][side_by_side]
    columns, rows = [np.array(pieces, np.int64)], [of_pieces]
    for hashes in (np.array(words, np.uint64), np.array(folded, np.uint64)):
        pairs = (hashes[:-1] * _FIRST + hashes[1:])[side_by_side]
        columns += [_buckets(hashes), _buckets(pairs)]
        rows += [of_words, of_pairs]
    column, row = np.concatenate(columns), np.concatenate(rows)
    return sparse.coo_matrix(
        (np.ones(len(row), np.float32), (row, column)), shape=(len(forms), BUCKETS)
    ).tocsr()


def _buckets(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    return ((hashes * _SECOND) >> _TO_BUCKET).astype(np.int64)


def weigh(counts: sparse.csr_matrix, rarity: NDArray[np.float32]) -> sparse.csr_matrix:
    """TF-IDF: dampened counts times `rarity` (shape (BUCKETS,)); each block of a row has length 1.

    A block without a feature that `rarity` knows stays 0.
    """
    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    rows = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
    blocks = 2 * rows + (weighed.indices >= BLOCK)
    squares = np.bincount(blocks, weighed.data**2, minlength=2 * weighed.shape[0])
    lengths = np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32)
    weighed.data /= lengths[blocks]
    return weighed
