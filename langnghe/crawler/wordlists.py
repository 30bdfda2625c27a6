"""Word lists that ship with the crawler, in `data/`."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml


def _read(file: str) -> str:
    return (resources.files("langnghe.crawler") / "data" / file).read_text(encoding="utf-8")


@cache
def _lists(file: str) -> dict[str, str]:
    lists: dict[str, str] = yaml.safe_load(_read(file))
    return lists


def words(file: str, name: str) -> frozenset[str]:
    """The words of the list `name` in a YAML file."""
    return frozenset(_lists(file)[name].split())


def phrases(file: str, name: str) -> frozenset[str]:
    """The lines of the list `name` in a YAML file."""
    return frozenset(line.strip() for line in _lists(file)[name].splitlines())


def lines(file: str) -> frozenset[str]:
    """The lines of a text file that are neither empty nor a comment."""
    return frozenset(line for line in _read(file).splitlines() if line and not line.startswith("#"))
