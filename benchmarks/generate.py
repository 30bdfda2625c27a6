"""Makes posts for benchmarks out of a small grammar: any number, always the same ones.

No text of anybody is in it. Syllables are put together by the rules of quốc ngữ spelling, words
of one or two of them are drawn with the frequencies of a natural language (Zipf), and phrases
of the shipped topics and names of places stand among them. Lengths are lognormal around 35
syllables; one post in ten is written without diacritics, one in ten is a remark of a few words,
one in twenty repeats an earlier one with small changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b

import numpy as np

from langnghe.core.models import Channel, Intent, Labels, Post, PostKind, Sentiment, TimePrecision
from langnghe.core.settings import shipped_configs
from langnghe.core.syllables import ONSETS, is_syllable
from langnghe.core.text import fold
from langnghe.core.topics import expand_alternatives, read_topics

END = datetime(2026, 11, 21, tzinfo=UTC)
DAYS = 365
SOURCES = 60
WORDS = 60_000
ZIPF = 1.05
SYLLABLES = 35
MODEL = "benchmark-1"
INTENTS = tuple(Intent)

PLACES = (
    "xã Bình Lư", "xã Khun Há", "xã Bản Bo", "xã Tả Lèng", "xã Sin Suối Hồ", "xã Phong Thổ",
    "xã Dào San", "xã Khổng Lào", "xã Tủa Sín Chải", "xã Sìn Hồ", "xã Hồng Thu", "xã Nậm Tăm",
    "xã Pu Sam Cáp", "xã Nậm Hàng", "xã Mường Tè", "xã Bum Nưa", "xã Than Uyên", "xã Mường Kim",
    "xã Khoen On", "xã Tân Uyên", "xã Mường Khoa", "xã Nậm Sỏ", "phường Tân Phong",
    "phường Đoàn Kết",
)  # fmt: skip

_RHYMES = (
    *("a", "an", "ang", "anh", "ao", "at", "ay", "ăn", "ăng", "ât", "âu", "ây", "e", "em", "en"),
    *("eo", "ê", "êm", "ên", "êu", "i", "im", "in", "inh", "iu", "iên", "iêng", "iêu", "o", "oi"),
    *("om", "on", "ong", "oa", "oan", "oang", "ô", "ôi", "ôm", "ôn", "ông", "ơ", "ơi", "ơm", "ơn"),
    *("u", "ua", "ui", "um", "un", "ung", "uân", "uê", "uôi", "uôn", "uông", "uy", "uyên"),
    *("ư", "ưa", "ưng", "ươi", "ươm", "ươn", "ương", "ươu"),
)
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_CHANNELS = (Channel.FEED, Channel.NEWS, Channel.COMMENTS, Channel.FORUM, Channel.MASTODON)
_KINDS = {
    Channel.FEED: PostKind.ARTICLE,
    Channel.NEWS: PostKind.ARTICLE,
    Channel.COMMENTS: PostKind.REPLY,
    Channel.FORUM: PostKind.REPLY,
    Channel.MASTODON: PostKind.OPENING,
}


@dataclass(frozen=True)
class Grammar:
    """What posts are made of."""

    words: tuple[str, ...]
    cumulated: np.ndarray
    topics: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def grammar() -> Grammar:
    """The vocabulary with its frequencies, and the phrases of the shipped topics."""
    chance = np.random.default_rng(2026)
    syllables = [
        toned
        for onset in sorted(ONSETS)
        for rhyme in _RHYMES
        for tone in _TONES
        if is_syllable(toned := _with_tone(onset + rhyme, tone))
    ]
    chance.shuffle(syllables)
    # Few syllables make up most words, as in the language itself.
    picks = np.minimum(chance.zipf(1.2, size=(4 * WORDS, 2)) - 1, len(syllables) - 1)
    single = list(syllables[:2000])
    double = [f"{syllables[a]} {syllables[b]}" for a, b in picks]
    words = list(dict.fromkeys(single + double))[:WORDS]
    chance.shuffle(words)
    weights = 1 / np.arange(1, len(words) + 1) ** ZIPF
    topics = tuple(
        (topic.id, tuple(p for phrase in topic.phrases[:8] for p in expand_alternatives(phrase)))
        for topic in read_topics(shipped_configs() / "topics.yaml")
    )
    return Grammar(tuple(words), np.cumsum(weights / weights.sum()), topics)


def posts(count: int, *, seed: int = 1, days: int = DAYS, end: datetime = END) -> Iterator[Post]:
    """`count` posts published over the `days` before `end`, in order of time."""
    known, chance = grammar(), np.random.default_rng(seed)
    start = end - timedelta(days=days)
    recent: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    for number in range(count):
        if recent and chance.random() < 0.05:
            text, topics, places = recent[int(chance.integers(len(recent)))]
            text = f"{text}. {known.words[int(chance.integers(len(known.words)))]}"
        else:
            text, topics, places = _text(known, chance)
            if len(recent) < 500:
                recent.append((text, topics, places))
            else:
                recent[number % 500] = (text, topics, places)
            if chance.random() < 0.1:
                text = fold(text)
        # A few sources give most of what there is.
        source = min(int(chance.exponential(SOURCES / 5)), SOURCES - 1)
        channel = _CHANNELS[source % len(_CHANNELS)]
        seconds = (number + float(chance.random())) / count * days * 86_400
        at = start + timedelta(seconds=int(seconds))
        thread = f"t{number // 8}" if _KINDS[channel] is PostKind.REPLY else f"p{number}"
        yield Post(
            id=_id(f"{seed}/{number}"),
            source=f"nguon-{source:02}",
            channel=channel,
            kind=_KINDS[channel],
            thread_id=_id(thread),
            url=f"https://nguon-{source:02}.example.vn/{thread}",
            text=text,
            published_at=at,
            precision=TimePrecision.MINUTE,
            fetched_at=at + timedelta(minutes=30),
            topics=topics,
            places=places,
        )


def labels(batch: list[Post]) -> list[Labels]:
    """Labels for nineteen posts in twenty; a topic's sentiments have their own proportions."""
    given = []
    for post in batch:
        draw = int(post.id[:6], 16) / 0xFFFFFF
        if draw < 0.05:
            continue
        sentiment = (
            Sentiment.NEGATIVE
            if draw < 0.35
            else Sentiment.NEUTRAL
            if draw < 0.8
            else Sentiment.POSITIVE
        )
        scores = {label.value: 0.8 if label is sentiment else 0.1 for label in Sentiment}
        intent = INTENTS[int(draw * 1_000) % len(INTENTS)]
        given.append(Labels(post.id, MODEL, sentiment, intent, scores))
    return given


