"""The things the service speaks of: Post, Labels, Topic, Place, and what became of an item.

None of them has a field for who wrote a post, and none may be given one (boundary 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """A kind of public channel; each has one spider."""

    FEED = "feed"
    NEWS = "news"
    COMMENTS = "comments"
    FORUM = "forum"
    MASTODON = "mastodon"
    FILE = "file"


class PostKind(StrEnum):
    """What a post is within its thread."""

    ARTICLE = "article"
    """A news item or notice of an institution or newspaper."""
    OPENING = "opening"
    """The first post of a discussion."""
    REPLY = "reply"
    """A comment below an article, or an answer within a discussion."""


class TimePrecision(StrEnum):
    """How exactly the source tells when something was published."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"
    """The source does not say; `published_at` is then the time of reading."""


class Sentiment(StrEnum):
    """Khuynh hướng."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Outcome(StrEnum):
    """What became of an item that a spider read: exactly one of these."""

    STORED = "stored"
    """New, or changed at its source since it was last read."""
    UNCHANGED = "unchanged"
    """Already stored, with the same text."""
    DUPLICATE = "duplicate"
    """The same post met again on another surface (another source, or twice in one page)."""
    OFF_TOPIC = "off_topic"
    """Touches no configured topic: not stored."""
    REJECTED = "rejected"
    """Could not be used; see `RejectReason`."""


class RejectReason(StrEnum):
    """Why an item was rejected."""

    EMPTY = "empty"
    """No text is left after cleaning."""
    GARBLED = "garbled"
    """The text's encoding is broken beyond repair."""
    TOO_LONG = "too_long"
    """Longer than `Limits.post_characters`."""
    EXPIRED = "expired"
    """Older than the retention period: it would be deleted at once."""
    MALFORMED = "malformed"
    """A row or element without the fields a post needs."""


@dataclass(frozen=True, slots=True)
class Post:
    """Something said in public, de-identified.

    `url` is the public page or thread the post stands on, never a private person's single
    post. `text` and `title` are masked, in NFC, otherwise as written. `masked` counts what was
    masked, by kind. Times are aware, in UTC.
    """

    id: str
    source: str
    channel: Channel
    kind: PostKind
    thread_id: str
    url: str
    text: str
    published_at: datetime
    precision: TimePrecision
    fetched_at: datetime
    title: str = ""
    parent_id: str | None = None
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)
    reactions: int | None = None
    """How many reactions the source shows; None where it does not say, which is not 0."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a classifier says of a post. A field that the model does not give is None."""

    post_id: str
    model: str
    sentiment: Sentiment | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """By label, 0 to 1; for sentiment the three add up to 1."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Chủ đề. Matched by phrases only."""

    id: str
    title: str
    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Địa bàn: a unit of today, or a village within it.

    `id` is the unit's code of the General Statistics Office, or `<code>/<slug>` for a village
    that the user listed.
    """

    id: str
    name: str
    kind: str
    province: str
    parent: str | None = None
