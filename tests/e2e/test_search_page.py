from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Outcome
from langnghe.store.opening import open_stores
from langnghe.store.posts.interface import Query
from tests.e2e.conftest import PHONE, choose, click, enter, fill, fits, press, unfold

POSTS = "article.ln-post"
TOTAL = re.compile(r"^([\d.]+) bài từ")


@pytest.fixture(autouse=True)
def _logged_in(page: Page, sample_home: Home) -> None:
    enter(page, sample_home, Role.EDITOR)


def _open(page: Page, address: str) -> None:
    page.goto(f"{address}/tim-kiem")
    expect(page.get_by_role("heading", name="Tìm kiếm")).to_be_visible()


def _search(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Tìm trong bài đăng")
    fill(box, text)
    box.press("Enter")


def _total(page: Page) -> int:
    shown = page.get_by_text(TOTAL).first
    expect(shown).to_be_visible()
    found = TOTAL.match(shown.inner_text())
    assert found is not None
    return int(found[1].replace(".", ""))


@pytest.mark.proof
def test_the_newest_posts_are_there_at_once(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    expect(page.locator(POSTS)).to_have_count(20)
    assert _total(page) >= 400
    expect(page.get_by_text("Dữ liệu mẫu.")).to_be_visible()


def test_words_are_found_and_marked_with_or_without_diacritics(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    _search(page, "sat lo")
    expect(page.locator("mark").first).to_be_visible()
    marked = {text.lower() for text in page.locator("mark").all_inner_texts()}
    assert any("sạt" in text or "lở" in text for text in marked)
    folded = _total(page)
    _search(page, "sạt lở")
    page.wait_for_url("**/tim-kiem?q=s%E1%BA%A1t*")
    expect(page.locator("mark").first).to_be_visible()
    assert 0 < _total(page) <= folded


@pytest.mark.proof
def test_words_that_stand_apart_are_found_with_a_note(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    _search(page, "đường sạt lở")
    expect(page.get_by_text("Không có bài nào chứa nguyên cụm từ.")).to_be_visible()
    expect(page.locator(POSTS).first).to_be_visible()


@pytest.mark.proof
def test_nothing_found_says_what_to_do(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    _search(page, "khủng long bạo chúa")
    expect(page.get_by_text("Không có bài nào khớp. Hãy thử từ khác")).to_be_visible()
    expect(page.locator(POSTS)).to_have_count(0)


@pytest.mark.proof
def test_a_query_that_cannot_be_read_says_so_and_the_page_goes_on(
    page: Page, dashboard: str
) -> None:
    _open(page, dashboard)
    _search(page, '("miến dong" AND')
    expect(page.get_by_text("Chưa hiểu câu tìm")).to_be_visible()
    _search(page, '"miến dong"')
    expect(page.locator(POSTS).first).to_be_visible()


@pytest.mark.proof
def test_filters_stand_in_the_address_and_survive_a_reload(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    unfold(page.get_by_text("Lọc thêm"))
    choose(page, "Chủ đề", "Miến dong")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("chude="))
    expect(page.locator(".ln-chip", has_text="Miến dong").first).to_be_visible()
    narrowed = _total(page)
    page.reload()
    expect(page.locator(POSTS).first).to_be_visible()
    assert _total(page) == narrowed


@pytest.mark.proof
def test_paging_goes_on_and_back_and_shows_each_post_once(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    expect(page.locator(POSTS)).to_have_count(20)
    first = page.locator(POSTS).all_inner_texts()
    press(page, "Trang sau →")
    expect(page.get_by_text("Trang 2", exact=True)).to_be_visible()
    expect(page.locator(POSTS).first).not_to_have_text(first[0])
    press(page, "← Trang trước")
    expect(page.get_by_text("Trang 1", exact=True)).to_be_visible()
    expect(page.locator(POSTS).first).to_have_text(first[0], use_inner_text=True)


@pytest.mark.proof
def test_like_posts_open_below_a_post(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    _search(page, '"miến dong"')
    expect(page.locator("mark").first).to_be_visible()
    click(page.get_by_role("button", name="Xem bài tương tự").first)
    expect(page.get_by_text(re.compile(r"^\d+ bài tương tự$"))).to_be_visible()
    press(page, "Đóng")
    expect(page.get_by_text(re.compile(r"^\d+ bài tương tự$"))).to_have_count(0)


@pytest.mark.proof
def test_the_distribution_has_a_chart_and_figures(page: Page, dashboard: str) -> None:
    _open(page, dashboard)
    unfold(page.get_by_text("Xem phân bố"))
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(page.locator(".ln-bars").first).to_contain_text("bài")


@pytest.mark.proof
@pytest.mark.parametrize("path", ["/tim-kiem", "/nguon-tin"])
def test_a_phone_needs_no_sideways_scrolling(page: Page, dashboard: str, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(dashboard + path)
    expect(page.locator(".ln-post, .ln-source").first).to_be_visible()
    fits(page)


@pytest.mark.proof
def test_a_hostile_post_is_only_text(page: Page, dashboard: str, sample_home: Home) -> None:
    clock = SystemClock()
    hostile = (
        "<script>document.title='hỏng'</script><img src=x onerror=\"document.title='hỏng'\">"
        " [bấm](javascript:document.title='hỏng') \u202e giá chè ác ý " + "x" * 50_000
    )
    with open_stores(sample_home, clock) as stores:
        known = stores.posts.search(Query(size=1)).hits[0].stored.post
        post = replace(
            known,
            id="f" * 32,
            thread_id="e" * 32,
            text=hostile,
            title="<b>tiêu đề</b>",
            published_at=clock.now() - timedelta(minutes=1),
        )
        assert stores.posts.put([post]) == [Outcome.STORED]
    _open(page, dashboard)
    _search(page, '"giá chè ác ý"')
    expect(page.locator(POSTS)).to_have_count(1)
    card = page.locator(POSTS).first
    expect(card).to_contain_text("<b>tiêu đề</b>")
    unfold(card.get_by_text("Xem toàn bài"))
    expect(card).to_contain_text("<script>document.title='hỏng'</script>")
    assert "hỏng" not in page.title()
    assert page.locator(f"{POSTS} script, {POSTS} img, {POSTS} b").count() == 0
    fits(page)
