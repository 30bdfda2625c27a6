from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from langnghe.classifier.vectors import pack, unit, unpack

SIZE = 384
numbers = st.floats(-1, 1, width=32)
rows = arrays.arrays(np.float32, st.tuples(st.integers(1, 3), st.just(SIZE)), elements=numbers)


@given(rows)
def test_packing_hardly_turns_a_vector(vectors: np.ndarray) -> None:
    vectors = unit(vectors[np.linalg.norm(vectors, axis=1) > 1e-3])
    back = unpack(pack(vectors))
    if len(vectors):
        assert (1 - (vectors * back).sum(axis=1)).max() < 0.005
        assert np.linalg.norm(back, axis=1) == pytest.approx(np.ones(len(back)), abs=1e-6)


def test_ordinary_vectors_keep_their_neighbours() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(500, SIZE)).astype(np.float32))
    back = unpack(pack(vectors))
    assert (vectors * back).sum(axis=1).min() > 0.9998
    assert np.abs(vectors @ vectors.T - back @ back.T).max() < 0.005


@given(rows)
def test_the_size_is_one_byte_a_dimension_and_packing_again_changes_nothing(
    vectors: np.ndarray,
) -> None:
    packed = pack(vectors)
    assert [len(one) for one in packed] == [SIZE] * len(vectors)
    assert pack(unpack(packed)) == packed


def test_no_direction_stays_none() -> None:
    assert not unpack(pack(np.zeros((1, 4), np.float32))).any()


def test_nothing_packs_to_nothing() -> None:
    assert pack(np.zeros((0, SIZE), np.float32)) == []
    assert unpack([]).shape == (0, 0)


def test_embeddings_of_two_models_are_not_stacked() -> None:
    with pytest.raises(ValueError, match="several sizes"):
        unpack([b"\1\2", b"\1\2\3"])
