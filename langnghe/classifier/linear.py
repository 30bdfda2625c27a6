"""The sentiment model of today: linear, over hashed words and characters.

On disk a folder of two files, neither of which can hold code: `model.json` (what it is, how it
was trained, the hash of the weights) and `weights.npz` (plain numpy arrays).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.features import BUCKETS, count_matrix, text_form, weigh
from langnghe.classifier.model import Document
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Labels, Sentiment

SHIPPED: Final = Path(__file__).parent / "models" / "sentiment-linear"

CLASSES: Final = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
"""The order of the columns of every array of scores."""

FORMAT: Final = 1
"""Raised when the features or the arrays change, so that old weights are not read as new."""

BATCH: Final = 512
"""Texts worked on at once: larger is no faster and takes memory."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of a linear model."""

    rarity: NDArray[np.float32]
    """Inverse document frequency, shape (BUCKETS,); 0 for features that training did not see."""
    weights: NDArray[np.float32]
    """Shape (BUCKETS, 3)."""
    bias: NDArray[np.float32]
    """Shape (3,)."""
    temperature: float
    """Divides the scores, so that the probabilities are as often right as they say."""

    def probabilities(self, forms: Sequence[str]) -> NDArray[np.float64]:
        """For each text form the probabilities of `CLASSES`: shape (texts, 3), rows add to 1."""
        scores = weigh(count_matrix(forms), self.rarity) @ self.weights + self.bias
        return softmax(scores / self.temperature)


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores to probabilities, by row."""
    raised = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


class LinearClassifier:
    """A `Classifier` that gives the sentiment, and nothing else."""

    def __init__(self, weights: Weights, version: str) -> None:
        self._weights = weights
        self._version = version

    @classmethod
    def load(cls, folder: Path) -> LinearClassifier:
        """Read a model folder.

        Raises:
            NotReadyError: a file is missing, damaged, of another format, or the weights are not
                those that `model.json` belongs to.
        """
        try:
            description = (folder / "model.json").read_bytes()
            packed = (folder / "weights.npz").read_bytes()
            document = json.loads(description)
            if document["format"] != FORMAT:
                raise _broken(folder, f"format {document['format']}, not {FORMAT}")
            if document["weights_sha256"] != hashlib.sha256(packed).hexdigest():
                raise _broken(folder, "weights.npz is not the file that model.json describes")
            weights = _read_weights(folder / "weights.npz", float(document["temperature"]))
        except FileNotFoundError as error:
            raise _broken(folder, f"{Path(error.filename).name} is missing") from None
        except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise _broken(folder, f"it cannot be read ({error})") from None
        digest = hashlib.sha256(description).hexdigest()
        return cls(weights, f"{document['name']}-{digest[:12]}")

    @property
    def version(self) -> str:
        return self._version

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        labels: list[Labels] = []
        for start in range(0, len(documents), BATCH):
            batch = documents[start : start + BATCH]
            shares = self._weights.probabilities([text_form(one.title, one.text) for one in batch])
            best = shares.argmax(axis=1)
            labels += [
                Labels(
                    post_id=document.id,
                    model=self._version,
                    sentiment=CLASSES[chosen],
                    scores=dict(zip(CLASSES, row, strict=True)),
                )
                for document, chosen, row in zip(batch, best, shares.tolist(), strict=True)
            ]
        return labels


def save(folder: Path, weights: Weights, description: dict[str, Any]) -> None:
    """Write a model folder; `description` must have a `name`, and goes into `model.json`.

    Numbers are kept as float16, at half the size; quality is measured on what was kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packed = folder / "weights.npz"
    np.savez_compressed(
        packed,
        rarity=weights.rarity.astype(np.float16),
        weights=weights.weights.astype(np.float16),
        bias=weights.bias,
    )
    document = {
        **description,
        "format": FORMAT,
        "classes": list(CLASSES),
        "temperature": weights.temperature,
        "weights_sha256": hashlib.sha256(packed.read_bytes()).hexdigest(),
    }
    (folder / "model.json").write_text(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def _read_weights(path: Path, temperature: float) -> Weights:
    with np.load(path, allow_pickle=False) as arrays:
        weights = Weights(
            rarity=arrays["rarity"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
            temperature=temperature,
        )
    shapes = weights.rarity.shape, weights.weights.shape, weights.bias.shape
    if shapes != ((BUCKETS,), (BUCKETS, len(CLASSES)), (len(CLASSES),)):
        raise ValueError(f"arrays of the shapes {shapes}")
    return weights


def _broken(folder: Path, problem: str) -> NotReadyError:
    return NotReadyError(
        f"{folder}: không dùng được mô hình này ({problem}). Hãy cài lại gói langnghe, hoặc huấn "
        "luyện lại bằng `python -m langnghe.classifier.training.linear`."
    )
