from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from langnghe.classifier import diacritics
from langnghe.classifier import encoder as module
from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.encoder import Encoder, Input
from langnghe.classifier.inputs import MOST_TOKENS
from langnghe.classifier.training.encoder import Encoder as Trained
from langnghe.classifier.training.encoder import Reader
from langnghe.core.errors import NotReadyError
from tests.classifier.tiny import TEXTS, WIDTH, write_checkpoint, write_model

LONG = " ".join(TEXTS) * 6


class Tiny:
    """The tiny model, exported and as it was trained."""

    def __init__(self, folder: Path) -> None:
        self.checkpoint, self.folder = folder / "checkpoint", folder / "model"
        write_checkpoint(self.checkpoint)
        self.trained: Trained = write_model(self.checkpoint, self.folder)
        restorer = Restorer.load(self.folder / diacritics.FILE)
        self.reader = Reader(str(self.checkpoint), restorer, MOST_TOKENS)
        self.encoder = Encoder.load(self.folder)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return Tiny(tmp_path_factory.mktemp("tiny"))


INPUTS: list[Input] = [*TEXTS, LONG, "", (TEXTS[0], TEXTS[1]), (LONG, LONG), (TEXTS[5], LONG)]


def test_the_exported_model_gives_what_was_trained(tiny: Tiny) -> None:
    rows = [
        tiny.reader.ids(one) if isinstance(one, str) else tiny.reader.ids(*one) for one in INPUTS
    ]
    with torch.no_grad():
        expected = tiny.trained(*tiny.reader.batch(rows)).numpy()
    found = tiny.encoder.features(INPUTS)
    assert found.shape == (len(INPUTS), WIDTH)
    likeness = (found * expected).sum(1) / (
        np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    )
    assert likeness.min() > 0.99
    # Texts differ by more than the arithmetic does, so the line above says something.
    assert np.corrcoef(expected)[0, 1] < 0.9


def test_neighbours_threads_and_order_change_no_bit(tiny: Tiny) -> None:
    together = tiny.encoder.features(INPUTS * 3)
    alone = np.concatenate([tiny.encoder.features([one]) for one in INPUTS])
    single = Encoder.load(tiny.folder, threads=1).features(INPUTS[::-1])[::-1]
    assert (together == np.tile(alone, (3, 1))).all()
    assert (single == alone).all()


def test_nothing_gives_nothing(tiny: Tiny) -> None:
    assert tiny.encoder.features([]).shape == (0, WIDTH)


text = st.one_of(st.text(max_size=200), st.sampled_from([*TEXTS, LONG]))


@settings(max_examples=150)
@given(first=text, second=text)
def test_texts_are_cut_as_in_training(tiny: Tiny, first: str, second: str) -> None:
    assert tiny.encoder.ids(first) == tiny.reader.ids(first)
    assert tiny.encoder.ids((first, second)) == tiny.reader.ids(first, second)
    assert tiny.encoder.ids(tiny.encoder.titled(first, second)) == tiny.reader.titled(first, second)


def test_a_text_without_diacritics_is_read_as_the_one_with_them(tiny: Tiny) -> None:
    written, bare = "Nước đục ngầu, cả xóm không dám dùng", "Nuoc duc ngau, ca xom khong dam dung"
    assert tiny.encoder.ids(bare) == tiny.encoder.ids(written)
    assert tiny.encoder.ids((bare, bare)) == tiny.encoder.ids((written, written))
    # One word with diacritics in ten is a pasted name; more, and the writer means what he wrote.
    mixed = "Nước duc ngau, ca xom khong dam dung"
    assert tiny.encoder.ids(mixed) != tiny.encoder.ids(written)


def test_the_longest_input_is_filled_and_kept(tiny: Tiny) -> None:
    assert len(tiny.encoder.ids(LONG)) == MOST_TOKENS
    assert len(tiny.encoder.ids((LONG, LONG))) == MOST_TOKENS
    assert len(tiny.encoder.ids(tiny.encoder.titled(TEXTS[5], LONG))) < 40


@settings(max_examples=50)
@given(first=text, second=text)
def test_both_ways_to_cut_agree(tiny: Tiny, first: str, second: str) -> None:
    by_package = module._PackageCutter(tiny.checkpoint)
    by_file = module._FileCutter(tiny.folder / "tokenizer.json")
    assert by_package.ids(first, None) == by_file.ids(first, None)
    assert by_package.ids(first, second or None) == by_file.ids(first, second or None)
    assert by_package.opening(second) == by_file.opening(second)


@pytest.fixture
def copy(tiny: Tiny, tmp_path: Path) -> Path:
    for path in tiny.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "diacritics.npz"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_missing_or_foreign_file_is_named(copy: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(content)
    with pytest.raises(NotReadyError, match=name):
        Encoder.load(copy)


def test_a_tokenizer_in_python_asks_for_its_package(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy / "tokenizer.json").unlink()
    (copy / "tokenizer_config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(NotReadyError, match="pip install transformers"):
        Encoder.load(copy)


def test_layers_that_are_kept_are_spread_evenly_and_end_with_the_last(tiny: Tiny) -> None:
    whole, half = Trained(str(tiny.checkpoint)), Trained(str(tiny.checkpoint), layers=1)
    kept = half.body.encoder.layer[0].state_dict()
    assert all(
        (kept[name] == value).all()
        for name, value in whole.body.encoder.layer[-1].state_dict().items()
    )
    assert len(half.body.encoder.layer) == half.body.config.num_hidden_layers == 1
