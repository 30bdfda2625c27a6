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
    YOUTUBE = "youtube"
    FACEBOOK = "facebook"
    BLUESKY = "bluesky"
    DISCOURSE = "discourse"
    TELEGRAM = "telegram"
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


class Intent(StrEnum):
    """Loại ý kiến: what a post mainly does (docs/annotation.md)."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    INFORMATION = "information"
    OTHER = "other"


class Stance(StrEnum):
    """What a text does with a claim."""

    REPEATS = "repeats"
    DOUBTS = "doubts"
    """Asks whether it is true, or doubts it."""
    DENIES = "denies"
    """Says that it is untrue, corrects it, or warns of it."""
    UNRELATED = "unrelated"


class Verdict(StrEnum):
    """What people found out about a claim."""

    UNVERIFIED = "unverified"
    VERIFYING = "verifying"
    FALSE = "false"
    PARTLY_TRUE = "partly_true"
    CONFIRMED = "confirmed"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """Why a person must look at something (the review reasons)."""

    REPEATS_CHECKED_CLAIM = "repeats_checked_claim"
    """The post asserts what an approved verdict calls false or partly true."""
    UNVERIFIED_CLAIM = "unverified_claim"
    """Like statements of checkable fact in several posts; a cluster's reason, never a post's."""
    SCAM_WARNING = "scam_warning"
    NEEDS_ANSWER = "needs_answer"
    URGENT = "urgent"


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
    WITHHELD = "withheld"
    """Its writer, its page or the platform does not show it to everyone: it is not public."""


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
class Mark:
    """Something in a text that a reviewer can see for himself, such as a fee asked for."""

    kind: str
    """One of `classifier.marks.SCAM_MARKS`, `DANGER_MARKS` or `FORMAL_MARKS`."""
    words: str
    """The words of the text that carry it, as written."""


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A statement of fact that people have checked, with its verdict."""

    id: str
    text: str
    verdict: Verdict
    evidence: str = ""
    """What proves or disproves it, as shown to the reviewer."""


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """A checked claim that a text seems to speak of."""

    claim_id: str
    score: float
    """How alike text and claim are, 0 to 1."""
    stance: Stance
    stance_score: float
    """Probability of that stance, 0 to 1."""
    words: tuple[str, ...] = ()
    """The words of the text, as written, that it shares with the claim."""
    suggested_only: bool = False
    """Too little to go by (a text under 8 words): shown to a reviewer, never a reason."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a classifier says of a post. A field that the model does not give is None."""

    post_id: str
    model: str
    sentiment: Sentiment | None = None
    intent: Intent | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """By label, 0 to 1: the three sentiments (they add up to 1), the six intents (likewise),
    and `claim`, `scam`, `toxicity`, `answer`, `urgent`, each a probability of its own that
    means yes from 0.5."""
    marks: tuple[Mark, ...] = ()
    matches: tuple[ClaimMatch, ...] = ()
    """Best first. Empty where nothing matches, or where there is no register of claims."""
    register: str = ""
    """Digest of the register of claims that `matches` were made against; "" for none."""
    reasons: tuple[Reason, ...] = ()
    """Never `UNVERIFIED_CLAIM`, which only a cluster of posts can have."""
    embedding: bytes = b""
    """What the text means, as `classifier.vectors` packs it; b"" where the model gives none."""


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
