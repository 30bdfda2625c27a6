"""Tag timelines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from langnghe.core.models import PostKind
from langnghe.crawler.items import Link, PageKind
from langnghe.crawler.readers.mastodon import read_timeline, timeline_url
from langnghe.crawler.readers.names import MENTION
from langnghe.crawler.readers.page import Page, ReadError

Load = Callable[..., Page]
SERVER = "https://mang.example/"
API = "https://mang.example/api/v1/timelines/tag"


def test_a_timeline(load: Load) -> None:
    url = timeline_url(SERVER, "miến dong", "100")
    assert url == f"{API}/mi%E1%BA%BFn%20dong?limit=40&since_id=100"
    timeline = read_timeline(load("mastodon.json", url), SERVER, "miến dong")
    reply, opening = timeline.harvest.items
    assert reply.native == ("status", "https://mang.example", "115001")
    assert reply.parent == reply.thread == opening.native == opening.thread
    assert (reply.kind, opening.kind) == (PostKind.REPLY, PostKind.OPENING)
    assert reply.text == (
        f"{MENTION} điện yếu thế này thì sấy #miendong sao nổi {MENTION}\n\n"
        "Ai biết số điện lực không?"
    )
    assert opening.text == f"Than thở cùng {MENTION}\n\nCả bản mất điện từ tối 😭"
    assert reply.url == "https://mang.example/tags/mi%E1%BA%BFn%20dong"
    assert reply.published is not None
    assert reply.published.at == datetime(2026, 11, 20, 14, 27, 16, tzinfo=UTC)
    assert (reply.reactions, opening.reactions) == (3, 0)
    assert timeline.newest_id == "115001"
    assert timeline.harvest.malformed == ("a status without id",)


def test_unlisted_and_passed_on_statuses_are_not_read(load: Load) -> None:
    timeline = read_timeline(load("mastodon.json", timeline_url(SERVER, "x")), SERVER, "x")
    assert {item.native[-1] for item in timeline.harvest.items} == {"115001", "115000"}


def test_paging_keeps_since_id_and_ends(load: Load) -> None:
    body = load("mastodon.json").body
    first = timeline_url(SERVER, "x", "114000")
    (link,) = read_timeline(load(body, first), SERVER, "x").harvest.links
    assert link == Link(f"{first}&max_id=114998", PageKind.TIMELINE)
    header = f'<{API}/x?max_id=114500>; rel="next", <{API}/x?min_id=115001>; rel="prev"'
    (link,) = read_timeline(load(body, first, link=header), SERVER, "x").harvest.links
    assert link.url == f"{first}&max_id=114500"
    # The header leads back behind where we were: everything new is read.
    done = read_timeline(load(body, timeline_url(SERVER, "x", "114600"), link=header), SERVER, "x")
    assert done.harvest.links == ()
    empty = read_timeline(load(b"[]", f"{first}&max_id=114998"), SERVER, "x")
    assert (empty.harvest.links, empty.newest_id) == ((), None)


def test_a_page_that_repeats_itself_is_the_last(load: Load) -> None:
    body = load("mastodon.json").body
    again = f"{timeline_url(SERVER, 'x')}&max_id=114998"
    assert read_timeline(load(body, again), SERVER, "x").harvest.links == ()


def test_longer_ids_are_newer(load: Load) -> None:
    statuses = [{"id": number, "visibility": "private"} for number in ("999", "1000", "998")]
    page = load(json.dumps(statuses).encode(), timeline_url(SERVER, "x"))
    assert read_timeline(page, SERVER, "x").newest_id == "1000"


def test_an_error_is_said(load: Load) -> None:
    with pytest.raises(ReadError, match="requires an authenticated user"):
        read_timeline(load(b'{"error": "This method requires an authenticated user"}'), SERVER, "x")
