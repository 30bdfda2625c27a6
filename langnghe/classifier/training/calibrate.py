"""Fit how the encoder's scores and the character model's are joined, on dev parts.

For each head, and apart for texts with and without diacritics: first two scales and biases that
make the probabilities fit best (log loss), then a shift of the biases that makes the decisions
best (F1). Few numbers, each held near nothing unless it earns its place; `cross_fitted` says
what they give on rows that they were not fitted on.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from langnghe.classifier.blend import COLUMNS, POST_WIDTH, Blend, Join, bare
from langnghe.classifier.heads import PAIR_HEADS, POST_HEADS, Head
from langnghe.classifier.training.examples import Answer, Example, read_civic, read_public
from langnghe.classifier.training.views import strip_marks

CIVIC: Final = "civic"

DECIDING: Final[Mapping[str, tuple[str, ...]]] = {
    "sentiment": ("uit-vsfc", "vlsp2016-sa", CIVIC),
    "intent": ("uit-viocd", CIVIC),
    "claim": (CIVIC,),
    "scam": ("vi-sms-smishing", CIVIC),
    "toxicity": ("victsd", CIVIC),
    "answer": (CIVIC,),
    "urgent": (CIVIC,),
}
"""By head, the sets that decide. Each counts the same, whatever its size."""

RARE_IS_MEANT: Final = frozenset({"scam"})
"""Heads whose decisions are measured by F1 of yes, not by the mean over yes and no."""

FLOORS: Final[Mapping[tuple[str, str, bool], Mapping[str, float]]] = {
    ("uit-vsfc", "sentiment", False): {"weighted_f1": 0.92, "macro_f1": 0.80},
    ("uit-vsfc", "sentiment", True): {"weighted_f1": 0.89, "macro_f1": 0.77},
    ("vlsp2016-sa", "sentiment", False): {"macro_f1": 0.74},
    ("uit-viocd", "intent", False): {"macro_f1": 0.92},
    (CIVIC, "intent", False): {"macro_f1": 0.85},
    (CIVIC, "intent", True): {"macro_f1": 0.80},
    ("victsd", "toxicity", False): {"macro_f1": 0.72},
    ("vi-sms-smishing", "scam", False): {"yes_f1": 0.85},
    ("vi-sms-smishing", "scam", True): {"yes_f1": 0.85},
}
"""By set, head, and whether diacritics are missing: what must hold. Biases are not moved to
gain elsewhere below these."""

SHORTFALL: Final = 3.0
"""A point below a floor weighs as much as this many points of one set above."""

SHIFTS: Final = np.arange(-16, 17) / 8
"""Tried for each class's bias, beside what fits the probabilities."""

CLASS_SHIFT_COST: Final = 0.1
YES_SHIFT_COST: Final = 0.03
"""A shift of 1 must gain this much F1: on a few hundred rows smaller gains are chance. With
0.01 intent lost 2.5 points on rows that it was not fitted on."""

PRIOR: Final = 1e-3
"""Ridge on scales and biases, beside a mean log loss. The scales are held near
`PRIOR_SCALE`, biases near 0."""
PRIOR_SCALE: Final = 0.5

ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One text of a dev part, scored by both models."""

    corpus: str
    """Name of its set; the civic one is `CIVIC`."""
    example: Example
    encoder: NDArray[np.float32]
    """Raw scores of all post heads: shape (POST_WIDTH,)."""
    characters: NDArray[np.float32]
    """The same of the character model."""
    bare: bool
    """How the service joins it: `langnghe.classifier.blend.bare`."""
    stripped: bool = False
    """Whether it is a copy whose diacritics were taken away, to measure what that costs. Some
    texts are bare as they were written."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good decisions are, 0 to 1."""

    texts: int
    macro_f1: float
    weighted_f1: float
    yes_f1: float
    """F1 of the second class: of yes, for a yes-or-no head."""


Key = tuple[str, str, bool]
"""Set, head, and whether it is about the stripped copies."""


