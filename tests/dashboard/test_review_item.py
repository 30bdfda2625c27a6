"""One review item: what is said of it is text, and what may be a denunciation is kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from langnghe.casework.claims import open_claim
from langnghe.casework.claimstate import Claim
from langnghe.casework.review import Decision, Dismissal, FollowUp, Take, apply, open_item
from langnghe.classifier.likeness import Background
from langnghe.classifier.marks import FORMAL_MARKS
from langnghe.core.clock import FixedClock
from langnghe.core.models import (
    Channel,
    ClaimMatch,
    Labels,
    Mark,
    Post,
    PostKind,
    Reason,
    Stance,
    TimePrecision,
)
from langnghe.dashboard.components.reviewitem import (
    LONGEST_AROUND,
    MOST_AROUND,
    around_html,
    decision_html,
    facts_html,
)
from langnghe.dashboard.components.reviewlike import like_claims
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import StoredPost
from tests.casework.world import HAO, LAN, NOW

HOSTILE = "<script>alert(1)</script>"
BRIBE = Mark(next(iter(FORMAL_MARKS)), "đòi phong bì")


def _post(name: str, text: str, **changes: object) -> Post:
    post = Post(
        id=name * 32,
        source="bao",
        channel=Channel.COMMENTS,
        kind=PostKind.REPLY,
        thread_id="f" * 32,
        url="https://xa.example/tin",
        text=text,
        published_at=NOW - timedelta(hours=1),
        precision=TimePrecision.MINUTE,
        fetched_at=NOW,
    )
    return replace(post, **changes)  # type: ignore[arg-type]


@pytest.fixture
def posts(tmp_path: Path) -> Iterator[EmbeddedPostStore]:
    database = Database(tmp_path / "langnghe.db")
    yield EmbeddedPostStore(database, FixedClock(NOW))
    database.close()


def _one(posts: EmbeddedPostStore, name: str) -> StoredPost:
    return posts.get([name * 32])[0]


def _text(shown: str) -> str:
    return html.fragment_fromstring(shown, create_parent="div").text_content()


# --- Facts and decision ----------------------------------------------------------------------


def test_who_works_on_it_and_until_when_is_said() -> None:
    item = apply(open_item(Reason.URGENT, "lu", ("lu",), NOW), Take(), LAN, NOW)
    assert "Bạn đang xử lý đến 08:15" in _text(facts_html(item, "", {}, LAN, NOW))
    other = facts_html(item, "Mục 2 trong 7", {"lan": HOSTILE}, HAO, NOW)
    assert f"{HOSTILE} đang xử lý đến 08:15" in _text(other)
    assert "Mục 2 trong 7" in _text(other)
    assert "<script>" not in other


@pytest.mark.parametrize(
    ("target", "page"), [("PA.20261121.0001", "phan-anh"), ("TT.20261121.0001", "thong-tin")]
)
def test_a_decision_leads_to_what_it_opened(target: str, page: str) -> None:
    decision = Decision("lan", NOW, None, HOSTILE, FollowUp.OPEN_CLAIM, target)
    shown = html.fragment_fromstring(decision_html(decision, {"lan": HOSTILE}))
    assert [link.get("href") for link in shown.iter("a")] == [f"/{page}?ma={target}"]
    assert not list(shown.iter("script"))
    assert shown.text_content().count(HOSTILE) == 2


def test_a_dismissal_is_said_with_its_reason() -> None:
    decision = Decision("lan", NOW, Dismissal.NOT_LOCAL)
    assert "Lan đã bỏ qua: Không thuộc địa bàn" in _text(decision_html(decision, {"lan": "Lan"}))


# --- What stands around ----------------------------------------------------------------------


def test_the_post_it_answers_and_its_thread_stand_around_as_text(posts: EmbeddedPostStore) -> None:
    asked = _post("a", f"Cầu treo có cấm xe không? {HOSTILE}", thread_id="a" * 32)
    asked = replace(asked, thread_id="f" * 32)
    answer = _post("b", "Cầu treo cấm xe tải, xe máy vẫn đi.", parent_id="a" * 32)
    long = _post("c", "Cầu treo gãy ván. " * 100)
    posts.put([asked, answer, long])
    shown = around_html(posts, _one(posts, "b"))
    assert "Bài mà bài này trả lời" in shown
    assert f"Cầu treo có cấm xe không? {HOSTILE}" in _text(shown)
    assert "Cầu treo cấm xe tải" not in _text(shown)
    assert "<script>" not in shown
    assert shown.count("gãy ván") <= 2 * LONGEST_AROUND / len("Cầu treo gãy ván. ") + 1


def test_only_some_of_a_long_thread_stand_around(posts: EmbeddedPostStore) -> None:
    posts.put([_post(name, f"Ý kiến {name} về giá chè búp tươi vụ này") for name in "0123456789"])
    shown = html.fragment_fromstring(around_html(posts, _one(posts, "5")))
    thread = shown.xpath("section[h3[contains(., 'cùng chủ đề')]]")[0]
    assert "(9 bài)" in thread.text_content()
    assert len(thread.xpath(".//li")) == MOST_AROUND


def test_a_post_that_is_kept_apart_stands_around_no_other(posts: EmbeddedPostStore) -> None:
    said = "Cán bộ địa chính đòi phong bì mới làm sổ đỏ cho dân bản"
    posts.put([_post("a", said), _post("b", "Cán bộ địa chính làm sổ đỏ cho dân bản có lâu không")])
    assert "phong bì" in around_html(posts, _one(posts, "b"))
    posts.label([Labels("a" * 32, "m", marks=(BRIBE,))])
    assert "phong bì" not in around_html(posts, _one(posts, "b"))


def test_alone_there_is_nothing_around(posts: EmbeddedPostStore) -> None:
    posts.put([_post("a", "Chè búp tươi")])
    assert around_html(posts, _one(posts, "a")) == ""


# --- Like claims -----------------------------------------------------------------------------


def _claim(number: int, statement: str, *posts: str) -> Claim:
    return open_claim(f"TT.{number}", statement, "", posts, LAN, NOW)


DAM = _claim(1, "Đập thủy điện Chu Va bị nứt.")
PASS = _claim(2, "Đèo Ô Quý Hồ bị cấm xe.", "c" * 32)
FEE = _claim(3, "Xã thu 200.000 đồng tiền làm VNeID.")
BACKGROUND = Background({}, 0.01)


def _stored(text: str, *matches: ClaimMatch) -> StoredPost:
    labels = Labels("a" * 32, "m", matches=matches)
    return StoredPost(_post("a", text), "a" * 32, 1, labels)


def test_claims_that_share_rare_words_are_offered_and_others_are_not() -> None:
    about = _stored("nghe noi dap thuy dien chu va nut roi")
    assert like_claims([about], [FEE, PASS, DAM], (), BACKGROUND) == [DAM]
    assert like_claims([_stored("Chè được giá")], [FEE, PASS, DAM], (), BACKGROUND) == []


def test_what_the_matching_found_comes_first_then_what_people_put_like_posts_to() -> None:
    match = ClaimMatch("TT.3", 0.8, Stance.REPEATS, 0.9)
    about = _stored("Đập thủy điện Chu Va bị nứt thật không", match)
    neighbours = {"c" * 32}
    found = like_claims([about], [DAM, PASS, FEE], neighbours, BACKGROUND)
    assert found == [FEE, PASS, DAM]
    assert like_claims([about], [DAM, PASS, FEE], neighbours, BACKGROUND, 1) == [FEE]


def test_a_claim_of_another_matter_is_no_match() -> None:
    unrelated = ClaimMatch("TT.3", 0.9, Stance.UNRELATED, 0.9)
    assert like_claims([_stored("Chè", unrelated)], [FEE], (), BACKGROUND) == []
    assert like_claims([_stored("Chè")], [], (), BACKGROUND) == []
