"""Files of cases: whole, unchanged, and nowhere but in their folder."""

from __future__ import annotations

import stat
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.store.files import CaseFiles, FileLost, is_case_file

CASE = "TT.20261121.0001"


def test_what_was_kept_comes_back_readable_by_its_owner_alone(tmp_path: Path) -> None:
    files = CaseFiles(tmp_path / "files")
    digest = files.put(CASE, b"%PDF-1.7")
    assert digest == sha256(b"%PDF-1.7").hexdigest()
    assert files.put(CASE, b"%PDF-1.7") == digest
    assert files.get(CASE, digest) == b"%PDF-1.7"
    [(case_id, name, path)] = files.every()
    assert (case_id, name) == (CASE, digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == [digest]


def test_a_file_belongs_to_its_case(tmp_path: Path) -> None:
    files = CaseFiles(tmp_path)
    digest = files.put(CASE, b"a")
    with pytest.raises(FileLost):
        files.get("TT.20261121.0002", digest)
    files.drop(CASE, digest)
    files.drop(CASE, digest)
    with pytest.raises(FileLost, match="bản sao lưu"):
        files.get(CASE, digest)


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(tmp_path: Path) -> None:
    files = CaseFiles(tmp_path)
    digest = files.put(CASE, b"decision 15")
    (tmp_path / CASE / digest).write_bytes(b"other")
    with pytest.raises(FileLost):
        files.get(CASE, digest)


@pytest.mark.parametrize("case_id", ["..", "../x", "a/b", "", ".hidden", "a\\b", "a\0", "x" * 81])
def test_no_case_id_leads_elsewhere(tmp_path: Path, case_id: str) -> None:
    files = CaseFiles(tmp_path / "files")
    with pytest.raises(FileLost):
        files.put(case_id, b"x")
    assert not list(tmp_path.rglob("*.partial"))


@given(st.text(), st.text())
def test_only_folder_and_digest_are_a_path_of_ours(case_id: str, digest: str) -> None:
    if is_case_file(case_id, digest):
        assert Path(case_id, digest).parts == (case_id, digest)
        assert len(digest) == 64