@dataclass(frozen=True, slots=True)
class DevText:
    """One text of a dev part, as written or stripped: what both models are to score."""

    corpus: str
    example: Example
    stripped: bool


def dev_texts(data: Path | None) -> list[DevText]:
    """The dev parts that decide, each text as written and then stripped of its diacritics.

    Args:
        data: folder of the public sets; None for the civic set alone.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    found = []
    for name in sorted({name for names in DECIDING.values() for name in names}):
        if name == CIVIC:
            rows = read_civic("dev")
        elif data is None:
            continue
        else:
            rows = read_public(data, name, "dev")
        for row in rows:
            bare_copy = replace(row, text=strip_marks(row.text), title=strip_marks(row.title))
            found += [DevText(name, row, False), DevText(name, bare_copy, True)]
    return found


def scored(
    texts: Sequence[DevText], encoder: NDArray[np.floating], characters: NDArray[np.floating]
) -> list[Sample]:
    """The texts with both models' raw scores of all post heads, each (texts, POST_WIDTH)."""
    return [
        Sample(
            one.corpus,
            one.example,
            encoder_row.astype(np.float32),
            character_row.astype(np.float32),
            bare(one.example.text),
            one.stripped,
        )
        for one, encoder_row, character_row in zip(texts, encoder, characters, strict=True)
    ]


