"""Posts and comments of a Facebook page, and what its interface says beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.models import PostKind
from langnghe.crawler.items import Harvest
from langnghe.crawler.readers import facebook
from langnghe.crawler.readers.facebook_answers import (
    KeyLife,
    key_question,
    meaning_of_answer,
    read_key_life,
    rest_after,
)
from langnghe.crawler.readers.names import MENTION
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.store.crawlstate import Failure

Load = Callable[..., Page]
SERVER = "https://graph.example"
POSTS = facebook.posts_url(SERVER, "100064", facebook.OWN_POSTS)
COMMENTS = facebook.comments_url(SERVER, "100064_20")
PUBLIC = "https://www.facebook.com/100064/posts/20"


READERS: tuple[Callable[[Page], facebook.Listing], ...] = (
    lambda page: facebook.read_posts(page, POSTS),
    lambda page: facebook.read_comments(page, COMMENTS, PUBLIC),
)


def page(body: Any, url: str = POSTS) -> Page:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Page(url, written, datetime(2026, 11, 21, 3, 0, tzinfo=UTC))


def test_a_post_of_the_page() -> None:
    entry = {
        "id": "100064_20",
        "message": "Mời bà con đi họp.\n#BìnhLư",
        "created_time": "2026-11-20T16:24:04+0000",
        "updated_time": "2026-11-20T18:00:00+0000",
        "reactions": {"data": [], "summary": {"total_count": 12}},
        "comments": {"data": [], "summary": {"total_count": 3}},
    }
    listing = facebook.read_posts(page({"data": [entry]}), POSTS)
    (item,) = listing.harvest.items
    assert item.native == item.thread == ("post", "facebook", "100064_20")
    assert (item.kind, item.url, item.reactions) == (PostKind.ARTICLE, PUBLIC, 12)
    assert item.text == "Mời bà con đi họp.\n#BìnhLư"
    assert item.published is not None
    assert item.published.at == datetime(2026, 11, 20, 16, 24, 4, tzinfo=UTC)
    changed = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert listing.talked_of == (facebook.TalkedOf("100064_20", 3, changed),)
    assert listing.following is None


def test_a_visitors_post_is_known_by_the_page_alone() -> None:
    body = {"data": [{"id": "100064_30", "message": "Đường vào bản hỏng quá"}]}
    listing = facebook.read_posts(page(body), POSTS, facebook.page_address("100064"))
    (item,) = listing.harvest.items
    assert (item.kind, item.url) == (PostKind.OPENING, "https://www.facebook.com/100064")


@pytest.mark.parametrize(
    "closed",
    [
        {"is_published": False},
        {"is_hidden": True},
        {"is_expired": True},
        {"privacy": {"value": "ALL_FRIENDS"}},
    ],
)
def test_a_post_that_not_everyone_sees_is_withheld(closed: dict[str, Any]) -> None:
    body = {"data": [{"id": "100064_20", "message": "Chỉ bạn bè"} | closed]}
    listing = facebook.read_posts(page(body), POSTS)
    assert (listing.harvest.items, listing.harvest.withheld) == ((), 1)
    assert listing.talked_of == (), "nor are its comments read"


def test_comments_and_their_answers() -> None:
    body = {
        "data": [
            {"id": "20_2", "message": "Đồng ý", "parent": {"id": "20_1"}, "like_count": 0},
            {"id": "20_1", "message": "Mong sửa đường sớm", "like_count": 4},
        ]
    }
    answer, comment = facebook.read_comments(page(body, COMMENTS), COMMENTS, PUBLIC).harvest.items
    assert answer.parent == comment.native == ("comment", "facebook", "20_1")
    assert comment.parent == comment.thread == answer.thread == ("post", "facebook", "100064_20")
    assert {answer.url, comment.url} == {PUBLIC}
    assert (answer.kind, answer.reactions, comment.reactions) == (PostKind.REPLY, 0, 4)


@pytest.mark.parametrize(
    "closed",
    [
        {"is_hidden": True},
        {"is_private": True},
        {"parent": {"id": "20_1", "is_hidden": True}},
        {"parent": {"id": "20_1", "is_private": True}},
    ],
)
def test_hidden_and_private_comments_are_withheld(closed: dict[str, Any]) -> None:
    body = {"data": [{"id": "20_2", "message": "Chỉ tôi thấy"} | closed]}
    harvest = facebook.read_comments(page(body, COMMENTS), COMMENTS, PUBLIC).harvest
    assert (harvest.items, harvest.withheld) == ((), 1)


@pytest.mark.parametrize(("total", "malformed"), [(3, 1), (0, 0), (None, 0), ("3", 0)])
def test_comments_that_are_counted_and_not_given_are_not_taken_for_deleted(
    total: object, malformed: int
) -> None:
    body = {"data": [], "summary": {"total_count": total}}
    first = facebook.read_comments(page(body, COMMENTS), COMMENTS, PUBLIC).harvest
    assert len(first.malformed) == malformed
    later = facebook.read_comments(page(body, f"{COMMENTS}&after=QVFI"), COMMENTS, PUBLIC).harvest
    assert later.malformed == (), "the end of a list is empty"


def test_tagged_people_are_taken_out_of_the_text_and_pages_are_not() -> None:
    body = {
        "data": [
            {
                "id": "20_2",
                "message": "Lò Văn Pâng An ơi, Lò Văn Pâng hỏi UBND xã Bình Lư nhé",
                "message_tags": [
                    {"name": "Lò Văn Pâng", "type": "user"},
                    {"name": "Lò Văn Pâng An"},
                    {"name": "UBND xã Bình Lư", "type": "page"},
                ],
                "from": {"name": "Tòng Thị Nhì", "id": "1"},
            }
        ]
    }
    harvest = facebook.read_comments(page(body, COMMENTS), COMMENTS, PUBLIC).harvest
    assert harvest.items[0].text == f"{MENTION} ơi, {MENTION} hỏi UBND xã Bình Lư nhé"
    assert harvest.names == {"Lò Văn Pâng", "Lò Văn Pâng An", "Tòng Thị Nhì"}
    assert not {"Tòng", "Nhì"} & {*str(harvest.items).split()}


def test_a_picture_alone_has_no_text_and_a_changed_field_is_malformed() -> None:
    body = {
        "data": [
            {"id": "20_1"},
            {"id": "20_2", "message": {"text": "đã đổi"}},
            {"id": 20, "message": "số chứ không phải chữ"},
            "20_4",
        ]
    }
    harvest = facebook.read_comments(page(body, COMMENTS), COMMENTS, PUBLIC).harvest
    assert [item.text for item in harvest.items] == [""]
    assert harvest.malformed == (
        "a comment whose text is no text",
        "a comment without id",
        "a comment without id",
    )


def test_paging_takes_the_cursor_and_never_the_address_with_the_key() -> None:
    paging = {"cursors": {"before": "a", "after": "b=="}, "next": f"{COMMENTS}&access_token=EAAG"}
    listing = facebook.read_comments(
        page({"data": [], "paging": paging}, COMMENTS), COMMENTS, PUBLIC
    )
    assert listing.following == f"{COMMENTS}&after=b%3D%3D"
    again = facebook.read_comments(
        page({"data": [], "paging": paging}, f"{COMMENTS}&after=b%3D%3D"), COMMENTS, PUBLIC
    )
    assert again.following is None, "a cursor that leads to itself"
    del paging["next"]
    last = facebook.read_comments(page({"data": [], "paging": paging}, COMMENTS), COMMENTS, PUBLIC)
    assert last.following is None


def test_who_wrote_is_not_even_asked() -> None:
    for address in (POSTS, COMMENTS):
        asked = dict(parse_qsl(urlsplit(address).query))["fields"]
        assert not {"from", "admin_creator", "permalink_url", "story"} & {*asked.split(",")}
    assert facebook.post_of(COMMENTS) == "100064_20"
    assert facebook.post_of(POSTS) is None


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": {}}', b'{"data": [{"id": "20_', b""])
def test_what_is_no_list_is_said(body: bytes) -> None:
    for read in READERS:
        with pytest.raises(ReadError):
            read(page(body))


def test_comments_of_nothing_are_no_comments() -> None:
    with pytest.raises(ReadError, match="not the address of comments"):
        facebook.read_comments(page({"data": []}), POSTS, PUBLIC)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
known = st.sampled_from(
    ["100064_20", "20_1", "EVERYONE", "user", "page", "2026-11-20T16:24:04+0000"]
)
KEYS = (
    "data id message message_tags created_time updated_time parent from name type privacy value "
    "reactions comments summary total_count is_hidden paging cursors after next"
)
keys = st.sampled_from(KEYS.split())
trees = st.recursive(
    scalars | known,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=25,
)
entries = st.fixed_dictionaries(
    {"id": known}, optional={"message": trees, "message_tags": trees, "parent": trees}
)


@given(trees | st.fixed_dictionaries({"data": st.lists(entries | trees), "paging": trees}))
def test_any_json_gives_a_harvest_or_is_said_to_be_none(tree: object) -> None:
    for read in READERS:
        harvest = Harvest()
        with suppress(ReadError):
            harvest = read(page(tree)).harvest
        for item in harvest.items:
            assert item.text.encode().decode() == item.text


WRITER = "Quàng Thị Canhyến"


@given(
    st.fixed_dictionaries(
        {"id": st.just("20_1"), "message": st.text(max_size=20)},
        optional={
            name: st.just({"id": "9081726354", "name": WRITER})
            for name in ("from", "admin_creator", "application", "object", "target", "via")
        },
    )
)
def test_no_writer_is_in_any_item(comment: dict[str, Any]) -> None:
    post = comment | {"id": "100064_20", "permalink_url": f"https://mang.example/{WRITER}"}
    found = (
        *facebook.read_posts(page({"data": [post]}), POSTS).harvest.items,
        *facebook.read_comments(page({"data": [comment]}), COMMENTS, PUBLIC).harvest.items,
    )
    assert len(found) == 2
    assert WRITER not in str(found)
    assert "9081726354" not in str(found)


# What the interface says beside posts


def refused(code: object, status: int = 400, **more: object) -> tuple[str, Failure] | None:
    body = json.dumps({"error": {"code": code, "message": "x"} | more}).encode()
    meaning = meaning_of_answer(status, body)
    return None if meaning is None else meaning[:2]


@pytest.mark.parametrize(
    ("code", "more", "problem", "failure"),
    [
        (190, {"error_subcode": 463}, "key_expired", Failure.HARD),
        (102, {}, "key_expired", Failure.HARD),
        (10, {}, "no_permission", Failure.HARD),
        (200, {}, "no_permission", Failure.HARD),
        (4, {}, "rate_limited", Failure.PASSING),
        (17, {}, "rate_limited", Failure.PASSING),
        (32, {}, "rate_limited", Failure.PASSING),
        (613, {}, "rate_limited", Failure.PASSING),
        (80001, {}, "rate_limited", Failure.PASSING),
        (2, {"is_transient": True}, "server_error", Failure.SOFT),
        (368, {"is_transient": True}, "server_error", Failure.SOFT),
        (100, {"error_subcode": 33}, "gone", Failure.HARD),
        (100, {}, "unexpected_answer", Failure.HARD),
        (2635, {}, "unexpected_answer", Failure.HARD),
    ],
)
def test_an_error_means_what_its_code_says(
    code: int, more: dict[str, object], problem: str, failure: Failure
) -> None:
    for status in (400, 403, 500):
        assert refused(code, status, **more) == (problem, failure)


def test_without_a_code_the_status_speaks() -> None:
    assert meaning_of_answer(401, b"<html>") == ("unauthorised", Failure.HARD, None)
    assert meaning_of_answer(503, b'{"error": "x"}') == ("server_error", Failure.SOFT, None)
    assert refused("190", 404) == ("gone", Failure.HARD)
    assert meaning_of_answer(200, b'{"error": {"code": 190}}') is None


def usage(**numbers: object) -> dict[str, str]:
    return {"x-app-usage": json.dumps(numbers)}


def test_requests_grow_rare_before_the_limit() -> None:
    assert rest_after({}) is None
    assert rest_after(usage(call_count=74, total_time=10, total_cputime=3)) is None
    assert rest_after(usage(call_count=10, total_time=75, total_cputime=3)) == timedelta(minutes=15)
    assert rest_after(usage(call_count=95)) == timedelta(hours=1)
    business = {
        "100064": [
            {"type": "pages", "call_count": 40, "estimated_time_to_regain_access": 0},
            {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19},
        ]
    }
    headers = {"x-business-use-case-usage": json.dumps(business)}
    assert rest_after(headers) == timedelta(minutes=19)
    assert rest_after({}, refused=True) == timedelta(hours=1)


@given(st.dictionaries(st.sampled_from(["x-app-usage", "x-business-use-case-usage"]), st.text()))
def test_any_usage_is_a_wait_or_none(headers: dict[str, str]) -> None:
    wait = rest_after(headers)
    assert wait is None or timedelta(0) < wait <= timedelta(days=7)


def test_the_question_about_a_key_has_it_in_its_body() -> None:
    form = dict(parse_qsl(key_question("EAAG+/x")))
    (asked,) = json.loads(form["batch"])
    assert asked == {"method": "GET", "relative_url": "debug_token?input_token=EAAG%2B%2Fx"}


def life(code: int = 200, **data: object) -> KeyLife | None:
    return read_key_life(json.dumps([{"code": code, "body": json.dumps({"data": data})}]).encode())


def test_a_key_ends_at_the_earlier_of_its_two_ends() -> None:
    earlier = datetime(2026, 12, 1, tzinfo=UTC)
    seconds = int(earlier.timestamp())
    later = seconds + 86_400
    assert life(is_valid=True, expires_at=0, data_access_expires_at=0) == KeyLife(None)
    assert life(is_valid=True, expires_at=0, data_access_expires_at=seconds) == KeyLife(earlier)
    assert life(is_valid=False, expires_at=seconds, data_access_expires_at=later) == KeyLife(
        earlier
    )


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"[null]", b'[{"code": 200, "body": "x"}]', b"[" * 5000]
)
def test_what_says_nothing_of_the_key_is_none(body: bytes) -> None:
    assert read_key_life(body) is None
    assert life(400, is_valid=True) is None
    assert life(is_valid="yes") is None
