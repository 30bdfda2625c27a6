"""Boundary: leaders and administrators get figures, never what somebody has said or written.

A home is filled with posts and with cases of every kind, each text of which holds a word of its
own. What the server sends to a session is read as it comes over the line, and looked through for
these words, whatever the session asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

import httpx2
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from langnghe.casework import claims, notices, petitionrecords, reports, review
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, ITEM, NOTICE, PETITION, REPORT
from langnghe.casework.notices import About, NoticeRoute
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.reportform import Form, Inclination, Intensity, Origin, ReportedStream, Width
from langnghe.casework.review import Dismissal, FollowUp
from langnghe.casework.roles import Role
from langnghe.casework.versions import AttachVersion, Language
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import (
    Channel,
    Intent,
    Labels,
    Outcome,
    Post,
    PostKind,
    Reason,
    Sentiment,
    TimePrecision,
    Verdict,
)
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.navigation import PAGES
from langnghe.dashboard.web.addresses import REPORT_FORM
from langnghe.dashboard.web.downloads import file_address
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_casework, open_stores
from tests.casework.world import CHI, HAO, LAN, flag
from tests.dashboard.conftest import logged_in
from tests.dashboard.streamlit_client import frames, stream
from tests.service import dashboard_of, session_of

SAID, TITLE = "zorbapost", "zorbatitle"
NOTE, DISMISSED = "zorbanote", "zorbadismissed"
STATEMENT, EVIDENCE, CORRECTION = "zorbastatement", "zorbaevidence", "zorbacorrection"
SUMMARY, ANSWER = "zorbasummary", "zorbaanswer"
REPORT_TEXT, DRAFT_TEXT, STREAM_TEXT = "zorbareport", "zorbadraft", "zorbastream"
NOTICE_TEXT, FINDING, VERSION = "zorbanotice", "zorbafinding", "zorbaversion"
WORDS = (
    *(SAID, TITLE, NOTE, DISMISSED, STATEMENT, EVIDENCE, CORRECTION, SUMMARY, ANSWER),
    *(REPORT_TEXT, DRAFT_TEXT, STREAM_TEXT, NOTICE_TEXT, FINDING, VERSION),
)

WITHOUT_POSTS = (
    frozenset({Role.LEADER}),
    frozenset({Role.ADMINISTRATOR}),
    frozenset({Role.LEADER, Role.ADMINISTRATOR}),
)


@dataclass(frozen=True, slots=True)
class World:
    """A served home, and its cases."""

    home: Home
    address: str
    cases: Mapping[str, tuple[str, ...]]
    """Ids of the cases by the address of the page that shows them."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = Home(tmp_path_factory.mktemp("figures") / "home")
    init_home(home)
    _fill_posts(home)
    with open_casework(home) as database:
        cases = _fill_cases(open_desk(home, database, SystemClock()))
    with dashboard_of(home) as address:
        yield World(home, address, cases)


def _fill_posts(home: Home) -> None:
    clock = SystemClock()
    posts = [
        Post(
            id=letter * 32,
            source="bao",
            channel=Channel.COMMENTS,
            kind=PostKind.REPLY,
            thread_id="f" * 32,
            url="https://xa.example/tin",
            title=f"Tin về đường {TITLE}",
            text=f"Cầu treo bản Nà Khoang gãy ván đã hai tháng {SAID}.",
            topics=("giao-thong",),
            published_at=clock.now() - timedelta(minutes=5),
            precision=TimePrecision.MINUTE,
            fetched_at=clock.now(),
        )
        for letter in "abcdef"
    ]
    with open_stores(home, clock) as stores:
        assert set(stores.posts.put(posts)) == {Outcome.STORED}
        stores.posts.label(
            [
                Labels(
                    post.id,
                    "m",
                    Sentiment.NEGATIVE,
                    Intent.COMPLAINT,
                    {"answer": 0.9},
                    reasons=(Reason.NEEDS_ANSWER,),
                )
                for post in posts
            ]
        )


