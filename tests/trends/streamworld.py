"""Posts of a few meanings in a real store: each meaning has its words and its direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

import numpy as np

from langnghe.classifier.likeness import SIGNALS, Likeness
from langnghe.classifier.vectors import pack
from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import (
    Channel,
    Intent,
    Labels,
    Post,
    PostKind,
    Sentiment,
    TimePrecision,
    Topic,
)
from langnghe.store.posts.interface import Filters, PostStore
from tests.classifier.clusterworld import BACKGROUND, SIZE

MODEL = "m1"
TOPICS = (
    Topic("dien-nuoc", "Điện, nước", ("nước máy", "đèn đường", "cắt điện", "bể nước")),
    Topic("cho", "Chợ", ("chợ phiên",)),
)
MEANINGS: Mapping[str, tuple[int, str]] = {
    "water": (0, "nước máy đục, bể nước có mùi lạ, người già trẻ nhỏ đau bụng"),
    "light": (1, "đèn đường tối om, đi làm về không thấy ổ gà"),
    "cut": (2, "cắt điện không báo trước, tủ lạnh hỏng hết đồ"),
    "praise": (3, "cảm ơn thợ đến sửa ngay trong đêm mưa rét"),
}
LIKENESS = Likeness(
    dict.fromkeys(SIGNALS, 0.0), 0.0, 0.0, -1.0, np.zeros(SIZE, np.float32), BACKGROUND
)


def say(
    store: PostStore,
    day: date,
    counts: Mapping[str, int],
    *,
    model: str = MODEL,
    topics: tuple[str, ...] = ("dien-nuoc",),
    name: str = "",
) -> None:
    """Store and label that many posts of each meaning, published on one day."""
    at = datetime.combine(day, time(8), LOCAL_ZONE)
    posts, labels = [], []
    for meaning, count in counts.items():
        axis, text = MEANINGS[meaning]
        draw = np.random.default_rng(axis)
        for number in range(count):
            vector = np.zeros(SIZE, np.float32)
            vector[axis] = 1
            vector += 0.2 * draw.standard_normal(SIZE).astype(np.float32) / np.sqrt(SIZE)
            id_ = f"{meaning}-{day:%m%d}-{name}{number}"
            posts.append(
                Post(
                    id=id_,
                    source="bao",
                    channel=Channel.COMMENTS,
                    kind=PostKind.REPLY,
                    thread_id=id_,
                    url="https://xa.example/tin",
                    text=f"{text} {' '.join(f'số{number}x{word}' for word in range(30))}",
                    published_at=at,
                    precision=TimePrecision.MINUTE,
                    fetched_at=at,
                    topics=topics,
                )
            )
            labels.append(
                Labels(
                    id_,
                    model,
                    Sentiment.POSITIVE if meaning == "praise" else Sentiment.NEGATIVE,
                    Intent.PRAISE if meaning == "praise" else Intent.COMPLAINT,
                    embedding=pack(vector[None])[0],
                )
            )
    store.put(posts)
    store.label(labels)


def relabel(store: PostStore, model: str) -> None:
    """Label all that is there with another model, of the same mind."""
    while waiting := store.unlabelled(model, 500):
        known = [one.labels for one in waiting]
        vectors = {
            post.id: post.labels.embedding
            for one in {label.model for label in known if label is not None}
            for post in store.labelled(one, Filters())
        }
        store.label(
            [
                replace(label, model=model, embedding=vectors[label.post_id])
                for label in known
                if label is not None
            ]
        )
