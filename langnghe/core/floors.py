"""Quality figures with floors: a gate that a change cannot lower in silence.

A floors file stands beside the evaluation set it belongs to:

    {
      "corpus_sha256": "9f2c…",
      "floors": {"phone.recall": 0.97, "name.precision": 0.85},
      "lowered": [{"floor": …, "from": …, "to": …, "reason": …}]
    }

`corpus_sha256` ties the floors to the very sentences that they were measured on: a changed
set needs floors measured anew. A figure that must stay small is pinned under a name that ends
in `.ceiling`, which turns the comparison round.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from langnghe.core.errors import LangNgheError

CEILING = ".ceiling"
_STEP = Decimal("0.0001")
"""Floors are kept to four decimals."""


class FloorsError(LangNgheError):
    """A floors file cannot be read, or would have been weakened without a reason."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One floor that was weakened on purpose; kept in the file for the next reader."""

    floor: str
    before: float
    """The bar that stood, a share from 0 to 1 (or whatever unit the figure has)."""
    after: float | None
    """The bar that stands since; None when it was dropped."""
    reason: str


@dataclass(frozen=True, slots=True)
class Floors:
    """The bars that figures are held to, and the evaluation set that they belong to."""

    corpus_sha256: str
    floors: Mapping[str, float]
    lowered: tuple[Lowered, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A figure on the wrong side of its bar, or one that was not measured at all."""

    name: str
    figure: float | None
    floor: float

    def __str__(self) -> str:
        side = "above its ceiling" if self.name.endswith(CEILING) else "below its floor"
        if self.figure is None:
            return f"{self.name}: not measured, though {self.floor:.4f} is pinned"
        return f"{self.name}: {self.figure:.4f} is {side} of {self.floor:.4f}"


def corpus_hash(paths: Iterable[Path]) -> str:
    """SHA-256 over the files' contents, in the order of their names (hexadecimal)."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda one: one.name):
        content = path.read_bytes()
        # Name and length go first, so that moving a line from one file to the next shows.
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_floors(path: Path) -> Floors:
    """Read a floors file.

    Raises:
        FloorsError: the file is missing, is no JSON, or has another shape than described above.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FloorsError(
            f"{path}: the file is missing. Measure and pin with --update-floors."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FloorsError(
            f"{path}: this is no JSON ({error}). Restore it from version control."
        ) from None
    try:
        return Floors(
            corpus_sha256=str(data["corpus_sha256"]),
            floors={str(name): float(floor) for name, floor in data["floors"].items()},
            lowered=tuple(
                Lowered(
                    floor=str(entry["floor"]),
                    before=float(entry["from"]),
                    after=None if entry["to"] is None else float(entry["to"]),
                    reason=str(entry["reason"]),
                )
                for entry in data.get("lowered", ())
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FloorsError(
            f"{path}: not the shape of a floors file ({error!r}). Restore it from version control."
        ) from None


def check(figures: Mapping[str, float], floors: Floors | Mapping[str, float]) -> list[Failure]:
    """The figures that miss their bars, by name; an empty list means that the gate is passed.

    A pinned figure that was not measured, or is not a number, fails; a measured figure that is
    not pinned is free.
    """
    bars = floors.floors if isinstance(floors, Floors) else floors
    failures = []
    for name, bar in sorted(bars.items()):
        figure = figures.get(name)
        if figure is None or math.isnan(figure) or _weaker(name, figure, bar):
            failures.append(Failure(name, figure, bar))
    return failures


def update(
    path: Path, figures: Mapping[str, float], corpus_sha256: str, reason: str | None = None
) -> Floors:
    """Pin `figures` as the new floors in `path`, all or nothing.

    Figures are rounded towards the easier side at four decimals, so that a floor is never a
    rounding error above what was measured.

    Args:
        path: the floors file; it may not exist yet.
        figures: the bars to pin, under the names described above.
        corpus_sha256: the hash of the evaluation set that they were measured on.
        reason: why a floor may be lowered (or dropped); written into the file with it.

    Raises:
        FloorsError: a floor would be lowered or dropped and no reason was given. The file is
            then left as it was.
    """
    unusable = sorted(name for name, figure in figures.items() if not math.isfinite(figure))
    if unusable:
        raise FloorsError(f"{path}: {', '.join(unusable)} is no number and cannot be a floor.")
    old = read_floors(path) if path.exists() else Floors(corpus_sha256, {})
    new = {name: _eased(name, figure) for name, figure in sorted(figures.items())}
    weakened = [
        (name, bar, new.get(name))
        for name, bar in sorted(old.floors.items())
        if name not in new or _weaker(name, new[name], bar)
    ]
    why = (reason or "").strip()
    if weakened and not why:
        names = ", ".join(
            f"{name} {bar:.4f} → {'dropped' if after is None else f'{after:.4f}'}"
            for name, bar, after in weakened
        )
        raise FloorsError(f'{path}: this would lower {names}. Mend the cause, or say --reason "…".')
    floors = Floors(
        corpus_sha256,
        new,
        (*old.lowered, *(Lowered(name, bar, after, why) for name, bar, after in weakened)),
    )
    _write(path, floors)
    return floors


def _weaker(name: str, figure: float, bar: float) -> bool:
    """Whether `figure` asks for less than `bar` does."""
    return figure > bar if name.endswith(CEILING) else figure < bar


def _eased(name: str, figure: float) -> float:
    # Decimal of the printed form: 0.97 stays 0.97, which is less than that as a binary number.
    rounding = ROUND_CEILING if name.endswith(CEILING) else ROUND_FLOOR
    return float(Decimal(repr(figure)).quantize(_STEP, rounding=rounding))


def _write(path: Path, floors: Floors) -> None:
    """Write beside, then rename: a crash leaves the old file or the new one, never half."""
    document = {
        "corpus_sha256": floors.corpus_sha256,
        "floors": dict(floors.floors),
        "lowered": _rows(floors.lowered),
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def _rows(lowered: Sequence[Lowered]) -> list[dict[str, object]]:
    return [
        {"floor": one.floor, "from": one.before, "to": one.after, "reason": one.reason}
        for one in lowered
    ]
