from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.core.models import Outcome, Post, PostKind, RejectReason, TimePrecision
from langnghe.core.settings import SOURCE, Source
from langnghe.crawler.items import Published, RawItem
from langnghe.crawler.preparation import Discarded, Preparation, Thread
from tests.crawler.serving import make_home

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ITEM = RawItem(
    native=("page", "https://bao.example/tin-1.html"),
    thread=("page", "https://bao.example/tin-1.html"),
    kind=PostKind.ARTICLE,
    url="https://bao.example/tin-1.html",
    title="Miến dong vào vụ",
    text="Bà con làm miến dong từ sáng sớm. Liên hệ 0912 345 678.",
    published=Published(NOW - timedelta(hours=2), TimePrecision.MINUTE),
)
REPLY = replace(ITEM, native=("comment", "7"), kind=PostKind.REPLY, title="", text="Chuẩn luôn!")


@pytest.fixture(scope="module")
def preparation(tmp_path_factory: pytest.TempPathFactory) -> Preparation:
    return Preparation.of(make_home(tmp_path_factory.mktemp("home"), []))


def _source(**more: object) -> Source:
    entry = {"name": "bao", "title": "Báo", "channel": "feed", "feeds": ["https://bao.example/rss"]}
    return SOURCE.validate_python(entry | more)


def _post(preparation: Preparation, item: RawItem, **more: object) -> Post:
    post = preparation.prepare(item, _source(**more), (), NOW)
    assert isinstance(post, Post), post
    return post


def test_a_post_is_masked_matched_and_without_its_native_address(preparation: Preparation) -> None:
    post = _post(preparation, ITEM)
    assert "0912" not in post.text
    assert sum(post.masked.values()) == 1
    assert post.topics == ("mien-dong",)
    assert post.source == "bao"
    assert post.published_at == NOW - timedelta(hours=2)
    assert post.precision is TimePrecision.MINUTE
    assert "bao.example" not in post.id + post.thread_id


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        ({"text": " \u200b\n "}, Outcome.REJECTED, RejectReason.EMPTY),
        ({"text": "miến dong " * 6000}, Outcome.REJECTED, RejectReason.TOO_LONG),
        (
            {"text": "mi\ufffdn dong \ufffd B\ufffdnh L\ufffd r\ufffdt ngon"},
            Outcome.REJECTED,
            RejectReason.GARBLED,
        ),
        (
            {"published": Published(NOW - timedelta(days=91), TimePrecision.DAY)},
            Outcome.REJECTED,
            RejectReason.EXPIRED,
        ),
        ({"title": "Tin", "text": "Chuyện khác hẳn."}, Outcome.OFF_TOPIC, None),
    ],
)
def test_what_is_not_kept_says_why(
    preparation: Preparation,
    change: dict[str, object],
    outcome: Outcome,
    reason: RejectReason | None,
) -> None:
    item = replace(ITEM, **change)  # type: ignore[arg-type]
    found = preparation.prepare(item, _source(), (), NOW)
    assert isinstance(found, Discarded)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert found.text == (item.text if outcome is Outcome.OFF_TOPIC else None)
    assert item.text not in repr(found)


def test_a_source_may_keep_texts_for_a_shorter_time(preparation: Preparation) -> None:
    item = replace(ITEM, published=Published(NOW - timedelta(days=8), TimePrecision.DAY))
    expired = Discarded(Outcome.REJECTED, RejectReason.EXPIRED)
    assert preparation.prepare(item, _source(retention_days=7), (), NOW) == expired
    assert isinstance(preparation.prepare(item, _source(retention_days=9), (), NOW), Post)


@pytest.mark.parametrize("published", [None, Published(NOW + timedelta(days=9), TimePrecision.DAY)])
def test_no_date_or_one_that_cannot_be_is_unknown(
    preparation: Preparation, published: Published | None
) -> None:
    post = _post(preparation, replace(ITEM, published=published))
    assert post.published_at == NOW
    assert post.precision is TimePrecision.UNKNOWN


def test_a_reply_is_about_what_its_thread_is_about(preparation: Preparation) -> None:
    assert preparation.prepare(REPLY, _source(), (), NOW) == Discarded(
        Outcome.OFF_TOPIC, text=REPLY.text
    )
    thread = Thread("Miến dong vào vụ", ("mien-dong",), ("03430",))
    post = preparation.prepare(REPLY, _source(), (), NOW, thread)
    assert isinstance(post, Post)
    assert (post.title, post.topics, post.places) == (thread.title, thread.topics, thread.places)
    own = replace(REPLY, text="Bao giờ sửa con đường vào bản?")
    post = preparation.prepare(own, _source(), (), NOW, thread=replace(thread, title="Tin"))
    assert isinstance(post, Post)
    assert post.topics == ("duong-sa",)


def test_where_no_place_is_named_the_source_says_it(preparation: Preparation) -> None:
    assert _post(preparation, ITEM, place="03430").places == ("03430",)
    assert _post(preparation, ITEM).places == ()


def test_informal_spelling_is_understood_and_kept_as_written(preparation: Preparation) -> None:
    post = _post(preparation, replace(ITEM, title="", text="mien dong năm nay ngon k mn?"))
    assert post.topics == ("mien-dong",)
    assert post.text == "mien dong năm nay ngon k mn?"


def test_names_seen_on_the_page_are_masked_in_its_texts(preparation: Preparation) -> None:
    item = replace(ITEM, text="Miến dong của Quàng Thị Canhyến ngon nhất vùng")
    post = preparation.prepare(item, _source(), {"Quàng Thị Canhyến"}, NOW)
    assert isinstance(post, Post)
    assert "Canhyến" not in post.text


def test_the_address_of_a_single_comment_is_cut_to_its_page(preparation: Preparation) -> None:
    item = replace(ITEM, url="https://bao.example/tin-1.html#comment-7")
    assert _post(preparation, item).url == "https://bao.example/tin-1.html"
    person = replace(ITEM, url="https://bao.example/thanh-vien/nguyen-van-a")
    assert "thanh-vien" not in _post(preparation, person).url


@given(st.text(max_size=80), st.text(max_size=200))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_has_one_outcome(
    preparation: Preparation, title: str, text: str
) -> None:
    item = replace(ITEM, title=title, text=f"miến dong {text}")
    prepared = preparation.prepare(item, _source(), (), NOW)
    if isinstance(prepared, Post):
        assert unicodedata.is_normalized("NFC", prepared.text)
        assert prepared.topics == ("mien-dong",)
    else:
        assert prepared.outcome in (Outcome.REJECTED, Outcome.OFF_TOPIC)
