"""Lists of review items: what the address asks for, paging, and which comes after which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.desk import Desk
from langnghe.casework.kinds import ITEM
from langnghe.casework.review import UNDO, Assign, Dismiss, Dismissal, SecondOpinion, Take
from langnghe.core.models import Reason
from langnghe.dashboard.components.reviewlist import (
    PAGE,
    Choice,
    Listing,
    Shelf,
    Whose,
    decided_by,
    owner_counts,
    read_list,
    reason_counts,
    row_label,
    shelves_of,
)
from langnghe.store.database import Database
from tests.casework.world import BINH, CHI, HAO, LAN, NOW, flag, make_desk

CHOICES = st.builds(
    Choice,
    st.sampled_from(Shelf),
    st.none() | st.sampled_from(Reason),
    st.sampled_from(Whose),
    st.integers(0, 9_998),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(tmp_path / "langnghe.db")
    yield make_desk(database)
    database.close()


def _ids(listing: Listing) -> list[str]:
    return [row.state.id for row in listing.rows]


@given(CHOICES)
def test_a_choice_comes_back_from_its_address(choice: Choice) -> None:
    assert Choice.of(choice.address()) == choice


@given(st.dictionaries(st.sampled_from(["danhsach", "lydo", "cua", "trang"]), st.text()))
def test_any_address_is_understood_as_far_as_it_goes(address: dict[str, str]) -> None:
    choice = Choice.of(address)
    assert choice.page >= 0
    assert Choice.of(choice.address()) == choice


def test_going_on_crosses_pages_both_ways_and_misses_none(desk: Desk) -> None:
    for number in range(2 * PAGE + 3):
        flag(desk, Reason.NEEDS_ANSWER, f"bai-{number:02}", second=False)
    choice, seen = Choice(), []
    listing = read_list(desk, choice, LAN, [], NOW)
    there: tuple[str, int] | None = (_ids(listing)[0], 0)
    while there is not None:
        seen.append(there[0])
        listing = read_list(desk, Choice(page=there[1]), LAN, [], NOW)
        there = listing.beside(seen[-1], 1)
    assert len(seen) == len(set(seen)) == listing.total == 2 * PAGE + 3
    back = [seen[-1]]
    while (there := listing.beside(back[-1], -1)) is not None:
        back.append(there[0])
        listing = read_list(desk, Choice(page=there[1]), LAN, [], NOW)
    assert back == seen[::-1]
    assert listing.place(seen[0]) == 1
    assert listing.beside("một mục ở nơi khác", 1) == (seen[0], 0)


def test_a_page_beyond_the_end_is_the_last_one(desk: Desk) -> None:
    flag(desk, Reason.URGENT, "bai", second=False)
    listing = read_list(desk, Choice(page=7), LAN, [], NOW)
    assert (len(listing.rows), listing.page, listing.pages) == (1, 0, 1)
    assert read_list(desk, Choice(reason=Reason.SCAM_WARNING, page=7), LAN, [], NOW).rows == ()


def test_what_is_left_after_deciding_begins_with_the_next(desk: Desk) -> None:
    for number in range(4):
        flag(desk, Reason.NEEDS_ANSWER, f"bai-{number}", second=False)
    listing = read_list(desk, Choice(), LAN, [], NOW)
    first, second, third, fourth = _ids(listing)
    assert listing.rest(second) == (third, fourth, first)
    assert listing.rest("mục mở từ đường dẫn") == (first, second, third, fourth)


def test_urgent_ones_come_first_and_reasons_are_counted_and_chosen(desk: Desk) -> None:
    flag(desk, Reason.NEEDS_ANSWER, "hoi", second=False)
    urgent = flag(desk, Reason.URGENT, "lu", second=False)
    assert _ids(read_list(desk, Choice(), LAN, [], NOW))[0] == urgent.state.id
    assert reason_counts(desk, Choice(reason=Reason.URGENT), LAN, [], NOW) == {
        Reason.URGENT: 1,
        Reason.NEEDS_ANSWER: 1,
    }
    chosen = read_list(desk, Choice(reason=Reason.URGENT), LAN, [], NOW)
    assert _ids(chosen) == [urgent.state.id]


def test_mine_and_nobodys_are_told_apart(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "hoi", second=False)
    flag(desk, Reason.NEEDS_ANSWER, "hoi-nua", second=False)
    desk.act(ITEM, item.state.id, Assign(HAO), LAN, version=1)
    assert owner_counts(desk, Choice(), HAO) == {
        Whose.ANYBODY: 2,
        Whose.MINE: 1,
        Whose.NOBODY: 1,
    }
    assert _ids(read_list(desk, Choice(whose=Whose.MINE), HAO, [], NOW)) == [item.state.id]


def test_my_decisions_are_listed_for_as_long_as_i_can_take_them_back(desk: Desk) -> None:
    mine = flag(desk, Reason.NEEDS_ANSWER, "hoi", second=True)
    other = flag(desk, Reason.NEEDS_ANSWER, "hoi-nua", second=False)
    desk.act(ITEM, mine.state.id, Dismiss(Dismissal.OPINION), LAN, version=1)
    desk.act(ITEM, other.state.id, Dismiss(Dismissal.OPINION), BINH, version=1)
    assert [row.state.id for row in decided_by(desk, LAN, NOW)] == [mine.state.id]
    listing = read_list(desk, Choice(Shelf.DECIDED), LAN, [], NOW)
    assert _ids(listing) == [mine.state.id]
    later = NOW + UNDO + timedelta(hours=1)
    assert list(decided_by(desk, LAN, later)) == []


def test_second_opinions_are_a_list_of_their_own_without_the_first_decision(desk: Desk) -> None:
    item = flag(desk, Reason.SCAM_WARNING, "vay", second=True)
    desk.act(ITEM, item.state.id, Dismiss(Dismissal.SATIRE, "đùa thôi"), LAN, version=1)
    seconds = desk.for_second_opinion(HAO)
    listing = read_list(desk, Choice(Shelf.SECOND), HAO, seconds, NOW)
    assert _ids(listing) == [item.state.id]
    assert "đùa thôi" not in str(listing)
    assert read_list(desk, Choice(), HAO, seconds, NOW).rows == ()
    assert list(decided_by(desk, HAO, NOW)) == []
    seen = listing.rows[0]
    desk.act(ITEM, item.state.id, SecondOpinion(None), HAO, version=seen.version)
    assert desk.for_second_opinion(HAO) == []


def test_who_only_assigns_has_no_lists_of_decisions() -> None:
    assert shelves_of(CHI) == (Shelf.WAITING,)
    assert set(shelves_of(HAO)) == set(Shelf)


def test_a_row_says_who_has_the_item_and_nothing_of_the_post(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "hoi", second=False)
    taken = desk.act(ITEM, item.state.id, Take(), LAN, version=1).state
    people = {"lan": "Lan [x](y)"}
    label = row_label(taken, None, {}, people, HAO, NOW, with_reason=True)
    assert "**Cần trả lời**" in label
    assert r"Lan \[x\]\(y\) đang xử lý" in label
    assert "bài đã xóa theo thời hạn lưu" in label
    assert "đang xử lý" not in row_label(taken, None, {}, people, LAN, NOW, with_reason=True)
