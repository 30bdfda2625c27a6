"""The model that labels posts: encoder, heads and character model together.

On disk a folder, of which no file can hold code: `encoder.onnx` and `tokenizer.json`
(`langnghe.classifier.encoder`), `heads.npz`, `characters.npz` (`langnghe.classifier.characters`)
and `model.json`, which says what it is, how scores become probabilities, and which contents the
other files have. `training.export` writes the encoder, `Heads.save` and `characters.save` their
files, and `describe`, last, `model.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.blend import COLUMNS, POST_WIDTH, Blend, bare
from langnghe.classifier.characters import Characters
from langnghe.classifier.encoder import MODEL_FILE, Encoder, Input, broken
from langnghe.classifier.heads import HEADS, POST_HEADS
from langnghe.classifier.marks import danger_marks, formal_marks, scam_marks
from langnghe.classifier.model import Document
from langnghe.classifier.packed import read_arrays, write_arrays, write_json
from langnghe.classifier.reasons import reasons_of
from langnghe.classifier.vectors import pack, unit
from langnghe.core.models import Intent, Labels, Sentiment

_HERE: Final = Path(__file__).parent
SHIPPED: Final = _HERE / "models" / "civic"

FORMAT: Final = 1
"""Raised when the files change their meaning, so that old ones are not read as new."""

DESCRIPTION: Final = "model.json"
FIGURES: Final = "figures.json"
"""What was measured of the finished model (`evaluation.published`); no label depends on it."""
HEADS_FILE: Final = "heads.npz"
CHARACTERS_FILE: Final = "characters.npz"

RULES: Final = (_HERE / "marks.yaml", _HERE / "domains.yaml")
"""Labels follow from them as well, so the version does too."""

BATCH: Final = 256
"""Texts worked on at once: bounds the memory."""

PLACES: Final = 6
"""Decimals kept of a probability. Sums of floats may differ in the last place with the number
of texts that stand in one array; the labels must not."""

WIDTH: Final = sum(head.width for head in HEADS)
_PAIR_COLUMNS: Final[Mapping[str, slice]] = {
    head.name: slice(start := sum(before.width for before in HEADS[:at]), start + head.width)
    for at, head in enumerate(HEADS)
    if head.pair
}
_KIND: Final = "heads " + ";".join(f"{head.name}={','.join(head.classes)}" for head in HEADS)
"""What the columns mean, kept in the file: weights of other heads are not read as these."""


@dataclass(frozen=True, slots=True)
class Heads:
    """All heads, as one linear map from the encoder's vector to all scores."""

    weights: NDArray[np.float32]
    """Shape (the encoder's width, WIDTH)."""
    bias: NDArray[np.float32]
    """Shape (WIDTH,)."""

    def __post_init__(self) -> None:
        if self.weights.shape[1:] != (WIDTH,) or self.bias.shape != (WIDTH,):
            shapes = self.weights.shape, self.bias.shape
            raise ValueError(f"no heads: arrays of the shapes {shapes}")

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Raw scores, as log-odds: shape (texts, WIDTH), columns in the order of `HEADS`."""
        return features.astype(np.float64) @ self.weights.astype(np.float64) + self.bias

    def save(self, folder: Path) -> None:
        """Write `heads.npz`."""
        write_arrays(folder / HEADS_FILE, _KIND, {"weights": self.weights, "bias": self.bias})

    @classmethod
    def load(cls, folder: Path) -> Heads:
        """Read what `save` wrote.

        Raises:
            NotReadyError: the file is missing, damaged, or of other heads.
        """
        arrays = read_arrays(folder / HEADS_FILE, _KIND, {"weights": None, "bias": (WIDTH,)})
        return cls(arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Described:
    """What `model.json` says."""

    version: str
    files: Mapping[str, str]
    """Their SHA-256 (hexadecimal), by name."""
    blend: Blend

    @classmethod
    def read(cls, folder: Path) -> _Described:
        try:
            raw = (folder / DESCRIPTION).read_bytes()
            document = json.loads(raw)
            if document["format"] != FORMAT:
                raise broken(folder, f"định dạng {document['format']}, cần {FORMAT}")
            content = hashlib.sha256(raw)
            for rules in RULES:
                content.update(rules.read_bytes())
            return cls(
                f"{document['name']}-{content.hexdigest()[:12]}",
                {str(name): str(digest) for name, digest in document["sha256"].items()},
                Blend.from_json(document["blend"]),
            )
        except FileNotFoundError:
            raise broken(folder, f"không có tệp {DESCRIPTION}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise broken(folder, f"không đọc được {DESCRIPTION}: {error!r}") from None


def version_of(folder: Path) -> str:
    """The version of the model in `folder`, without loading it: it follows from `model.json`.

    Raises:
        NotReadyError: that file is missing, damaged, or of another format.
    """
    return _Described.read(folder).version


class NeuralClassifier:
    """A `Classifier` that gives every label but the matches with checked claims."""

    def __init__(
        self,
        encoder: Encoder,
        heads: Heads,
        characters: Characters,
        blend: Blend,
        version: str,
        folder: Path,
    ) -> None:
        self.folder = folder
        """Where it lies, with what was fitted for it beside it."""
        self._encoder = encoder
        self._heads = heads
        self._characters = characters
        self._blend = blend
        self._version = version

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> NeuralClassifier:
        """Read a model folder.

        Args:
            folder: as `describe` left it.
            threads: how many texts are worked on at a time; None for one on each core.

        Raises:
            NotReadyError: a file is missing, damaged, of another format, or not the one that
                `model.json` belongs to.
        """
        described = _Described.read(folder)
        for file, digest in described.files.items():
            try:
                found = _digest(folder / file)
            except FileNotFoundError:
                raise broken(folder, f"không có tệp {file}") from None
            if found != digest:
                raise broken(folder, f"{file} không phải tệp mà {DESCRIPTION} mô tả")
        encoder, heads = Encoder.load(folder, threads), Heads.load(folder)
        if heads.weights.shape[0] != encoder.width:
            raise broken(folder, f"{HEADS_FILE} không khớp với {MODEL_FILE}")
        characters = Characters.load(folder / CHARACTERS_FILE)
        return cls(encoder, heads, characters, described.blend, described.version, folder)

    @property
    def version(self) -> str:
        return self._version

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        labels: list[Labels] = []
        for start in range(0, len(documents), BATCH):
            labels += self._label(documents[start : start + BATCH])
        return labels

    def pair_scores(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.float64]:
        """Probabilities of the classes of a pair head: shape (pairs, classes).

        Args:
            pairs: for "stance" (post, claim), for "evidence" (claim, evidence).
            head: the name of the head.
        """
        return self._blend.pair(head, self._scores(pairs)[:, _PAIR_COLUMNS[head]]).round(PLACES)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What each text means, to be compared by cosine: shape (texts, size), unit length."""
        return self._embeddings(self._encoder.features(texts))

    def _scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        return self._heads.scores(self._encoder.features(inputs))

    def _embeddings(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return unit(features[:, self._encoder.width // 2 :])

    def _label(self, documents: Sequence[Document]) -> list[Labels]:
        features = self._encoder.features(
            [self._encoder.titled(one.text, one.title) for one in documents]
        )
        shares = self._blend.probabilities(
            self._heads.scores(features)[:, :POST_WIDTH],
            self._characters.scores([(one.title, one.text) for one in documents]),
            np.array([bare(one.text) for one in documents], np.bool_),
        ).round(PLACES)
        embeddings = pack(self._embeddings(features))
        return [
            self._judge(document, row, embedding)
            for document, row, embedding in zip(documents, shares, embeddings, strict=True)
        ]

    def _judge(self, document: Document, shares: NDArray[np.float64], embedding: bytes) -> Labels:
        sentiment = list(Sentiment)[int(shares[COLUMNS["sentiment"]].argmax())]
        intent = list(Intent)[int(shares[COLUMNS["intent"]].argmax())]
        scores = dict(zip(_SCORES, shares.tolist(), strict=True))
        # A reply's title is its thread's: what stands there, this post does not say.
        text = document.text
        marks = scam_marks(text) + danger_marks(text) + formal_marks(text)
        return Labels(
            post_id=document.id,
            model=self._version,
            sentiment=sentiment,
            intent=intent,
            scores=scores,
            marks=marks,
            reasons=reasons_of(text, intent, scores, marks),
            embedding=embedding,
        )


_SCORES: Final = tuple(name for head in POST_HEADS for name in head.classes or (head.name,))
"""The keys of `Labels.scores`, in the order of the columns."""


def describe(folder: Path, name: str, blend: Blend, about: Mapping[str, Any]) -> None:
    """Write `model.json`, once all other files of the model are in `folder`.

    Args:
        folder: the model folder; every file in it is held to its present content, but for
            `README.md`, the model card, and `figures.json`.
        name: the first part of the version.
        blend: how scores become probabilities.
        about: what else there is to say (recipe, data, figures); plain JSON.
    """
    apart = (DESCRIPTION, FIGURES, "README.md")
    files = sorted(path for path in folder.iterdir() if path.name not in apart)
    document = {
        "name": name,
        "format": FORMAT,
        **about,
        "heads": {head.name: list(head.classes) or ["yes"] for head in HEADS},
        "blend": blend.to_json(),
        "sha256": {path.name: _digest(path) for path in files},
    }
    write_json(folder / DESCRIPTION, document, indent=2)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
