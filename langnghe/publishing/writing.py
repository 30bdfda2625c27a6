"""Puts the site in place, all of it or none.

The folder that the web server reads is a link to one of the folders beside it, which never change:
a new site is made as a new folder, then the link is turned over in one step. A page that stays as
it was is the very same file in both, with its old date, so that web servers and browsers know it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from langnghe.core.errors import LangNgheError
from langnghe.publishing.site import Site

PATIENCE = 60
"""Seconds that a second writer waits for the first."""


@dataclass(frozen=True, slots=True)
class Written:
    """What changed on the site."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    files: int
    """Of the whole site."""


def write_site(site: Site, folder: Path) -> Written:
    """Make `folder` show the site; whoever reads it meanwhile sees the old one or the new one.

    Raises:
        LangNgheError: there is something else in place of `folder`, or somebody else writes it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder = folder.parent.resolve() / folder.name
    try:
        with FileLock(folder.parent / f".{folder.name}.lock", timeout=PATIENCE):
            return _write(site, folder)
    except Timeout:
        raise LangNgheError(
            f"Một lệnh khác đang ghi {folder}. Hãy đợi lệnh ấy xong rồi chạy lại."
        ) from None


def _write(site: Site, folder: Path) -> Written:
    before = _current(folder)
    old = _files(before) if before else frozenset[str]()
    new = frozenset(site.pages) | frozenset(site.assets)
    same = {
        path for path in new & old if path in site.assets or _read(before, path) == site.pages[path]
    }
    written = Written(
        added=tuple(sorted(new - old)),
        changed=tuple(sorted((new & old) - same)),
        removed=tuple(sorted(old - new)),
        files=len(new),
    )
    if before and not (written.added or written.changed or written.removed):
        return written
    after = folder.parent / f".{folder.name}.{_digest(site)}.{secrets.token_hex(4)}"
    try:
        after.mkdir()
        for path in sorted(new):
            target = after / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if before is not None and path in same:
                _same_file(before / path, target)
            else:
                content = site.pages[path] if path in site.pages else site.assets[path]()
                _new_file(target, content)
        # The web server is somebody else than the service.
        for inside in (after, *(path for path in after.rglob("*") if path.is_dir())):
            inside.chmod(0o755)
        _turn(folder, after)
    except BaseException:
        shutil.rmtree(after, ignore_errors=True)
        raise
    # The one before stays for whoever is just reading it; all older ones, and what a crash left,
    # go.
    for other in folder.parent.glob(f".{folder.name}.*"):
        if other.is_dir() and other not in (before, after):
            shutil.rmtree(other, ignore_errors=True)
    return written


def _current(folder: Path) -> Path | None:
    """The folder that the link leads to; None where there is none yet."""
    if folder.is_symlink():
        target = folder.parent / folder.readlink()
        if target.parent == folder.parent and target.name.startswith(f".{folder.name}."):
            return target if target.is_dir() else None
    elif folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        return None
    elif not folder.exists():
        return None
    raise LangNgheError(
        f"{folder} đã có và không phải do lệnh này tạo, nên không ghi đè. Hãy chọn thư mục khác "
        "bằng --out, hoặc chuyển thư mục ấy đi."
    )


def _files(root: Path) -> frozenset[str]:
    return frozenset(
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    )


def _read(root: Path | None, path: str) -> bytes:
    assert root
    return (root / path).read_bytes()


def _same_file(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)


def _new_file(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _turn(folder: Path, target: Path) -> None:
    """Let the link lead to `target`, in one step."""
    link = folder.parent / f".{folder.name}.link-{secrets.token_hex(4)}"
    try:
        link.symlink_to(target.name, target_is_directory=True)
        link.replace(folder)
    finally:
        with contextlib.suppress(FileNotFoundError):
            link.unlink()


def _digest(site: Site) -> str:
    digest = hashlib.sha256()
    for path in sorted(site.pages):
        digest.update(PurePosixPath(path).as_posix().encode() + b"\0" + site.pages[path])
    return digest.hexdigest()[:12]
