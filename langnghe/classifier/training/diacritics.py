"""Count which syllables follow one another, so that diacritics can be put back.

Ten seconds on one core. The same texts give the same counts.
"""

from __future__ import annotations

import logging
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from langnghe.classifier.blend import bare
from langnghe.classifier.diacritics import TABLE, Counts, levels, slots
from langnghe.classifier.training.examples import PUBLIC, read_civic, read_claims, read_public
from langnghe.core.syllables import is_syllable
from langnghe.core.text import match_form

LEAST: Final = 3
"""Times that a syllable must occur: rarer ones are slips, and would be guessed wrongly."""

OWN_WEIGHT: Final = 2
"""What a text in the register of a commune's pages counts beside one of the public sets."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_log = logging.getLogger(__name__)


def train_diacritics(data: Path | None, open_only: bool) -> Counts:
    """Count in the training parts of all sets.

    Args:
        data: folder of the public sets; None for the project's own alone.
        open_only: whether sets that are for research only are left out.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    return count(_texts(data, open_only))


def count(texts: Iterable[str]) -> Counts:
    """Count in those of `texts` that have diacritics."""
    numbers: dict[str, int] = {}
    stream, singles = array("q"), Counter[str]()
    break_ = -1
    for text in texts:
        if bare(text):
            continue
        words = _WORD.findall(match_form(text))
        singles.update(words)
        stream.append(break_)
        stream.extend(numbers.setdefault(word, len(numbers)) for word in words)
    known = sorted(word for word, times in singles.items() if times >= LEAST and is_syllable(word))
    other = len(known)
    places = np.full(len(numbers) + 1, other, np.int64)  # the last is that of break_
    for place, word in enumerate(known):
        places[numbers[word]] = place
    found = places[np.frombuffer(stream, np.int64)]
    _log.info("%d syllables, %d of them known", len(found), other)
    inside = np.frombuffer(stream, np.int64)[1:] != break_
    pairs, times = np.unique(
        np.stack([found[:-1][inside], found[1:][inside]], axis=1), axis=0, return_counts=True
    )
    at, marks = slots(pairs[:, 0], pairs[:, 1])
    order = np.argsort(times, kind="stable")  # of two in one slot the commoner is written last
    table = np.zeros(TABLE, np.uint16)
    table[at[order]] = (256 * marks + levels(times))[order]
    return Counts(known, np.bincount(found, minlength=other + 1), table)


def _texts(data: Path | None, open_only: bool) -> Iterator[str]:
    for _ in range(OWN_WEIGHT):
        yield from (f"{row.title}\n{row.text}" for row in read_civic("train"))
        for claim in read_claims("train"):
            yield from (claim.text, claim.evidence, *(text for text, _ in claim.posts))
    if data is None:
        return
    for name, corpus in PUBLIC.items():
        if corpus.open or not open_only:
            for row in read_public(data, name, "train"):
                yield f"{row.title}\n{row.text}"
                yield row.second
