from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from langnghe.classifier.blend import COLUMNS, POST_WIDTH
from langnghe.classifier.characters import BATCH, Characters, Weights, save
from langnghe.classifier.features import BLOCK, BUCKETS, count_matrix, text_form, weigh
from langnghe.classifier.training.examples import read_civic
from langnghe.core.errors import NotReadyError
from langnghe.core.text import fold


def weights(seed: int = 4) -> Weights:
    rng = np.random.default_rng(seed)
    rarity = np.rint(20 * rng.uniform(1, 12, BUCKETS)) / 20
    return Weights(
        rarity.astype(np.float32),
        rng.normal(size=(BUCKETS, POST_WIDTH)).astype(np.float32),
        rng.normal(size=POST_WIDTH).astype(np.float32),
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "characters.npz"
    save(path, weights())
    return path


@pytest.fixture(scope="module")
def model(kept: Path) -> Characters:
    return Characters.load(kept)


def posts() -> list[tuple[str, str]]:
    return [(one.title, one.text) for one in read_civic("dev")]


def test_what_was_kept_scores_like_what_was_trained(model: Characters) -> None:
    texts = posts()[:200]
    trained, read = Characters(weights()).scores(texts), model.scores(texts)
    assert read.dtype == np.float32
    assert read.shape == (200, POST_WIDTH)
    assert np.abs(read - trained).max() < 0.1
    assert np.abs(trained).max() > 2


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=200)), max_size=4))
def test_any_text_gets_scores(texts: Sequence[tuple[str, str]]) -> None:
    found = Characters(once()).scores(texts)
    assert found.shape == (len(texts), POST_WIDTH)
    assert np.isfinite(found).all()


def once(cache: list[Weights] = []) -> Weights:  # noqa: B006 (a cache)
    if not cache:
        cache.append(weights())
    return cache[0]


def test_neighbours_in_a_batch_change_nothing(model: Characters) -> None:
    texts = (posts() * 2)[: BATCH + 3]
    together = model.scores(texts)
    for at in (0, 1, BATCH - 1, BATCH, BATCH + 2):
        assert model.scores([texts[at]])[0] == pytest.approx(together[at], abs=1e-4)


def test_spelling_that_means_nothing_changes_nothing(model: Characters) -> None:
    first, second = model.scores([("", "Thủ tục hòa giải tốt"), ("", "THỦ TỤC  HOÀ GIẢI TỐT")])
    assert (first == second).all()


def test_the_title_is_read(model: Characters) -> None:
    first, second = model.scores([("", "Bao giờ xong?"), ("Cầu Nậm Mu", "Bao giờ xong?")])
    assert (first != second).any()


def test_numbers_of_people_are_not_read(model: Characters) -> None:
    first, second = model.scores([("", "Gọi 0912 345 678 nhé"), ("", "Gọi 0987.654.321 nhé")])
    assert (first == second).all()


def test_a_huge_text_is_cut(model: Characters) -> None:
    begun = time.process_time()
    model.scores([("x" * 10**6, "đường xấu quá " * 10**6)])
    assert time.process_time() - begun < 2


def test_a_word_and_its_folded_form_share_features() -> None:
    first, second, other = count_matrix(["đường xấu", fold("đường xấu"), "cảm ơn"])
    shared, foreign = (first.multiply(one).nnz for one in (second, other))
    assert shared > 3 > foreign


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=50)
def test_each_block_has_length_one(title: str, text: str) -> None:
    row = weigh(count_matrix([text_form(title, text)]), np.full(BUCKETS, 2, np.float32))
    for block in (row[:, :BLOCK], row[:, BLOCK:]):
        length = np.sqrt(block.multiply(block).sum())
        assert length == pytest.approx(1, abs=1e-4) or not block.nnz


def test_the_same_weights_give_the_same_file(kept: Path, tmp_path: Path) -> None:
    save(tmp_path / "again.npz", weights())
    assert (tmp_path / "again.npz").read_bytes() == kept.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.npz"]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match=r"không có tệp.*langnghe train"):
        Characters.load(tmp_path / "characters.npz")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_damaged_file_is_refused(kept: Path, tmp_path: Path, share: float) -> None:
    content = bytearray(kept.read_bytes())
    content[int(share * len(content))] ^= 0x55
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(NotReadyError, match="huấn luyện lại"):
        Characters.load(tmp_path / "bad.npz")


@pytest.mark.parametrize("length", [0, 1, 1_000])
def test_half_a_file_is_refused(kept: Path, tmp_path: Path, length: int) -> None:
    (tmp_path / "bad.npz").write_bytes(kept.read_bytes()[:length])
    with pytest.raises(NotReadyError, match="không đọc được"):
        Characters.load(tmp_path / "bad.npz")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("kind", np.array("characters 1"), "phiên bản khác"),
        ("bias", np.zeros(POST_WIDTH, np.float32), "nội dung đã thay đổi"),
        ("bias", np.zeros(3, np.float32), "nội dung đã thay đổi"),
        ("scale", None, "nội dung đã thay đổi"),
        ("kind", None, "không đọc được"),
        ("weights", np.array([object()], dtype=object), "không đọc được"),
    ],
)
def test_a_changed_file_is_refused(
    kept: Path, tmp_path: Path, name: str, value: NDArray[np.generic] | None, problem: str
) -> None:
    with np.load(kept) as archive:
        arrays = {key: archive[key] for key in archive.files}
    if value is None:
        del arrays[name]
    else:
        arrays[name] = value
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(NotReadyError, match=problem):
        Characters.load(tmp_path / "bad.npz")


def test_columns_stand_side_by_side() -> None:
    at = 0
    for span in COLUMNS.values():
        assert span.start == at
        at = span.stop
    assert at == POST_WIDTH
