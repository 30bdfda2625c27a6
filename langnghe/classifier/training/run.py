"""`langnghe train`: from a checkpoint and data sets to a model folder.

Each stage leaves its result in the work folder and is left out where that is there already, so a
run that was cut short goes on where it stopped; the second stage also goes on in its middle.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.logging import RichHandler

from langnghe.classifier import characters as characters_file
from langnghe.classifier import diacritics as diacritics_file
from langnghe.classifier.blend import POST_WIDTH
from langnghe.classifier.characters import Characters
from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.encoder import MODEL_FILE, Encoder, Input
from langnghe.classifier.likeness import Background
from langnghe.classifier.neural import CHARACTERS_FILE, Heads, NeuralClassifier, describe
from langnghe.classifier.opening import model_folder
from langnghe.classifier.training import encoder as torch_encoder
from langnghe.classifier.training import recipe
from langnghe.classifier.training.align import align
from langnghe.classifier.training.calibrate import (
    cross_fitted,
    dev_texts,
    fit_blend,
    fit_temperature,
    measured,
    scored,
    shortfalls,
)
from langnghe.classifier.training.characters import train_characters
from langnghe.classifier.training.clusters import fit_clusters, sayings
from langnghe.classifier.training.diacritics import train_diacritics
from langnghe.classifier.training.examples import Example, read_civic, read_claims, read_public
from langnghe.classifier.training.export import export, to_onnx
from langnghe.classifier.training.multitask import SPANS, Recipe, quality, train
from langnghe.classifier.training.reviews import say_selection
from langnghe.classifier.training.selection import accept
from langnghe.classifier.training.stance import fit_stance

log = logging.getLogger(__name__)

ALIGNED: Final = "aligned.pt"
STATES: Final = "states"
LOG: Final = "training.log"
NAME: Final = "civic"
OPEN_NAME: Final = "civic-open"

COMPARED: Final = 2_000
"""Dev rows of each set on which int8 and full precision are compared, at most: on 400 a few rows
that fall to the other side move the figure by a point."""


def run_training(
    data: Path,
    checkpoint: str,
    work: Path,
    output: Path | None,
    own: Path,
    *,
    open_only: bool,
    share: float,
    console: Console,
) -> int:
    """Train a model, and take it into use if no floor falls.

    Args:
        data: folder of the public sets.
        checkpoint: folder or Hugging Face name of the encoder to start from.
        work: where stages leave their results, and the log.
        output: write the model there and leave it at that.
        own: where the service looks for a model of its own.
        open_only: leave out the sets that are for research only.
        share: of the texts and readings, 0 to 1: what there is time for.
        console: what is said goes here.

    Returns:
        The exit code: 0, or 1 if the model was refused.

    Raises:
        LangNgheError: as `train_model` and `accept`.
    """
    work.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.FileHandler(work / LOG, encoding="utf-8"), RichHandler(console=console)],
    )
    target = output or work / "model"
    train_model(data, checkpoint, target, work, open_only=open_only, share=share)
    if output is not None:
        console.print(f"Đã ghi mô hình vào {output}.")
        return 0
    old = NeuralClassifier.load(model_folder(own))
    # The public floors are those of the model that was trained on the public sets.
    held_to = None if open_only else data
    selection = accept(old, target, own, NeuralClassifier.load, held_to)
    say_selection(selection, own, console)
    return 0 if selection.taken else 1


def train_model(
    data: Path,
    checkpoint: str,
    target: Path,
    work: Path,
    *,
    open_only: bool = False,
    share: float = 1.0,
) -> None:
    """Train, export, calibrate, and put the finished folder in the place of `target`.

    Args:
        data: folder of the public sets.
        checkpoint: folder or Hugging Face name of the encoder to start from.
        target: the model folder; replaced whole, or not at all.
        work: where stages leave their results.
        open_only: leave out the sets that are for research only.
        share: of the texts and readings, 0 to 1.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    work.mkdir(parents=True, exist_ok=True)
    spellings = work / diacritics_file.FILE
    if not spellings.exists():
        diacritics_file.save(spellings, train_diacritics(data, open_only))
    restorer = Restorer.load(spellings)
    how = Recipe(share=share)
    aligned = work / ALIGNED
    if not aligned.exists():
        texts = recipe.aligned_texts(data, open_only=open_only)
        texts = texts[: int(len(texts) * share)]
        log.info("stage 1: %d texts", len(texts))
        unfinished = work / f"unfinished-{ALIGNED}"
        align(checkpoint, texts, unfinished, restorer, layers=how.layers, seed=how.seed)
        unfinished.replace(aligned)
    done = work / "multitask.done"
    if not done.exists():
        train(
            checkpoint,
            aligned,
            recipe.parts(data, open_only=open_only),
            recipe.twins(),
            recipe.watched(data, open_only=open_only),
            restorer,
            work / STATES,
            how,
        )
        done.touch()
    linear = work / CHARACTERS_FILE
    if not linear.exists():
        weights = train_characters(data, open_only, recipe.SEED)
        characters_file.save(linear, weights)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch) / target.name
        folder.mkdir()
        _assemble(data, checkpoint, work, folder, how, open_only)
        if (target / "README.md").exists():
            shutil.copy(target / "README.md", folder)
        if target.exists():
            target.rename(Path(scratch) / "before")
        folder.rename(target)


