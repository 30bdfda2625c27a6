"""Files of plain arrays that say what they are, and that they are whole.

They cannot hold code, and the same arrays give the same bytes.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.core.errors import NotReadyError

Arrays = Mapping[str, NDArray[np.generic]]

_KIND: Final = "kind"
_DIGEST: Final = "sha256"


def write_arrays(path: Path, kind: str, arrays: Arrays) -> None:
    """Write `arrays`, whole or not at all. `kind` changes whenever their meaning does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    marks = {_KIND: np.array(kind), _DIGEST: np.array(_digest(arrays))}
    np.savez_compressed(partial, **arrays, **marks)  # type: ignore[arg-type]
    partial.replace(path)


def read_arrays(path: Path, kind: str, shapes: Mapping[str, tuple[int, ...] | None]) -> Arrays:
    """The arrays named in `shapes`, each of its shape (None: any).

    Raises:
        NotReadyError: the file is missing, damaged, or of another kind.
    """
    try:
        # Opened here: numpy leaves a damaged archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if str(archive[_KIND]) != kind:
                raise _broken(path, "tệp thuộc một phiên bản khác")
            arrays = {name: archive[name] for name in archive.files if name not in (_KIND, _DIGEST)}
            if str(archive[_DIGEST]) != _digest(arrays):
                raise _broken(path, "nội dung đã thay đổi")
    except FileNotFoundError:
        raise _broken(path, "không có tệp") from None
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise _broken(path, f"không đọc được: {error}") from None
    wrong = [
        name
        for name, shape in shapes.items()
        if name not in arrays or shape not in (None, arrays[name].shape)
    ]
    if wrong:
        raise _broken(path, f"sai kích thước: {', '.join(wrong)}")
    return arrays


def _digest(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _broken(path: Path, problem: str) -> NotReadyError:
    return NotReadyError(
        f"{path}: không dùng được phần mô hình này ({problem}). Hãy cài lại gói langnghe, hoặc "
        "huấn luyện lại bằng `langnghe train`."
    )
