"""What a trial of an address came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from langnghe.core.models import TimePrecision


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at, in words. `fine` None: it says neither good nor bad."""

    what: str
    says: str
    fine: bool | None = None
    problem: str | None = None
    """What went wrong, one of `targets.PROBLEMS`: its words and its cure are the page's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one page would be read. Title and text are masked."""

    url: str
    title: str
    published_at: datetime | None
    precision: TimePrecision
    beginning: str
    """The first words of the text."""
    characters: int
    """Of the whole text."""
    comments: int | None
    """None: they stand elsewhere and were not asked for."""
    masked: Mapping[str, int] = field(default_factory=dict)
    """What would be masked in title and text, by `masks.MaskKind`."""
    topics: tuple[str, ...] = ()
    """Topics that title and text touch; without one a post is not stored."""


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was found."""

    url: str
    steps: tuple[Step, ...] = ()
    readings: tuple[Reading, ...] = ()
    entry: str | None = None
    """An entry for sources.yaml, as an item of its list; None where there is none to propose."""
    advice: str = ""
    """What to do next."""

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--json`; `from_json` makes a trial of them again."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: object) -> Trial:
        """A trial out of what `--json` printed.

        Raises:
            ValueError: it is none.
        """
        return TypeAdapter(cls).validate_python(said)
