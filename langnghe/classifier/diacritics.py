"""Diacritics put back into a text that was typed without, for the encoder to read.

For each syllable, what it may stand for, and how often two stand side by side: the likeliest
way through (Viterbi). It is only what the model reads: nothing restored is shown or stored.

The file holds the syllables of the language; which of them follow one another is kept as hashed
counts, so that no phrase, and no name, can be read out of it.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.blend import bare
from langnghe.classifier.packed import read_arrays, write_arrays
from langnghe.core.text import fold, match_form

FILE: Final = "diacritics.npz"
"""Within the model's folder."""

TABLE: Final = 1 << 22
"""Slots for counts of pairs: ten times as many as pairs. The empty ones take no room in the
file. Of two pairs in one slot the commoner is kept."""

MOST_FORMS: Final = 6
"""Syllables that a bare one may stand for: "ma" has six tones, and rarer ones cost time."""

LEAST_SHARE: Final = 0.003
"""A form that is rarer than this among those of one bare syllable is not considered."""

ALONE: Final = 0.001
"""What a syllable by itself says beside what its neighbour says; chosen on dev."""

LEVELS_AN_OCTAVE: Final = 12
"""Counts are kept in one byte, as logarithms in these steps."""

_NEVER: Final = 1e-12
"""Added to each chance, for a logarithm needs more than nothing."""

