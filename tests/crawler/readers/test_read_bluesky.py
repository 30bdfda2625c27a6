"""What Bluesky's search and threads give."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.models import PostKind
from langnghe.crawler.items import Harvest, PageKind
from langnghe.crawler.readers.bluesky import (
    public_url,
    read_search,
    read_thread,
    search_url,
    since_url,
    thread_url,
)
from langnghe.crawler.readers.names import MENTION
from langnghe.crawler.readers.page import Page, ReadError

FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SERVICE = "https://bsky.social/"
SEARCH = search_url(SERVICE, "#BìnhLư")
DID = "did:plc:canhyen9081726354"
ROOT = f"at://{DID}/app.bsky.feed.post/3kroot"

Json = dict[str, Any]


def page(answer: object, url: str = SEARCH) -> Page:
    return Page(url, json.dumps(answer).encode(), FETCHED_AT)


def post(text: str = "Con đường vào bản", **more: Any) -> Json:
    record = {"text": text, "createdAt": "2026-11-20T10:00:00.000Z"} | more.pop("record", {})
    return {
        "uri": ROOT,
        "cid": "bafyrei",
        "author": {"did": DID, "handle": "canhyen.bsky.social", "displayName": "Quàng Canhyến"},
        "record": record,
        "indexedAt": "2026-11-20T10:00:02.000Z",
        "likeCount": 3,
        "replyCount": 1,
    } | more


def one(view: Json) -> Any:
    (item,) = read_search(page({"posts": [view]}), "#BìnhLư").harvest.items
    return item


def mention(start: int, end: int) -> Json:
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": DID}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def test_addresses() -> None:
    assert SEARCH == (
        "https://bsky.social/xrpc/app.bsky.feed.searchPosts"
        "?q=%23B%C3%ACnhL%C6%B0&sort=latest&limit=100"
    )
    assert since_url(SEARCH, FETCHED_AT) == f"{SEARCH}&since=2026-11-21T03%3A00%3A00Z"
    assert thread_url(SERVICE, ROOT).startswith(
        "https://bsky.social/xrpc/app.bsky.feed.getPostThread?uri=at%3A%2F%2Fdid%3Aplc%3A"
    )
    assert public_url("#BìnhLư") == "https://bsky.app/hashtag/B%C3%ACnhL%C6%B0"
    assert public_url('"Bình Lư"') == "https://bsky.app/search?q=%22B%C3%ACnh+L%C6%B0%22"


def test_an_opening() -> None:
    found = read_search(page({"posts": [post()]}), "#BìnhLư")
    (item,) = found.harvest.items
    assert (item.kind, item.parent, item.reactions) == (PostKind.OPENING, None, 3)
    assert item.native == item.thread == ("bluesky", ROOT)
    assert item.url == public_url("#BìnhLư")
    assert found.harvest.names == {"Quàng Canhyến", "canhyen.bsky.social", "canhyen"}
    assert found.answered == (ROOT,)


def test_an_answer_names_its_thread_and_what_it_answers() -> None:
    above = f"at://{DID}/app.bsky.feed.post/3kabove"
    reply = {"root": {"uri": ROOT, "cid": "x"}, "parent": {"uri": above, "cid": "x"}}
    view = post(uri=f"at://{DID}/app.bsky.feed.post/3kx", record={"reply": reply})
    item = one(view)
    assert item.kind is PostKind.REPLY
    assert (item.thread, item.parent) == (("bluesky", ROOT), ("bluesky", above))
    assert read_search(page({"posts": [view]}), "#x").answered == (), "its thread is its root's"


@pytest.mark.parametrize(
    ("created", "indexed", "published"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:05Z", "2026-11-20T10:00:00+00:00"),
        # A writer's clock that goes ahead cannot make a post newer than it is.
        ("2027-05-01T00:00:00Z", "2026-11-20T10:00:05Z", "2026-11-20T10:00:05+00:00"),
        ("2026-11-21T20:00:00Z", "2026-11-20T10:00:05Z", "2026-11-20T10:00:05+00:00"),
        # What was written elsewhere long ago is old.
        ("2015-03-01T08:00:00Z", "2026-11-20T10:00:05Z", "2015-03-01T08:00:00+00:00"),
        ("0000-00-00", "2026-11-20T10:00:05Z", "2026-11-20T10:00:05+00:00"),
        (None, "2026-11-20T10:00:05Z", "2026-11-20T10:00:05+00:00"),
        (7, None, None),
    ],
)
def test_a_post_is_as_old_as_the_earlier_of_both_times(
    created: object, indexed: object, published: str | None
) -> None:
    item = one(post(indexedAt=indexed, record={"createdAt": created}))
    assert (item.published and item.published.at.isoformat()) == published


def test_mentions_are_cut_out_by_their_bytes() -> None:
    text = "Gửi anh Sùng A Páo ở bản 😭 nhé, @ai.khac với"
    start = len("Gửi anh ".encode())
    facets = [mention(start, start + len("Sùng A Páo".encode()))]
    item = one(post(text, record={"facets": facets}))
    assert item.text == f"Gửi anh {MENTION} ở bản 😭 nhé, {MENTION} với"


@pytest.mark.parametrize(
    "facets",
    [
        [mention(-1, 4)],
        [mention(4, 4)],
        [mention(0, 10_000)],
        [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"uri": "https://x.example"}]}],
        [{"index": {"byteStart": True, "byteEnd": 3}, "features": [{"did": DID}]}],
        [{"index": None, "features": None}, None, 7],
        {},
        "x",
    ],
)
def test_odd_facets_leave_a_text_alone(facets: object) -> None:
    assert one(post("Con đường", record={"facets": facets})).text == "Con đường"


@pytest.mark.parametrize("account", [DID, ROOT, "canhyen-88.bsky.social", "@a.bsky.social"])
def test_accounts_are_taken_out_without_facets_too(account: str) -> None:
    assert one(post(f"Xem {account} nói gì")).text == f"Xem {MENTION} nói gì"


def test_a_facet_that_cuts_a_letter_takes_it_along() -> None:
    assert one(post("ồ kia", record={"facets": [mention(0, 1)]})).text == f"{MENTION} kia"


def test_overlapping_mentions_are_cut_once() -> None:
    item = one(post("abc def ghi", record={"facets": [mention(0, 7), mention(4, 11)]}))
    assert DID not in item.text
    assert "def" not in item.text


@pytest.mark.parametrize(
    "view",
    [
        post(labels=[{"val": "!hide"}]),
        post(record={"labels": {"values": [{"val": "!no-unauthenticated"}]}}),
        post(author={"did": DID, "labels": [{"val": "x"}, {"val": "!no-unauthenticated"}]}),
    ],
)
def test_what_is_not_shown_without_an_account_is_left_out_and_counted(view: Json) -> None:
    found = read_search(page({"posts": [view]}), "#x")
    assert (found.harvest.items, found.harvest.withheld, found.answered) == ((), 1, ())


def test_a_label_taken_back_does_not_count() -> None:
    assert one(post(labels=[{"val": "!hide", "neg": True}, {"val": "spam"}, 7])).text


def test_pages_go_on_until_there_is_no_cursor() -> None:
    found = read_search(page({"posts": [post()], "cursor": "100"}), "#x").harvest
    (link,) = found.links
    assert (link.url, link.kind) == (f"{SEARCH}&cursor=100", PageKind.TIMELINE)
    last = read_search(page({"posts": [post()]}, link.url), "#x")
    assert last.harvest.links == ()
    again = read_search(page({"posts": [post()], "cursor": "100"}, link.url), "#x")
    assert again.harvest.links == (), "it would lead round for ever"
    empty = read_search(page({"posts": [], "cursor": "200"}), "#x")
    assert empty.harvest.links == ()


def test_a_thread_gives_the_answers_in_reading_order() -> None:
    def view(text: str, *replies: object) -> Json:
        return {"post": post(text), "replies": [*replies]}

    thread = view(
        "gốc",
        view("một", view("một một"), view("một hai")),
        {"uri": ROOT, "notFound": True},
        {"uri": ROOT, "blocked": True, "author": {"did": DID}},
        view("hai"),
    )
    harvest = read_thread(page({"thread": thread}), "#x")
    assert [item.text for item in harvest.items] == ["một", "một một", "một hai", "hai"]
    assert harvest.malformed == ()


def test_a_thread_that_is_gone_has_no_answers() -> None:
    assert read_thread(page({"thread": {"uri": ROOT, "notFound": True}}), "#x") == Harvest()


def test_a_very_deep_thread_is_read() -> None:
    thread: Json = {"post": post("đáy")}
    for _ in range(200):
        thread = {"post": post("trên"), "replies": [thread]}
    assert len(read_thread(page({"thread": thread}), "#x").items) == 200


@pytest.mark.parametrize("answer", [[], 7, {}, {"posts": {}}, {"thread": []}, {"thread": {}}])
def test_another_answer_is_an_error(answer: object) -> None:
    with pytest.raises(ReadError):
        read_search(page(answer), "#x")
    with pytest.raises(ReadError):
        read_thread(page(answer), "#x")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = (
    "posts post thread replies uri record text reply root parent facets index byteStart byteEnd "
    "features did labels values val neg author displayName handle createdAt indexedAt likeCount "
    "replyCount notFound blocked cursor"
)
trees = st.recursive(
    scalars | st.sampled_from([ROOT, "!hide", "2026-11-20T10:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=6)
    ),
    max_leaves=30,
)


@settings(max_examples=300)
@given(trees)
def test_any_json(tree: object) -> None:
    views = tree if isinstance(tree, list) else [tree]
    for answer in (tree, {"posts": views}, {"thread": {"post": tree, "replies": views}}):
        with suppress(ReadError):
            assert isinstance(read_search(page(answer), "#x").harvest, Harvest)
        with suppress(ReadError):
            assert isinstance(read_thread(page(answer), "#x"), Harvest)


@settings(max_examples=100)
@given(
    text=st.text(max_size=40),
    facets=st.lists(st.builds(mention, st.integers(-2, 60), st.integers(-2, 60)), max_size=4),
)
def test_any_facets(text: str, facets: list[Json]) -> None:
    item = one(post(text, record={"facets": facets}))
    assert item.text.encode().decode() == item.text


@settings(max_examples=200)
@given(
    view=st.fixed_dictionaries(
        {},
        optional={
            "uri": st.just(ROOT),
            "author": st.just(post()["author"]) | trees,
            "record": st.just(post()["record"]) | trees,
            "labels": trees,
            "indexedAt": scalars,
        },
    )
)
def test_no_item_holds_anything_of_its_writer(view: Json) -> None:
    harvest = read_search(page({"posts": [view]}), "#x").harvest
    for item in harvest.items:
        shown = (item.url, item.text, item.title)
        assert not any(word in part for part in shown for word in ("canhyen", "Canhyến", "did:plc"))
    assert not any("canhyen" in word for word in harvest.malformed)
