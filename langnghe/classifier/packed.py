"""Files of plain arrays, and of JSON, that say what they are.

They cannot hold code, and the same content gives the same bytes. Arrays also say that they are
whole; for JSON, `model.json` does.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from langnghe.core.errors import NotReadyError

Arrays = Mapping[str, NDArray[np.generic]]
Made = TypeVar("Made")

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


def write_json(path: Path, content: Mapping[str, Any], indent: int | None = None) -> None:
    """Write `content`, whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def read_json(path: Path, form: int, make: Callable[[Any], Made]) -> Made:
    """What `make` makes of the object in `path`, whose `format` is to be `form`.

    Raises:
        NotReadyError: the file is missing, of another format, or `make` cannot use it.
    """
    try:
        kept = json.loads(path.read_bytes())
        if kept["format"] != form:
            raise _broken(path, f"định dạng {kept['format']!r}, cần {form}")
        return make(kept)
    except FileNotFoundError:
        raise _broken(path, "không có tệp") from None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise _broken(path, f"không đọc được: {error!r}") from None


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
