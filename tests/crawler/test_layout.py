"""When pages count as changed, and what a site that was made over comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.home import Home
from langnghe.core.models import PostKind, TimePrecision
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.layout import (
    COMMENTS,
    DATE,
    EXPECTED,
    LINKS,
    POSTS,
    TEXT,
    chance_of_so_few,
    found_in,
    judge,
    sketch_of,
)
from langnghe.crawler.readers.page import Page
from langnghe.store.crawlstate import Failure
from langnghe.store.database import Database
from langnghe.store.layouts import LAYOUT_CHANGED, Layout, Layouts
from langnghe.store.sourcenotices import NoticeKind
from tests.crawler.serving import (
    Reply,
    Server,
    article,
    feed,
    make_home,
    rows,
    run_crawl,
    serving,
    source,
    stored_posts,
    stores,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NOTHING = Layout("bao", "article")
ARTICLE = PageKind.ARTICLE


def after(layout: Layout, pages: str, field: str = TEXT) -> Layout:
    """What is known after these pages, the oldest first: 1 gave the field, 0 did not."""
    for page in pages:
        layout = judge(layout, {field: page == "1"}, {"p": int(page)}, NOW)
    return layout


def item(kind: PostKind = PostKind.ARTICLE, *, dated: bool = True) -> RawItem:
    moment = Published(NOW, TimePrecision.MINUTE) if dated else None
    return RawItem(("x",), ("x",), kind, "https://a.example/x", "miến dong", published=moment)


# What a page gave


def test_what_an_article_gave() -> None:
    expected = EXPECTED[ARTICLE] | {COMMENTS}
    whole = Harvest(items=(item(), item(PostKind.REPLY)))
    assert found_in(whole, ARTICLE, expected) == {TEXT: True, COMMENTS: True, DATE: True}
    undated = Harvest(items=(item(dated=False),))
    assert found_in(undated, ARTICLE, expected) == {TEXT: True, COMMENTS: False, DATE: False}
    # Where there is no text, nothing can be said of its date.
    assert found_in(Harvest(), ARTICLE, expected) == {TEXT: False, COMMENTS: False}
    assert found_in(whole, ARTICLE, frozenset()) == {}


def test_what_a_thread_and_a_list_gave() -> None:
    thread = Harvest(items=(item(PostKind.OPENING), item(PostKind.REPLY, dated=False)))
    assert found_in(thread, PageKind.THREAD, EXPECTED[PageKind.THREAD]) == {POSTS: True, DATE: True}
    following = Link("https://a.example/2", PageKind.SECTION)
    lists = EXPECTED[PageKind.SECTION]
    assert found_in(Harvest(links=(following,)), PageKind.SECTION, lists) == {LINKS: False}
    story = Link("https://a.example/bai", ARTICLE)
    assert found_in(Harvest(links=(following, story)), PageKind.SECTION, lists) == {LINKS: True}


def test_a_sketch_holds_no_word_and_no_name() -> None:
    body = (
        "<article class='comment-author-nguyen-van-canary'><h1>Nguyễn Văn Canary</h1><p>a</p>"
        "<p>b</p><canary>x</canary><script>{'@type': 'NewsArticle'}</script></article>"
    )
    sketch = sketch_of(Page("https://a.example/x", body.encode(), NOW))
    assert sketch == {"NewsArticle": 1, "article": 1, "h1": 1, "p": 2, "script": 1}


# When that is a change


def test_five_bad_pages_in_a_row_are_a_change_where_all_were_good() -> None:
    assert after(NOTHING, "1" * 60 + "0000").changed_at is None
    layout = after(NOTHING, "1" * 60 + "00000")
    assert (layout.changed_at, layout.fallen, layout.holds) == (NOW, (TEXT,), True)
    assert (layout.usual, layout.now) == ({"p": 1}, {"p": 0})


def test_before_enough_pages_nothing_is_usual() -> None:
    assert after(NOTHING, "1" * 15 + "0" * 10).changed_at is None


def test_what_is_seldom_given_takes_longer_to_be_missed() -> None:
    known = after(NOTHING, "10" * 100)
    assert after(known, "0" * 20).changed_at is None
    assert after(known, "0" * 50).changed_at is not None


def test_pages_that_are_as_good_again_end_it() -> None:
    changed = after(NOTHING, "1" * 60 + "00000")
    assert after(changed, "1111").changed_at is not None
    assert after(changed, "0101").changed_at is not None
    back = after(changed, "11111")
    assert (back.changed_at, back.fallen, back.holds, back.now) == (None, (), False, {})
    # What was usual has not been unlearnt meanwhile.
    assert after(back, "00000").changed_at is not None


def test_missing_comments_or_links_are_told_and_hold_nothing_back() -> None:
    for field in (COMMENTS, LINKS):
        layout = after(NOTHING, "1" * 60 + "00000", field)
        assert layout.changed_at is not None
        assert not layout.holds


@given(st.lists(st.booleans(), max_size=200))
def test_pages_that_always_give_everything_are_never_a_change(dates: list[bool]) -> None:
    layout = NOTHING
    for with_date in dates:
        found = {TEXT: True, DATE: True} if with_date else {TEXT: True}
        layout = judge(layout, found, {"p": 1}, NOW)
        assert layout.changed_at is None
        assert all(0 <= share.found <= share.seen for share in layout.shares.values())


@given(
    st.integers(0, 20), st.integers(1, 20), st.floats(0, 100), st.floats(0, 100), st.integers(0, 20)
)
def test_the_chance_is_one_and_grows_with_what_is_found(
    found: int, of: int, gave: float, missed: float, more: int
) -> None:
    found = min(found, of)
    chance = chance_of_so_few(found, of, gave, gave + missed)
    assert 0 <= chance <= 1
    assert chance <= chance_of_so_few(min(found + more, of), of, gave, gave + missed) + 1e-9
    assert chance_of_so_few(of, of, gave, gave + missed) == pytest.approx(1)


# What is kept of it


def test_what_is_known_is_kept(tmp_path: Path) -> None:
    database = Database(tmp_path / "langnghe.db")
    layouts = Layouts(database)
    assert layouts.get("bao", "article") == NOTHING
    changed = after(NOTHING, "1" * 60 + "00000")
    layouts.put(after(NOTHING, "1" * 60))
    layouts.put(changed)
    layouts.put(replace(after(NOTHING, "1"), kind="thread"))
    assert layouts.get("bao", "article") == changed
    assert layouts.changed() == [changed]
    assert layouts.changed("bao") == [changed]
    assert layouts.changed("khac") == []
    assert layouts.accept("bao", "article", NOW) == 0
    assert layouts.get("bao", "article") == NOTHING
    assert layouts.get("bao", "thread").shares
    database.close()


# A site that is made over


def site_with(server: Server, numbers: range, *, dated: bool = True) -> None:
    """A feed of these articles; without a date they are as after a change of layout."""
    pages = {f"/bai-viet-so-{n}-ve-mien-dong.html": f"Tin miến dong số {n}" for n in numbers}
    server.routes["/feed.xml"] = Reply(feed(server, pages), type="application/rss+xml")
    for n, (path, title) in zip(numbers, pages.items(), strict=True):
        text = (
            f"Hợp tác xã Bình Lư vừa báo sản lượng miến dong vụ thứ {n} tăng so với năm ngoái, bà "
            "con phấn khởi vì giá bán ổn định và đường vận chuyển đã thông suốt."
        )
        page = article(title, text)
        if not dated:
            page = page.replace("article:published_time", "khac").replace("<article>", "<section>")
        server.routes[path] = Reply(page)


def changes(root: Path) -> list[Layout]:
    database = Database(root / "langnghe.db")
    try:
        return Layouts(database).changed()
    finally:
        database.close()


@pytest.fixture
def known(tmp_path: Path) -> Iterator[tuple[Server, Home]]:
    """A site, and a home that has read thirty of its articles: its layout is known there."""
    site = Server()
    with serving(site):
        home = make_home(tmp_path / "home", [source("bao", site)])
        site_with(site, range(30))
        assert run_crawl(home)["bao"]["outcomes"] == {"stored": 30}
        yield site, home


def test_pages_of_a_changed_layout_wait_and_are_stored_when_the_site_is_as_before(
    known: tuple[Server, Home],
) -> None:
    site, home = known
    site_with(site, range(30, 45), dated=False)
    made_over = run_crawl(home)["bao"]
    held = made_over["problems"][LAYOUT_CHANGED]
    odd = made_over["problems"]["odd_page"]
    # Nothing of it is stored, from the very first page on.
    assert made_over["outcomes"] == {}
    assert odd + held == 15
    assert 5 <= held <= 11
    [change] = changes(home.root)
    assert (change.kind, change.fallen, change.holds) == ("article", (DATE,), True)
    assert (change.usual.get("article"), change.now.get("article")) == (1, None)
    with stores(home) as opened:
        assert opened.crawl.layouts.held(change) == held
        [notice] = opened.crawl.notices.going_on("bao")
        assert notice.kind is NoticeKind.LAYOUT_CHANGED
    assert rows(home, "SELECT count(*) FROM quarantine WHERE reason = 'layout_changed'") == [
        (held,)
    ]
    # They are not asked again and again meanwhile.
    before = len(site.seen)
    run_crawl(home, "--due")
    assert not [path for path in site.paths()[before:] if path.startswith("/bai")]

    site_with(site, range(30, 52))
    back = run_crawl(home)["bao"]
    assert back["status"] == "finished"
    assert changes(home.root) == []
    with stores(home) as opened:
        assert opened.crawl.notices.going_on("bao") == []
    run_crawl(home)
    posts = stored_posts(home)
    assert len(posts) == 52
    assert len([post for post in posts if post.precision is TimePrecision.UNKNOWN]) == 0


def test_an_accepted_layout_is_read_as_it_is(known: tuple[Server, Home]) -> None:
    site, home = known
    site_with(site, range(30, 45), dated=False)
    run_crawl(home)
    with stores(home) as opened:
        [change] = Layouts(opened.database).changed("bao")
        held = Layouts(opened.database).held(change)
        assert Layouts(opened.database).accept("bao", change.kind, NOW) == held
        assert Layouts(opened.database).held(change) == 0
    assert run_crawl(home)["bao"]["outcomes"]["stored"] == 15
    assert len(stored_posts(home)) == 45
    assert changes(home.root) == []


def test_one_odd_page_is_stored_when_it_is_so_a_second_time(known: tuple[Server, Home]) -> None:
    site, home = known
    site_with(site, range(30, 31), dated=False)
    first = run_crawl(home)["bao"]
    assert (first["outcomes"], first["problems"]) == ({}, {"odd_page": 1})
    assert run_crawl(home)["bao"]["outcomes"] == {"stored": 1}
    assert changes(home.root) == []


def test_pages_that_failed_while_the_site_was_made_over_count_as_well(
    known: tuple[Server, Home],
) -> None:
    site, home = known
    site_with(site, range(30, 45), dated=False)
    paths = [f"/bai-viet-so-{n}-ve-mien-dong.html" for n in range(30, 45)]
    with stores(home) as opened:
        links = [Link(f"{site.url}{path}", ARTICLE) for path in paths]
        opened.crawl.add_pages("bao", links)
        for link in links:
            opened.crawl.fail_page(
                link.url, "bao", failure=Failure.SOFT, problem="server_error", status=503
            )
    made_over = run_crawl(home)["bao"]
    assert made_over["outcomes"] == {}
    assert made_over["problems"][LAYOUT_CHANGED] >= 5
    [change] = changes(home.root)
    assert (change.fallen, change.holds) == ((DATE,), True)


def test_the_same_notice_on_every_page_is_no_text_of_theirs(known: tuple[Server, Home]) -> None:
    site, home = known
    notice = article(
        "Thông báo",
        "Trang này dùng cookie để ghi nhớ lựa chọn của bạn đọc miến dong; hãy bấm đồng ý để tiếp "
        "tục xem nội dung, hoặc đóng trang nếu không muốn.",
    )
    site_with(site, range(30, 45))
    for n in range(30, 45):
        site.routes[f"/bai-viet-so-{n}-ve-mien-dong.html"] = Reply(notice)
    made_over = run_crawl(home)["bao"]
    [change] = changes(home.root)
    assert change.fallen == (TEXT,)
    assert made_over["problems"][LAYOUT_CHANGED] >= 5
