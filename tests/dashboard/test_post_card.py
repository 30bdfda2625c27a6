"""A post is shown as text: nothing that it holds is live."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from langnghe.casework.deadlines import FormalChannel
from langnghe.classifier.marks import FORMAL_MARKS
from langnghe.core.models import Channel, Labels, Mark, Post, PostKind, Reason, TimePrecision
from langnghe.dashboard.components.post import LONGEST_SHOWN, post_html
from langnghe.store.posts.interface import HIGHLIGHT_END, HIGHLIGHT_START, Hit, StoredPost

CHANNEL = FormalChannel(text="Gửi đơn đến <nơi tiếp công dân>.", legal_basis="Luật Tố cáo")
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def _hit(
    text: str, *, title: str = "", url: str = "https://xa.example/tin", excerpt: str | None = None
) -> Hit:
    post = Post(
        id="a" * 32,
        source="trang-tin",
        channel=Channel.NEWS,
        kind=PostKind.REPLY,
        thread_id="b" * 32,
        url=url,
        text=text,
        title=title,
        published_at=NOW,
        precision=TimePrecision.MINUTE,
        fetched_at=NOW,
        topics=("che",),
        places=("3390",),
    )
    stored = StoredPost(post, cluster_id=post.id, cluster_size=20)
    return Hit(stored, title=title, excerpt=text if excerpt is None else excerpt, score=0.0)


def _card(hit: Hit) -> str:
    return post_html(
        hit,
        topics={"che": "Chè"},
        places={"3390": "Xã Bình Lư"},
        sources={"trang-tin": "Trang tin xã"},
        claims={},
        channel=CHANNEL,
    )


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '"><a href="javascript:alert(1)">x</a>',
    "</p></article><iframe src='http://x'></iframe>",
    "[x](javascript:alert(1)) ![](http://x/y.png)",
    "<details open ontoggle=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_post_is_shown_not_run(text: str) -> None:
    card = html.fragment_fromstring(_card(_hit(text, title=text)))
    assert text in card.text_content()
    assert [link.get("href") for link in card.iter("a")] == ["https://xa.example/tin"]
    assert not list(card.iter("script", "img", "iframe"))
    assert not [name for element in card.iter() for name in element.attrib if name[:2] == "on"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co"])))
def test_any_text_stays_text(text: str) -> None:
    card = html.fragment_fromstring(_card(_hit(text)))
    assert {element.tag for element in card.iter()} <= {"article", "p", "span", "a", "br"}
    assert text in card.text_content()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/tin", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert "<a " not in _card(_hit("chè", url=url))


def test_matches_are_marked_and_escaped() -> None:
    hit = _hit("a < b", excerpt=f"a {HIGHLIGHT_START}<{HIGHLIGHT_END} b")
    assert "a <mark>&lt;</mark> b" in _card(hit)


def test_a_long_text_can_be_opened_and_is_bounded() -> None:
    card = _card(_hit("x" * 50_000, excerpt="x" * 300))
    assert "Xem toàn bài" in card
    assert "còn 44.000 ký tự" in card
    assert len(card) < 2 * LONGEST_SHOWN


def test_titles_stand_for_ids_and_likes_are_counted() -> None:
    card = _card(_hit("chè"))
    for words in ("Chè", "Xã Bình Lư", "Trang tin xã", "20 bài cùng nội dung", "Chưa gán nhãn"):
        assert words in card


def _labelled(*reasons: Reason, marks: tuple[Mark, ...] = ()) -> Hit:
    hit = _hit("Cán bộ đòi phong bì")
    labels = Labels("a" * 32, "m", marks=marks, reasons=reasons)
    return replace(hit, stored=replace(hit.stored, labels=labels))


BRIBE = Mark(next(iter(FORMAL_MARKS)), "đòi <b>phong bì</b>")


def test_what_may_be_a_denunciation_shows_the_formal_channel_and_what_bears_it_out() -> None:
    text = html.fragment_fromstring(_card(_labelled(marks=(BRIBE,)))).text_content()
    for words in (CHANNEL.text, CHANNEL.legal_basis, "không vào hàng chờ", BRIBE.words):
        assert words in text


def test_danger_to_life_is_told_beside_the_formal_channel() -> None:
    text = html.fragment_fromstring(_card(_labelled(Reason.URGENT, marks=(BRIBE,)))).text_content()
    assert "Khẩn cấp" in text
    assert CHANNEL.text in text


def test_other_posts_say_nothing_of_the_formal_channel() -> None:
    card = _card(_labelled(Reason.NEEDS_ANSWER, marks=(Mark("fee", "nộp phí"),)))
    assert "kênh chính thức" not in card
    assert CHANNEL.legal_basis not in card
