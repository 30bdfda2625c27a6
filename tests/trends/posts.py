"""Posts whose topic, day and labels are all that matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import (
    Channel,
    Intent,
    Labels,
    Post,
    PostKind,
    Sentiment,
    TimePrecision,
)
from langnghe.store.posts.interface import PostStore

MODEL = "thu-1"


@dataclass(frozen=True)
class Said:
    """What one post is counted by; `sentiment` None: not labelled."""

    day: date
    topics: tuple[str, ...] = ("che",)
    sentiment: Sentiment | None = Sentiment.NEUTRAL
    intent: Intent = Intent.OTHER
    source: str = "bao"
    channel: Channel = Channel.COMMENTS
    places: tuple[str, ...] = ()


def keep(store: PostStore, said: Iterable[Said], first: int = 0) -> None:
    """Store and label posts, numbered from `first`."""
    posts, labels = [], []
    for number, one in enumerate(said, first):
        at = datetime.combine(one.day, time(8), LOCAL_ZONE)
        post = Post(
            id=f"{number:032x}",
            source=one.source,
            channel=one.channel,
            kind=PostKind.REPLY,
            thread_id=f"{number:032x}",
            url="https://xa.example/tin",
            text=f"Bài số {number} {number * 7919} {number * 104729}",
            published_at=at,
            precision=TimePrecision.MINUTE,
            fetched_at=at + timedelta(minutes=5),
            topics=one.topics,
            places=one.places,
        )
        posts.append(post)
        if one.sentiment is not None:
            scores = {str(label): float(label is one.sentiment) for label in Sentiment}
            labels.append(Labels(post.id, MODEL, one.sentiment, one.intent, scores))
    store.put(posts)
    store.label(labels)
