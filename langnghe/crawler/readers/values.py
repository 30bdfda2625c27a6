"""What stands in JSON that others wrote, where nothing is sure to be of its kind."""

from __future__ import annotations

import json
from typing import Any


def json_object(body: bytes) -> dict[str, Any]:
    """The object that a body is; empty where it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def object_in(holder: object, key: str) -> dict[str, Any]:
    """The object under a key; empty where there is none."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def list_in(holder: object, key: str) -> list[Any]:
    """The list under a key; empty where there is none."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def count(value: object) -> int | None:
    """How many; None for what is no number of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
