"""Files that are there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from langnghe.core.errors import LangNgheError


@contextmanager
def writing(target: Path) -> Iterator[BinaryIO]:
    """Write a file under another name, and give it its own at the end.

    Raises:
        LangNgheError: it cannot be written; says so, and what to do.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as opened:
            yield opened
        partial.replace(target)
    except OSError as error:
        raise LangNgheError(
            f"{target}: không ghi được ({error.strerror}). Hãy chọn một tệp khác, trong thư mục "
            "có thể ghi và còn chỗ."
        ) from None
    finally:
        partial.unlink(missing_ok=True)
