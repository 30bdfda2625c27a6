"""Backups: whole, checked, and taken while others write."""

from __future__ import annotations

import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.settings import shipped_configs
from langnghe.store.backup import BackupError, backup, restore
from langnghe.store.database import Database
from langnghe.store.files import CaseFiles
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import Query
from tests.store.conformance import NOW, make_post


@contextmanager
def opened(home: Home) -> Iterator[EmbeddedPostStore]:
    database = Database(home.database)
    try:
        yield EmbeddedPostStore(database, FixedClock(NOW))
    finally:
        database.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(shipped_configs(), home.configs)
    home.register.write_text('{"id": "a", "text": "Đèo đã thông xe."}\n', encoding="utf-8")
    assert home.ids
    with opened(home) as store:
        store.put([make_post(f"p{n}") for n in range(5)])
    return home


def test_a_backup_restores_everything(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "backups" / "first.zip"
    assert backup(home, archive) == archive.stat().st_size
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == ["first.zip"]

    other = Home(tmp_path / "other")
    restore(archive, other)
    assert other.exists()
    assert other.key_file.read_bytes() == home.key_file.read_bytes()
    assert stat.S_IMODE(other.key_file.stat().st_mode) == 0o600
    for path in home.configs.iterdir():
        assert (other.configs / path.name).read_bytes() == path.read_bytes()
    with opened(other) as store:
        assert store.search(Query()).total == 5
        assert store.check() == []
    assert not list(other.root.glob(".restore*"))


def test_data_is_replaced_only_if_told_so(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    backup(home, archive)
    with opened(home) as store:
        store.put([make_post("later")])
        with pytest.raises(BackupError, match="--force"):
            restore(archive, home)
        assert store.search(Query()).total == 6
        # The database is open here, and sees the restored one.
        restore(archive, home, force=True)
        assert store.search(Query()).total == 5
        assert store.check() == []


def test_a_backup_is_of_one_moment_while_a_writer_writes(home: Home, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        with opened(home) as store:
            number = 0
            while not done.is_set():
                store.put([make_post(f"w{number}-{n}", f"bài {number} {n}") for n in range(20)])
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            backup(home, tmp_path / f"{n}.zip")
    finally:
        done.set()
        writer.join()
    totals = []
    for n in range(5):
        copy = Home(tmp_path / f"copy{n}")
        restore(tmp_path / f"{n}.zip", copy)
        with opened(copy) as store:
            assert store.check() == []
            totals.append(store.search(Query()).total)
    assert totals == sorted(totals)
    assert all(total % 20 == 5 for total in totals)


def rewritten(archive: Path, changes: dict[str, bytes], manifest: dict[str, object]) -> Path:
    """A copy of the archive with some files replaced."""
    target = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = changes.get(name, old.read(name))
            if name == "manifest.json":
                data = json.dumps({**json.loads(data), **manifest}).encode()
            new.writestr(name, data)
    return target


@pytest.mark.parametrize("spoil", ["cut", "text", "changed", "format", "outside", "missing"])
def test_a_spoilt_archive_changes_nothing(home: Home, tmp_path: Path, spoil: str) -> None:
    archive = tmp_path / "b.zip"
    backup(home, archive)
    match spoil:
        case "cut":
            archive.write_bytes(archive.read_bytes()[:-200])
        case "text":
            archive.write_text("không phải bản sao lưu")
        case "changed":
            archive = rewritten(archive, {"id.key": b"0" * 64}, {})
        case "format":
            archive = rewritten(archive, {}, {"format": 99})
        case "outside":
            archive = rewritten(
                archive, {}, {"files": {"../evil": {}, "langnghe.db": {}, "id.key": {}}}
            )
        case "missing":
            archive.unlink()
    key = home.key_file.read_bytes()
    with pytest.raises(BackupError, match="Hãy dùng bản khác"):
        restore(archive, home, force=True)
    assert home.key_file.read_bytes() == key
    assert not (tmp_path / "evil").exists()
    with opened(home) as store:
        assert store.search(Query()).total == 5
    assert not list(home.root.glob(".restore*"))


def test_files_of_cases_are_backed_up(home: Home, tmp_path: Path) -> None:
    digest = CaseFiles(home.files).put("TT.20261121.0001", b"%PDF-1.7 %%EOF")
    stray = home.files / "TT.20261121.0001" / ".x.partial"
    stray.write_bytes(b"half")
    backup(home, tmp_path / "b.zip")
    other = Home(tmp_path / "other")
    restore(tmp_path / "b.zip", other)
    assert CaseFiles(other.files).get("TT.20261121.0001", digest) == b"%PDF-1.7 %%EOF"
    assert [name for _, name, _ in CaseFiles(other.files).every()] == [digest]
    assert not (other.files / "TT.20261121.0001" / stray.name).exists()


@pytest.mark.parametrize("name", ["files/../evil", "files/a/../../evil", "files/a/b", "files/a"])
def test_no_file_of_an_archive_gets_out_of_its_folder(
    home: Home, tmp_path: Path, name: str
) -> None:
    backup(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        listed = json.loads(packed.read("manifest.json"))["files"]
    crafted = {**listed, name: {"bytes": 1, "sha256": "0" * 64}}
    archive = rewritten(tmp_path / "b.zip", {}, {"files": crafted})
    with pytest.raises(BackupError, match="Hãy dùng bản khác"):
        restore(archive, home, force=True)
    assert not list(tmp_path.rglob("evil"))
