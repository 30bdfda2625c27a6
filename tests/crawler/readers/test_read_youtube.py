"""Pages of the YouTube Data API, and whatever else may come instead."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.models import PostKind
from langnghe.crawler.items import RawItem
from langnghe.crawler.readers import youtube
from langnghe.crawler.readers.page import Page, ReadError

SERVER = "https://youtube.googleapis.com/"
VIDEO = "binhlu-0001"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
AUTHOR = {
    "authorDisplayName": "@canhyen_88k1",
    "authorProfileImageUrl": "https://anh.example/canhyen-avatar-77.png",
    "authorChannelUrl": "http://www.youtube.com/@canhyen_88k1",
    "authorChannelId": {"value": "UC9081726354"},
}


def page(body: Any, url: str = youtube.threads_url(SERVER, video=VIDEO)) -> Page:
    return Page(url, json.dumps(body).encode(), NOW)


def comment(number: str, **more: Any) -> dict[str, Any]:
    snippet = {
        "textDisplay": "Miến dong năm nay được mùa",
        "videoId": VIDEO,
        "publishedAt": "2026-11-20T14:27:16Z",
        "likeCount": 3,
        **AUTHOR,
        **more,
    }
    return {"id": number, "snippet": snippet}


def thread(first: dict[str, Any], *replies: dict[str, Any], total: int | None = None) -> Any:
    number = len(replies) if total is None else total
    return {
        "id": first["id"],
        "snippet": {"topLevelComment": first, "totalReplyCount": number, "videoId": VIDEO},
        "replies": {"comments": list(replies)},
    }


def test_a_thread_with_its_replies() -> None:
    body = {"items": [thread(comment("A"), comment("A.1"), comment("A.2"))]}
    read = youtube.read_threads(page(body))
    opening, one, other = read.harvest.items
    assert opening.native == opening.thread == one.thread == one.parent == other.parent
    assert (opening.kind, one.kind) == (PostKind.OPENING, PostKind.REPLY)
    assert opening.url == one.url == f"https://www.youtube.com/watch?v={VIDEO}"
    assert opening.published is not None
    assert opening.published.at == datetime(2026, 11, 20, 14, 27, 16, tzinfo=UTC)
    assert (read.unfinished, read.videos, read.next_page) == ((), (VIDEO,), None)
    assert read.harvest.threads == {opening.thread}
    assert read.harvest.names == {"@canhyen_88k1", "canhyen_88k1"}


def test_more_replies_than_are_shown_are_told() -> None:
    body = {"items": [thread(comment("A"), comment("A.1"), total=9)], "nextPageToken": "P2"}
    read = youtube.read_threads(page(body))
    assert read.unfinished == (("A", VIDEO),)
    assert read.harvest.threads == frozenset(), "nothing is concluded from what is not shown"
    assert youtube.page_url(page(body).url, "P2").endswith("maxResults=50&pageToken=P2")


def test_replies_know_what_they_answer() -> None:
    url = youtube.replies_url(SERVER, "A")
    body = {"items": [comment("A.1", videoId=None)]}
    read = youtube.read_replies(page(body, url), VIDEO)
    assert [one.parent for one in read.harvest.items] == [("youtube", "comment", "A")]
    assert [one.url for one in read.harvest.items] == [youtube.video_page(VIDEO)]
    assert read.harvest.threads == {("youtube", "comment", "A")}
    without = youtube.read_replies(page(body, url), None)
    assert without.harvest.malformed == ("a comment beneath nothing",)


def test_what_is_not_published_is_left_alone() -> None:
    hidden = thread(comment("A"))
    hidden["snippet"]["isPublic"] = False
    body = {"items": [hidden, thread(comment("B", moderationStatus="heldForReview"))]}
    assert youtube.read_threads(page(body)).harvest.items == ()


def test_a_comment_on_the_channel_stands_on_the_channel() -> None:
    first = comment("A", videoId=None, channelId="UCxyz")
    first_thread = thread(first)
    first_thread["snippet"].pop("videoId")
    (item,) = youtube.read_threads(page({"items": [first_thread]})).harvest.items
    assert item.url == "https://www.youtube.com/channel/UCxyz"


def test_titles() -> None:
    body = {"items": [{"id": VIDEO, "snippet": {"title": "Vào vụ"}}, {"id": 3}, None]}
    assert youtube.read_titles(page(body)) == {VIDEO: "Vào vụ"}


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (b'{"error": {"errors": [{"reason": "quotaExceeded"}]}}', {"quotaExceeded"}),
        (b'{"error": {"details": [{"reason": "API_KEY_INVALID"}]}}', {"API_KEY_INVALID"}),
        (b'{"error": {"errors": [3, {"reason": []}]}}', set()),
        (b"<html>", set()),
        (b"[" * 100_000, set()),
        (b"\xff\xfe", set()),
    ],
)
def test_reasons_of_errors(body: bytes, reasons: set[str]) -> None:
    assert youtube.error_reasons(body) == reasons


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
fields = st.sampled_from(
    ["id", "textDisplay", "videoId", "channelId", "publishedAt", "likeCount", "authorDisplayName"]
)
snippets = st.dictionaries(fields, anything, max_size=7)
entries = st.fixed_dictionaries(
    {},
    optional={
        "id": anything,
        "snippet": st.fixed_dictionaries(
            {},
            optional={
                "topLevelComment": st.fixed_dictionaries(
                    {}, optional={"id": anything, "snippet": snippets | anything}
                )
                | anything,
                "totalReplyCount": anything,
                "isPublic": anything,
                "videoId": anything,
                "title": anything,
            },
        )
        | anything,
        "replies": st.fixed_dictionaries({"comments": st.lists(anything) | anything}) | anything,
    },
)


@given(st.fixed_dictionaries({"items": st.lists(entries | anything)}) | anything)
def test_whatever_comes_is_read_or_refused(body: Any) -> None:
    for read in (
        youtube.read_threads,
        lambda one: youtube.read_replies(one, VIDEO),
        youtube.read_titles,
    ):
        with suppress(ReadError):
            read(page(body))
    youtube.error_reasons(json.dumps(body).encode())


texts = st.text(st.characters(min_codepoint=97, max_codepoint=122), max_size=5)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_no_item_holds_anything_about_its_writer(said: list[tuple[str, str]]) -> None:
    body = {
        "items": [
            thread(comment(f"N{n}", textDisplay=one), comment(f"R{n}", textDisplay=other))
            for n, (one, other) in enumerate(said)
        ]
    }
    items: tuple[RawItem, ...] = youtube.read_threads(page(body)).harvest.items
    assert len(items) == 2 * len(said)
    assert not [item for item in items if "canhyen" in repr(item) or "9081726354" in repr(item)]