def _fill_cases(desk: Desk) -> dict[str, tuple[str, ...]]:
    today = local_day(desk.clock.now())
    # Review items: open, confirmed with a note, dismissed with a note.
    opened = flag(desk, Reason.NEEDS_ANSWER, "a" * 32, second=False).state.id
    noted = review.Confirm(FollowUp.ACKNOWLEDGE, note=f"đã báo {NOTE}")
    for letter, decision in (
        ("b", noted),
        ("c", review.Dismiss(Dismissal.OTHER, f"không phải {DISMISSED}")),
    ):
        item = flag(desk, Reason.NEEDS_ANSWER, letter * 32, second=False)
        desk.act(ITEM, item.state.id, decision, HAO, version=item.version)

    # A claim whose correction is published.
    new = NewClaim(f"Cầu treo bản Nà Khoang đã sập {STATEMENT}", "giao-thong", ("d" * 32,))
    claim = desk.open_claim(new, LAN)
    evidence = Evidence(
        "Ủy ban nhân dân xã", today, True, document_number="1/TB", quotation=f"Còn tốt {EVIDENCE}."
    )
    text = CorrectionText(
        title=f"Người dân đi lại bình thường {CORRECTION}",
        truth=f"Cầu vẫn dùng được {CORRECTION}.",
        circulating=f"Có tin cầu hỏng {CORRECTION}.",
        finding=f"Qua xác minh, đây là thông tin sai sự thật {CORRECTION}.",
        contact="Ủy ban nhân dân xã, giờ hành chính.",
    )
    for step, actor in (
        (claims.StartVerifying(), LAN),
        (claims.AddEvidence(evidence), LAN),
        (claims.ProposeVerdict(Verdict.FALSE), LAN),
        (claims.ApproveVerdict(), CHI),
        (claims.DraftCorrection(text), LAN),
        (claims.SubmitCorrection(), LAN),
        (claims.ApproveCorrection(), CHI),
        (AttachVersion(Language.HMONG, "Tus choj", f"Tus choj tseem zoo {VERSION}."), LAN),
    ):
        claim = desk.act(CLAIM, claim.state.id, step, actor, version=claim.version)

    # A mistake that somebody points out in it.
    said = NewNotice(About.CLAIM, claim.state.id, NoticeRoute.PHONE, f"Ghi sai ngày {NOTICE_TEXT}")
    notice = desk.open_notice(said, LAN)
    for doing in (notices.StartChecking(), notices.Propose(False, f"Ngày ghi đúng {FINDING}.")):
        notice = desk.act(NOTICE, notice.state.id, doing, LAN, version=notice.version)

    # A petition with its answer.
    asked = NewPetition(
        Kind.PETITION, f"Khi nào sửa cầu {SUMMARY}?", "giao-thong", posts=("e" * 32,)
    )
    petition = desk.open_petition(asked, LAN)
    for action, actor in (
        (petitionrecords.Classify(Kind.PETITION), LAN),
        (petitionrecords.Forward("Phòng Kinh tế"), LAN),
        (petitionrecords.DraftAnswer(f"Sửa trong tháng này {ANSWER}.", "Luật Đường bộ"), LAN),
        (petitionrecords.Submit(), LAN),
        (petitionrecords.Approve(), CHI),
    ):
        petition = desk.act(PETITION, petition.state.id, action, actor, version=petition.version)

    # Field reports: a draft, and one that was handed in.
    form = Form(
        unit="Bản Nà Khoang",
        noted_at=desk.clock.now(),
        topic="giao-thong",
        content=f"Bà con lo cầu hỏng {REPORT_TEXT}.",
        origins=(Origin.MEETING,),
        place="3390",
        streams=(ReportedStream(f"Mong sửa sớm {STREAM_TEXT}", Inclination.CONCERNED, Width.MANY),),
        intensity=Intensity.UPSET,
    )
    draft = desk.save_report("form-1", replace(form, content=f"Đang viết {DRAFT_TEXT}"), HAO)
    report = desk.save_report("form-2", form, HAO)
    desk.act(REPORT, report.state.id, reports.Submit(), HAO, version=report.version)
    return {
        "hang-cho": (opened,),
        "thong-tin": (claim.state.id,),
        "phan-anh": (petition.state.id,),
        "phieu": (draft.state.id, report.state.id),
        "sai-sot": (notice.state.id,),
    }


