"""Previews of Telegram channels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.models import Channel, PostKind
from langnghe.core.settings import TelegramSource
from langnghe.crawler.items import Link, PageKind
from langnghe.crawler.readers.names import MENTION
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.telegram import read_channel
from tests.crawler.channels.telegram_server import Message, message_markup
from tests.crawler.platforms import Writer

Load = Callable[..., Page]
CHANNEL = "https://t.me/s/binhlu"
AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
WHO = Writer(name="Quàng Thị Canhyến", handle="canhyen_88k1", id="9081726354")


def history(*parts: str) -> str:
    return f'<main><section class="tgme_channel_history">{"".join(parts)}</section></main>'


def shown(number: int, text: str = "Chợ miến dong", answers: int | None = None) -> str:
    return message_markup("BinhLu", Message(number, text, AT, answers, writer=WHO))


@pytest.mark.parametrize("written", ["https://t.me/s/binhlu", "https://t.me/binhlu", f"{CHANNEL}/"])
def test_a_channel_by_its_address(written: str) -> None:
    source = TelegramSource(channel=Channel.TELEGRAM, name="t", title="T", channels=(written,))
    assert source.channels == (CHANNEL,)


@pytest.mark.parametrize(
    "path", ["", "s/", "s/abc", "binhlu/120", "joinchat/AAAA", "+Ab12", "s/x?q=1"]
)
def test_what_is_no_channel_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="không phải địa chỉ kênh Telegram"):
        TelegramSource(
            channel=Channel.TELEGRAM, name="t", title="T", channels=(f"https://t.me/{path}",)
        )


def test_a_message(load: Load) -> None:
    harvest = read_channel(load(history(shown(7, answers=3)), CHANNEL), CHANNEL)
    (item,) = harvest.items
    assert item.native == ("telegram", "binhlu", "7")
    assert item.parent == item.thread == ("telegram", "binhlu", "3")
    assert (item.kind, item.url) == (PostKind.REPLY, CHANNEL)
    assert item.text == f"{MENTION} Chợ miến dong\n#binhlu"
    assert item.published is not None
    assert item.published.at == AT
    assert harvest.malformed == ()
    assert harvest.links == ()


def test_names_are_given_for_masking_and_nowhere_else(load: Load) -> None:
    harvest = read_channel(load(history(shown(7), shown(8, answers=7)), CHANNEL), CHANNEL)
    assert harvest.names == {WHO.name}
    written = repr((harvest.items, harvest.links, harvest.malformed))
    assert not [one for one in (WHO.name, WHO.handle, WHO.id, WHO.avatar) if one in written]


def test_a_channel_that_answers_itself_is_nobody(load: Load) -> None:
    markup = shown(8, answers=7).replace(WHO.name, "Xã Bình Lư")
    assert read_channel(load(history(markup), CHANNEL), CHANNEL).names == frozenset()


def test_an_answer_to_another_channel_begins_its_own_thread(load: Load) -> None:
    markup = shown(8, answers=7).replace("t.me/BinhLu/7", "t.me/khac/7")
    (item,) = read_channel(load(history(markup), CHANNEL), CHANNEL).items
    assert (item.parent, item.thread) == (None, item.native)


def test_older_messages(load: Load) -> None:
    more = '<a href="/s/binhlu?before=20" class="tme_messages_more" data-before="20"></a>'
    page = load(history(more, shown(20)), CHANNEL)
    older = Link(f"{CHANNEL}?before=20", PageKind.TIMELINE)
    assert read_channel(page, CHANNEL).links == (older,)
    again = load(page.body, older.url)
    assert read_channel(again, CHANNEL).links == (), "a page that names itself is the last"
    for before in ("x", "1", "", "9" * 40):
        odd = load(
            page.body.replace(b'data-before="20"', f'data-before="{before}"'.encode()), CHANNEL
        )
        assert read_channel(odd, CHANNEL).links == ()


@pytest.mark.parametrize("address", ["https://t.me/binhlu", "https://t.me/", "https://t.me/s/a/b"])
def test_a_page_that_is_no_preview(load: Load, address: str) -> None:
    with pytest.raises(ReadError, match="no preview") as caught:
        read_channel(load("<p>Contact</p>", address), CHANNEL)
    assert caught.value.key == "no_preview"


def test_another_layout_is_told_apart_from_an_empty_channel(load: Load) -> None:
    assert read_channel(load(history(), CHANNEL), CHANNEL).items == ()
    with pytest.raises(ReadError, match="no messages") as caught:
        read_channel(load("<div class='nova'>x</div>", CHANNEL), CHANNEL)
    assert caught.value.key == "unreadable"


@settings(max_examples=120)
@given(
    cut=st.integers(0, 3000),
    length=st.integers(0, 300),
    instead=st.text(max_size=30) | st.sampled_from(["</div>", "<div>", 'data-post="', "<time>"]),
)
def test_damaged_pages_are_read_or_refused(cut: int, length: int, instead: str) -> None:
    whole = history(shown(7, answers=3), shown(8, ""), shown(9))
    body = whole[:cut] + instead + whole[cut + length :]
    with suppress(ReadError):
        for item in read_channel(Page(CHANNEL, body.encode(), AT), CHANNEL).items:
            assert item.text.strip()
            assert item.url == CHANNEL