def no_and_yes(joined: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of yes as those of no and yes; the scores of classes as they are."""
    return np.pad(joined, ((0, 0), (1, 0))) if joined.shape[1] == 1 else joined


def log_sum(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log of the summed exponentials by row (rows,), and each one's share in it."""
    top = scores.max(axis=1)
    raised = np.exp(scores - top[:, None])
    total = raised.sum(axis=1)
    return np.log(total) + top, raised / total[:, None]


def figures(marked: NDArray[np.int64], given: NDArray[np.int64], classes: int) -> Figures:
    """F1 of decisions; classes that nobody marked are left out of the means."""
    cells = np.bincount(marked * classes + given, minlength=classes * classes)
    confusion = cells.reshape(classes, classes)
    of_class = confusion.sum(axis=1)
    f1 = 2 * np.diagonal(confusion) / np.maximum(of_class + confusion.sum(axis=0), 1)
    return Figures(
        texts=len(marked),
        macro_f1=float(f1[of_class > 0].mean()),
        weighted_f1=float((f1 * of_class).sum() / of_class.sum()),
        yes_f1=float(f1[1]),
    )


def fit_blend(
    samples: Sequence[Sample],
    pairs: Mapping[str, float],
    *,
    encoder: bool = True,
    characters: bool = True,
) -> Blend:
    """The joins that fit the samples best.

    Args:
        samples: dev rows, as written and stripped of their diacritics. A head that no bare
            sample answers is joined for bare texts as for the others.
        pairs: temperatures of the pair heads (`fit_temperature`).
        encoder: False leaves the encoder out, to see what it gives.
        characters: the same for the character model.

    Raises:
        ValueError: no sample with diacritics answers a head, or both models are left out.
    """
    if not encoder and not characters:
        raise ValueError("nothing to join")
    scores = _scores(samples)
    plain: dict[str, Join] = {}
    without: dict[str, Join] = {}
    for head in POST_HEADS:
        for kind, joins in ((False, plain), (True, without)):
            rows = [
                one
                for one in _rows(samples, scores, head, [one.bare is kind for one in samples])
                if one.corpus in DECIDING[head.name]
            ]
            if rows:
                floors = {one.corpus: FLOORS.get((one.corpus, head.name, kind), {}) for one in rows}
                joins[head.name] = _shifted(rows, floors, _fitted(rows, encoder, characters))
            elif kind:
                joins[head.name] = plain[head.name]
            else:
                raise ValueError(f"no dev row answers {head.name}")
    return Blend(plain, without, {head.name: pairs[head.name] for head in PAIR_HEADS})


def fit_temperature(scores: NDArray[np.floating], answers: Sequence[int]) -> float:
    """What raw scores (texts, classes) are divided by so that the answers fit best."""
    marked = np.array(answers)

    def loss(temperature: float) -> float:
        tempered = scores.astype(np.float64) / temperature
        return float((log_sum(tempered)[0] - tempered[np.arange(len(marked)), marked]).mean())

    return float(minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x)


def measured(blend: Blend, samples: Sequence[Sample]) -> dict[Key, Figures]:
    """How good the decisions on the samples are, for each set, head and kind of text."""
    return _judged(samples, _joined(blend, samples))


def cross_fitted(
    samples: Sequence[Sample], *, encoder: bool = True, characters: bool = True
) -> dict[Key, Figures]:
    """The same where each row is decided by joins that were fitted on the other half of the rows.

    A row and its stripped copy are in one half.
    """
    half = np.array([zlib.crc32(one.example.id.encode()) & 1 for one in samples])
    joined = np.empty((len(samples), POST_WIDTH))
    unused = {head.name: 1.0 for head in PAIR_HEADS}
    for own in (0, 1):
        others, rows = (
            [samples[at] for at in np.flatnonzero(half == one).tolist()] for one in (1 - own, own)
        )
        blend = fit_blend(others, unused, encoder=encoder, characters=characters)
        joined[half == own] = _joined(blend, rows)
    return _judged(samples, joined)


def shortfalls(found: Mapping[Key, Figures]) -> list[str]:
    """What misses `FLOORS`, in words."""
    return [
        f"{corpus} {head}{' stripped' if stripped else ''}: "
        f"{name} {getattr(at, name):.4f} < {floor}"
        for (corpus, head, stripped), floors in FLOORS.items()
        if (at := found.get((corpus, head, stripped))) is not None
        for name, floor in floors.items()
        if getattr(at, name) < floor
    ]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one set answers of one head: arrays over its texts."""

    corpus: str
    head: Head
    scores: NDArray[np.float64]
    """(models, texts, width): the encoder's and the character model's, or the joined ones."""
    allowed: NDArray[np.bool_]
    """(texts, classes): which may be right; a yes-or-no head has the classes no and yes."""
    groups: NDArray[np.float64]
    """(answers, classes): the answers that the set tells apart, as 0 and 1."""
    marked: NDArray[np.int64]
    """(texts,): which of them is right."""


def _rows(
    samples: Sequence[Sample], scores: NDArray[np.float64], head: Head, taken: Sequence[bool]
) -> list[_Rows]:
    """By set, in order of their names, the samples `taken` that answer the head.

    `scores` has the shape (models, samples, POST_WIDTH).
    """
    places: dict[str, list[int]] = {}
    for place, one in enumerate(samples):
        if taken[place] and head.name in one.example.answers:
            places.setdefault(one.corpus, []).append(place)
    found = []
    for corpus, at in sorted(places.items()):
        answers = [samples[place].example.answers[head.name] for place in at]
        # A set that names the class is measured on all classes, one that names a few on those.
        exact = all(len(answer) == 1 for answer in answers)
        told: list[Answer] = (
            [(one,) for one in range(_classes(head))] if exact else sorted(set(answers))
        )
        of_answer = np.zeros((len(told), _classes(head)))
        for line, answer in enumerate(told):
            of_answer[line, list(answer)] = 1
        marked = np.array([told.index(answer) for answer in answers])
        found.append(
            _Rows(
                corpus,
                head,
                scores[:, at, COLUMNS[head.name]],
                of_answer[marked] > 0,
                of_answer,
                marked,
            )
        )
    return found


def _classes(head: Head) -> int:
    return len(head.classes) or 2


def _scores(samples: Sequence[Sample]) -> NDArray[np.float64]:
    models = [one.encoder for one in samples], [one.characters for one in samples]
    return np.array(models, np.float64).reshape(2, len(samples), POST_WIDTH)


def _joined(blend: Blend, samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Log-odds of all post heads: (samples, POST_WIDTH)."""
    encoder, characters = _scores(samples)
    return blend.scores(encoder, characters, np.array([one.bare for one in samples], np.bool_))


def _judged(samples: Sequence[Sample], joined: NDArray[np.float64]) -> dict[Key, Figures]:
    return {
        (rows.corpus, head.name, kind): _decided(rows, rows.scores[0])
        for head in POST_HEADS
        for kind in (False, True)
        for rows in _rows(samples, joined[None], head, [one.stripped is kind for one in samples])
    }


def _decided(rows: _Rows, joined: NDArray[np.float64]) -> Figures:
    """How good the decisions by these log-odds (texts, width) are."""
    chances = no_and_yes(joined)
    if len(rows.groups) < chances.shape[1]:
        chances = log_sum(chances)[1] @ rows.groups.T
    given = chances.argmax(axis=1)
    return figures(rows.marked, given, len(rows.groups))


def _fitted(sets: Sequence[_Rows], encoder: bool, characters: bool) -> Join:
    """The join that makes the probabilities fit best."""
    width = sets[0].scores.shape[2]

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scales, bias = numbers[:2], numbers[2:]
        away = numbers - start
        total, slope = PRIOR * float((away**2).sum()), 2 * PRIOR * away
        for rows in sets:
            joined = no_and_yes(np.tensordot(scales, rows.scores, 1) + bias)
            every, all_shares = log_sum(joined)
            some, own_shares = log_sum(np.where(rows.allowed, joined, -np.inf))
            part = 1 / (len(rows.marked) * len(sets))
            total += part * float((every - some).sum())
            pull = part * (all_shares - own_shares)[:, -width:]
            slope[:2] += np.tensordot(rows.scores, pull, 2)
            slope[2:] += pull.sum(axis=0)
        return total, slope

    used = np.array([encoder, characters])
    start = np.concatenate([np.where(used, PRIOR_SCALE, 0), np.zeros(width)])
    bounds = [(0, None) if one else (0, 0) for one in used] + [(None, None)] * width
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Join(float(found[0]), float(found[1]), tuple(float(one) for one in found[2:]))


def _shifted(sets: Sequence[_Rows], floors: Mapping[str, Mapping[str, float]], join: Join) -> Join:
    """The join whose biases make the decisions best: one class after the other, a few times."""
    joined = [join.scores(*rows.scores) for rows in sets]
    shift = np.zeros(len(join.bias))
    cost = CLASS_SHIFT_COST if len(shift) > 1 else YES_SHIFT_COST
    for _ in range(ROUNDS):
        before = shift.copy()
        for column in range(len(shift)):
            worth = []
            for step in SHIFTS:
                shift[column] = step
                worth.append(
                    _worth(sets, floors, [one + shift for one in joined])
                    - cost * float(np.abs(shift).sum())
                )
            # The middle of a good stretch, not its luckiest point.
            smooth = np.convolve(np.pad(worth, 2, mode="edge"), (0.1, 0.2, 0.4, 0.2, 0.1), "valid")
            shift[column] = SHIFTS[int(smooth.argmax())]
        if (shift == before).all():
            break
    return Join(join.encoder, join.characters, tuple((np.array(join.bias) + shift).tolist()))


def _worth(
    sets: Sequence[_Rows],
    floors: Mapping[str, Mapping[str, float]],
    joined: Sequence[NDArray[np.float64]],
) -> float:
    """Mean F1 over the sets, less what they miss of their floors."""
    total = 0.0
    for rows, scores in zip(sets, joined, strict=True):
        found = _decided(rows, scores)
        total += found.yes_f1 if rows.head.name in RARE_IS_MEANT else found.macro_f1
        for name, floor in floors[rows.corpus].items():
            total -= SHORTFALL * max(0.0, floor - getattr(found, name))
    return total / len(sets)
