"""How well `deidentify` masks, measured on sentences written for it.

`sentences.jsonl` holds one sentence a line; `<<kind|…>>` marks what must be masked. All people
and numbers in it are invented. The part `dev` may be looked at while working on the rules;
the part `test` is only scored, and the floors in `floors.json` hold for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langnghe.core.errors import LangNgheError
from langnghe.core.text import clean
from langnghe.crawler.deidentify import MaskKind, find_spans
from langnghe.crawler.masks import Span

SENTENCES: Final = Path(__file__).with_name("sentences.jsonl")
FLOORS: Final = Path(__file__).with_name("floors.json")
PARTS: Final = ("dev", "test")

_GOLD: Final = re.compile(r"<<([a-z]+)\|(.*?)>>")
_MATTERS: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what must be masked in it."""

    id: str
    part: str
    text: str
    gold: tuple[Span, ...]
    known_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """How one kind is masked.

    `recall` is the share of marked stretches that are covered to the last letter and digit, by
    masks of any kind: what is hidden under the wrong word is still hidden. `precision` is the
    share of masks of this kind that hide nothing but stretches marked as this kind. `n` is the
    number of marked stretches.
    """

    recall: float
    precision: float
    n: int


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that is not masked as marked."""

    sentence: Sentence
    leaked: tuple[str, ...]
    """What was marked and is not wholly covered."""
    overmasked: tuple[str, ...]
    """What was masked and is not marked so."""


def read_sentences(path: Path = SENTENCES) -> tuple[Sentence, ...]:
    """Read an evaluation set; the sentences are cleaned, as the crawler cleans a post.

    Raises:
        LangNgheError: a line is no JSON, lacks a field, or marks an unknown kind.
    """
    sentences = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            text, gold = _unmarked(clean(row["text"]))
            part = PARTS[PARTS.index(row["part"])]
            sentences.append(
                Sentence(row["id"], part, text, gold, tuple(row.get("known_names", ())))
            )
        except (ValueError, KeyError, TypeError) as error:
            raise LangNgheError(f"{path}:{number}: {error!r}. Mend this line.") from None
    return tuple(sentences)


def _unmarked(marked: str) -> tuple[str, tuple[Span, ...]]:
    parts: list[str] = []
    gold = []
    at = length = 0
    for match in _GOLD.finditer(marked):
        parts.append(marked[at : match.start()])
        length += len(parts[-1])
        parts.append(match[2])
        gold.append(Span(length, length + len(match[2]), MaskKind(match[1])))
        length += len(match[2])
        at = match.end()
    parts.append(marked[at:])
    return "".join(parts), tuple(gold)


def score(sentences: Iterable[Sentence]) -> dict[MaskKind, Score]:
    """Recall and precision of each kind that is marked or masked in `sentences`."""
    marked: dict[MaskKind, list[bool]] = {}
    masked: dict[MaskKind, list[bool]] = {}
    for sentence in sentences:
        found = find_spans(sentence.text, sentence.known_names)
        for span in sentence.gold:
            marked.setdefault(span.kind, []).append(_covered(sentence.text, span, found))
        for span in found:
            same = [gold for gold in sentence.gold if gold.kind is span.kind]
            masked.setdefault(span.kind, []).append(_covered(sentence.text, span, same))
    return {
        kind: Score(
            recall=_share(marked.get(kind, [])),
            precision=_share(masked.get(kind, [])),
            n=len(marked.get(kind, [])),
        )
        for kind in MaskKind
        if kind in marked or kind in masked
    }


def false_alarms(sentences: Iterable[Sentence]) -> float:
    """The share of sentences without personal data in which something was masked."""
    return _share(
        [
            bool(find_spans(sentence.text, sentence.known_names))
            for sentence in sentences
            if not sentence.gold
        ],
        empty=0.0,
    )


def misses(sentences: Iterable[Sentence]) -> list[Miss]:
    """The sentences that are not masked as marked, for whoever works on the rules."""
    missed = []
    for sentence in sentences:
        text = sentence.text
        found = find_spans(text, sentence.known_names)
        leaked = tuple(text[s.start : s.end] for s in sentence.gold if not _covered(text, s, found))
        over = tuple(
            f"{span.kind}: {text[span.start : span.end]}"
            for span in found
            if not _covered(text, span, [g for g in sentence.gold if g.kind is span.kind])
        )
        if leaked or over:
            missed.append(Miss(sentence, leaked, over))
    return missed


def figures(sentences: Iterable[Sentence]) -> dict[str, float]:
    """The figures that floors are pinned for, by name."""
    sentences = tuple(sentences)
    named = {}
    for kind, result in score(sentences).items():
        named[f"{kind}.recall"] = result.recall
        named[f"{kind}.precision"] = result.precision
    named["false_alarms.ceiling"] = false_alarms(sentences)
    return named


def targets(measured: Mapping[str, float]) -> dict[str, float]:
    """What to pin: the measured figure, less one slip in twenty-five; never under the target.

    The sets are small: one sentence is two points. The targets are those of the project.
    """
    pinned = {}
    for name, figure in measured.items():
        if name.endswith(".ceiling"):
            pinned[name] = figure
        elif name.endswith(".recall"):
            least = 0.85 if name.startswith(MaskKind.NAME) else 0.97
            pinned[name] = max(least, figure - 0.04)
        else:
            pinned[name] = max(0.9, figure - 0.04)
    return pinned


def _covered(text: str, span: Span, by: Iterable[Span]) -> bool:
    """Whether every letter and digit of `span` lies within one of the spans `by`."""
    by = tuple(by)
    return all(
        any(one.start <= at < one.end for one in by)
        for at in range(span.start, span.end)
        if _MATTERS.match(text[at])
    )


def _share(hits: list[bool], empty: float = 1.0) -> float:
    """The share of True; `empty` where nothing was there to get wrong."""
    return sum(hits) / len(hits) if hits else empty
