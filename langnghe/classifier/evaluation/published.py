"""A model's figures as the service publishes them, kept beside the model that they belong to.

Measured on texts that the project wrote and no model was trained on or fitted to: the test parts of
the civic set and of the claims set, and all criticism of the civic set that was held back. Written
whenever a model is measured to be taken into use; a file that was left from another model is known
by the hash of `model.json`, and counts as none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from langnghe.classifier.evaluation.figures import Figure, Quality
from langnghe.classifier.neural import DESCRIPTION, FIGURES
from langnghe.classifier.training.examples import Example, read_civic, read_claims
from langnghe.core.floors import CEILING
from langnghe.core.models import Stance

SET: Final = "civic-test"
READINGS: Final = ("sentiment", "intent")
DETECTIONS: Final = ("needs_answer", "scam", "urgent", "claim", "repeats")
"""In the order of the page. `repeats`: of a checked claim, measured on the claims set."""

_HEADS: Final[Mapping[str, str]] = {
    "needs_answer": "answer",
    "scam": "scam",
    "urgent": "urgent",
    "claim": "claim",
}

CRITICISM: Final = "criticism.flagged" + CEILING
"""Name of the figure that says how much criticism is flagged."""

MOST_FLAGGED: Final = 0.005
"""Share of criticism that may be flagged as misinformation or scam: a promise, not a figure that
follows what was measured."""


@dataclass(frozen=True, slots=True)
class Detection:
    """How a yes-or-no question is answered."""

    posts: int
    """Of the test posts, those for which yes is right."""
    precision: float
    """Of the posts with the answer yes, the share for which it is right; 0 to 1."""
    recall: float
    """Of the posts for which yes is right, the share that got it; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Figures on the test posts, as they were written or without diacritics."""

    readings: Mapping[str, float]
    """By head with classes, the share of posts with the right class; 0 to 1."""
    detections: Mapping[str, Detection]
    """By name, see `DETECTIONS`; one that the model cannot do is left out."""


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What a model is worth, as far as it was measured."""

    model_sha256: str
    """Of the `model.json` that was measured."""
    texts: int
    """Posts of the test part of the civic set."""
    plain: Spelling
    bare: Spelling
    """Without diacritics."""
    criticism: int
    """Posts of criticism and other views that the model was not trained on."""
    flagged: float | None
    """Of these, the share flagged as misinformation or scam, 0 to 1; None: not measured."""
    ceiling: float
    """What `flagged` may be at most."""


_FILE: Final = TypeAdapter(ModelFigures)


def held_back_views() -> list[Example]:
    """Posts of criticism and other views that no model is trained on."""
    return [one for split in ("dev", "test") for one in read_civic(split) if one.criticism]


def write_figures(
    folder: Path, measured: Mapping[str, Quality], others: Mapping[str, Figure]
) -> None:
    """Keep what was measured of the model in `folder` beside it.

    Args:
        folder: the model folder.
        measured: by set, form and head, such as `civic-test.bare.intent`.
        others: figures that are no head's, by name.
    """
    flagged = others.get(CRITICISM)
    found = ModelFigures(
        _digest(folder),
        measured[f"{SET}.plain.{READINGS[0]}"].texts,
        _spelling("plain", measured, others),
        _spelling("bare", measured, others),
        len(held_back_views()),
        None if flagged is None else round(flagged.value, 4),
        MOST_FLAGGED,
    )
    partial = folder / f".{FIGURES}.partial"
    partial.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / FIGURES)


def read_figures(folder: Path) -> ModelFigures | None:
    """What was measured of the model in `folder`; None where this model was not measured."""
    try:
        found = _FILE.validate_json((folder / FIGURES).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return found if found.model_sha256 == _digest(folder) else None


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / DESCRIPTION).read_bytes()).hexdigest()


def _spelling(form: str, measured: Mapping[str, Quality], others: Mapping[str, Figure]) -> Spelling:
    detections = {
        name: _detection(measured[f"{SET}.{form}.{head}"]) for name, head in _HEADS.items()
    }
    precision = others.get(f"claims-test.{form}.repeats_precision")
    recall = others.get(f"claims-test.{form}.repeats_recall")
    if precision is not None and recall is not None:
        stances = [stance for claim in read_claims("test") for _, stance in claim.posts]
        detections["repeats"] = Detection(
            stances.count(Stance.REPEATS), round(precision.value, 4), round(recall.value, 4)
        )
    readings = {
        head: round(measured[f"{SET}.{form}.{head}"].accuracy.value, 4) for head in READINGS
    }
    return Spelling(readings, detections)


def _detection(quality: Quality) -> Detection:
    (_, wrong), (missed, right) = quality.confusion
    return Detection(
        right + missed,
        round(right / max(right + wrong, 1), 4),
        round(right / max(right + missed, 1), 4),
    )
