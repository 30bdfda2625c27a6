"""A share card is a picture of what is true, on any machine the same."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from langnghe.publishing.sharecard import HEIGHT, WIDTH, Card

CARD = Card(
    kicker="Thông tin đúng",
    title="Đèo Ô Quý Hồ vẫn thông xe, chỉ hạn chế xe trên 10 tấn ban đêm",
    body="Ủy ban nhân dân xã Bình Lư",
    note="TT.20261121.0001 · 21/11/2026 · lang-nghe.binhlu.example",
)
LONG = "Quyết định nghiêm ngặt về Ngưỡng Khuỷu Đường Thuỷ ẮẰẲẴẶ " * 8


def picture(card: Card) -> Image.Image:
    return Image.open(BytesIO(card.png())).convert("L")


def dark(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    return sum(image.crop(box).histogram()[:128])


@pytest.mark.parametrize(
    "card",
    [CARD, replace(CARD, title=LONG), replace(CARD, title="M" * 150), replace(CARD, title="Ổn")],
    ids=["usual", "long", "one word", "short"],
)
def test_nothing_runs_over_the_edge(card: Card) -> None:
    content = card.png()
    assert len(content) < 100_000
    image = picture(card)
    assert image.size == (WIDTH, HEIGHT)
    assert dark(image, (0, 20, 60, HEIGHT)) == 0
    assert dark(image, (WIDTH - 60, 20, WIDTH, HEIGHT)) == 0
    assert dark(image, (0, 505, WIDTH, 518)) == 0, "the title ends above the institution's name"
    assert dark(image, (60, 160, WIDTH - 60, 505)) > 200, "the title is there"


def test_the_same_card_is_the_same_file() -> None:
    assert CARD.png() == replace(CARD).png()
    assert CARD.name == replace(CARD).name
    others = [replace(CARD, title="Khác"), replace(CARD, note=""), replace(CARD, body="Xã")]
    assert len({CARD.name, *(card.name for card in others)}) == 4


def test_what_the_font_lacks_is_left_out() -> None:
    assert replace(CARD, title=f"{CARD.title} 😀 中").png() == CARD.png()


@settings(max_examples=25)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_makes_a_picture(title: str, body: str) -> None:
    assert picture(replace(CARD, title=title, body=body)).size == (WIDTH, HEIGHT)