def _assemble(
    data: Path, checkpoint: str, work: Path, folder: Path, how: Recipe, open_only: bool
) -> None:
    """Everything after training: the folder's files, from the best state."""
    best = torch.load(work / STATES / "best.pt")
    body = torch_encoder.Encoder(checkpoint, how.layers)
    body.load_state_dict(best["encoder"])
    export(body, checkpoint, best["heads"], folder)
    for file in (CHARACTERS_FILE, diacritics_file.FILE):
        shutil.copy(work / file, folder / file)
    encoder, heads = Encoder.load(folder), Heads.load(folder)

    texts = dev_texts(None if open_only else data)
    samples = scored(
        texts,
        heads.scores(encoder.features([_input(encoder, one.example) for one in texts]))[
            :, :POST_WIDTH
        ],
        Characters.load(folder / CHARACTERS_FILE).scores(
            [(one.example.title, one.example.text) for one in texts]
        ),
    )
    blend = fit_blend(samples, _temperatures(data, encoder, heads, open_only))
    honest = cross_fitted(samples)
    for shortfall in shortfalls(honest):
        log.warning("cross-fitted: %s", shortfall)
    about: dict[str, Any] = {
        "checkpoint": Path(checkpoint).name,
        "recipe": asdict(how),
        "data": recipe.licences(open_only=open_only),
        "dev": {
            "fitted": _table(measured(blend, samples)),
            "cross_fitted": _table(honest),
            "encoder_alone": _table(cross_fitted(samples, characters=False)),
            "characters_alone": _table(cross_fitted(samples, encoder=False)),
        },
        "int8": compare_precision(data, body, folder, open_only=open_only),
    }
    describe(folder, OPEN_NAME if open_only else NAME, blend, about)

    model = NeuralClassifier.load(folder)
    civic = read_civic("train")
    background = Background.of([row.text for row in civic])
    fit_stance(model, read_claims("train"), read_claims("dev"), read_civic("dev"), background).save(
        folder
    )
    said = sayings(read_claims("dev"), read_civic("dev"))
    fit_clusters(said, model.embed([one.text for one in said]), [row.text for row in civic]).save(
        folder
    )
    describe(folder, OPEN_NAME if open_only else NAME, blend, about)


def _input(encoder: Encoder, example: Example) -> Input:
    if example.second:
        return example.text, example.second
    return encoder.titled(example.text, example.title)


def _temperatures(data: Path, encoder: Encoder, heads: Heads, open_only: bool) -> dict[str, float]:
    """By pair head, what makes its certainty true on dev pairs."""
    pairs = {"stance": recipe.pairs_of(read_claims("dev"))}
    if not open_only:
        pairs["evidence"] = read_public(data, "vihallu-2025", "dev")
    found = {"evidence": 1.0}
    for head, rows in pairs.items():
        scores = heads.scores(encoder.features([(row.text, row.second) for row in rows]))
        found[head] = fit_temperature(
            scores[:, SPANS[head]], [row.answers[head][0] for row in rows]
        )
    return found


def _table(figures: Mapping[tuple[str, str, bool], Any]) -> dict[str, dict[str, float]]:
    return {
        f"{corpus}.{'bare' if bare else 'plain'}.{head}": {
            name: round(float(getattr(found, name)), 4)
            for name in ("macro_f1", "weighted_f1", "yes_f1")
        }
        for (corpus, head, bare), found in figures.items()
    }


def compare_precision(
    data: Path, body: torch_encoder.Encoder, folder: Path, *, open_only: bool
) -> dict[str, dict[str, float]]:
    """What int8 costs: macro-F1 of each head on dev rows, in full precision and in int8.

    Args:
        data: folder of the public sets.
        body: the encoder in full precision.
        folder: where its exported form, its tokenizer and the heads lie.
        open_only: leave out the sets that are for research only.
    """
    heads, small = Heads.load(folder), Encoder.load(folder)
    figures: dict[str, dict[str, float]] = {}
    known: dict[tuple[str, ...], tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        to_onnx(body, Path(scratch) / MODEL_FILE)
        for file in (*folder.glob("tokenizer*"), folder / diacritics_file.FILE):
            shutil.copy(file, scratch)
        full = Encoder.load(Path(scratch))
        watched = recipe.watched(data, open_only=open_only, most=COMPARED)
        for (name, head), rows in watched.items():
            texts = tuple(row.text for row in rows)
            if texts not in known:
                known[texts] = _scores(full, heads, rows), _scores(small, heads, rows)
            before, after = (quality(scores, rows, head) for scores in known[texts])
            figures[f"{name}/{head}"] = {"fp32": round(before, 4), "int8": round(after, 4)}
    return figures


def _scores(encoder: Encoder, heads: Heads, rows: Sequence[Example]) -> NDArray[np.float32]:
    features = encoder.features([_input(encoder, row) for row in rows])
    return heads.scores(features).astype(np.float32)
