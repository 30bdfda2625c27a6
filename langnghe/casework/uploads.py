"""What may be attached to a case: documents and pictures, told by their content.

The name that a file comes with is never believed. Pictures are written anew, so that neither the
place where a photograph was taken nor anything hidden behind the picture is kept. This is no
virus scanner: a PDF is kept as it came, and leaves only as a download.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from langnghe.casework.roles import Refused
from langnghe.core.text import clean

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
"""A page scanned at 600 dots per inch has 35 million; more would take too much memory."""
MOST_UNPACKED: Final = 100 * 1024 * 1024
MOST_PARTS: Final = 2_000
"""Parts of a DOCX; a long report with pictures has some hundreds."""
NAME_CHARACTERS: Final = 80
"""Of a name without its ending."""

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""By the ending of a kept file's name: with what type it is handed out."""
ENDINGS: Final = ("pdf", "png", "jpg", "jpeg", "docx")
"""Endings of files that the form offers to choose."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file fit to be kept."""

    name: str
    """Cleaned; it ends as its content demands."""
    content: bytes


def checked_upload(name: str, content: bytes) -> Upload:
    """The file as it may be kept.

    Args:
        name: as it came.
        content: as it came.

    Raises:
        Refused: it is empty, too large, of no kind that is kept, damaged, built to do harm, or
            its name holds a path.
    """
    if not content:
        raise Refused("Tệp rỗng (0 byte) nên không đính kèm được. Hãy kiểm tra và chọn lại tệp.")
    if len(content) > MOST_BYTES:
        raise Refused(
            f"Tệp lớn quá {MOST_BYTES // 2**20} MB. Hãy quét ở độ phân giải thấp hơn hoặc chỉ giữ "
            "những trang cần thiết."
        )
    for start, ending, check in _KINDS:
        if content.startswith(start):
            return Upload(clean_name(name, ending, ENDINGS), check(content))
    raise Refused(
        "Chỉ nhận tệp PDF, PNG, JPEG hoặc DOCX; tệp này không phải một trong các loại đó, dù tên "
        "tệp ghi thế nào. Hãy lưu lại thành PDF rồi đính kèm."
    )


def _pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise Refused("Tệp PDF bị hỏng hoặc tải chưa hết. Hãy mở thử, lưu lại rồi đính kèm.")
    return content


def _png(content: bytes) -> bytes:
    picture = _picture(content, "PNG")
    out = BytesIO()
    # Without what the file said about itself.
    picture.info.clear()
    picture.save(out, "PNG")
    return out.getvalue()


def _jpeg(content: bytes) -> bytes:
    picture = _picture(content, "JPEG")
    # The same quality without what the file said about itself, but for which way is up.
    upright = Image.Exif()
    upright[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
    out = BytesIO()
    picture.save(out, "JPEG", quality="keep", exif=upright, comment=b"", icc_profile=None)
    return out.getvalue()


_ORIENTATION: Final = 0x0112


def _picture(content: bytes, kind: str) -> Image.Image:
    """The picture, read whole."""
    try:
        picture = Image.open(BytesIO(content), formats=[kind])
        if picture.width * picture.height <= MOST_PIXELS:
            picture.load()
            return picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except (OSError, ValueError, SyntaxError, zlib.error):
        # All of these are what Pillow raises for files that are no whole pictures.
        raise Refused("Ảnh bị hỏng hoặc tải chưa hết. Hãy mở thử, lưu lại rồi đính kèm.") from None
    raise Refused(
        f"Ảnh có quá {MOST_PIXELS // 1_000_000} triệu điểm ảnh. Hãy thu nhỏ ảnh rồi đính kèm lại."
    )


_DANGEROUS_PART: Final = re.compile(
    r"vbaproject|activex|\.(bin|exe|dll|js|vbs|bat|cmd|ps1)$", re.IGNORECASE
)
_DANGEROUS_RELATION: Final = re.compile(
    rb"<[^>]*(attachedTemplate|oleObject|/frame|subDocument)[^>]*>", re.IGNORECASE
)


def _docx(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            _check_parts(packed)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        # All of these are what zipfile raises for damaged, encrypted or crafted archives.
        raise Refused(
            "Tệp DOCX bị hỏng hoặc có mật khẩu. Hãy mở thử, bỏ mật khẩu, lưu lại rồi đính kèm."
        ) from None
    return content


def _check_parts(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise Refused(
            "Đây là tệp nén, không phải văn bản DOCX. Hãy giải nén rồi đính kèm từng tệp PDF, ảnh "
            "hoặc DOCX."
        )
    # By what the archive says of itself, and again by what comes out: it can lie.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_much()
    if any(_DANGEROUS_PART.search(name) for name in names):
        raise Refused(
            "Tệp DOCX có chứa macro hoặc tệp nhúng nên không nhận. Hãy lưu lại thành PDF rồi đính "
            "kèm."
        )
    left = MOST_UNPACKED
    for part in parts:
        kept = b""
        with packed.open(part) as inside:
            while block := inside.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise _too_much()
                if part.filename.endswith(".rels"):
                    kept += block
        for relation in _DANGEROUS_RELATION.finditer(kept):
            if b"external" in relation.group().lower():
                raise Refused(
                    "Tệp DOCX tự tải nội dung từ nơi khác nên không nhận. Hãy lưu lại thành PDF "
                    "rồi đính kèm."
                )


def _too_much() -> Refused:
    return Refused("Tệp DOCX bung ra quá lớn nên không nhận. Hãy lưu lại thành PDF rồi đính kèm.")


_KINDS: Final[tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...]] = (
    (b"%PDF-", "pdf", _pdf),
    (b"\x89PNG\r\n\x1a\n", "png", _png),
    (b"\xff\xd8\xff", "jpg", _jpeg),
    (b"PK\x03\x04", "docx", _docx),
)
"""First bytes of a kind, its ending, and what makes it fit to be kept. Only at the very beginning:
a file that is two things at once begins as the other one."""

_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names that Windows takes for devices."""


def clean_name(name: str, ending: str, known: Collection[str]) -> str:
    """`name` as it may be kept, with the ending that the content demands.

    Args:
        name: as it came.
        ending: of what the content is.
        known: endings that are taken off; any other is part of the name.

    Raises:
        Refused: the name holds a path.
    """
    if "/" in name or "\\" in name:
        raise Refused("Tên tệp có chứa đường dẫn. Hãy đổi tên tệp, chỉ gồm chữ, số và gạch nối.")
    stem, dot, last = clean(name).rpartition(".")
    if not dot:
        stem = last
    elif last.lower() not in known:
        stem = f"{stem}-{last}"
    kept = "".join(char if _may_stay(char) else "-" for char in stem)
    kept = re.sub(r"\s+", " ", re.sub(r"-{2,}", "-", kept))[:NAME_CHARACTERS].strip(" -")
    if not kept or _RESERVED.fullmatch(kept):
        kept = f"tep-{kept}".strip("-")
    return f"{kept}.{ending}"


def _may_stay(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in " -_()"
