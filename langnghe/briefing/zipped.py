"""The same content, the same bytes: office files are zip archives, which hold moments."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MOMENT: Final = re.compile(
    rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)"
)
_FIRST: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip archive can name."""


def settled(archive: bytes, moment: str) -> bytes:
    """An office file without any trace of when or where it was made.

    Args:
        archive: DOCX, PPTX or XLSX; those inside it are settled as well.
        moment: stands as its creation, such as `2026-11-21T00:00:00Z`.
    """
    settled_file = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(settled_file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = settled(content, moment)
            elif name == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>" + moment.encode() + rb"\g<3>", content)
            info = ZipInfo(name, _FIRST)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 3
            new.writestr(info, content)
    return settled_file.getvalue()
