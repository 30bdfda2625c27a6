"""Reads JSON lines, one object a line; an error names the line, what is wrong, and the cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from langnghe.core.errors import ConfigError

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Some editors put it before the first line."""


class LineError(Exception):
    """A line cannot be used; both parts are in Vietnamese, for the user."""

    def __init__(self, problem: str, cure: str) -> None:
        self.problem, self.cure = problem, cure
        super().__init__(f"{problem}. {cure}")


def json_object(line: bytes, form: str, *, keys_once: bool = False) -> dict[str, Any]:
    """The object in one line.

    Args:
        line: with or without its line end.
        form: the cure for a line of another form: says how one should look.
        keys_once: refuse a key that is written twice; else the last one holds.

    Raises:
        LineError: the line is not UTF-8, no JSON, or no object.
    """
    try:
        row = json.loads(line.decode("utf-8"), object_pairs_hook=_once if keys_once else None)
    except UnicodeDecodeError:
        raise LineError("không phải UTF-8", "Hãy lưu tệp với bảng mã UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"không đúng cú pháp JSON ({error})", form) from None
    if not isinstance(row, dict):
        raise LineError("không phải một đối tượng JSON", form)
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise LineError("một mục được viết hai lần", "Hãy bỏ mục thừa")
    return row


def read_objects(
    path: Path, form: str, *, keys_once: bool = False
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file with their line numbers, from 1; empty lines are passed over.

    Args:
        path: of the file.
        form: as in `json_object`.
        keys_once: likewise.

    Raises:
        ConfigError: the file is missing, or a line cannot be used.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            path, None, f"không đọc được tệp ({error.strerror})", "Hãy kiểm tra lại đường dẫn"
        ) from None
    for number, line in enumerate(content.removeprefix(BYTE_ORDER_MARK).split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, json_object(line, form, keys_once=keys_once)
            except LineError as error:
                raise ConfigError(path, number, error.problem, error.cure) from None
