"""What each kind of channel declares: what it reads, on whose terms, and for how long.

A spider cannot run without this (`tests/crawler/test_terms.py` holds every channel to it), and
what is declared is what is done: `Storable` parts that are not named are dropped, the rate holds
whatever an administrator sets, and a text that was not confirmed within `recheck_days` goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from langnghe.core.models import Channel
from langnghe.core.settings import MAX_RETENTION_DAYS, Source, WebSource

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


class Storable(StrEnum):
    """The parts of a post that a channel's terms may let us store."""

    TEXT = "text"
    """Masked, as all texts are."""
    TITLE = "title"
    TIME = "time"
    """When it was published."""
    THREAD = "thread"
    """Which public page or thread it stands on, and what it answers, as keyed ids."""
    REACTIONS = "reactions"
    """How many reactions it has."""


TEXT_IN_ITS_THREAD = frozenset({Storable.TEXT, Storable.TITLE, Storable.TIME, Storable.THREAD})
"""A post without its count of reactions."""

WHOLE_POST = frozenset(Storable)


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a channel's servers may be asked, whatever an administrator sets."""

    least_seconds: float
    """Between the end of one answer and the next request to the same server."""
    most_a_day: int | None = None
    """Requests of all sources of this channel on one day in Viet Nam; None: the pace is enough."""

    def __post_init__(self) -> None:
        if self.least_seconds < 0 or (self.most_a_day is not None and self.most_a_day < 1):
            raise ValueError("a rate is at least one request a day, and takes no negative time")


AS_CONFIGURED = Rate(0.0)
"""For the pages of single sites, which name no rate but in robots.txt and in answers 429: the
pace keeps those, and `crawl.delay_seconds` of settings.yaml."""


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """The terms on which one kind of channel is read. What has no default must be declared."""

    channel: Channel
    access: str
    """How it is reached, and why that is open to us."""
    fields: tuple[str, ...]
    """What is read of each post."""
    may_store: frozenset[Storable]
    """Which parts of it may be stored; the others are dropped before anything is written."""
    rate: Rate
    retention_days: int
    """Text is deleted after this long at the latest; a source may set less."""
    recheck_days: int | None
    """A post that was not seen at its source for so long is deleted (`PostStore.purge`); its
    page is looked at again in time. None: the terms know no such limit."""
    obeys_robots: bool = True
    """Whether robots.txt has a say. False only where nothing is fetched over HTTP, or where
    `robots_exempt` says why."""
    robots_exempt: str = ""
    """Why robots.txt of a documented API's host, which forbids it to all, is no answer to us who
    use the API with a key under its own terms (boundary 5); empty: there is no such reason."""

    def __post_init__(self) -> None:
        if not self.access or not self.fields:
            raise ValueError(f"channel {self.channel}: say how it is reached and what is read")
        if Storable.TEXT not in self.may_store:
            raise ValueError(f"channel {self.channel}: without its text a post is of no use")
        if not 1 <= self.retention_days <= MAX_RETENTION_DAYS:
            raise ValueError(f"channel {self.channel}: keep texts 1 to {MAX_RETENTION_DAYS} days")
        if self.recheck_days is not None and self.recheck_days < 1:
            raise ValueError(f"channel {self.channel}: posts are confirmed within whole days")
        if self.robots_exempt and self.obeys_robots:
            raise ValueError(f"channel {self.channel}: it obeys robots.txt, or says why not")


def least_delay(terms: ChannelTerms, source: WebSource, general: float) -> float:
    """Seconds between two requests of a source to one server, where robots.txt asks for no more.

    Its own or the `general` number, but no less than its channel's terms allow. A server within
    the own network is nobody else's: there the administrator alone decides.
    """
    asked = general if source.delay_seconds is None else source.delay_seconds
    return asked if source.allow_private_network else max(asked, terms.rate.least_seconds)


def kept_days(terms: ChannelTerms, source: Source, general: int) -> int:
    """After how many days a source's texts are deleted: the least that anything asks for."""
    return min(terms.retention_days, general, source.retention_days or general)
