"""Nothing that people posted stands on the public page, nor anything that leads to them.

The page tells what the institution found out and answered; who is quoted in it is the institution.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from langnghe.casework import claims, petitionrecords
from langnghe.casework.desk import NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, PETITION
from langnghe.casework.petitionrecords import Kind
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import Verdict
from langnghe.dashboard.desk import open_desk
from langnghe.publishing.publish import publish
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_casework, open_stores
from tests.casework.world import BINH, CHI, LAN, NOTICE, NOW, STATEMENT, TEXT
from tests.scheduler.test_intake import POSTS

WHO = (LAN.account, BINH.account, CHI.account)


def test_no_post_and_no_account_reaches_the_public_page(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    clock = FixedClock(NOW)
    # Ids as they are in use: long enough to be found only where they stand.
    written = [replace(post, id=f"{number:032x}") for number, post in enumerate(POSTS, 1 << 100)]
    posts = tuple(post.id for post in written)
    with open_stores(home, clock) as stores, open_casework(home) as casebase:
        stores.posts.put(written)
        desk = open_desk(home, casebase, clock)
        claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong", posts), LAN)
        for actor, action in (
            (LAN, claims.StartVerifying()),
            (LAN, claims.AddEvidence(NOTICE)),
            (LAN, claims.ProposeVerdict(Verdict.FALSE)),
            (CHI, claims.ApproveVerdict()),
            (BINH, claims.DraftCorrection(TEXT)),
            (BINH, claims.SubmitCorrection()),
            (CHI, claims.ApproveCorrection()),
        ):
            claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
        new = NewPetition(Kind.PETITION, "Đường vào bản hỏng.", "duong-sa", posts=posts)
        petition = desk.open_petition(new, LAN)
        for actor, step in (
            (LAN, petitionrecords.Classify(Kind.PETITION)),
            (LAN, petitionrecords.Forward("Phòng Kinh tế xã")),
            (LAN, petitionrecords.DraftAnswer("Sửa trước Tết.", "Luật Đường bộ")),
            (LAN, petitionrecords.Submit()),
            (CHI, petitionrecords.Approve()),
            (LAN, petitionrecords.Publish()),
        ):
            petition = desk.act(PETITION, petition.state.id, step, actor, version=petition.version)
        report = publish(home, casebase, tmp_path / "site")
    assert (report.corrections, report.answers) == (1, 1)
    files = [path for path in (tmp_path / "site").resolve().rglob("*") if path.is_file()]
    whole = b"\n".join(path.read_bytes() for path in files).decode("utf-8", "replace")
    assert TEXT.truth in whole
    for post in written:
        for part in (post.id, post.text, post.url):
            assert part not in whole
    for account in WHO:
        assert f'"{account}"' not in whole
        assert f">{account}<" not in whole
