"""Only what was approved is ever public, whatever people do, and taking back leaves a note."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.casework import claims, petitionrecords
from langnghe.casework.claimtexts import Evidence
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, PETITION, CaseKind, Kept
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import (
    ApproveVersion,
    AttachVersion,
    Language,
    SendBackVersion,
    WithdrawVersion,
)
from langnghe.core.models import Verdict
from langnghe.publishing.entries import QUOTED_CHARACTERS
from langnghe.store.cases import Conflict
from langnghe.store.database import Database
from tests.casework.world import CHI, HAO, LAN, NEWS, NOTICE, STATEMENT, TEXT, make_desk
from tests.publishing.world import (
    answered,
    corrected,
    corrected_again,
    filled,
    read,
    rejected_notice,
    site_of,
    translated,
    withdraw,
)

SEQUENCES = int(os.environ.get("LANGNGHE_SEQUENCES", "30"))
# Names that are no words: what is looked for on the pages is found only if it is there.
WRITER = Actor("soan7", frozenset({Role.EDITOR}))
APPROVER = Actor("duyet7", frozenset({Role.APPROVER}))
BOTH = Actor("cahai7", frozenset({Role.EDITOR, Role.APPROVER}))
BOTH_TOO = Actor("cahai8", frozenset({Role.EDITOR, Role.APPROVER}))
PEOPLE = (WRITER, APPROVER, BOTH, BOTH_TOO)
WORD = re.compile(r"chữ\d+")


@dataclass
class World:
    """What a desk was told, as somebody would note it on paper who knows no program."""

    desk: Desk
    cases: dict[str, Kept[Any]]
    number: int = 0
    drafted: dict[str, str] = field(default_factory=dict)
    """The word of the newest draft, by case."""
    approved: dict[str, set[str]] = field(default_factory=dict)
    """Words that are public, by case."""
    version: dict[str, str] = field(default_factory=dict)
    """The word of the newest language version, by case."""

    def word(self) -> str:
        self.number += 1
        return f"chữ{self.number}"


def act(world: World, kind: CaseKind[Any, Any], case: str, action: object, actor: Actor) -> None:
    world.cases[case] = world.desk.act(kind, case, action, actor, version=world.cases[case].version)


def draft(world: World, case: str, actor: Actor) -> None:
    word = world.word()
    if case.startswith("TT."):
        text = replace(TEXT, title=f"Đường thông {word}", truth=word, finding=f"Xác minh {word}")
        act(world, CLAIM, case, claims.DraftCorrection(text), actor)
    else:
        step = petitionrecords.DraftAnswer(f"Trả lời {word}", f"Luật {word}", f"Vì {word}")
        act(world, PETITION, case, step, actor)
    world.drafted[case] = word


def submit(world: World, case: str, actor: Actor) -> None:
    if case.startswith("TT."):
        act(world, CLAIM, case, claims.SubmitCorrection(), actor)
    else:
        act(world, PETITION, case, petitionrecords.Submit(), actor)


def approve(world: World, case: str, actor: Actor) -> None:
    if case.startswith("TT."):
        act(world, CLAIM, case, claims.ApproveCorrection(), actor)
        world.approved.setdefault(case, set()).add(world.drafted[case])
    else:
        act(world, PETITION, case, petitionrecords.Approve(), actor)


def publish(world: World, case: str, actor: Actor) -> None:
    if case.startswith("PA."):
        act(world, PETITION, case, petitionrecords.Publish(), actor)
        world.approved.setdefault(case, set()).add(world.drafted[case])


def send_back(world: World, case: str, actor: Actor) -> None:
    why = f"Thiếu {world.word()}"
    if case.startswith("TT."):
        act(world, CLAIM, case, claims.SendBack(why), actor)
    else:
        act(world, PETITION, case, petitionrecords.SendBack(why), actor)


def reopen(world: World, case: str, actor: Actor) -> None:
    if case.startswith("TT."):
        act(world, CLAIM, case, claims.Reopen(f"Mở lại {world.word()}"), actor)


def decide(world: World, case: str, actor: Actor) -> None:
    if case.startswith("TT."):
        act(world, CLAIM, case, claims.ProposeVerdict(Verdict.FALSE), actor)
        act(world, CLAIM, case, claims.ApproveVerdict(), APPROVER)


def unpublish(world: World, case: str, actor: Actor) -> None:
    kind: CaseKind[Any, Any] = CLAIM if case.startswith("TT.") else PETITION
    act(world, kind, case, Unpublish("Nhầm lẫn"), actor)
    world.approved[case] = set()


def attach(world: World, case: str, actor: Actor) -> None:
    kind: CaseKind[Any, Any] = CLAIM if case.startswith("TT.") else PETITION
    word = world.word()
    act(world, kind, case, AttachVersion(Language.HMONG, f"Kev {word}", f"Tsheb {word}"), actor)
    world.version[case] = word


def approve_version(world: World, case: str, actor: Actor) -> None:
    kind: CaseKind[Any, Any] = CLAIM if case.startswith("TT.") else PETITION
    versions = world.cases[case].state.versions
    number = versions[-1].number if versions else 1
    act(world, kind, case, ApproveVersion(number), actor)


def whole_way(world: World, case: str, actor: Actor) -> None:
    for step in (decide, draft, submit):
        with suppress(Refused, Conflict):
            step(world, case, actor)
    approve(world, case, APPROVER)
    publish(world, case, WRITER)


STEPS = (
    *(draft, submit, approve, publish, send_back, reopen, decide, unpublish),
    *(attach, approve_version, whole_way, whole_way),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("publishing") / "langnghe.db")
    desk = make_desk(database)
    for _ in range(2):
        claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
        for actor, action in (
            (LAN, claims.StartVerifying()),
            (LAN, claims.AddEvidence(NOTICE)),
            (LAN, claims.ProposeVerdict(Verdict.FALSE)),
            (CHI, claims.ApproveVerdict()),
        ):
            claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
        petition = desk.open_petition(NewPetition(Kind.PETITION, "Đường hỏng."), HAO)
        for step in (petitionrecords.Classify(Kind.PETITION), petitionrecords.Forward("Phòng")):
            petition = desk.act(PETITION, petition.state.id, step, LAN, version=petition.version)
    yield database
    database.close()


class Undone(Exception):  # noqa: N818
    pass


@settings(
    max_examples=SEQUENCES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.sampled_from(PEOPLE)),
        min_size=30,
        max_size=60,
    )
)
def test_only_what_was_approved_and_published_is_on_the_site(
    database: Database, steps: list[tuple[Any, int, Actor]]
) -> None:
    with suppress(Undone), database.transaction():
        desk = make_desk(database)
        claims_ = [kept.state.id for kept in desk.find(CLAIM, LAN)]
        petitions = [kept.state.id for kept in desk.find(PETITION, LAN)]
        world = World(
            desk,
            {case: desk.get(CLAIM, case, LAN) for case in claims_}
            | {case: desk.get(PETITION, case, LAN) for case in petitions},
        )
        every = sorted(world.cases)
        for step, choice, actor in steps:
            # The texts of a step count only where the desk took it.
            with suppress(Refused, Conflict):
                step(world, every[choice], actor)
        site = site_of(desk)
        for case in every:
            pages = b"".join(
                page for path, page in site.pages.items() if f"/{case}" in path
            ).decode()
            found = set(WORD.findall(re.sub(r"Lý do sửa: [^<]*", "", pages)))
            versions = {WORD.findall(one.text)[0] for one in world.cases[case].state.shown_versions}
            assert found == world.approved.get(case, set()) | versions, case
            was_public = case in world.approved
            assert bool(pages) is was_public, "a note stays where something was public"
            assert was_public <= (bool(found) or "Đã thu hồi" in pages)
        whole = b"".join(site.pages.values()).decode()
        assert not {actor.account for actor in PEOPLE} & set(re.findall(r"\w+", whole)), (
            "who did the work is nobody's business"
        )
        assert "chữ" not in "".join(WORD.sub("", name) for name in site.assets)
        raise Undone


def test_what_the_approver_saw_of_reopenings_becomes_the_reason(desk: Desk) -> None:
    claim = corrected(desk)
    for why in ("Sở gửi số liệu.", "Sở gửi thêm."):
        claim = desk.act(CLAIM, claim.state.id, claims.Reopen(why), LAN, version=claim.version)
        assert read(desk).corrections[0].under_review
        for actor, action in (
            (LAN, claims.ProposeVerdict(Verdict.FALSE)),
            (CHI, claims.ApproveVerdict()),
        ):
            claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
    entry = read(desk).corrections[0]
    assert not entry.under_review, "found again as it was"
    assert [edition.why for edition in entry.editions] == [""]
    corrected_again(desk, claim, "Số hiệu sai.", Verdict.FALSE, replace(TEXT, truth="Thông."))
    first, second = read(desk).corrections[0].editions
    assert second.why == "Sở gửi số liệu. Sở gửi thêm. Số hiệu sai."
    assert (first.truth, second.truth) == (TEXT.truth, "Thông.")


def test_quotations_and_links_lead_to_nobody(desk: Desk) -> None:
    pieces = (
        replace(NEWS, link="https://www.facebook.com/nguyen.van.a.1990", quotation="Xem trang."),
        Evidence("Ông Vàng A Páo, 0912 345 678", date(2026, 11, 20), False, quotation="Tôi thấy."),
        replace(NOTICE, quotation="Liên hệ 0912 345 678."),
    )
    corrected(desk, evidence=pieces)
    shown = read(desk).corrections[0].current.evidence
    assert [piece.primary for piece in shown] == [True, False, False]
    told = repr(shown)
    assert "0912" not in told
    assert "Páo" not in told
    assert "facebook" not in told
    assert "15/TB-SXD" in told


def test_no_file_of_a_case_is_named(desk: Desk) -> None:
    corrected(desk, evidence=[replace(NOTICE, file="c" * 64, file_name="giay-to-ong-Pao.pdf")])
    site = site_of(desk)
    assert b"giay-to" not in b"".join(site.pages.values())
    assert not [name for name in site.assets if "c" * 32 in name]


def test_very_many_quotations_are_left_to_the_office(desk: Desk) -> None:
    pieces = [replace(NEWS, quotation=f"Trích {number} " + "x" * 2_900) for number in range(20)]
    corrected(desk, evidence=pieces)
    shown = read(desk).corrections[0].current.evidence
    assert len(shown) == 20
    assert sum(len(piece.quotation) for piece in shown) <= QUOTED_CHARACTERS
    assert sum(bool(piece.quotation) for piece in shown) == 6


def test_taking_back_leaves_a_note_at_each_address(desk: Desk) -> None:
    claim = corrected_again(desk, corrected(desk), "Sửa.", Verdict.FALSE, TEXT)
    hmong = AttachVersion(Language.HMONG, "Kev qhib lawm", "Tsheb mus tau.")
    claim = translated(desk, claim, hmong)
    before = site_of(desk).pages
    withdraw(desk, claim, "Nhầm tên tuyến đường.")
    after = site_of(desk).pages
    own = [path for path in before if claim.state.id in path]
    assert len(own) == 3
    for path in own:
        page = after[path].decode()
        assert TEXT.truth not in page
        assert "Tsheb" not in page
        assert "Nhầm tên tuyến đường." in page or path.endswith("hmn.html")
    assert TEXT.title not in b"".join(after.values()).decode()
    assert f"Đã thu hồi: thông tin đính chính {claim.state.id}" in after["feed.xml"].decode()


def test_what_follows_a_withdrawal_stands_beside_its_note(desk: Desk) -> None:
    claim = withdraw(desk, corrected(desk), "Nhầm tên tuyến đường.")
    corrected_again(desk, claim, "Viết lại.", Verdict.FALSE, replace(TEXT, truth="Thông suốt."))
    pages = site_of(desk).pages
    own = pages[f"dinh-chinh/{claim.state.id}.html"].decode()
    assert "Thông suốt." in own
    assert "Thu hồi. Lý do: Nhầm tên tuyến đường." in own
    assert TEXT.truth not in own
    assert "Đã thu hồi" in pages[f"dinh-chinh/{claim.state.id}.ban-1.html"].decode()


def test_a_version_goes_with_its_edition_or_by_itself(desk: Desk) -> None:
    hmong = AttachVersion(Language.HMONG, "Kev qhib lawm", "Tsheb mus tau.")
    claim = translated(desk, corrected(desk), hmong)
    waiting = desk.act(
        CLAIM, claim.state.id, replace(hmong, text="Tsis tau pom zoo."), LAN, version=claim.version
    )
    number = waiting.state.versions[-1].number
    path = f"dinh-chinh/{claim.state.id}.hmn.html"
    assert "Tsheb mus tau." in site_of(desk).pages[path].decode()
    assert "pom zoo" not in site_of(desk).pages[path].decode(), "nobody approved it"
    back = desk.act(
        CLAIM, claim.state.id, SendBackVersion(number, "Thiếu"), CHI, version=waiting.version
    )
    taken = desk.act(
        CLAIM, claim.state.id, WithdrawVersion(1, "Dịch sai."), CHI, version=back.version
    )
    page = site_of(desk).pages[path].decode()
    assert "Dịch sai." in page
    assert "Tsheb" not in page
    corrected_again(
        desk, translated(desk, taken, hmong), "Sửa.", Verdict.FALSE, replace(TEXT, truth="Thông.")
    )
    page = site_of(desk).pages[path].decode()
    assert "không còn hiệu lực" in page
    assert "Tsheb" not in page


def test_of_a_notice_only_what_was_found_is_told(desk: Desk) -> None:
    claim = corrected(desk)
    code = rejected_notice(desk, claim, "Số hiệu văn bản sai be bét.", "Số hiệu đúng.")
    whole = b"".join(site_of(desk).pages.values()).decode()
    assert f"Báo sai sót {code}" in whole
    assert "Số hiệu đúng." in whole
    assert "be bét" not in whole


def test_an_answer_waits_to_be_published(desk: Desk) -> None:
    petition = answered(desk)
    newer = petitionrecords.DraftAnswer("Sửa xong rồi.", "Luật Đường bộ", "Đã sửa.")
    for actor, step in (
        (LAN, newer),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
    ):
        petition = desk.act(PETITION, petition.state.id, step, actor, version=petition.version)
        entry = read(desk).answers[0]
        assert len(entry.editions) == 1
        assert entry.under_review
    desk.act(PETITION, petition.state.id, petitionrecords.Publish(), LAN, version=petition.version)
    entry = read(desk).answers[0]
    assert [edition.text for edition in entry.editions][1:] == ["Sửa xong rồi."]
    assert entry.current.why == "Đã sửa."
    assert (entry.topic, entry.place) == ("Đường sá, giao thông", "Xã Bình Lư")
    assert not entry.under_review


def test_the_newest_change_comes_first(desk: Desk) -> None:
    filled(desk)
    public = read(desk)
    for entries in (public.corrections, public.answers):
        moments = [entry.changed_at for entry in entries]
        assert moments == sorted(moments, reverse=True)
        assert all(entry.first_at <= entry.changed_at for entry in entries)
