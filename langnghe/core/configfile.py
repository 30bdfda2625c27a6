"""Reads a YAML file into a pydantic model; an error names the file, the line and the cure."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from langnghe.core.errors import ConfigError

ModelT = TypeVar("ModelT", bound=BaseModel)

Location = tuple[str | int, ...]


class _UniqueKeyLoader(yaml.CSafeLoader):
    """A SafeLoader that refuses a key written twice: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"khóa {key!r} được viết hai lần", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _lines(node: yaml.Node | None, at: Location = ()) -> dict[Location, int]:
    """The line (from 1) of each element, by its path in the document."""
    if node is None:
        return {}
    found = {at: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found.update(_lines(value, (*at, str(key.value))))
            found[(*at, str(key.value))] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found.update(_lines(value, (*at, index)))
    return found


def _line_of(location: Location, lines: dict[Location, int]) -> int | None:
    """The line of the innermost element on the way to `location` that the file holds."""
    # pydantic puts the tag of a discriminated union into the path; the file does not have it.
    path: Location = ()
    for part in location:
        if (*path, part) in lines:
            path = (*path, part)
    return lines.get(path)


def read_config(path: Path, model: type[ModelT]) -> ModelT:
    """Read `path` and check it against `model`.

    Raises:
        ConfigError: the file is missing, is no YAML, or does not fit the model.
    """
    return parse_config(read_text(path), path, model)


def read_text(path: Path) -> str:
    """The text of a configuration file.

    Raises:
        ConfigError: the file is missing, or is not in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            path, None, "thiếu tệp này", "Hãy tạo lại bằng lệnh `langnghe init`."
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            path, line, "dòng này không phải UTF-8", "Hãy lưu tệp với bảng mã UTF-8."
        ) from None


def parse_config(text: str, path: Path, model: type[ModelT]) -> ModelT:
    """Check `text` against `model`.

    Args:
        text: what the file holds, or is going to hold.
        path: its path, which an error names.
        model: what it has to fit.

    Raises:
        ConfigError: it is no YAML, or does not fit the model.
    """
    loader = _UniqueKeyLoader(text)
    try:
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(
            path,
            mark.line + 1 if mark else None,
            f"không đúng cú pháp YAML ({error.problem})",
            "Hãy xem dòng này thiếu dấu nháy, dấu hai chấm hay lùi đầu dòng.",
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(
            path, None, f"không đúng cú pháp YAML ({error})", "Hãy lưu lại thành văn bản UTF-8."
        ) from None
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        location: Location = tuple(first["loc"])
        name = ".".join(str(part) for part in location) or "tệp"
        more = f" (còn {error.error_count() - 1} lỗi khác)" if error.error_count() > 1 else ""
        problem, cure = _problem(first)
        raise ConfigError(
            path, _line_of(location, _lines(node)), f"{name}: {problem}{more}", cure
        ) from None


_MEND = "Hãy sửa giá trị; docs/configuration.md nói rõ được viết gì."

_PROBLEMS: dict[str, tuple[str, str]] = {
    "missing": ("thiếu khóa này", "Hãy thêm khóa."),
    "extra_forbidden": (
        "không có khóa nào tên như vậy",
        "Hãy bỏ đi hoặc sửa chính tả; docs/configuration.md có đủ các khóa.",
    ),
    "union_tag_not_found": ("thiếu khóa `channel`", "Hãy thêm khóa `channel:`."),
    "union_tag_invalid": (
        "`channel` phải là một trong: {expected_tags}",
        "Hãy viết một trong các từ này.",
    ),
    "literal_error": ("phải là {expected}", _MEND),
    "enum": ("phải là {expected}", _MEND),
    "greater_than": ("phải lớn hơn {gt}", _MEND),
    "greater_than_equal": ("phải từ {ge} trở lên", _MEND),
    "less_than": ("phải nhỏ hơn {lt}", _MEND),
    "less_than_equal": ("không được quá {le}", _MEND),
    "int_parsing": ("phải là số nguyên", _MEND),
    "int_type": ("phải là số nguyên", _MEND),
    "float_parsing": ("phải là số", _MEND),
    "float_type": ("phải là số", _MEND),
    "bool_parsing": ("phải là true hoặc false", _MEND),
    "bool_type": ("phải là true hoặc false", _MEND),
    "string_type": ("phải là chữ (đặt trong dấu nháy nếu là số)", _MEND),
    "string_pattern_mismatch": ("không đúng dạng {pattern}", _MEND),
    "string_too_long": ("dài quá {max_length} ký tự", _MEND),
    "tuple_type": ("phải là danh sách (mỗi mục một dòng, bắt đầu bằng «- »)", _MEND),
    "too_short": ("phải có ít nhất {min_length} mục", _MEND),
    "model_type": ("phải là các cặp «khóa: giá trị»", _MEND),
    "model_attributes_type": ("phải là các cặp «khóa: giá trị»", _MEND),
}


def _problem(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong by a pydantic error, and what to do about it, in Vietnamese."""
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        # Raised by our own validators, which speak Vietnamese already.
        return str(context["error"]), _MEND
    if error["type"] in _PROBLEMS:
        problem, cure = _PROBLEMS[error["type"]]
        return problem.format(**context), cure
    return error["msg"], _MEND
