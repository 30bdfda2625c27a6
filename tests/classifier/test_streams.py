from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.classifier.streams import (
    MOST,
    REPRESENTATIVES,
    Opinion,
    OpinionStream,
    OpinionStreams,
    find_streams,
)
from langnghe.core.models import Intent, Sentiment
from tests.classifier.clusterworld import BACKGROUND, SIZE

NOW = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
WATER = ("nước máy đục", "nước máy có mùi", "mất nước máy suốt tuần", "nuoc may yeu qua")
LIGHT = ("đèn đường hỏng", "đèn đường tối om", "thiếu đèn đường xóm trên", "den duong tat som")


def opinions(
    axis: int, count: int, texts: Sequence[str], start: int = 0, spread: float = 0.25
) -> list[Opinion]:
    """Posts of one meaning: around one direction of the space."""
    draw = np.random.default_rng(axis + 1)
    made = []
    for number in range(count):
        vector = np.zeros(SIZE, np.float32)
        vector[axis] = 1
        vector += spread * draw.standard_normal(SIZE).astype(np.float32) / np.sqrt(SIZE)
        id_ = f"p{start + number:04}"
        made.append(
            Opinion(
                id=id_,
                published_at=NOW - timedelta(minutes=start + number),
                cluster_id=id_,
                text=f"{texts[number % len(texts)]} {number}",
                sentiment=Sentiment.NEGATIVE if number % 4 else Sentiment.NEUTRAL,
                intent=Intent.COMPLAINT if number % 2 else Intent.QUESTION,
                vector=vector / np.linalg.norm(vector),
            )
        )
    return made


def streams(posts: Sequence[Opinion]) -> OpinionStreams:
    return find_streams(posts, BACKGROUND)


def every(found: OpinionStreams) -> list[OpinionStream]:
    return [*found.streams, *([found.rest] if found.rest else [])]


def test_posts_of_one_meaning_are_one_stream() -> None:
    water, light = opinions(0, 12, WATER), opinions(1, 8, LIGHT, start=100)
    found = streams([*light, *water])
    assert [one.size for one in found.streams] == [12, 8]
    assert found.rest is None
    assert set(found.streams[0].posts) == {one.id for one in water}
    assert "nước máy" in found.streams[0].words
    assert "đèn đường" in found.streams[1].words
    assert found.streams[0].sentiments == {
        Sentiment.NEGATIVE: 0.75,
        Sentiment.NEUTRAL: 0.25,
        Sentiment.POSITIVE: 0.0,
    }
    intents = found.streams[0].intents
    assert intents is not None
    assert intents[Intent.COMPLAINT] == 0.5
    assert sum(intents.values()) == pytest.approx(1)


@pytest.mark.parametrize("meanings", [2, 3, 5, 8])
def test_the_posts_say_how_many_streams_there_are(meanings: int) -> None:
    posts = [one for axis in range(meanings) for one in opinions(axis, 10, WATER, start=100 * axis)]
    found = streams(posts)
    assert [one.size for one in found.streams] == [10] * meanings
    for stream in found.streams:
        assert len({int(id_[1:]) // 100 for id_ in stream.posts}) == 1


def test_never_more_than_a_briefing_can_hold() -> None:
    posts = [one for axis in range(15) for one in opinions(axis, 8, WATER, start=100 * axis)]
    assert len(streams(posts).streams) <= MOST


def test_a_small_stream_goes_to_the_rest_and_is_not_broken_down() -> None:
    posts = [
        *opinions(0, 12, WATER),
        *opinions(1, 12, LIGHT, start=100),
        *opinions(2, 4, ("cầu treo rung",), start=200),
    ]
    found = streams(posts)
    assert [one.size for one in found.streams] == [12, 12]
    assert found.rest is not None
    assert set(found.rest.posts) == {f"p{number:04}" for number in range(200, 204)}
    assert found.rest.sentiments is None
    assert found.rest.intents is None


def test_shares_rest_on_five_posts_that_have_a_label() -> None:
    posts = opinions(0, 6, WATER)
    posts = [replace(one, sentiment=None) if at < 2 else one for at, one in enumerate(posts)]
    (stream,) = streams(posts).streams
    assert stream.sentiments is None
    assert stream.intents is not None


@pytest.mark.parametrize("count", range(10))
def test_few_posts_are_one_stream_or_only_rest(count: int) -> None:
    found = streams(opinions(0, count, WATER, spread=3.0))
    assert [one.size for one in found.streams] == ([count] if count >= 5 else [])
    assert (found.rest is None) == (count == 0 or count >= 5)


def test_representatives_are_central_and_no_copies_of_each_other() -> None:
    posts = opinions(0, 10, WATER)
    copies = [
        replace(posts[0], id=f"c{at}", published_at=NOW - timedelta(days=2, minutes=at))
        for at in range(6)
    ]
    alike = replace(posts[1], id="alike", cluster_id="alike")
    stream = streams([*posts, *copies, alike]).streams[0]
    assert len(stream.representatives) == REPRESENTATIVES
    vectors = {one.id: one.vector for one in [*posts, *copies, alike]}
    shown = [vectors[id_] for id_ in stream.representatives]
    for at, one in enumerate(shown):
        assert all(float(one @ other) < 0.97 for other in shown[:at])


def test_copies_count_but_do_not_bend_what_is_found() -> None:
    water, light = opinions(0, 8, WATER), opinions(1, 8, LIGHT, start=100)
    pasted = [replace(water[0], id=f"c{at:03}") for at in range(40)]
    found = streams([*water, *light, *pasted])
    assert [one.size for one in found.streams] == [48, 8]


def test_identical_posts_are_one_stream() -> None:
    posts = opinions(0, 20, ("nước máy đục",), spread=0.0)
    found = streams(posts)
    assert [one.size for one in found.streams] == [20]
    assert len(found.streams[0].representatives) == 1


@settings(max_examples=15)
@given(st.data())
def test_each_post_stands_in_one_stream_whatever_the_order(data: st.DataObject) -> None:
    meanings = data.draw(st.integers(1, 6))
    posts = [
        one
        for axis in range(meanings)
        for one in opinions(axis, data.draw(st.integers(1, 9)), WATER, start=100 * axis, spread=1.5)
    ]
    found = streams(posts)
    ids = [id_ for stream in every(found) for id_ in stream.posts]
    assert sorted(ids) == sorted(one.id for one in posts)
    assert all(one.size >= 5 for one in found.streams)
    for stream in every(found):
        assert set(stream.representatives) <= set(stream.posts)
        assert (stream.sentiments is None) == (stream.size < 5)
    data.draw(st.randoms(use_true_random=False)).shuffle(posts)
    assert streams(posts) == found


def test_many_posts_take_a_sample_and_all_are_placed() -> None:
    posts = [one for axis in range(3) for one in opinions(axis, 1_500, WATER, start=5_000 * axis)]
    random.Random(1).shuffle(posts)
    found = streams(posts)
    assert [one.size for one in found.streams] == [1_500] * 3


def test_nothing_knows_who_wrote_a_post_or_where() -> None:
    names = {field.name for kind in (Opinion, OpinionStream) for field in fields(kind)}
    assert names == {
        "id", "published_at", "cluster_id", "text", "sentiment", "intent", "vector", "posts",
        "sentiments", "intents", "representatives", "words",
    }  # fmt: skip
