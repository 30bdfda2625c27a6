"""Boundary 2: a topic is a public matter, never a person or anybody's views."""

from __future__ import annotations

import dataclasses
import re

import pytest

from langnghe.core.gazetteer import read_places
from langnghe.core.models import Labels, Place, Post, Topic
from langnghe.core.settings import shipped_configs
from langnghe.core.text import fold
from langnghe.core.topics import read_topics

TOPICS = read_topics(shipped_configs() / "topics.yaml")
PLACES = read_places(shipped_configs() / "places.yaml")

_VIEWS = re.compile(
    r"\b(?:chinh tri|tu tuong|quan diem|lap truong|trung thanh|thu dich|phan dong|chong pha|"
    r"xuyen tac che do|bat man|bat dong chinh kien|dan chu nhan quyen|bieu tinh|"
    r"ton giao|tin nguong|dao tin lanh|cong giao|phat giao|tin do|theo dao|"
    r"dang vien|dang uy|bi thu|chu tich|pho chu tich|giam doc|lanh dao)\b"
)
"""Words of views, of faith, and of people by their office, folded."""

_PERSONAL = re.compile(
    r"author|user|handle|person|profile|account|avatar|email|phone|gender|ethnic|relig|politic|"
    r"loyal|hostil|stance|view|ideolog|credib|reputation|influenc"
)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
def test_no_shipped_topic_is_about_views_or_people(topic: Topic) -> None:
    texts = (topic.id.replace("-", " "), topic.title, *topic.phrases)
    assert [text for text in texts if _VIEWS.search(fold(text))] == []


def test_the_check_itself_catches_such_topics() -> None:
    for text in ("Quan điểm chính trị", "thái độ thù địch", "tôn giáo", "Chủ tịch xã"):
        assert _VIEWS.search(fold(text))


@pytest.mark.parametrize("kind", [Post, Labels, Topic, Place])
def test_no_record_has_a_field_for_who_or_what_they_think(kind: type) -> None:
    names = [field.name for field in dataclasses.fields(kind)]
    assert names
    assert [name for name in names if _PERSONAL.search(name)] == []


def test_places_are_units_and_villages_not_addresses() -> None:
    assert not [
        place for place in PLACES.places if re.search(r"\b(?:nha|so|ho)\b", fold(place.kind))
    ]
