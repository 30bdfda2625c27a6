"""The briefing as a case: roles, editing, approval, freezing, new editions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.briefing import work
from langnghe.briefing.briefings import (
    BRIEFING,
    Action,
    Approve,
    Briefing,
    BriefingState,
    Edit,
    Reopen,
    SendBack,
    Submit,
    figures_of,
)
from langnghe.briefing.produce import FileKind, produce
from langnghe.briefing.sentences import ASKED, as_typed
from langnghe.casework.audit import entries
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Refused
from langnghe.core.clock import local_day
from langnghe.core.institution import LayoutName
from langnghe.core.models import Sentiment
from langnghe.store.cases import Conflict
from tests.briefing.world import MONTH, World, labelled, month_of_posts, world
from tests.casework.world import ADMIN, AN, BINH, CHI, CHIEF, HAO, LAN

ID = "BG.202611"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "home") as made:
        made.add(*month_of_posts())
        yield made


def opened(here: World) -> Kept[Briefing]:
    return work.open_briefing(here.desk, here.material, MONTH, LAN)


def act(here: World, action: Action, actor: Actor) -> Kept[Briefing]:
    version = here.desk.get(BRIEFING, ID, actor).version
    return here.desk.act(BRIEFING, ID, action, actor, version=version)


def complete(here: World, actor: Actor = LAN) -> Kept[Briefing]:
    """Answer all that the draft asks for."""
    kept = here.desk.get(BRIEFING, ID, actor)
    for section in kept.state.sections:
        lines = as_typed(section.paragraphs).splitlines()
        if any(ASKED in line for line in lines):
            text = "\n".join(line for line in lines if ASKED not in line) or "Không có."
            kept = act(here, Edit(section.id, text), actor)
    return kept


def approved(here: World) -> Kept[Briefing]:
    opened(here)
    complete(here)
    act(here, Submit(), LAN)
    return act(here, Approve(), CHI)


def files(here: World, now: timedelta = timedelta(0)) -> dict[FileKind, bytes]:
    said = work.content(here.material, MONTH, here.clock.now() + now)
    return {
        kind: produce(said, LayoutName.HD05, kind)
        for kind in (FileKind.DOCX, FileKind.PPTX, FileKind.XLSX)
    }


def test_from_draft_to_frozen_by_two_people(here: World) -> None:
    kept = opened(here)
    assert kept.state.id == ID
    assert kept.state.state is BriefingState.DRAFT
    with pytest.raises(Refused, match="Còn chỗ «\\[Cán bộ bổ sung"):
        act(here, Submit(), LAN)
    complete(here)
    assert act(here, Submit(), LAN).state.state is BriefingState.AWAITING_APPROVAL
    with pytest.raises(Refused, match="đang chờ duyệt"):
        act(here, Edit("world", "Khác."), LAN)
    frozen = act(here, Approve(), CHI)
    done = frozen.state
    assert done.state is BriefingState.APPROVED
    assert done.frozen is not None
    assert done.frozen.approved_by == "chi"
    for action in (Edit("world", "Khác."), Submit()):
        with pytest.raises(Refused, match="đã duyệt nên số liệu và lời văn không thay đổi"):
            act(here, action, LAN)
    with pytest.raises(Refused):
        work.refresh(here.desk, here.material, ID, LAN, version=frozen.version)


def test_who_drafted_does_not_approve(here: World) -> None:
    opened(here)
    complete(here)
    act(here, Edit("world", "Người có cả hai vai trò cũng đã viết."), AN)
    act(here, Submit(), LAN)
    with pytest.raises(Refused, match="không được tự duyệt"):
        act(here, Approve(), AN)
    assert not work.may_approve(here.desk.get(BRIEFING, ID, AN).state, AN)
    assert work.may_approve(here.desk.get(BRIEFING, ID, CHI).state, CHI)


@pytest.mark.parametrize("actor", [HAO, CHI, CHIEF, ADMIN])
def test_only_editors_begin_and_write(here: World, actor: Actor) -> None:
    with pytest.raises(Refused):
        work.open_briefing(here.desk, here.material, MONTH, actor)
    opened(here)
    with pytest.raises(Refused):
        here.desk.act(BRIEFING, ID, Edit("world", "Chữ."), actor, version=1)


@pytest.mark.parametrize("actor", [HAO, CHIEF, ADMIN])
def test_others_do_not_see_it(here: World, actor: Actor) -> None:
    opened(here)
    with pytest.raises(Refused):
        here.desk.get(BRIEFING, ID, actor)


def test_sent_back_with_a_reason_and_submitted_again(here: World) -> None:
    opened(here)
    complete(here)
    act(here, Submit(), LAN)
    with pytest.raises(Refused):
        act(here, SendBack(" "), CHI)
    back = act(here, SendBack("Nêu rõ việc quá hạn."), CHI).state
    assert (back.state, back.sent_back) == (BriefingState.DRAFT, "Nêu rõ việc quá hạn.")
    assert act(here, Submit(), LAN).state.sent_back == ""


def test_a_frozen_briefing_is_the_same_after_purge_and_relabelling(here: World) -> None:
    before = approved(here).state
    made = files(here)
    shown = work.current_figures(here.material, MONTH, here.clock.now())
    posts, _ = month_of_posts()
    here.stores.posts.label(
        [labelled(number, Sentiment.POSITIVE, "praise", "m2") for number in range(len(posts))]  # type: ignore[arg-type]
    )
    here.clock.at += timedelta(days=80)
    assert here.stores.posts.purge(here.clock.now(), 30, {}).posts == len(posts)
    (here.home.configs / "institution.yaml").write_text(
        (here.home.configs / "institution.yaml")
        .read_text(encoding="utf-8")
        .replace("ĐẢNG ỦY XÃ BÌNH LƯ", "ĐẢNG ỦY XÃ KHÁC"),
        encoding="utf-8",
    )
    assert here.desk.get(BRIEFING, ID, LAN).state == before
    assert work.current_figures(here.material, MONTH, here.clock.now()) == shown
    assert shown[1]
    assert files(here, timedelta(days=1)) == made


def test_a_correction_is_a_new_edition_with_a_reason(here: World) -> None:
    first = approved(here).state
    made = files(here)
    with pytest.raises(Refused):
        act(here, Reopen(""), LAN)
    again = act(here, Reopen("Sót một phiếu phản ánh."), BINH).state
    assert (again.number, again.drafted_by) == (2, ("binh",))
    assert again.editions == first.editions
    # Until the new edition is approved, the first one is what counts.
    assert files(here) == made
    act(here, Edit("world", "Bản mới có thêm phiếu phản ánh."), BINH)
    act(here, Submit(), BINH)
    second = act(here, Approve(), CHI).state
    assert [one.number for one in second.editions] == [1, 2]
    assert second.editions[0] == first.editions[0]
    assert second.editions[1].why == "Sót một phiếu phản ánh."
    assert files(here) != made


def test_counting_anew_keeps_what_people_wrote(here: World) -> None:
    opened(here)
    act(here, Edit("overall", "Trong kỳ có 40 bài, ý kiến. Bà con mong sửa đường."), LAN)
    posts, labels = month_of_posts()
    late = replace(posts[5], id="bai-900", text="Bài đến muộn, nói thêm về đường vào bản.")
    here.add([late], [replace(labels[5], post_id="bai-900")])
    before = here.desk.get(BRIEFING, ID, LAN)
    after = work.refresh(here.desk, here.material, ID, LAN, version=before.version).state
    assert figures_of(after)["posts.total"] == 41
    written, drafted = after.section("overall"), after.section("petitions")
    assert written is not None
    assert as_typed(written.paragraphs) == "Trong kỳ có 40 bài, ý kiến. Bà con mong sửa đường."
    # Not the total any more: the page points it out.
    assert "posts.total" not in written.paragraphs[0].figures
    assert drafted is not None
    assert drafted == before.state.section("petitions")


def test_two_people_write_different_sections_at_once_but_not_the_same(here: World) -> None:
    kept = opened(here)
    seen = {one.id: as_typed(one.paragraphs) for one in kept.state.sections}
    work.edit(here.desk, ID, "world", seen["world"], "Của Lan.", LAN)
    work.edit(here.desk, ID, "III", seen["III"], "Của Bình.", BINH)
    with pytest.raises(Conflict):
        work.edit(here.desk, ID, "world", seen["world"], "Của Bình nữa.", BINH)
    # Sent twice: no harm.
    work.edit(here.desk, ID, "world", seen["world"], "Của Lan.", LAN)
    assert here.desk.get(BRIEFING, ID, LAN).state.drafted_by == ("lan", "binh")


def test_personal_data_does_not_get_in(here: World) -> None:
    opened(here)
    with pytest.raises(Refused, match="dữ liệu cá nhân"):
        act(here, Edit("world", "Gọi số 0912 345 678 để biết thêm."), LAN)
    with pytest.raises(Refused, match="không còn mục này"):
        act(here, Edit("I", "Chữ dưới tiêu đề."), LAN)


def test_every_drafted_section_can_be_saved_as_it_is(here: World) -> None:
    kept = opened(here)
    for section in kept.state.sections:
        if section.editable:
            act(here, Edit(section.id, f"{as_typed(section.paragraphs)}\nThêm một câu."), LAN)


def test_the_log_tells_what_was_done_without_the_words(here: World) -> None:
    approved(here)
    found = [one for one in entries(here.desk.cases.audit, ADMIN) if one.case_id == ID]
    assert [one.what for one in found][:2] == ["approve", "submit"]
    assert found[-1].what == "open"
    assert "Không có." not in repr(found)
    assert here.desk.cases.audit.verify().broken is None
    assert not here.desk.cases.audit.verify().unaccounted


def test_a_period_that_is_not_over_cannot_be_submitted(here: World) -> None:
    here.clock.at -= timedelta(days=7)
    opened(here)
    complete(here)
    with pytest.raises(Refused, match="chưa kết thúc"):
        act(here, Submit(), LAN)


def test_the_page_opens_with_the_newest_month_that_is_over_and_has_posts(here: World) -> None:
    posts = here.stores.posts
    assert work.usual_month(posts, 16, here.clock.now()) == MONTH
    assert work.months(posts, 16, here.clock.now())[0].month == 12
    assert local_day(here.clock.now()).day == 20
