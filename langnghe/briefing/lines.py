"""What a briefing tells of single cases: frozen with its figures, as they stood that day.

Claims are worded by us and petitions summed up by us; no words of a post are in any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from langnghe.core.models import Verdict


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim that was decided, or is being verified."""

    id: str
    statement: str
    topic: str
    verdict: Verdict
    decided_on: date | None
    corrected_on: date | None
    """Of the correction that the public reads now, if it came out by the end of the period."""
    truth: str
    """What is true, by that correction."""
    petition: str
    """Code of the petition that answers; "" if none."""


@dataclass(frozen=True, slots=True)
class PetitionLine:
    """A petition that is overdue."""

    id: str
    summary: str
    topic: str
    place: str
    agency: str
    """Who is to answer; "" while nobody is."""
    received_on: date
    due_on: date
    state: str
    """As shown on screen."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A field report that was accepted in the period."""

    id: str
    unit: str
    topic: str
    place: str
    streams: tuple[tuple[str, str, str], ...]
    """What was heard, with inclination and width, in words."""
    intensity: str
    proposals: str


@dataclass(frozen=True, slots=True)
class StreamLine:
    """An opinion stream of a topic in the period."""

    topic: str
    number: int
    """From 1, the largest first; its size is the figure `streams.<topic>.<number>`."""
    title: str
    standing: str
    """Against the period before, in words, such as `mới`; "" if nothing is known."""


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """What is to be expected of a topic, where that can be said at all."""

    topic: str
    until: date
