"""What any model that labels posts can do.

A model judges a text. It is given nothing about who wrote it, and gives no label for a view
that somebody holds (boundary 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from langnghe.core.models import Labels


class Document(Protocol):
    """What a model reads. A `Post` is one; so is a row of an evaluation set."""

    @property
    def id(self) -> str:
        """Handed back as `Labels.post_id`."""
        ...

    @property
    def title(self) -> str:
        """The headline or thread title; empty where there is none."""
        ...

    @property
    def text(self) -> str:
        """The text as shown: masked, in NFC, otherwise as written."""
        ...


class Classifier(Protocol):
    """A model, loaded and ready.

    It may label in one pass all that `Labels` has fields for; a field it does not know stays
    None. The same text gets the same labels whatever stands beside it in the batch.
    """

    @property
    def version(self) -> str:
        """Changes whenever a label may change: it ends in a hash of the model's content.

        The work list is "not labelled by this version", so a new model relabels everything.
        """
        ...

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        """One `Labels` for each document, in order. Batches of any size, also none."""
        ...


def load_classifier() -> Classifier:
    """The model that the service uses.

    Raises:
        NotReadyError: its files are missing or damaged.
    """
    from langnghe.classifier.neural import SHIPPED, NeuralClassifier

    return NeuralClassifier.load(SHIPPED)