def found(sent: list[bytes]) -> set[str]:
    return {word for word in WORDS for raw in sent if word.encode() in raw}


def hashes(sent: list[bytes]) -> dict[str, str]:
    """By address, how the browser of somebody who may see these pages asks for them."""
    return {
        page.url_pathname: page.page_script_hash
        for raw in sent
        for page in ForwardMsg.FromString(raw).navigation.app_pages
    }


def test_what_is_looked_for_is_there(world: World) -> None:
    with stream(world.address, session_of(world.home, Role.EDITOR)) as connection:
        assert found(frames(connection, "tim-kiem")) >= {SAID, TITLE}
        (code,) = world.cases["sai-sot"]
        shown = frames(connection, "sai-sot", query=urlencode({"ma": code}))
        assert found(shown) >= {NOTICE_TEXT, FINDING, CORRECTION}


@pytest.mark.parametrize("roles", WITHOUT_POSTS, ids=lambda roles: "+".join(sorted(roles)))
def test_no_text_goes_to_who_reads_no_posts(world: World, roles: frozenset[Role]) -> None:
    with stream(world.address, session_of(world.home, Role.EDITOR, Role.APPROVER)) as connection:
        known = hashes(frames(connection, "tim-kiem"))
    assert len(known) >= 6
    token = session_of(world.home, *roles)
    with stream(world.address, token) as connection:
        for entry in PAGES:
            # As a shared link would have it: a search, or one of the cases.
            for case_id in ("", *world.cases.get(entry.url, ())):
                query = urlencode({"q": "cầu", "ky": "7 ngày qua", "ma": case_id})
                assert found(frames(connection, entry.url, query=query)) == set(), entry.url
            # A page that this session was never told of, named as another's browser names it.
            forged = frames(connection, entry.url, script_hash=known.get(entry.url, ""))
            assert found(forged) == set(), entry.url


@pytest.mark.parametrize("roles", WITHOUT_POSTS, ids=lambda roles: "+".join(sorted(roles)))
def test_no_address_gives_them_a_text_either(world: World, roles: frozenset[Role]) -> None:
    (claim,), (draft, report) = world.cases["thong-tin"], world.cases["phieu"]
    refused = [f"{REPORT_FORM}?ma={case_id}" for case_id in (draft, report)]
    refused.append(file_address("thong-tin", claim, "0" * 64))
    pages = [f"/{entry.url}?q=zorba" for entry in PAGES]
    with httpx2.Client(base_url=world.address, timeout=60, follow_redirects=True) as browser:
        logged_in(browser, session_of(world.home, *roles))
        for address in pages + refused:
            for accept in ("text/html", "application/json"):
                answer = browser.get(address, headers={"Accept": accept})
                assert found([answer.content]) == set(), address
                # Of a case they are not even told whether there is one.
                assert address in pages or answer.status_code == 403, address


def test_the_figures_of_the_quality_page_reach_a_leader(world: World) -> None:
    with stream(world.address, session_of(world.home, Role.LEADER)) as connection:
        sent = b"".join(frames(connection, "chat-luong")).decode("utf-8", "replace")
    assert "2 mục" in sent
    # Two items are too few to say what became of them.
    assert "Dưới 5 mục" in sent
    assert "Lý do đúng" not in sent
    assert "390 bài" in sent
