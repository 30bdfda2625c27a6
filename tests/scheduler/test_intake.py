"""From labelled posts to the queue, over the real stores and the real search for clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from langnghe.casework.formalchannel import keep_out
from langnghe.casework.kinds import ITEM
from langnghe.casework.queue import QueueReport
from langnghe.classifier.marks import FORMAL_MARKS
from langnghe.classifier.neural import NeuralClassifier
from langnghe.classifier.opening import OpenModel
from langnghe.classifier.stance import Matching
from langnghe.classifier.vectors import pack
from langnghe.core.clock import FixedClock
from langnghe.core.models import (
    Channel,
    Intent,
    Labels,
    Mark,
    Post,
    PostKind,
    Reason,
    Stance,
    TimePrecision,
)
from langnghe.scheduler.intake import take_in
from langnghe.store.cases import Cases
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from tests.classifier.clusterworld import embed, hand_made

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
DAM = (
    "Đập Nậm Chim vỡ rồi, nước cuốn ba nhà ở bản Mấn",
    "nghe noi dap nam chim vo dem qua, nuoc cuon mat ba nha ban man",
    "Vỡ đập Nậm Chim, bản Mấn mất ba nhà vì nước cuốn",
    "Đập Nậm Chim bị vỡ, ba nhà bản Mấn trôi theo nước",
)
OTHERS = ("Xã cho hỏi bao giờ mở lớp xóa mù chữ ở bản Hoa Vân", "Chợ phiên họp sáng chủ nhật")


class Agreeing:
    """Of any two texts it says that they repeat each other: what is alike was found before."""

    version = "agreeing-1"

    def pair_scores(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.float64]:
        assert head == "stance"
        scores = np.zeros((len(pairs), len(Stance)))
        scores[:, list(Stance).index(Stance.REPEATS)] = 1
        return scores


MODEL = OpenModel(Path(), cast("NeuralClassifier", Agreeing()), cast("Matching", None), hand_made())
POSTS = [
    Post(
        id=f"p{number}",
        source="dien-dan",
        channel=Channel.FORUM,
        kind=PostKind.REPLY,
        thread_id=f"t{number}",
        url=f"https://example.invalid/t{number}",
        text=text,
        published_at=NOW - timedelta(hours=number + 1),
        precision=TimePrecision.MINUTE,
        fetched_at=NOW,
    )
    for number, text in enumerate((*DAM, *OTHERS))
]
LABELS = [
    Labels(
        post.id,
        Agreeing.version,
        intent=Intent.INFORMATION,
        scores={"claim": 0.9 if number < len(DAM) else 0.1},
        reasons=(Reason.NEEDS_ANSWER,) if number == len(DAM) else (),
        embedding=pack(vector[None])[0],
    )
    for number, (post, vector) in enumerate(
        zip(POSTS, embed([post.text for post in POSTS]), strict=True)
    )
]
CLOCK = FixedClock(NOW)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "langnghe.db")
    yield database
    database.close()


@pytest.fixture
def posts(database: Database) -> EmbeddedPostStore:
    store = EmbeddedPostStore(database, CLOCK)
    store.put(POSTS)
    store.label(LABELS)
    return store


@pytest.fixture
def cases(database: Database) -> Cases:
    return Cases(database)


def queue(cases: Cases) -> dict[str, tuple[str, ...]]:
    """The posts of each item that waits, by reason."""
    rows = cases.find(ITEM.name, limit=100)
    return {
        row.facets.reason: cases.posts_of(ITEM.name, row.id)
        for row in rows
        if row.facets.state == "open"
    }


def test_posts_with_a_reason_and_clusters_come_into_the_queue_once(
    posts: EmbeddedPostStore, cases: Cases
) -> None:
    assert take_in(posts, cases, MODEL, CLOCK) == QueueReport(2, 0, 0)
    assert queue(cases) == {
        "needs_answer": ("p4",),
        "unverified_claim": ("p0", "p1", "p2", "p3"),
    }
    assert take_in(posts, cases, MODEL, CLOCK) == QueueReport(0, 0, 0)


def test_what_is_gone_or_judged_anew_leaves_the_queue_and_what_waits_stays(
    posts: EmbeddedPostStore, cases: Cases
) -> None:
    take_in(posts, cases, MODEL, CLOCK)
    # Edited: its labels are gone, and what they will be nobody knows.
    posts.put([replace(POSTS[4], text="Xã cho hỏi bao giờ mở lớp")])
    assert take_in(posts, cases, MODEL, CLOCK) == QueueReport(0, 0, 0)
    posts.label([replace(LABELS[4], reasons=())])
    assert take_in(posts, cases, MODEL, CLOCK) == QueueReport(0, 0, 1)
    later = FixedClock(NOW + timedelta(days=40))
    posts.label([replace(LABELS[4], reasons=(Reason.URGENT,))])
    assert take_in(posts, cases, MODEL, CLOCK).opened == 1
    posts.purge(later.now(), 30, {})
    assert take_in(posts, cases, MODEL, later) == QueueReport(0, 0, 2)
    assert queue(cases) == {}


def test_what_was_deleted_at_its_source_leaves_the_queue(
    posts: EmbeddedPostStore, cases: Cases
) -> None:
    take_in(posts, cases, MODEL, CLOCK)
    assert posts.forget(["p4", "p0"]) == 2
    assert take_in(posts, cases, MODEL, CLOCK).withdrawn == 1
    assert queue(cases) == {"unverified_claim": ("p1", "p2", "p3")}


def test_what_reports_wrongdoing_by_officials_is_in_no_cluster(
    posts: EmbeddedPostStore, cases: Cases
) -> None:
    mark = (Mark(next(iter(FORMAL_MARKS)), "lời kể"),)
    posts.label([replace(LABELS[number], marks=mark) for number in (0, 1)])
    take_in(posts, cases, MODEL, CLOCK)
    assert queue(cases) == {"needs_answer": ("p4",)}


def test_what_people_sent_to_the_formal_channel_does_not_come_back(
    posts: EmbeddedPostStore, cases: Cases
) -> None:
    with cases.transaction(NOW) as work:
        keep_out(cases, work, ("p0", "p1", "p4"))
    assert take_in(posts, cases, MODEL, CLOCK) == QueueReport(0, 0, 0)
    assert queue(cases) == {}
