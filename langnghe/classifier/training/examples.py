"""What the classifier is trained and measured on: the project's own sets and the public ones.

Each row becomes an `Example`: a text, perhaps a second one, and the answers that its set knows.
The public sets lie in one folder, one folder a set, one JSON object a line. None of them is
part of the product.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from langnghe.classifier.heads import BY_NAME
from langnghe.core.errors import LangNgheError
from langnghe.core.models import Intent, Sentiment, Stance

OWN: Final = Path(__file__).parent.parent / "civic"
"""The civic set and the claims set, which the project wrote (docs/annotation.md)."""

Made = TypeVar("Made")

Answer = tuple[int, ...]
"""Columns of a head, one of which is right: one where the set says which class it is, several
where it says less. Of a yes-or-no head (0,) or (1,): no, yes."""


class CorpusError(LangNgheError):
    """A data set is missing or not as expected."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known of it. Has the fields of a `Document`."""

    id: str
    text: str
    title: str = ""
    second: str = ""
    """For a pair: the claim beside a post, the evidence beside a claim."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By head."""
    criticism: str = ""
    """Kind of view it expresses (civic set): only to prove that nothing flags it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A public data set, and how its own fields become answers."""

    name: str
    licence: str
    answers: Callable[[Mapping[str, Any]], Mapping[str, Answer]]
    """Empty leaves the row out."""
    open: bool = False
    """Whether the licence lets anybody use a model trained on it for any end."""
    fields: tuple[str, str] = ("text", "")
    """Where the text and the second text stand."""


def column(head: str, value: str) -> Answer:
    """The answer `value` of a head with classes.

    Raises:
        ValueError: the head has no such class.
    """
    return (BY_NAME[head].classes.index(value),)


def _sentiment(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"sentiment": column("sentiment", row["sentiment"])}


_AT_FAULT: Final = tuple(
    BY_NAME["intent"].classes.index(intent) for intent in (Intent.COMPLAINT, Intent.SUGGESTION)
)
_NO_FAULT: Final = tuple(at for at in range(len(BY_NAME["intent"].classes)) if at not in _AT_FAULT)


def _complaint(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    # The set counts suggestions as complaints.
    return {"intent": _AT_FAULT if row["complaint"] else _NO_FAULT}


def _toxic(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"toxicity": (int(row["toxic"]),)}


def _rude(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"toxicity": (int(row["label"] != "clean"),)}


def _scam(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"scam": (int(row["scam"]),)}


def _question(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"intent": column("intent", Intent.QUESTION), "answer": (1,), "scam": (0,)}


# Fear, surprise and "other" are no sign of one sentiment.
_EMOTIONS: Final = {
    "enjoyment": Sentiment.POSITIVE,
    "sadness": Sentiment.NEGATIVE,
    "anger": Sentiment.NEGATIVE,
    "disgust": Sentiment.NEGATIVE,
}


def _emotion(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    found = _EMOTIONS.get(row["emotion"])
    return {"sentiment": column("sentiment", found)} if found else {}


def _evidence(row: Mapping[str, Any]) -> Mapping[str, Answer]:
    return {"evidence": column("evidence", row["label"])}


PUBLIC: Final = {
    corpus.name: corpus
    for corpus in (
        Corpus("uit-vsfc", "none stated; research use", _sentiment),
        Corpus("vlsp2016-sa", "VLSP user agreement; research use", _sentiment),
        Corpus("aivivn-2019", "none stated; research use", _sentiment),
        Corpus("uit-vsmec", "none stated; research use", _emotion),
        Corpus("uit-viocd", "none stated; research use", _complaint),
        Corpus("victsd", "none stated; research use", _toxic),
        Corpus("vihsd", "research use", _rude),
        Corpus("safesense-vi", "CC BY-SA 4.0", _rude, open=True),
        Corpus("vi-sms-smishing", "none stated; research use", _scam),
        Corpus("vicov19qa", "research use", _question),
        Corpus("gov-questions", "none stated; research use", _question),
        Corpus("vihallu-2025", "none stated; research use", _evidence, fields=("claim", "context")),
        Corpus("xnli-vi", "CC BY-NC 4.0; research use", _evidence, fields=("claim", "context")),
    )
}
"""Left out: news-vntc-sample, whose articles nobody has marked; viclickbait-2025, for a headline
that teases says nothing about truth."""


def read_public(data: Path, name: str, split: str) -> list[Example]:
    """The rows of `<data>/<name>/<split>.jsonl` that answer something, in order.

    Raises:
        CorpusError: the file is missing, or a line has not the fields that the set should have.
    """
    corpus = PUBLIC[name]
    path = data / name / f"{split}.jsonl"
    text, second = corpus.fields

    def example(number: int, row: Mapping[str, Any]) -> Example | None:
        answers = corpus.answers(row)
        if not answers:
            return None
        return Example(
            f"{name}/{split}/{number}",
            row[text],
            title=row.get("title") or "",
            second=row[second] if second else "",
            answers=answers,
        )

    return [one for one in read_rows(path, example) if one is not None]


_MARKS: Final = {
    "claim": "claim",
    "scam": "scam",
    "toxic": "toxicity",
    "answer": "answer",
    "urgent": "urgent",
}


def read_civic(split: str, folder: Path = OWN) -> list[Example]:
    """The civic set's part `split` (train, dev or test), in order: all post heads are answered.

    Raises:
        CorpusError: the file is missing or damaged.
    """
    return list(read_rows(folder / f"{split}.jsonl", _civic))


def _civic(_number: int, row: Mapping[str, Any]) -> Example:
    answers = {
        "sentiment": column("sentiment", row["sentiment"]),
        "intent": column("intent", row["intent"]),
    } | {head: (int(row[mark]),) for mark, head in _MARKS.items()}
    return Example(
        row["id"],
        row["text"],
        title=row["title"],
        answers=answers,
        criticism=row["criticism"] or "",
    )


@dataclass(frozen=True, slots=True)
class ClaimExamples:
    """A claim of the claims set with the posts written for it."""

    id: str
    text: str
    verdict: str
    evidence: str
    posts: tuple[tuple[str, Stance], ...]
    """Text and stance; `UNRELATED` ones are near misses."""


def read_claims(split: str, folder: Path = OWN) -> list[ClaimExamples]:
    """The claims set's part `split` (train, dev or test), in order; parts share no claim.

    Raises:
        CorpusError: the file is missing or damaged.
    """
    return list(read_rows(folder / f"claims_{split}.jsonl", _claim))


def _claim(_number: int, row: Mapping[str, Any]) -> ClaimExamples:
    posts = tuple((post["text"], Stance(post["stance"])) for post in row["posts"])
    return ClaimExamples(row["id"], row["text"], row["verdict"], row["evidence"], posts)


def read_rows(path: Path, make: Callable[[int, Mapping[str, Any]], Made]) -> Iterator[Made]:
    """What `make` makes of each line's number, from 1, and its object.

    Raises:
        CorpusError: the file is missing, or `make` cannot use a line.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield make(number, json.loads(line))
                except (LookupError, ValueError, TypeError) as error:
                    raise CorpusError(
                        f"{path}:{number}: not a row of this set ({error!r}). Fetch the set again."
                    ) from None
    except FileNotFoundError:
        raise CorpusError(
            f"{path}: the data set is not there. Give the folder that holds all sets as --data."
        ) from None
