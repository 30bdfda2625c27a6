"""The model that a service uses, and what was fitted for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from langnghe.classifier.claims import ClaimMatcher
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.neural import DESCRIPTION, SHIPPED, NeuralClassifier
from langnghe.classifier.register import Register
from langnghe.classifier.stance import Matching


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model, loaded, and what was fitted for it."""

    folder: Path
    classifier: NeuralClassifier
    matching: Matching
    likeness: Likeness

    def matcher(self, register: Register) -> ClaimMatcher:
        """What holds posts against the claims of `register`, which may be empty."""
        return ClaimMatcher(self.classifier, register, self.matching, self.likeness.background)


def model_folder(own: Path | None = None) -> Path:
    """`own`, the folder of a model trained here, if there is one in it; else the shipped one."""
    return own if own is not None and (own / DESCRIPTION).is_file() else SHIPPED


def open_model(own: Path | None = None) -> OpenModel:
    """Load the model that a service uses.

    Args:
        own: where a model trained here would lie (`Home.model`).

    Raises:
        NotReadyError: a file of the model is missing or damaged.
    """
    folder = model_folder(own)
    return OpenModel(
        folder, NeuralClassifier.load(folder), Matching.load(folder), Likeness.load(folder)
    )
