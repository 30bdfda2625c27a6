"""A model folder small enough to write by hand, whose every file is what the service runs.

Its encoder gives each text the mean of its words' vectors. It is built from the bytes of the
ONNX format (protobuf: a tag and a length before each field), for the package `onnx` is no
dependency of the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import WordLevel

from langnghe.classifier import characters, diacritics
from langnghe.classifier.blend import POST_WIDTH, Blend, Join
from langnghe.classifier.characters import Weights
from langnghe.classifier.diacritics import TABLE, Counts
from langnghe.classifier.encoder import MODEL_FILE, TOKENIZER_FILE
from langnghe.classifier.features import BUCKETS
from langnghe.classifier.heads import PAIR_HEADS, POST_HEADS
from langnghe.classifier.neural import CHARACTERS_FILE, WIDTH, Heads, describe

HALF = 16
"""Half the width of the encoder's vectors."""

_FLOAT, _INT64 = 1, 7
"""Numbers of the element types in ONNX."""


def write_model(folder: Path, vocabulary: Sequence[str]) -> Path:
    """Write a whole model that knows these words, and whose heads know nothing yet."""
    folder.mkdir(parents=True)
    words = ["[unk]", *dict.fromkeys(vocabulary)]
    vectors = np.random.default_rng(7).normal(size=(len(words), HALF)).astype(np.float32)
    (folder / MODEL_FILE).write_bytes(_encoder(vectors))
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, "[unk]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / TOKENIZER_FILE))
    rng = np.random.default_rng(8)
    Heads(
        rng.normal(size=(2 * HALF, WIDTH)).astype(np.float32) * 0.1, np.zeros(WIDTH, np.float32)
    ).save(folder)
    nothing = Weights(
        np.ones(BUCKETS, np.float32),
        np.zeros((BUCKETS, POST_WIDTH), np.float32),
        np.zeros(POST_WIDTH, np.float32),
    )
    characters.save(folder / CHARACTERS_FILE, nothing)
    unknown = Counts([], np.ones(1, np.int64), np.zeros(TABLE, np.uint16))
    diacritics.save(folder / diacritics.FILE, unknown)
    joins = {head.name: Join(1.0, 0.5, (0.0,) * head.width) for head in POST_HEADS}
    blend = Blend(joins, joins, {head.name: 1.0 for head in PAIR_HEADS})
    describe(folder, "tiny", blend, {"recipe": {"seed": 7}})
    return folder


def _encoder(vectors: NDArray[np.float32]) -> bytes:
    """input_ids (1, length) to features (1, 2 · HALF): the mean of the vectors, twice."""
    nodes = (
        _node("Gather", ["vectors", "input_ids"], "states"),
        _node("ReduceMean", ["states"], "mean", _ints("axes", [1]) + _int("keepdims", 0)),
        _node("Concat", ["mean", "mean"], "features", _int("axis", 1)),
    )
    table = (
        b"".join(_number(1, size) for size in vectors.shape)
        + _number(2, _FLOAT)
        + _field(8, b"vectors")
        + _field(9, vectors.tobytes())
    )
    graph = (
        b"".join(_field(1, node) for node in nodes)
        + _field(2, b"graph")
        + _field(5, table)
        + _field(11, _value("input_ids", _INT64, [1, None]))
        + _field(12, _value("features", _FLOAT, [1, 2 * HALF]))
    )
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _node(kind: str, inputs: Sequence[str], output: str, attributes: bytes = b"") -> bytes:
    names = b"".join(_field(1, name.encode()) for name in inputs)
    return names + _field(2, output.encode()) + _field(4, kind.encode()) + attributes


def _int(name: str, value: int) -> bytes:
    return _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))


def _ints(name: str, values: Sequence[int]) -> bytes:
    listed = b"".join(_number(8, value) for value in values)
    return _field(5, _field(1, name.encode()) + listed + _number(20, 7))


def _value(name: str, kind: int, shape: Sequence[int | None]) -> bytes:
    sizes = b"".join(
        _field(1, _field(2, b"length") if size is None else _number(1, size)) for size in shape
    )
    tensor = _number(1, kind) + _field(2, sizes)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
