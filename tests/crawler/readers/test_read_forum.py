"""Forums: boards, threads, paging."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from langnghe.core.models import Channel, PostKind, TimePrecision
from langnghe.core.settings import ForumSelectors, ForumSource
from langnghe.crawler.items import Link, PageKind, Published
from langnghe.crawler.readers.forum import read_board, read_thread
from langnghe.crawler.readers.page import Page, ReadError

Load = Callable[..., Page]
PHPBB = ForumSelectors(
    thread_link="a.topictitle",
    next_page="li.next a",
    title="h2.topic-title",
    post="div.post",
    text=".content",
    time="p.author time",
    native_id="div.post::attr(id)",
)
BOARD = "https://p.example/viewforum.php?f=2"
THREAD = "https://p.example/viewtopic.php?f=2&t=15"


def source(**settings: Any) -> ForumSource:
    return ForumSource(
        channel=Channel.FORUM,
        name="dien-dan",
        title="Diễn đàn",
        boards=("https://p.example/",),
        **settings,
    )


@pytest.mark.parametrize("settings", [{}, {"selectors": PHPBB}], ids=["known", "profile"])
def test_a_board(load: Load, settings: dict[str, Any]) -> None:
    harvest = read_board(load("phpbb_board.html", BOARD), source(**settings))
    assert harvest.links == (
        Link(THREAD, PageKind.THREAD),
        Link("https://p.example/viewtopic.php?f=2&t=16", PageKind.THREAD),
        Link("https://p.example/viewforum.php?f=2&start=25", PageKind.BOARD),
    )
    assert harvest.items == ()


def test_a_board_with_a_pattern(load: Load) -> None:
    found = read_board(load("phpbb_board.html", BOARD), source(thread_pattern=r"viewtopic.*t=16$"))
    assert [link.url for link in found.links if link.kind is PageKind.THREAD] == [
        "https://p.example/viewtopic.php?f=2&t=16"
    ]


def test_a_board_of_unknown_software(load: Load) -> None:
    markup = (
        "<a href='/threads/mat-nuoc.12/'>Mất nước</a><a href='/threads/mat-nuoc.12/page-3'>3</a>"
        "<a href='/threads/mat-nuoc.12/latest'>mới</a><a href='/t/cho-phien/8'>Chợ</a>"
        "<a href='/members/canary_handle_9x7.990017755/'>C</a><a href='/help'>Giúp</a>"
    )
    found = read_board(load(markup.encode(), "https://x.example/forums/doi-song/"), source())
    assert [link.url for link in found.links] == [
        "https://x.example/threads/mat-nuoc.12/",
        "https://x.example/t/cho-phien/8",
    ]


def test_a_thread_by_selectors(load: Load) -> None:
    harvest = read_thread(load("phpbb_thread.html", THREAD), source(selectors=PHPBB))
    opening, reply = harvest.items
    assert opening.kind is PostKind.OPENING
    assert opening.title == "Giá miến dong"
    assert opening.text == "Miến dong năm nay bao nhiêu một cân?"
    assert opening.published == Published(
        datetime(2026, 11, 15, 3, 0, tzinfo=UTC), TimePrecision.SECOND
    )
    assert reply.native == ("comment", "page", THREAD, "71")
    assert reply.text == "Tầm 75k nhé :)"
    assert {item.thread for item in harvest.items} == {("page", THREAD)}
    assert harvest.malformed == ("a posting without text",)
    assert harvest.links == (Link(f"{THREAD.replace('&t', '&start=10&t')}", PageKind.THREAD),)


def test_the_profile_says_what_a_quotation_is(load: Load) -> None:
    keeps = PHPBB.model_copy(update={"quoted": ".none"})
    harvest = read_thread(load("phpbb_thread.html", THREAD), source(selectors=keeps))
    assert "đã viết" in harvest.items[1].text


def test_a_following_page_belongs_to_the_same_thread(load: Load) -> None:
    page = load("phpbb_thread.html", f"{THREAD}&start=10")
    (first, *_) = read_thread(page, source(selectors=PHPBB)).items
    assert first.kind is PostKind.REPLY
    assert first.thread == ("page", THREAD)
    elsewhere = read_thread(page, source(selectors=PHPBB), "https://p.example/viewtopic.php?t=15")
    assert elsewhere.items[0].thread == ("page", "https://p.example/viewtopic.php?t=15")


def test_a_selector_that_is_none_is_said(load: Load) -> None:
    broken = PHPBB.model_copy(update={"post": "div..post["})
    with pytest.raises(ReadError, match=r"'div\.\.post\[' is no CSS selector"):
        read_thread(load("phpbb_thread.html", THREAD), source(selectors=broken))


def test_discourse(load: Load) -> None:
    url = "https://dien-dan.example/t/cho-phien-cuoi-tuan/812"
    harvest = read_thread(load("discourse_thread.html", url), source())
    opening, reply = harvest.items
    assert opening.native == ("opening", "page", url)
    assert opening.kind is PostKind.OPENING
    assert (opening.title, opening.reactions) == ("Chợ phiên cuối tuần", 7)
    assert opening.text == "Chợ phiên chuyển sang chủ nhật, mọi người thấy sao?"
    assert reply.native == ("comment", "page", url, "2")
    assert reply.text == "Chủ nhật thì tiện cho học sinh :smile:"
    assert reply.published is not None
    assert reply.published.at == datetime(2026, 11, 14, 2, 30, tzinfo=UTC)
    assert harvest.links == (Link(f"{url}?page=2", PageKind.THREAD),)
    assert "canary_handle_9x7" in harvest.names


def test_xenforo_has_its_opening_in_json_ld(load: Load) -> None:
    url = "https://f.example/threads/wifi-o-ban.77/"
    harvest = read_thread(load("xenforo_thread.html", url), source())
    opening, reply = harvest.items
    assert (opening.title, opening.reactions) == ("Wifi ở bản", 5)
    assert opening.text == "Bản mình có cột sóng mới, ai dùng thử chưa?"
    assert reply.native == ("comment", "page", url, "901")
    assert reply.text == "Mình dùng rồi, ổn.\nChiều mưa hơi chậm."
    assert harvest.links == (Link(f"{url}page-2", PageKind.THREAD),)


def test_a_following_page_does_not_tell_the_opening_again(load: Load) -> None:
    page = load("xenforo_thread.html", "https://f.example/threads/wifi-o-ban.77/page-2")
    assert [item.kind for item in read_thread(page, source()).items] == [PostKind.REPLY]


def test_a_thread_in_json_ld(load: Load) -> None:
    url = "https://hoi.example/hoi/thu-tuc-331"
    harvest = read_thread(load("json_ld_thread.html", url), source())
    assert [item.kind for item in harvest.items] == [PostKind.OPENING, *[PostKind.REPLY] * 3]
    assert harvest.items[0].text == "Cấp lại sổ đỏ bị mất thì nộp ở đâu?"
    # What answers the opening has no other parent than the thread.
    assert harvest.items[1].parent is None


def test_a_persons_page_is_not_read(load: Load) -> None:
    with pytest.raises(ReadError):
        read_thread(load("json_ld_thread.html", "https://hoi.example/@canary_handle_9x7"), source())
