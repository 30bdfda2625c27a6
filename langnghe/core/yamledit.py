"""Changes one part of a YAML text and leaves every other character as it is.

The configuration files are full of comments that say why a value is what it is; whoever edits
one entry on a page must not lose those of the rest. So nothing is written out anew: the parser
says from where to where a part stands, and that stretch alone is replaced. Whether the outcome
is what was meant, the caller checks (`casework.configuration`).
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any, Final

import yaml

_STEP: Final = 2
"""Columns by which an item of a list stands further in than its dash."""


@dataclass(frozen=True, slots=True)
class Part:
    """An item of a list, and where it stands. Offsets count characters."""

    text: str
    """As it is edited by itself: its lines begin in the first column."""
    data: Any
    """What it says."""
    start: int
    end: int
    column: int
    """How far its lines are indented."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after a change."""

    text: str
    line: int
    """Where in it the changed part begins, from 1."""


def load(text: str) -> Any:
    """What a text says.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=yaml.CSafeLoader)


def parts(text: str, key: str) -> list[Part]:
    """The items of the list under `key` of the outermost mapping, in order.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    items = _value(text, key)
    found = []
    for node, data in zip(items.value, load(text)[key], strict=True) if items else ():
        start, column = node.start_mark.index, node.start_mark.column
        end = _end(text, node)
        own = text[start:end]
        if not _is_flow(node):
            own = textwrap.dedent(" " * column + own)
        found.append(Part(own, data, start, end, column))
    return found


def replace(text: str, part: Part, new: str) -> Edited:
    """Put `new` in place of a part that was taken from `text`."""
    body = _indented(_tidy(new), part.column)
    return Edited(text[: part.start] + body + text[part.end :], _line(text, part.start))


def append(text: str, key: str, new: str) -> Edited:
    """Put one more item at the end of the list under `key`, which may be empty or missing."""
    items = _value(text, key)
    if items is None:
        before, column, after = f"{text.rstrip()}\n{key}:\n".lstrip("\n"), _STEP, ""
    elif not items.value:
        # Written `[]`: an item in lines of its own takes its place.
        before = text[: items.start_mark.index].rstrip() + "\n"
        column, after = _STEP, text[items.end_mark.index :]
    elif _is_flow(items):
        end = items.end_mark.index - 1
        before = text[:end].rstrip().rstrip(",") + ",\n" + " " * _STEP
        return Edited(before + _as_flow(new) + text[end:], _line(before, len(before)))
    else:
        end = _end(text, items)
        before, column = text[:end] + "\n\n", items.start_mark.column
        after = text[end:].removeprefix("\n")
    body = _indented(_tidy(new), column + _STEP)
    after = after if after.startswith("\n") or not after else "\n" + after
    whole = f"{before}{' ' * column}- {body}{after or chr(10)}"
    return Edited(whole, _line(before, len(before)))


def set_value(text: str, key: str, value: str) -> str:
    """Set a plain `value` under `key` of the outermost mapping, which is added if missing."""
    node = _value(text, key)
    if node is not None:
        return text[: node.start_mark.index] + value + text[node.end_mark.index :]
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if root is not None and _is_flow(root):
        end = root.end_mark.index - 1
        return f"{text[:end].rstrip().rstrip(',')}, {key}: {value}{text[end:]}"
    return f"{text.rstrip()}\n{key}: {value}\n"


def _value(text: str, key: str) -> yaml.Node | None:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for name, value in root.value if name.value == key), None)


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _end(text: str, node: yaml.Node) -> int:
    """Where a part ends, with a comment that stands behind its last word."""
    if _is_flow(node):
        return int(node.end_mark.index)
    last = node
    # The end of a list or mapping in lines of its own is where the next thing begins.
    while isinstance(last, yaml.CollectionNode) and not _is_flow(last) and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = len(text[: last.end_mark.index].rstrip())
    newline = text.find("\n", end)
    return len(text[: newline if newline >= 0 else len(text)].rstrip())


def _tidy(new: str) -> str:
    """One item as typed or pasted: from the first column, without its dash."""
    lines = textwrap.dedent(new.strip("\n")).rstrip()
    return textwrap.dedent(" " * _STEP + lines[_STEP:]) if lines.startswith("- ") else lines


def _indented(body: str, column: int) -> str:
    """To stand at `column`, where the first line is already."""
    return textwrap.indent(body, " " * column)[column:]


def _as_flow(new: str) -> str:
    return yaml.safe_dump(
        load(_tidy(new)), default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False
    ).strip()


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
