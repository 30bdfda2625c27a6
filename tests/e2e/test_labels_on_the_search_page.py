"""What the machine proposes, on the page: filtered by, counted, shown with what bears it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import (
    Channel,
    ClaimMatch,
    Intent,
    Labels,
    Mark,
    Outcome,
    Post,
    PostKind,
    Reason,
    Sentiment,
    Stance,
    TimePrecision,
)
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores
from tests.e2e.conftest import PHONE, choose, enter, fits, settle, unfold
from tests.service import dashboard_of

POSTS = "article.ln-post"
HOSTILE = "<img src=x onerror=\"document.title='hỏng'\"> " + "x" * 400
CLAIM = f"Xã thu 200.000 đồng làm VNeID {HOSTILE}"
RUMOUR = "Nghe bảo xã thu 200k làm VNeID đấy bà con, nhà em vừa đóng xong."
QUESTIONS = 5


def _labels(intent: Intent, reason: Reason) -> Labels:
    return Labels(
        "",
        "model",
        sentiment=Sentiment.NEUTRAL,
        intent=intent,
        scores={"neutral": 0.95, intent: 0.8, "claim": 0.6, "scam": 0.97, "answer": 0.75},
        marks=(Mark("fee", f"nộp phí {HOSTILE}"),),
        matches=(ClaimMatch("c1", 0.9, Stance.REPEATS, 0.95, ("VNeID", HOSTILE)),),
        reasons=(reason,),
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("labelled") / "home")
    init_home(home)
    return home


@pytest.fixture(autouse=True)
def _logged_in(page: Page, home: Home) -> None:
    enter(page, home, Role.COLLABORATOR)


@pytest.fixture(scope="module")
def address(home: Home) -> Iterator[str]:
    claim = {"id": "c1", "text": CLAIM, "verdict": "false", "evidence": f"Công an xã {HOSTILE}"}
    home.register.write_text(json.dumps(claim, ensure_ascii=False) + "\n", encoding="utf-8")
    said = [
        (RUMOUR, _labels(Intent.INFORMATION, Reason.REPEATS_CHECKED_CLAIM)),
        ("Nộp phí vào đường dẫn này để giữ chỗ.", _labels(Intent.OTHER, Reason.SCAM_WARNING)),
        *(
            (
                f"Bao giờ xã sửa đoạn đường số {number}?",
                _labels(Intent.QUESTION, Reason.NEEDS_ANSWER),
            )
            for number in range(QUESTIONS)
        ),
    ]
    clock = SystemClock()
    with open_stores(home, clock) as stores:
        for number, (text, labels) in enumerate(said):
            post = Post(
                id=f"{number:032x}",
                source="bao",
                channel=Channel.COMMENTS,
                kind=PostKind.REPLY,
                thread_id=f"{number:032x}",
                url="https://xa.example/tin",
                text=text,
                published_at=clock.now() - timedelta(minutes=number + 1),
                precision=TimePrecision.MINUTE,
                fetched_at=clock.now(),
            )
            assert stores.posts.put([post]) == [Outcome.STORED]
            assert stores.posts.label([replace(labels, post_id=post.id)]) == 1
    with dashboard_of(home) as served:
        yield served


def _open(page: Page, address: str) -> None:
    # The first page waits for the server to load its packages, on a busy machine long.
    page.goto(f"{address}/tim-kiem", timeout=120_000)
    expect(page.locator(POSTS).first).to_be_visible()


def _choose(page: Page, filter_: str, value: str, parameter: str) -> None:
    settle(page)
    if not page.get_by_role("combobox", name=filter_).is_visible():
        unfold(page.get_by_text("Lọc thêm"))
    choose(page, filter_, value)
    expect(page).to_have_url(re.compile(f"[?&]{parameter}="))
    page.keyboard.press("Escape")


@pytest.mark.proof
def test_a_reason_is_filtered_by_and_shown_with_its_claim(page: Page, address: str) -> None:
    _open(page, address)
    _choose(page, "Lý do cần xem", "Lặp lại thông tin đã kiểm chứng", "lydo")
    cards = page.locator(POSTS)
    expect(cards).to_have_count(1)
    for reload in (False, True):
        if reload:
            expect(page).to_have_url(re.compile("lydo="))
            page.reload()
            expect(cards).to_have_count(1)
        expect(cards).to_contain_text(RUMOUR)
        expect(cards).to_contain_text("Lặp lại thông tin đã kiểm chứng (chắc)")
        expect(cards).to_contain_text("Kết quả kiểm chứng: Sai sự thật.")
        expect(cards).to_contain_text("Máy gợi ý, người quyết định")
    expect(cards).to_contain_text("Căn cứ: Công an xã <img src=x")
    expect(cards).to_contain_text("onerror")
    assert cards.locator("img, script").count() == 0
    assert "hỏng" not in page.title()


@pytest.mark.proof
def test_intents_are_filtered_by_and_counted(page: Page, address: str) -> None:
    _open(page, address)
    unfold(page.get_by_text("Xem phân bố"))
    figures = page.locator(".ln-bars")
    expect(figures.filter(has_text="Câu hỏi")).to_contain_text(f"{QUESTIONS} bài")
    expect(figures.filter(has_text="Cần trả lời")).to_contain_text("Dấu hiệu lừa đảo")
    _choose(page, "Loại ý kiến", "Câu hỏi", "loai")
    cards = page.locator(POSTS)
    expect(cards).to_have_count(QUESTIONS)
    expect(page).to_have_url(re.compile("loai="))
    card = cards.first
    unfold(card.get_by_text("Máy đọc bài này thế nào"))
    expect(card).to_contain_text("Loại ý kiến: Câu hỏi (khá chắc)")


@pytest.mark.proof
def test_marks_and_long_addresses_fit_a_phone(page: Page, address: str) -> None:
    page.set_viewport_size(PHONE)
    _open(page, address)
    scam = page.locator(POSTS, has_text="Dấu hiệu lừa đảo")
    expect(scam).to_contain_text("Đòi nộp phí")
    expect(scam).to_contain_text("“nộp phí <img")
    settle(page)
    for summary in page.get_by_text("Máy đọc bài này thế nào").all():
        unfold(summary)
    fits(page)
