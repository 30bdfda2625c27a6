"""Lists and topics of Discourse forums."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.models import Channel, PostKind
from langnghe.core.settings import DiscourseSource
from langnghe.crawler.items import Link, PageKind
from langnghe.crawler.readers.discourse import PER_PAGE, list_url, place_of, read_list, read_topic
from langnghe.crawler.readers.names import MENTION
from langnghe.crawler.readers.page import Page, ReadError

Load = Callable[..., Page]
HOME = "https://dien-dan.example/forum"
WHO = "Lò Thị Canhyến"
HANDLE = "canhyen_88k1"


def topic(load: Load, posts: list[Any], stream: list[Any] | None = None, **more: Any) -> Any:
    body = {"post_stream": {"posts": posts, "stream": stream or []}, "title": "Chợ", **more}
    return read_topic(load(json.dumps(body), f"{HOME}/t/7.json"), HOME, "7")


def post(number: int, cooked: str = "<p>Miến dong</p>", **more: Any) -> dict[str, Any]:
    return {"id": 700 + number, "post_number": number, "cooked": cooked, **more}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (f"{HOME}/latest.json", (HOME, None)),
        (f"{HOME}/c/binh-lu/12.json", (HOME, None)),
        (f"{HOME}/tag/cho.json", (HOME, None)),
        (f"{HOME}/t/7.json", (HOME, "7")),
        ("https://dien-dan.example/t/7/posts.json?post_ids[]=1", ("https://dien-dan.example", "7")),
    ],
)
def test_where_a_forum_stands(address: str, place: tuple[str, str | None]) -> None:
    assert place_of(address) == place


def test_an_address_elsewhere_is_none() -> None:
    with pytest.raises(ValueError, match="neither a list"):
        place_of(f"{HOME}/u/{HANDLE}.json")


@pytest.mark.parametrize("path", ["latest", "latest/", "c/binh-lu/12", "c/xa/binh-lu/13", "tag/x"])
def test_lists_are_named_by_their_address_in_a_browser(path: str) -> None:
    source = DiscourseSource(
        channel=Channel.DISCOURSE, name="d", title="D", boards=(f"{HOME}/{path}",)
    )
    assert list_url(source.boards[0]) == f"{HOME}/{path.rstrip('/')}.json"


@pytest.mark.parametrize(
    "mark",
    [
        {"hidden": True},
        {"user_deleted": True},
        {"deleted_at": "2026-11-20T01:00:00Z"},
        {"post_type": 3},
    ],
)
def test_what_does_not_stand_there_any_more_is_not_read(load: Load, mark: dict[str, Any]) -> None:
    gone = post(2, "<p>Đã gỡ</p>", **mark)
    items = topic(load, [post(1), gone, post(3, post_type=1, hidden=False)]).items
    assert [item.text for item in items] == ["Miến dong", "Miến dong"]


@pytest.mark.parametrize("path", ["", "t/chu-de/7", f"u/{HANDLE}", "c/binh-lu", "search?q=x"])
def test_what_is_no_list_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="không phải danh sách"):
        DiscourseSource(channel=Channel.DISCOURSE, name="d", title="D", boards=(f"{HOME}/{path}",))


def test_a_list(load: Load) -> None:
    topics = [
        {"id": 7, "last_posted_at": "2026-11-20T01:00:00.000Z", "bumped_at": None},
        {"id": "8", "bumped_at": "2026-11-21T01:00:00Z", "last_posted_at": "2026-11-20T01:00:00Z"},
        {"id": 9, "archetype": "private_message"},
        {"id": 10, "visible": False},
        {"id": True},
        "x",
    ]
    body = {"topic_list": {"topics": topics, "more_topics_url": "/forum/latest?page=1"}}
    harvest = read_list(load(json.dumps(body), f"{HOME}/latest.json"), HOME)
    assert harvest.links == (
        Link(f"{HOME}/t/7.json", PageKind.THREAD, datetime(2026, 11, 20, 1, tzinfo=UTC)),
        Link(f"{HOME}/t/8.json", PageKind.THREAD, datetime(2026, 11, 21, 1, tzinfo=UTC)),
        Link(f"{HOME}/latest.json?page=1", PageKind.BOARD),
    )
    assert len(harvest.malformed) == 2


@pytest.mark.parametrize("more", [None, "", 7, "/forum/latest", "http://[", "//x y/latest"])
def test_the_last_page_of_a_list(load: Load, more: object) -> None:
    body = {"topic_list": {"topics": [], "more_topics_url": more}}
    assert read_list(load(json.dumps(body), f"{HOME}/latest.json"), HOME).links == ()


def test_quotes_previews_and_people_are_no_part_of_what_is_said(load: Load) -> None:
    cooked = f"""
    <aside class="quote" data-username="{HANDLE}"><div class="title">{WHO}:</div>
    <blockquote><p>Lời người khác</p></blockquote></aside>
    <p><a class="mention" href="/u/{HANDLE}">@{HANDLE}</a> nói
    <span class="mention">@{HANDLE}</span>
    đúng <img src="x" title=":chili:" class="emoji" alt=":chili:"></p>
    <blockquote><p>Nghị quyết số 5</p></blockquote>
    <aside class="onebox"><header>báo</header><article>Trang khác</article></aside>
    <div class="lightbox-wrapper"><a><div class="meta"><span class="filename">{HANDLE}.jpg</span>
    </div></a></div>"""
    (item,) = topic(load, [post(1, cooked)]).items
    assert item.text == f"{MENTION} nói {MENTION} đúng :chili:\n\nNghị quyết số 5"
    assert (item.kind, item.title, item.parent) == (PostKind.OPENING, "Chợ", None)


def test_answers_keep_what_they_answer(load: Load) -> None:
    posts = [post(2, reply_to_post_number=1), post(3, reply_to_post_number="2"), post(4)]
    items = topic(load, posts).items
    opening = ("discourse", HOME, "7", "1")
    assert [item.parent and item.parent[-1] for item in items] == ["1", "2", None]
    assert {item.thread for item in items} == {opening}
    assert {item.url for item in items} == {f"{HOME}/t/7"}
    assert {item.kind for item in items} == {PostKind.REPLY}


def test_posts_that_are_not_there_yet_are_asked_for_newest_first(load: Load) -> None:
    stream = ["703", 702, *range(701, 701 + 2 * PER_PAGE + 3)]
    links = topic(load, [post(1), post(2)], stream).links
    assert [link.url.count("post_ids") for link in links] == [PER_PAGE, PER_PAGE, 1]
    assert f"posts.json?post_ids%5B%5D={700 + 2 * PER_PAGE + 3}&" in links[0].url
    assert links[2].url.endswith("=703")


def test_a_topic_is_whole_where_all_its_posts_are_named_and_had(load: Load) -> None:
    assert topic(load, [post(1)], [701, 702]).whole
    odd: list[Any] = [None, "x", [701, "x"], [{}]]
    for stream in odd:
        assert not topic(load, [post(1)], post_stream={"posts": [post(1)], "stream": stream}).whole
    body = json.dumps({"post_stream": {"posts": [post(2), post(3)]}, "id": 7})
    for asked, whole in (((702, 703), True), ((702, 703, 704), False)):
        query = "&".join(f"post_ids%5B%5D={one}" for one in asked)
        page = load(body, f"{HOME}/t/7/posts.json?{query}")
        assert read_topic(page, HOME, "7").whole is whole


def test_a_post_of_pictures_alone_is_no_item_and_no_fault(load: Load) -> None:
    harvest = topic(load, [post(1), post(2, '<p><img src="/x.jpg" alt="2026"></p>')])
    assert (len(harvest.items), harvest.malformed) == (1, ())


def test_names_are_given_for_masking_and_nowhere_else(load: Load) -> None:
    writer: dict[str, Any] = {
        "name": WHO,
        "username": HANDLE,
        "display_username": WHO,
        "avatar_template": f"/a/{HANDLE}.png",
        "user_id": 9081726354,
        "reply_to_user": {"username": "bantoi_2", "name": "Vàng A Bạn"},
    }
    harvest = topic(load, [post(1, **writer)], details={"created_by": writer})
    assert harvest.names == {WHO, HANDLE, "bantoi_2", "Vàng A Bạn"}
    shown = repr((harvest.items, harvest.links, harvest.malformed))
    assert not [one for one in (WHO, HANDLE, "9081726354", "Bạn", "bantoi") if one in shown]


KEYS = (
    "post_stream posts stream topic_list topics id post_number cooked created_at title name "
    "reply_to_post_number actions_summary count more_topics_url archetype visible username "
    "reply_to_user last_posted_at bumped_at"
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=120)
@given(value=json_values)
def test_any_json_is_read_or_refused(value: object) -> None:
    bodies = [value, {"post_stream": {"posts": [value], "stream": [value]}, "title": value}]
    bodies += [{"topic_list": {"topics": [value], "more_topics_url": value}}]
    for body in bodies:
        page = Page(f"{HOME}/t/7.json", json.dumps(body).encode(), datetime.now(UTC))
        with suppress(ReadError):
            assert not read_list(page, HOME).items
        with suppress(ReadError):
            for item in read_topic(page, HOME, "7").items:
                assert item.text.strip()
                assert item.url == f"{HOME}/t/7"