_KIND: Final = "diacritics 1"
# A link keeps the letters of its address (`inputs.model_text` writes it so): "com" is no meal.
_SYLLABLE: Final = re.compile(r"\blink \S+\.\S+|[^\W\d_]+")
# Odd constants whose high bits mix well (Knuth's golden ratio and one of SplitMix64's).
_FIRST: Final = 0x9E3779B97F4A7C15
_SECOND: Final = 0xBF58476D1CE4E5B9
_WHOLE: Final = (1 << 64) - 1
_SHIFT: Final = 64 - (TABLE.bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in texts with diacritics."""

    forms: Sequence[str]
    """Syllables in `match_form`. The number of one is its place; one more stands for the
    beginning of a text and for any other word."""
    single: NDArray[np.int64]
    """How often each occurs: shape (forms + 1,)."""
    pairs: NDArray[np.uint16]
    """What is known of the pair in each slot, shape (TABLE,): 256 times a mark that tells it
    from most others of that slot, and how often it occurs, as a level (`levels`)."""


def slots(
    first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The slot and the mark of each pair of form numbers; `Restorer` does the same for one."""
    mixed = first.astype(np.uint64) * np.uint64(_FIRST)
    mixed += second.astype(np.uint64) * np.uint64(_SECOND)
    marks = (mixed >> np.uint64(_SHIFT - 8)) & np.uint64(255)
    return (mixed >> np.uint64(_SHIFT)).astype(np.int64), marks.astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Form:
    text: str
    left: int
    """Its half of the hash where it comes first, and where it comes second."""
    right: int
    inverse: float
    """One divided by how often it occurs."""
    alone: float
    """What it is worth without regard to its neighbour."""


class Restorer:
    """Puts diacritics back."""

    def __init__(self, counts: Counts) -> None:
        by_bare: dict[str, list[int]] = {}
        for number, form in enumerate(counts.forms):
            by_bare.setdefault(fold(form), []).append(number)
        self._forms: dict[str, list[_Form]] = {}
        for syllable, numbers in by_bare.items():
            total = sum(int(counts.single[number]) for number in numbers)
            numbers.sort(key=lambda number: (-int(counts.single[number]), number))
            self._forms[syllable] = [
                self._form(counts.forms[number], number, int(counts.single[number]), total)
                for number in numbers[:MOST_FORMS]
                if counts.single[number] >= LEAST_SHARE * total
            ]
        other = len(counts.forms)
        self._other = self._form("", other, int(counts.single[other]), 1)
        self._pairs = array("H", counts.pairs.tobytes())
        self._counts = _values(np.arange(256)).tolist()

    @staticmethod
    def _form(text: str, number: int, count: int, total: int) -> _Form:
        return _Form(
            text,
            number * _FIRST,
            number * _SECOND,
            1 / max(1, count),
            ALONE * count / max(1, total),
        )

    @classmethod
    def load(cls, path: Path) -> Restorer:
        """Read what `save` wrote.

        Raises:
            NotReadyError: the file is missing, damaged, or of another kind.
        """
        arrays = read_arrays(path, _KIND, {"forms": None, "single": None, "pairs": (TABLE,)})
        forms = bytes(arrays["forms"].astype(np.uint8)).decode().splitlines()
        single = arrays["single"].astype(np.int64)
        return cls(Counts(forms, single, arrays["pairs"].astype(np.uint16)))

    def reading(self, text: str) -> str:
        """What the encoder reads of `text`: the text itself, restored if it has no diacritics."""
        return self.restore(text) if bare(text) else text

    def restore(self, text: str) -> str:
        """`text` with diacritics where it lacks them, as likely as can be told.

        Words that have some, words that are no Vietnamese syllable, punctuation and capitals
        stay as they are.
        """
        found = list(_SYLLABLE.finditer(text))
        parts, end = [], 0
        for match, form in zip(found, self._likeliest([one[0] for one in found]), strict=True):
            parts += [text[end : match.start()], _in_case_of(match[0], form)]
            end = match.end()
        return "".join([*parts, text[end:]])

    def _likeliest(self, words: Sequence[str]) -> list[str]:
        """For each word its form; the word itself where nothing is known of it."""
        pairs, counts, log = self._pairs, self._counts, math.log
        # For each place what may stand there, each with the best way to it.
        before: list[tuple[float, _Form]] = [(0.0, self._other)]
        ways: list[tuple[list[_Form], list[int]]] = []
        for word in words:
            options = self._options(word)
            now, back = [], []
            for form in options:
                best, best_at = -math.inf, 0
                right, alone = form.right, form.alone
                for at, (score, last) in enumerate(before):
                    mixed = ((last.left + right) & _WHOLE) >> _SHIFT - 8
                    kept = pairs[mixed >> 8]
                    seen = counts[kept & 255] if kept >> 8 == mixed & 255 else 0
                    worth = score + log(seen * last.inverse + alone + _NEVER)
                    if worth > best:
                        best, best_at = worth, at
                now.append((best, form))
                back.append(best_at)
            ways.append((options, back))
            before = now
        at = max(range(len(before)), key=lambda one: before[one][0])
        chosen = []
        for options, back in reversed(ways):
            chosen.append(options[at].text)
            at = back[at]
        return [form or word for form, word in zip(reversed(chosen), words, strict=True)]

    def _options(self, word: str) -> list[_Form]:
        written = match_form(word)
        forms = self._forms.get(fold(word)) or [self._other]
        if written.isascii():
            return forms
        # It has diacritics: it is taken at its word.
        return [form for form in forms if form.text == written] or [self._other]


def save(path: Path, counts: Counts) -> None:
    """Write the counts; the same counts give the same bytes."""
    write_arrays(
        path,
        _KIND,
        {
            "forms": np.frombuffer("\n".join(counts.forms).encode(), np.uint8),
            "single": counts.single.astype(np.uint32),
            "pairs": counts.pairs,
        },
    )


def levels(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Counts as one byte each; 0 stays 0."""
    steps = 1 + np.rint(LEVELS_AN_OCTAVE * np.log2(np.maximum(counts, 1)))
    return np.where(counts > 0, np.minimum(steps, 255), 0).astype(np.uint8)


def _values(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """About what the counts were."""
    counts = np.rint(np.exp2((levels - 1) / LEVELS_AN_OCTAVE))
    return np.where(levels > 0, counts, 0).astype(np.int64)


def _in_case_of(word: str, form: str) -> str:
    if word.islower() or len(word) != len(form):
        return form
    if word.isupper() and len(word) > 1:
        return form.upper()
    return "".join(
        new.upper() if old.isupper() else new for old, new in zip(word, form, strict=True)
    )
