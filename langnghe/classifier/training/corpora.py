"""Reading the public data sets that models are trained and measured on.

One folder a set, one JSON object a line. None of them is part of the product.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from langnghe.core.errors import LangNgheError
from langnghe.core.models import Sentiment

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


class CorpusError(LangNgheError):
    """A data set is missing or not as expected."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its sentiment. Has the fields of a `Document`, so that a model can read it."""

    id: str
    text: str
    sentiment: Sentiment
    title: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A data set, and how its own labels become a sentiment."""

    name: str
    weight: float
    """What one example counts beside one of uit-vsfc; chosen on the dev sets."""
    licence: str
    sentiment: Callable[[Mapping[str, Any]], Sentiment | None]
    """None leaves the row out."""


def _own(row: Mapping[str, Any]) -> Sentiment | None:
    return Sentiment(row["sentiment"])


# Fear, surprise and "other" are no sign of one sentiment.
_EMOTIONS: Final = {
    "enjoyment": POSITIVE,
    "sadness": NEGATIVE,
    "anger": NEGATIVE,
    "disgust": NEGATIVE,
}


def _emotion(row: Mapping[str, Any]) -> Sentiment | None:
    return _EMOTIONS.get(row["emotion"])


def _neutral(row: Mapping[str, Any]) -> Sentiment | None:
    # A question to an office asks for a fact. Some sound worried: hence the low weight.
    return NEUTRAL


CORPORA: Final = (
    Corpus("uit-vsfc", 1.0, "none stated; research use", _own),
    # The one set with a real neutral class, and small: without its weight it is drowned.
    Corpus("vlsp2016-sa", 6.0, "VLSP user agreement; research use", _own),
    Corpus("aivivn-2019", 1.0, "none stated; research use", _own),
    Corpus("uit-vsmec", 0.5, "none stated; research use", _emotion),
    Corpus("gov-questions", 0.2, "none stated; research use", _neutral),
    Corpus("vicov19qa", 0.2, "research use", _neutral),
)
"""What the sentiment model is trained on.

Left out: uit-viocd, whose "no complaint" is no praise; vihsd and the other toxicity sets, for
being rude is no sentiment; news-vntc-sample, whose articles nobody has marked.
"""


def read_examples(data: Path, corpus: Corpus, split: str) -> list[Example]:
    """The marked rows of `<data>/<set>/<split>.jsonl`, in order.

    Raises:
        CorpusError: the file is missing, or a line has not the fields that the set should have.
    """
    path = data / corpus.name / f"{split}.jsonl"
    examples = []
    for number, row in _rows(path):
        try:
            sentiment = corpus.sentiment(row)
            if sentiment is not None:
                examples.append(Example(f"{corpus.name}/{split}/{number}", row["text"], sentiment))
        except (KeyError, ValueError, TypeError) as error:
            raise CorpusError(
                f"{path}:{number}: not a row of {corpus.name} ({error!r}). Fetch the set again."
            ) from None
    return examples


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                yield number, json.loads(line)
    except FileNotFoundError:
        raise CorpusError(
            f"{path}: the data set is not there. Give the folder that holds all sets as --data."
        ) from None
    except ValueError as error:
        raise CorpusError(f"{path}: a line is no JSON ({error}). Fetch the set again.") from None
