"""PDF of a Word file, by LibreOffice, as it will be printed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from langnghe.core.errors import LangNgheError

_FILTER: Final = (
    "pdf:writer_pdf_Export:"
    '{"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"ExportBookmarks":{"type":"boolean","value":"true"},'
    '"UseLosslessCompression":{"type":"boolean","value":"true"}}'
)
_CREATED: Final = re.compile(rb"/CreationDate\(D:(\d{14})")
_CHECKSUM: Final = re.compile(rb"/DocChecksum /([0-9A-F]{32})")
_ID: Final = re.compile(rb"/ID \[ <([0-9A-F]{32})>\s*<([0-9A-F]{32})> \]")


class PdfUnavailable(LangNgheError):  # noqa: N818  what is so, not a fault of who asks
    """LibreOffice is not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "Máy này chưa có LibreOffice nên chưa tạo được tệp PDF. Hãy cài gói "
            "libreoffice-writer rồi làm lại, hoặc mở tệp DOCX và xuất PDF từ Word."
        )


class PdfFailed(LangNgheError):  # noqa: N818  as above
    """LibreOffice did not make the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"LibreOffice không tạo được tệp PDF ({reason}). Hãy làm lại; nếu vẫn lỗi, hãy mở tệp "
            "DOCX và xuất PDF từ Word."
        )


def to_pdf(docx: bytes, dated: date | None, timeout: float = 120.0) -> bytes:
    """The same pages as PDF.

    The same file gives the same bytes, with one version of LibreOffice and the same fonts.

    Args:
        docx: a Word file.
        dated: stands as the day it was made.
        timeout: seconds that LibreOffice may take.

    Raises:
        PdfUnavailable: there is no LibreOffice.
        PdfFailed: it took too long, or made nothing.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PdfUnavailable
    # A profile of its own: a second LibreOffice with the same one would refuse to start.
    with tempfile.TemporaryDirectory(prefix="langnghe-pdf-") as name:
        folder = Path(name)
        source = folder / "van-ban.docx"
        source.write_bytes(docx)
        profile = (folder / "profile").as_uri()
        command = [
            program,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            _FILTER,
            "--outdir",
            str(folder),
            str(source),
        ]
        _run(command, folder, timeout)
        made = folder / "van-ban.pdf"
        if not made.exists():
            raise PdfFailed("không có tệp kết quả")
        return _settled(made.read_bytes(), dated or date(1980, 1, 1))


def _run(command: list[str], folder: Path, timeout: float) -> None:
    """Run LibreOffice to its end.

    Raises:
        PdfFailed: it took too long or ended with an error.
    """
    environment = {**os.environ, "HOME": str(folder), "TZ": "UTC"}
    # `soffice` is a script that starts another process: both are ended together.
    process = subprocess.Popen(  # noqa: S603  its own path, and files that we named
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise PdfFailed(f"quá {timeout:.0f} giây") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if status:
        raise PdfFailed(f"mã lỗi {status}")


def _settled(pdf: bytes, dated: date) -> bytes:
    """Without the moment it was made and what follows from that: each replaced at its length."""
    pdf = _replaced(_CREATED, pdf, dated.strftime("%Y%m%d000000").encode())
    pdf = _replaced(_CHECKSUM, pdf, b"0" * 32)
    pdf = _replaced(_ID, pdf, b"0" * 32)
    digest = sha256(pdf).hexdigest()[:32].upper().encode()
    return _replaced(_ID, _replaced(_CHECKSUM, pdf, digest), digest)


def _replaced(pattern: re.Pattern[bytes], pdf: bytes, value: bytes) -> bytes:
    def put(match: re.Match[bytes]) -> bytes:
        whole = match.group()
        for index in range(1, (pattern.groups or 0) + 1):
            start, end = (at - match.start() for at in match.span(index))
            whole = whole[:start] + value + whole[end:]
        return whole

    return pattern.sub(put, pdf)
