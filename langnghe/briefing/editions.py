"""What may be told beside figures that were frozen before, so that no difference is small.

Whoever subtracts one export from another must not learn what a handful of late posts were like
(boundary 5), and a month must not be told in two ways.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from langnghe.briefing.counting import Value
from langnghe.briefing.figures import Figures
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.small import hidden

_PARTS: Final = ("sentiment", "intent", "place")
_AGAINST: Final = (".before", ".change", ".growth")


def compared(now: Figures, before: Figures) -> Figures:
    """Figures held against the period before as its own briefing told them.

    A breakdown that one did not show is not compared.

    Args:
        now: of a period, held against what is counted today of the one before.
        before: the frozen figures of that one.
    """
    if before.period != now.before:
        return now
    values: dict[str, Value] = {
        key: value
        for key, value in now.values.items()
        if not (key.startswith("posts.") and key.endswith(_AGAINST))
    }
    for key in list(values):
        plain = f"{key}.before" in now.values
        broken_down = key.startswith(("posts.sentiment.", "posts.intent."))
        if plain and (key in before or not broken_down or before.by(key.rpartition(".")[0])):
            values |= _against(key, values[key], before.get(key))
    # What there was before, and is not now.
    for dimension in ("topic", "place", "source", "channel"):
        for one in before.by(f"posts.{dimension}"):
            key = f"posts.{dimension}.{one}"
            if key not in values:
                values |= {key: 0, f"{key}.share": 0.0, **_against(key, 0, before[key])}
    return replace(now, values=dict(sorted(values.items())))


def restated(now: Figures, earlier: Figures) -> Figures:
    """Figures of a new edition, without the breakdowns that would tell of fewer than five posts.

    Args:
        now: of a period that has been told before.
        earlier: as it was told.
    """
    whole = _difference(now, earlier, "posts", "posts.total")
    topics = now.by("posts.topic").keys() | earlier.by("posts.topic").keys()
    differences = {
        topic: _difference(now, earlier, f"posts.topic.{topic}", f"posts.topic.{topic}")
        for topic in topics
    }
    kept_back = [
        f"posts.topic.{topic}.{part}." for topic in hidden(whole, differences) for part in _PARTS
    ]
    if 0 < whole < SMALLEST_FIGURE:
        kept_back += [f"posts.{part}." for part in ("sentiment", "intent")]
    values = {
        key: value for key, value in now.values.items() if not key.startswith(tuple(kept_back))
    }
    return replace(now, values=values)


def _against(key: str, now: Value, was: Value) -> dict[str, Value]:
    values: dict[str, Value] = {f"{key}.before": was, f"{key}.change": abs(now - was)}
    if was:
        values[f"{key}.growth"] = abs(now - was) / was
    return values


def _difference(now: Figures, earlier: Figures, prefix: str, total: str) -> int:
    """By how many posts two groups differ at least: more, fewer, or read differently."""
    found = abs(int(now.get(total)) - int(earlier.get(total)))
    # Places overlap and are plain totals of all posts: they say nothing of a few by subtraction.
    for part in ("sentiment", "intent"):
        ours, theirs = now.by(f"{prefix}.{part}"), earlier.by(f"{prefix}.{part}")
        if ours and theirs:
            moved = sum(
                abs(ours.get(one, 0) - theirs.get(one, 0)) for one in ours.keys() | theirs.keys()
            )
            found = max(found, -(-moved // 2))
    return found