def _text(
    known: Grammar, chance: np.random.Generator
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    mean = 5 if chance.random() < 0.1 else SYLLABLES
    wanted = max(2, int(chance.lognormal(np.log(mean), 0.6) / 2.6))
    drawn = np.searchsorted(known.cumulated, chance.random(wanted))
    parts = [known.words[at] for at in np.minimum(drawn, len(known.words) - 1)]
    topics = []
    for _ in range(1 if chance.random() < 0.7 else 2):
        # Topics, too, are of unequal weight.
        topic, phrases = known.topics[
            min(int(chance.exponential(len(known.topics) / 3)), len(known.topics) - 1)
        ]
        topics.append(topic)
        parts.insert(
            int(chance.integers(len(parts) + 1)), phrases[int(chance.integers(len(phrases)))]
        )
    places = []
    if chance.random() < 0.5:
        place = min(int(chance.exponential(len(PLACES) / 4)), len(PLACES) - 1)
        places.append(f"{3390 + place}")
        parts.insert(int(chance.integers(len(parts) + 1)), f"ở {PLACES[place]}")
    for at in range(9, len(parts), 9):
        parts[at] += "," if at % 2 else "."
    text = " ".join(parts)
    order = [topic for topic, _ in known.topics]
    return (
        text[0].upper() + text[1:],
        tuple(sorted(set(topics), key=order.index)),
        tuple(places),
    )


def _with_tone(syllable: str, tone: str) -> str:
    from unicodedata import normalize

    # The tone stands on the marked vowel, else on the last but one of an open rhyme, else on the
    # last vowel: near enough to the rules, and `is_syllable` sorts out the rest.
    vowels = [at for at, letter in enumerate(syllable) if letter in "aăâeêioôơuưy"]
    marked = [at for at in vowels if syllable[at] in "ăâêôơư"]
    at = marked[-1] if marked else vowels[-1]
    return normalize("NFC", syllable[: at + 1] + tone + syllable[at + 1 :])


def _id(native: str) -> str:
    return blake2b(native.encode(), digest_size=16).hexdigest()
