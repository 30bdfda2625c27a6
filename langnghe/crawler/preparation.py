"""From what a reader saw to what may be kept: clean, de-identify, match, identify.

Pure: the same item gives the same result, and nothing is written. What comes out is a `Post`
without its author, or the outcome of an item that is not kept. Nothing else leaves the crawler
process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from langnghe.core.encoding import GarbledTextError, repair
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.ids import KeyedIds
from langnghe.core.informal import expand
from langnghe.core.models import Outcome, Post, RejectReason, TimePrecision
from langnghe.core.phrases import Prepared
from langnghe.core.places import PlaceMatcher
from langnghe.core.settings import Source, WebSource
from langnghe.core.text import clean
from langnghe.core.topics import TopicMatcher, read_topics
from langnghe.crawler.addresses import public_page
from langnghe.crawler.deidentify import Masked, deidentify
from langnghe.crawler.items import Published, RawItem

MAX_TITLE = 500
"""Characters. The longest headline in our samples has 180; what follows is a text's first lines."""

NOTHING_MASKED = Masked("", {})

FUTURE_TOLERANCE = timedelta(hours=26)
"""A date further ahead is no date of publication. Local times of every zone, taken for ours by a
server that does not name its zone, lie within this."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """An item that is not kept, and why."""

    outcome: Outcome
    reason: RejectReason | None = None
    text: str | None = field(default=None, repr=False)
    """Of one that touches no topic: as it would have been stored."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a reply takes over from the article or opening post that it stands beneath."""

    title: str
    topics: tuple[str, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, opening: Post) -> Thread:
        """What replies to this post take over."""
        return cls(opening.title, opening.topics, opening.places)


@dataclass(frozen=True)
class Preparation:
    """What every item goes through, with what it needs for that."""

    topics: TopicMatcher
    topic_order: Mapping[str, int]
    places: PlaceMatcher
    ids: KeyedIds
    retention_days: int
    max_characters: int
    configuration: str
    """A digest of the files that decide which posts are kept."""

    @classmethod
    def of(cls, home: Home) -> Preparation:
        """The preparation that a home's configuration asks for."""
        # First: of a file that changes just now, the next preparation has another digest.
        configuration = _digest(home)
        topics = read_topics(home.configs / "topics.yaml")
        return cls(
            topics=TopicMatcher(topics),
            topic_order={topic.id: place for place, topic in enumerate(topics)},
            places=PlaceMatcher(read_places(home.configs / "places.yaml")),
            ids=home.ids,
            retention_days=home.settings.retention_days,
            max_characters=home.settings.limits.post_characters,
            configuration=configuration,
        )

    def prepare(
        self,
        item: RawItem,
        source: Source,
        names: Collection[str],
        fetched_at: datetime,
        thread: Thread | None = None,
    ) -> Post | Discarded:
        """Make a post of an item.

        `names` are the display names seen on the same page: they are masked wherever they
        occur, and not kept. `fetched_at` is aware, in UTC. `thread` is what is known of the
        thread of a reply: "my village too!" is about what its article is about, so a reply
        that touches no topic of its own takes over those of its thread, and likewise places.
        """
        try:
            text = clean(repair(item.text))
            title = " ".join(clean(repair(item.title)).split())
        except GarbledTextError:
            return Discarded(Outcome.REJECTED, RejectReason.GARBLED)
        if not text:
            return Discarded(Outcome.REJECTED, RejectReason.EMPTY)
        if len(text) > self.max_characters:
            return Discarded(Outcome.REJECTED, RejectReason.TOO_LONG)
        published_at, precision = self._moment(item.published, fetched_at)
        if fetched_at - published_at > self.retention(source):
            return Discarded(Outcome.REJECTED, RejectReason.EXPIRED)

        masked_text = deidentify(text, names)
        # Masked first, cut second: a cut through a number would leave half of it unmasked.
        masked_title = deidentify(title[: 10 * MAX_TITLE], names) if title else NOTHING_MASKED
        shown_title = masked_title.text[:MAX_TITLE] or (thread.title if thread is not None else "")
        whole = f"{shown_title}\n{masked_text.text}"
        forms = Prepared(whole)
        topics = self._topics(forms) or (thread.topics if thread is not None else ())
        if not topics:
            return Discarded(Outcome.OFF_TOPIC, text=masked_text.text)
        places = self.places.match(forms, topics=topics)
        if not places and thread is not None:
            places = thread.places
        if not places and source.place is not None:
            places = (source.place,)
        return Post(
            id=self.ids.of("post", *item.native),
            source=source.name,
            channel=source.channel,
            kind=item.kind,
            thread_id=self.ids.of("thread", *item.thread),
            parent_id=None if item.parent is None else self.ids.of("post", *item.parent),
            url=_public_page(item.url, _home_page(source)),
            title=shown_title,
            text=masked_text.text,
            published_at=published_at,
            precision=precision,
            fetched_at=fetched_at,
            topics=topics,
            places=places,
            masked=_together(masked_text.counts, masked_title.counts),
            reactions=item.reactions,
        )

    def _topics(self, forms: Prepared) -> tuple[str, ...]:
        """The topics of a text, as written and in its normalised spelling, in file order."""
        topics = self.topics.match(forms)
        shadow = expand(forms.text)
        if shadow == forms.text:
            return topics
        found = {*topics, *self.topics.match(shadow)}
        return tuple(sorted(found, key=self.topic_order.__getitem__))

    def retention(self, source: Source) -> timedelta:
        """How long texts of a source are kept."""
        return timedelta(
            days=min(source.retention_days or self.retention_days, self.retention_days)
        )

    @staticmethod
    def _moment(
        published: Published | None, fetched_at: datetime
    ) -> tuple[datetime, TimePrecision]:
        if published is None or published.at > fetched_at + FUTURE_TOLERANCE:
            return fetched_at, TimePrecision.UNKNOWN
        return published.at, published.precision


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other)) if one and other else dict(one or other)


@lru_cache(maxsize=1024)
def _public_page(url: str, fallback: str) -> str:
    """All comments of a page name the same one."""
    return public_page(url, fallback)


def _home_page(source: Source) -> str:
    """The public page to name where an item's own address must not be kept."""
    if isinstance(source, WebSource):
        return source.urls()[0]
    return source.public_page


def _digest(home: Home) -> str:
    digest = blake2b(digest_size=16)
    for name in ("topics.yaml", "places.yaml"):
        digest.update((home.configs / name).read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()
