"""What each kind of channel declares: what it reads, on whose terms, and for how long.

A spider cannot run without this (`tests/crawler/test_terms.py` holds every channel to it).
"""

from __future__ import annotations

from dataclasses import dataclass

from langnghe.core.models import Channel
from langnghe.core.settings import MAX_RETENTION_DAYS

NEVER_READ = (
    "name",
    "handle",
    "profile address",
    "avatar",
    "account id",
    "e-mail address",
    "IP address",
)
"""What every channel shows about writers and none of our readers gives on (boundary 1). Display
names are held in memory while one page is read, to mask them in its texts."""


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """The terms on which one kind of channel is read."""

    channel: Channel
    access: str
    """How it is reached, and why that is open to us."""
    fields: tuple[str, ...]
    """What is read of each post."""
    obeys_robots: bool
    """Whether robots.txt has a say. False only where nothing is fetched over HTTP."""
    retention_days: int = MAX_RETENTION_DAYS
    """Text is deleted after this long at the latest; a source may set less."""

    def __post_init__(self) -> None:
        if not self.access or not self.fields:
            raise ValueError(f"channel {self.channel}: say how it is reached and what is read")
        if not 1 <= self.retention_days <= MAX_RETENTION_DAYS:
            raise ValueError(f"channel {self.channel}: keep texts 1 to {MAX_RETENTION_DAYS} days")
