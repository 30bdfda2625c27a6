"""How fast posts are labelled, beside the same encoder in a `transformers` pipeline.

`python -m benchmarks.classify [--checkpoint FOLDER_OR_NAME [--weights best.pt]]`.

Texts come from the project's own civic set, some joined, so that they have 40 tokens on average.
Both sides get all cores and the same texts in the same order, in several rounds by turns, of
which the best counts: what else runs on the machine slows both. The pipeline is tried as it
stands (one text at a time) and with larger batches. Ends with 1 if 250 posts a second, or 5 times
the pipeline, are not reached. Without torch, transformers and a checkpoint only our side is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from langnghe.classifier import diacritics
from langnghe.classifier.blend import bare
from langnghe.classifier.characters import Characters
from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.encoder import Encoder
from langnghe.classifier.inputs import MOST_TOKENS
from langnghe.classifier.marks import danger_marks, formal_marks, scam_marks
from langnghe.classifier.neural import (
    CHARACTERS_FILE,
    DESCRIPTION,
    SHIPPED,
    WIDTH,
    NeuralClassifier,
)
from langnghe.classifier.training.examples import read_civic
from langnghe.classifier.training.views import strip_marks

POSTS = 400
ROUNDS = 3
TOKENS = 40
"""Mean length of a post."""
BATCHES = (1, 8, 32)
"""Batch sizes tried with the pipeline; 1 is its own."""
FLOOR = 250
"""Posts a second on two cores that the service aims at."""
FACTOR = 5
"""How many times as fast as the pipeline it should be."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text to label."""

    id: str
    text: str
    title: str = ""


def texts(encoder: Encoder, count: int) -> list[str]:
    """Texts of the civic set; one that is short of the mean gets the next one joined to it."""
    source = [row.text for row in read_civic("train")]
    random.Random(0).shuffle(source)
    made: list[str] = []
    total, at = 0, 0
    while len(made) < count:
        text = source[at % len(source)]
        at += 1
        total += len(encoder.ids(text))
        while total < TOKENS * len(made) + TOKENS // 2:
            text = f"{text} {source[at % len(source)]}"
            total += len(encoder.ids(source[at % len(source)]))
            at += 1
        made.append(text)
    return made


def fresh(folder: Path, notes: Sequence[Note]) -> tuple[float, float, float]:
    """Seconds to load, MB then, and MB at most while labelling: to be run in a new process."""
    began = time.perf_counter()
    classifier = NeuralClassifier.load(folder)
    loaded = time.perf_counter() - began
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    classifier.label(notes)
    return loaded, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stages(folder: Path, notes: Sequence[Note]) -> None:
    """What each stage takes by itself, in milliseconds of one core."""
    encoder = Encoder.load(folder, threads=1)
    characters = Characters.load(folder / CHARACTERS_FILE)
    restorer = Restorer.load(folder / diacritics.FILE)
    stripped = [strip_marks(one.text) for one in notes]
    rest: dict[str, Callable[[], object]] = {
        "tokens": lambda: [encoder.ids(one.text) for one in notes],
        "tokens, encoder": lambda: encoder.features([one.text for one in notes]),
        "characters": lambda: characters.scores([("", one.text) for one in notes]),
        "bare or not": lambda: [bare(one.text) for one in notes],
        "diacritics": lambda: [restorer.restore(text) for text in stripped],
        "marks": lambda: [
            scam_marks(one.text) + danger_marks(one.text) + formal_marks(one.text) for one in notes
        ],
    }
    print("each stage by itself, one core")
    for name, work in rest.items():
        work()
        began = time.process_time()
        work()
        each = (time.process_time() - began) / len(notes) * 1e3
        print(f"  {name:<16} {each:7.2f} ms a post")


def rate(work: Callable[[], object], count: int) -> float:
    """Posts a second."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def layers_of(folder: Path) -> int | None:
    """How many layers of its checkpoint a model has; None for all."""
    document = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    kept: int | None = document["recipe"]["layers"]
    return kept


def pipeline_of(checkpoint: str, layers: int | None, weights: Path | None, cores: int) -> Any:
    """A text-classification pipeline with as many layers as ours and a class for each score."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    torch.set_num_threads(cores)
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint,
        num_labels=WIDTH,
        dtype=torch.float32,
        **({} if layers is None else {"num_hidden_layers": layers}),
    )
    if weights is not None:
        state = torch.load(weights)
        body = {
            name.removeprefix("body."): value for name, value in state.get("encoder", state).items()
        }
        lacking = model.base_model.load_state_dict(body, strict=False)
        if lacking.unexpected_keys or any("pooler" not in name for name in lacking.missing_keys):
            raise SystemExit(f"{weights} are not weights of {checkpoint}")
    return pipeline(
        "text-classification",
        model=model,
        tokenizer=AutoTokenizer.from_pretrained(checkpoint),
        device="cpu",
        top_k=None,
        function_to_apply="none",
    )


def has_vnni() -> bool | None:
    """Whether the processor multiplies eight-bit numbers at full speed; None if it cannot say."""
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--model", type=Path, default=SHIPPED)
    arguments.add_argument("--checkpoint", help="the encoder that the model was trained from")
    arguments.add_argument("--weights", type=Path, help="its trained weights; speed is the same")
    arguments.add_argument("--posts", type=int, default=POSTS)
    chosen = arguments.parse_args()
    cores = len(os.sched_getaffinity(0))
    encoder = Encoder.load(chosen.model)
    notes = [Note(str(at), text) for at, text in enumerate(texts(encoder, chosen.posts))]
    lengths = np.array([len(encoder.ids(one.text)) for one in notes])
    low, high = np.quantile(lengths, [0.1, 0.9])
    print(
        f"{len(notes)} posts of {lengths.mean():.1f} tokens ({low:.0f} to {high:.0f} but for a "
        f"fifth), {cores} cores, VNNI: {has_vnni()}"
    )
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        loaded, before, most = process.submit(fresh, chosen.model, notes).result()
    size = sum(path.stat().st_size for path in chosen.model.iterdir())
    print(
        f"model of {size / 1e6:.1f} MB: loads in {loaded:.2f} s, {before:.0f} MB of memory, "
        f"{most:.0f} MB at most while labelling"
    )
    stages(chosen.model, notes[:100])

    classifier = NeuralClassifier.load(chosen.model)
    ours, theirs = 0.0, dict.fromkeys(BATCHES, 0.0)
    pipe: Any = None
    if chosen.checkpoint and find_spec("torch") and find_spec("transformers"):
        layers = layers_of(chosen.model)
        pipe = pipeline_of(chosen.checkpoint, layers, chosen.weights, cores)
    plain = [one.text for one in notes]

    def run_pipeline(batch: int) -> object:
        return pipe(plain, batch_size=batch, truncation=True, max_length=MOST_TOKENS)

    classifier.label(notes[:20])
    for _ in range(ROUNDS):
        ours = max(ours, rate(lambda: classifier.label(notes), len(notes)))
        if pipe is not None:
            for batch in BATCHES:
                theirs[batch] = max(theirs[batch], rate(partial(run_pipeline, batch), len(notes)))
    print(f"langnghe, all labels        {ours:7.1f} posts/s (aim: {FLOOR})")
    if pipe is None:
        print("the pipeline needs torch, transformers and --checkpoint: not measured")
        return 0 if ours >= FLOOR else 1
    for batch, found in theirs.items():
        print(
            f"transformers, batch {batch:<3}     {found:7.1f} posts/s: {ours / found:.1f} times "
            f"(aim: {FACTOR})"
        )
    reached = ours >= FLOOR and ours >= FACTOR * max(theirs.values())
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
