"""The encoder as the service runs it: text in, one vector out, by ONNX Runtime.

Texts are worked on one by one, as many at a time as there are threads, never as a padded batch.
The int8 model takes the range of the numbers between its layers from what it is given at once:
in a batch the neighbours of a text would move its vector. Alone it gets the same vector always,
no work goes into padding, and what is worked on stays in the processor's cache. Measured, this
is no slower than batches (docs/decisions.md).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors
from tokenizers import Tokenizer

from langnghe.classifier import diacritics
from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.inputs import MOST_TOKENS, TITLE_TOKENS, model_text
from langnghe.core.errors import NotReadyError

MODEL_FILE: Final = "encoder.onnx"
TOKENIZER_FILE: Final = "tokenizer.json"

Input: TypeAlias = str | tuple[str, str]
"""A text, or a text with what is read behind it: a title (see `Encoder.titled`), a claim…"""

# They have no common base but Exception.
_REFUSALS: Final = (
    runtime_errors.Fail,
    runtime_errors.InvalidArgument,
    runtime_errors.InvalidGraph,
    runtime_errors.InvalidProtobuf,
    runtime_errors.NotImplemented,
    runtime_errors.RuntimeException,
)


class TextCutter(Protocol):
    """Cuts texts into token numbers, just as `training.encoder.Reader` does."""

    def ids(self, text: str, second: str | None) -> list[int]:
        """The token numbers of a text, or of two of which the second is not empty.

        At most `MOST_TOKENS`.
        """
        ...

    def opening(self, title: str) -> str:
        """The first `TITLE_TOKENS` tokens of a title, as text."""
        ...


class Encoder:
    """The model, ready to read. May be used by several threads at once."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        cutter: TextCutter,
        restorer: Restorer,
        threads: int,
    ) -> None:
        self._session = session
        self._cutter = cutter
        self._restorer = restorer
        self._threads = threads
        self.width = int(session.get_outputs()[0].shape[1])

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> Encoder:
        """Read the model, its tokenizer and what puts diacritics back.

        Args:
            folder: holds `encoder.onnx`, `diacritics.npz` and the tokenizer's files.
            threads: how many texts are worked on at a time; None for one on each core.

        Raises:
            NotReadyError: a file is missing or cannot be read, or the tokenizer needs a package
                that is not there.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the threads that call it are parallel already
        options.inter_op_num_threads = 1
        # The file holds the finished graph: what `training.export` measured is what runs.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        path = folder / MODEL_FILE
        if not path.is_file():
            raise broken(folder, f"không có tệp {MODEL_FILE}")
        try:
            session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"]
            )
        except _REFUSALS as error:
            raise broken(folder, f"không đọc được {MODEL_FILE}: {error}") from None
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        restorer = Restorer.load(folder / diacritics.FILE)
        return cls(session, _read_cutter(folder), restorer, threads or cores or 1)

    def titled(self, text: str, title: str) -> Input:
        """A post as an input: its text, then the beginning of its title if it has one."""
        return (text, self._cutter.opening(title)) if title else text

    def features(self, inputs: Sequence[Input]) -> NDArray[np.float32]:
        """One vector for each input, in order: shape (inputs, width).

        The first half is the first token's state, the second the mean of all states. The same
        input gets the same vector, to the last bit, whatever stands beside it.
        """
        found = np.empty((len(inputs), self.width), np.float32)
        if len(inputs) < 2 or self._threads == 1:
            rows = map(self._vector, inputs)
            for at, row in enumerate(rows):
                found[at] = row
            return found
        with ThreadPoolExecutor(min(self._threads, len(inputs))) as pool:
            for at, row in enumerate(pool.map(self._vector, inputs)):
                found[at] = row
        return found

    def ids(self, one: Input) -> list[int]:
        """The token numbers of an input."""
        text, second = (one, "") if isinstance(one, str) else one
        return self._cutter.ids(self._reading(text), self._reading(second) or None)

    def _reading(self, text: str) -> str:
        return self._restorer.reading(model_text(text))

    def _vector(self, one: Input) -> NDArray[np.float32]:
        ids = np.array([self.ids(one)], np.int64)
        found: NDArray[np.float32] = self._session.run(None, {"input_ids": ids})[0][0]
        return found


class _FileCutter:
    """Works from `tokenizer.json` alone: 35 MB and 70 ms against 270 MB and 4 s."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="longest_first")

    def ids(self, text: str, second: str | None) -> list[int]:
        return list(self._tokenizer.encode(text, second).ids)

    def opening(self, title: str) -> str:
        ids = self._tokenizer.encode(model_text(title), add_special_tokens=False).ids
        return str(self._tokenizer.decode(ids[:TITLE_TOKENS], skip_special_tokens=False))


class _PackageCutter:
    """For checkpoints whose tokenizer exists only as Python code, such as PhoBERT's."""

    def __init__(self, folder: Path) -> None:
        try:
            from transformers import AutoTokenizer
        except ImportError:
            raise NotReadyError(
                f"{folder}: bộ tách từ của mô hình này cần gói transformers. Hãy cài bằng `pip "
                "install transformers`, hoặc dùng mô hình đi kèm langnghe."
            ) from None
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise broken(folder, f"không đọc được bộ tách từ: {error}") from None

    def ids(self, text: str, second: str | None) -> list[int]:
        found = self._tokenizer(text, second, truncation="longest_first", max_length=MOST_TOKENS)
        return list(found["input_ids"])

    def opening(self, title: str) -> str:
        ids = self._tokenizer(
            model_text(title), truncation=True, max_length=TITLE_TOKENS, add_special_tokens=False
        )["input_ids"]
        return str(self._tokenizer.decode(ids))


def _read_cutter(folder: Path) -> TextCutter:
    path = folder / TOKENIZER_FILE
    if path.is_file():
        try:
            return _FileCutter(path)
        except Exception as error:  # noqa: BLE001 (the library raises nothing narrower)
            raise broken(folder, f"không đọc được {TOKENIZER_FILE}: {error}") from None
    if (folder / "tokenizer_config.json").is_file():
        return _PackageCutter(folder)
    raise broken(folder, f"không có tệp {TOKENIZER_FILE}")


def broken(folder: Path, problem: str) -> NotReadyError:
    """The error for a model folder that is of no use, with its cure."""
    return NotReadyError(
        f"{folder}: không dùng được mô hình này ({problem}). Hãy cài lại gói langnghe, hoặc huấn "
        "luyện lại bằng `langnghe train`."
    )
