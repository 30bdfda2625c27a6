"""The model in the repository, as a user has it: no package for training is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from langnghe.classifier.heads import EVIDENCE_CLASSES
from langnghe.classifier.model import Document
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.training.examples import read_civic
from langnghe.classifier.vectors import unpack
from langnghe.core.models import Stance

MOST_BYTES = 40_000_000
MOST_MB = 700


@pytest.fixture(scope="module")
def classifier() -> NeuralClassifier:
    return NeuralClassifier.load(SHIPPED)


@pytest.fixture(scope="module")
def posts() -> list[Document]:
    return list(read_civic("dev")[::12])


def test_it_is_small_and_of_known_kinds() -> None:
    files = {path.name: path.stat().st_size for path in SHIPPED.iterdir()}
    assert sum(files.values()) <= MOST_BYTES
    # None of these can hold code.
    assert {name.rsplit(".", 1)[-1] for name in files} <= {"onnx", "npz", "json", "md"}


FRESH = """
import json, re, sys
from pathlib import Path
from langnghe.classifier.model import load_classifier
from langnghe.classifier.training.examples import read_civic
classifier = load_classifier()
classifier.label(read_civic("dev")[:60])
print(json.dumps({
    # Not getrusage: what that gives begins with the peak of the process that started this one.
    "mb": int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024,
    "modules": sorted(sys.modules),
}))
"""


def test_it_needs_little_memory_and_works_without_the_packages_of_training() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, check=True, timeout=600
    )
    found = json.loads(done.stdout)
    assert found["mb"] < MOST_MB
    assert not {"torch", "transformers", "onnx", "sklearn"} & set(found["modules"])


def test_neighbours_threads_and_order_change_nothing(
    classifier: NeuralClassifier, posts: list[Document]
) -> None:
    together = classifier.label(posts)
    single = NeuralClassifier.load(SHIPPED, threads=1)
    assert single.label(posts[::-1])[::-1] == together
    for post, label in zip(posts[:5], together, strict=False):
        assert classifier.label([post]) == [label]


def test_the_embedding_in_a_label_is_that_of_its_text(
    classifier: NeuralClassifier, posts: list[Document]
) -> None:
    untitled = [post for post in posts if not post.title][:10]
    packed = unpack([label.embedding for label in classifier.label(untitled)])
    vectors = classifier.embed([post.text for post in untitled])
    assert (packed * vectors).sum(axis=1).min() > 0.999
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-5)


def test_pairs_get_probabilities(classifier: NeuralClassifier, posts: list[Document]) -> None:
    pairs = [(first.text, second.text) for first, second in pairwise(posts[:6])]
    for head, classes in (("stance", len(Stance)), ("evidence", len(EVIDENCE_CLASSES))):
        found = classifier.pair_scores(pairs, head)
        assert found.shape == (5, classes)
        assert found.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-5)
