"""The whole home in one file, and back.

A backup is a ZIP archive with the database, the id key, the configuration, the files of cases and
a manifest that has each file's SHA-256. It holds texts and the key: it is readable by its owner
alone, and must be kept no longer than the texts themselves may be (boundary 5).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from langnghe.core.errors import LangNgheError, NotReadyError
from langnghe.core.home import Home
from langnghe.store.database import Database
from langnghe.store.files import CaseFiles, is_case_file

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "langnghe.db"
KEY = "id.key"
CONFIGS = "configs"
CONFIG_KINDS = (".yaml", ".jsonl")
"""Endings: the settings, and the register of checked claims."""
FILES = "files"
MOST_MANIFEST_BYTES = 10_000_000


class BackupError(LangNgheError):
    """The archive cannot be used, or must not be."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of the archive."""

    bytes: int
    sha256: str


def backup(home: Home, target: Path) -> int:
    """Write the home into the archive `target`; gives its size in bytes.

    Crawling, labelling and reading may go on meanwhile: the archive holds the database as it
    was at one moment. `target` appears, or is replaced, only when it is whole.

    Raises:
        NotReadyError: there is no database yet.
    """
    if not home.database.is_file():
        raise NotReadyError(f"Chưa có {home.database}: chưa có gì để sao lưu.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".langnghe-backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy_database(home.database, copy)
        files = {DATABASE: copy, KEY: home.key_file}
        files |= {
            f"{CONFIGS}/{path.name}": path
            for path in sorted(home.configs.iterdir())
            if path.is_file() and path.suffix in CONFIG_KINDS
        }
        archive = Path(folder) / "archive.zip"
        descriptor = os.open(archive, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
                entries = {name: _pack(packed, name, path) for name, path in files.items()}
                # After the database: a file is kept before a case names it, so none is missed.
                for case_id, digest, path in CaseFiles(home.files).every():
                    # One that somebody takes out of its case meanwhile is no loss.
                    with contextlib.suppress(FileNotFoundError):
                        name = f"{FILES}/{case_id}/{digest}"
                        entries[name] = _pack(packed, name, path)
                manifest = {
                    "format": FORMAT,
                    "files": {
                        name: {"bytes": entry.bytes, "sha256": entry.sha256}
                        for name, entry in entries.items()
                    },
                }
                packed.writestr(MANIFEST, json.dumps(manifest, indent=1))
            raw.flush()
            os.fsync(raw.fileno())
        size = archive.stat().st_size
        archive.replace(target)
        _flush_folder(target.parent)
    return size


def restore(archive: Path, home: Home, *, force: bool = False) -> None:
    """Put what the archive holds into `home`.

    Everything is unpacked and checked before anything is changed. The database is replaced in
    one transaction, so that a process that has it open sees the old one or the new one; each
    other file is replaced in one step. If the machine stops in between, restore once more.

    Raises:
        BackupError: the archive is damaged or no backup of ours, or the home holds data and
            `force` is not set.
    """
    if not force and (home.database.exists() or home.key_file.exists()):
        raise BackupError(
            f"{home.root} đã có dữ liệu. Hãy sao lưu, rồi khôi phục với --force để thay."
        )
    home.root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.root, prefix=".restore-") as folder:
        staged = Path(folder)
        try:
            with zipfile.ZipFile(archive) as packed:
                names = _unpack(packed, staged)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise BackupError(
                f"{archive} không phải bản sao lưu nguyên vẹn ({error}). Hãy dùng bản khác."
            ) from error
        # Brings its tables up to date, and refuses those of a newer program.
        Database(staged / DATABASE).close()
        _check_database(staged / DATABASE)
        home.configs.mkdir(exist_ok=True)
        for name in sorted(names - {DATABASE}):
            (home.root / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).replace(home.root / name)
        home.key_file.chmod(0o600)
        Database(home.database).close()
        _copy_database(staged / DATABASE, home.database)
        _flush_folder(home.root)


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use into another, which sees it in one transaction."""
    if not target.exists():
        os.close(os.open(target, os.O_RDWR | os.O_CREAT, 0o600))
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    writing = sqlite3.connect(target, timeout=60)
    try:
        # All pages in one step hold one snapshot. In several steps the copy would begin anew
        # whenever another process writes.
        reading.backup(writing, pages=-1)
    finally:
        writing.close()
        reading.close()


def _check_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupError(
            f"Cơ sở dữ liệu trong bản sao lưu bị hỏng ({verdict}). Hãy dùng bản khác."
        )


def _pack(packed: zipfile.ZipFile, name: str, path: Path) -> _Entry:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as inside:
        while block := source.read(1 << 20):
            digest.update(block)
            size += len(block)
            inside.write(block)
    return _Entry(size, digest.hexdigest())


def _unpack(packed: zipfile.ZipFile, folder: Path) -> set[str]:
    """Unpack what the manifest lists and check it; gives the names."""
    if packed.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
        raise ValueError("its manifest is too large")
    manifest = json.loads(packed.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise ValueError(f"its format is {manifest['format']}, this program knows {FORMAT}")
    listed: Mapping[str, Mapping[str, Any]] = manifest["files"]
    if not {DATABASE, KEY} <= listed.keys():
        raise ValueError("it lacks the database or the key")
    (folder / CONFIGS).mkdir()
    for name, entry in listed.items():
        if not _is_ours(name):
            raise ValueError(f"it has a file that does not belong there: {name!r}")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(name) as inside, target.open("wb") as out:
            shutil.copyfileobj(inside, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        with target.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        if digest != entry["sha256"]:
            raise ValueError(f"{name} is not what was backed up")
    return set(listed)


def _is_ours(name: str) -> bool:
    """Only such names are ever written: an archive from elsewhere may hold `../` or worse."""
    if name in (DATABASE, KEY):
        return True
    match name.split("/"):
        case [folder, case_id, digest] if folder == FILES:
            return is_case_file(case_id, digest)
    path = PurePosixPath(name)
    return (
        path.parent == PurePosixPath(CONFIGS)
        and path.suffix in CONFIG_KINDS
        and "\\" not in name
        and name == f"{CONFIGS}/{path.name}"
    )


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
