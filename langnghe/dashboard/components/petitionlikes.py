"""Petitions that say the same in like words: to be merged, or to be answered alike.

By BM25 over the rare words and word pairs of their summaries (`classifier.lexical`), folded, so
that missing diacritics do no harm; in both directions, for a short summary may stand whole in a
long one. No encoder: some hundred summaries in our own words need none, and the pages load none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.casework.petitionrecords import Petition
from langnghe.classifier.lexical import LexicalIndex
from langnghe.classifier.likeness import Background, Terms, terms_of

LEAST: Final = 0.25
"""Share of the rare words of one that stand in the other from which on two are alike."""

MOST: Final = 40
"""Like ones that are offered: more are not read, and a search finds them."""

_terms = lru_cache(maxsize=4_000)(terms_of)


def alike(text: str, petitions: Sequence[Petition], background: Background) -> list[Petition]:
    """Those of `petitions` whose summary is like `text`, the likest first.

    Args:
        text: a summary, or words typed to look for.
        petitions: to choose from.
        background: tells which words are rare.
    """
    if not petitions or not text.strip():
        return []
    wanted = [_terms(text)]
    theirs = [_terms(petition.summary) for petition in petitions]
    forth = _shares(wanted, theirs, background)[0]
    back = _shares(theirs, wanted, background)[:, 0]
    shares = np.maximum(forth, back)
    order = np.argsort(-shares, kind="stable")[:MOST]
    return [petitions[place] for place in order if shares[place] >= LEAST]


def _shares(
    texts: Sequence[Terms], others: Sequence[Terms], background: Background
) -> NDArray[np.float32]:
    """How much of each of `others` stands in each of `texts`: shape (texts, others)."""
    return LexicalIndex(others, background).scores(texts)[1]
