"""Files that belong to cases: kept beside the database, named by what is in them.

A file never changes: its name is the SHA-256 of its content, so that evidence which was published
can be shown to be what it was. Nothing of the name that somebody gave it gets into a path.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from langnghe.core.errors import LangNgheError

_CASE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def is_case_file(case_id: str, digest: str) -> bool:
    """Whether these can be the folder and the name of a kept file; never if they lead elsewhere."""
    return bool(_CASE.fullmatch(case_id) and _DIGEST.fullmatch(digest))


class FileLost(LangNgheError):  # noqa: N818  what happens, not a fault of who asks
    """The file is not there, or not what was kept."""

    def __init__(self) -> None:
        super().__init__(
            "Tệp này không còn trong kho hoặc đã bị hỏng. Hãy đề nghị quản trị viên khôi phục từ "
            "bản sao lưu, hoặc bỏ tệp và đính kèm lại."
        )


class CaseFiles:
    """The files of all cases, in a folder for each.

    Any number of threads and processes may use it at once.

    Args:
        root: the folder; made when the first file comes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, case_id: str, content: bytes) -> str:
        """Keep a file; gives its digest. It is whole on the disk when this returns.

        The same content twice is one file.
        """
        digest = sha256(content).hexdigest()
        path = self._path(case_id, digest)
        folder = path.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = folder / f".{secrets.token_hex(8)}.partial"
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return digest

    def get(self, case_id: str, digest: str) -> bytes:
        """What is in a file.

        Raises:
            FileLost: it is not there, or its content is another.
        """
        try:
            content = self._path(case_id, digest).read_bytes()
        except OSError:
            raise FileLost from None
        if sha256(content).hexdigest() != digest:
            raise FileLost
        return content

    def drop(self, case_id: str, digest: str) -> None:
        """Delete a file that the case no longer names; one that is gone is no matter."""
        self._path(case_id, digest).unlink(missing_ok=True)

    def every(self) -> Iterator[tuple[str, str, Path]]:
        """All files: case id, digest, and where it lies."""
        for path in sorted(self._root.glob("*/*")):
            if is_case_file(path.parent.name, path.name):
                yield path.parent.name, path.name, path

    def _path(self, case_id: str, digest: str) -> Path:
        # Both come from addresses as well, which anybody can type.
        if not is_case_file(case_id, digest):
            raise FileLost
        return self._root / case_id / digest
