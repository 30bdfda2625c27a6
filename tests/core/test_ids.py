from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.errors import NotReadyError
from langnghe.core.ids import KEY_BYTES, KeyedIds

IDS = KeyedIds(bytes(range(KEY_BYTES)))


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "id.key"
    first = KeyedIds.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyedIds.load_or_create(path).of("post", "a") == first.of("post", "a")


def test_two_homes_give_different_ids(tmp_path: Path) -> None:
    one = KeyedIds.load_or_create(tmp_path / "one")
    two = KeyedIds.load_or_create(tmp_path / "two")
    assert one.of("post", "a") != two.of("post", "a")


@pytest.mark.parametrize("content", ["", "zz", "00" * (KEY_BYTES - 1)])
def test_a_broken_key_is_never_replaced_in_silence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "id.key"
    path.write_text(content)
    with pytest.raises(NotReadyError, match="sao lưu"):
        KeyedIds.load_or_create(path)
    assert path.read_text() == content


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_give_different_ids(one: list[str], two: list[str]) -> None:
    assert (IDS.of("post", *one) == IDS.of("post", *two)) == (one == two)
    assert IDS.of("post", *one) != IDS.of("thread", *one)
