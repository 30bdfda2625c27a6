"""What people write stays text: on every page that shows it, in real Chromium.

A home of its own holds posts, cases, reports, names, topics and sources whose texts try to be
markup, scripts, links, images, formulas, or longer than anybody reads. Nothing of it may run, ask
another host for anything, be a link, push the page sideways, or fill it without end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import pytest
import yaml
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, expect

from langnghe.casework import claims, reportform, reports
from langnghe.casework import petitionrecords as petitions
from langnghe.casework.accounts import COMMAND_LINE, Add
from langnghe.casework.accountstore import change
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, ITEM, PETITION, REPORT, CaseKind
from langnghe.casework.login import log_in
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.queue import bring_up_to_date
from langnghe.casework.review import Confirm, Dismiss, Dismissal, FollowUp
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import (
    Channel,
    Labels,
    Post,
    PostKind,
    Reason,
    TimePrecision,
    Verdict,
)
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.web.cookies import SESSION
from langnghe.scheduler.setup import init_home
from langnghe.store.cases import Cases
from langnghe.store.opening import open_casework, open_stores
from tests.e2e.conftest import PATIENCE, PHONE, WIDE, click, drawn, enter, fits, unfold
from tests.service import PASSWORD, dashboard_of, new_account, password_hash

pytestmark = pytest.mark.proof

ELSEWHERE: Final = "noi-khac.example"
ATTACK: Final = (
    "{tag}<img src=x onerror=window.ran=1><script>window.ran=1</script>"
    f"![anh](http://{ELSEWHERE}/a) [bam](javascript:window.ran=1) :red[do] $x^2$ **dam**"
)
LONGEST: Final = 50_000
MOST_SHOWN: Final = 40_000
"""Characters of a whole page, which shows some twenty texts: no text is there without bound."""
MOST_FOLDS: Final = 100
ZALGO: Final = "".join(letter + "\u0301\u0323\u0330\u0347" * 12 for letter in "zalgo")
RTL: Final = "\u202eoan gnour\u202c \u2066\u200f\u202dđảo chiều\u202c"


def attack(tag: str) -> str:
    """A text that tries everything, and can be told from others."""
    return ATTACK.format(tag=tag)


def seen(tag: str) -> str:
    """How it has to stand on the page: sign by sign, as far as a card shows it."""
    return f"{tag}<img src=x onerror=window.ran=1>"


LAN: Final = Actor("lan", frozenset({Role.EDITOR}))
CHI: Final = Actor("chi", frozenset({Role.APPROVER}))
HAO: Final = Actor("hao", frozenset({Role.COLLABORATOR}))


@dataclass
class Cased:
    """The home, and the ids of its cases."""

    home: Home
    ids: dict[str, str] = field(default_factory=dict)


def _post(number: int, text: str, title: str = "", thread: int = 1) -> Post:
    now = SystemClock().now()
    return Post(
        id=f"{number:032x}",
        source="dien-dan",
        channel=Channel.FORUM,
        kind=PostKind.REPLY,
        thread_id=f"{thread:032x}",
        url="https://binhlu.example/chu-de/1",
        title=title,
        text=text,
        published_at=now - timedelta(hours=number),
        precision=TimePrecision.MINUTE,
        fetched_at=now,
        topics=("duong-sa",),
    )


POSTS: Final = {
    1: (attack("baidang"), attack("tieude")),
    2: (RTL + " bàiđảo", ""),
    3: (ZALGO + " bàizalgo", ""),
    4: ("Đ" * LONGEST, ""),
    5: ("câu dài " * (LONGEST // 8), attack("tieudedai")),
}


def _configure(home: Home) -> None:
    """Hostile titles of a topic and a source, as a careless or deceived administrator has them."""
    path = home.configs / "topics.yaml"
    topics = yaml.safe_load(path.read_text(encoding="utf-8"))
    next(one for one in topics["topics"] if one["id"] == "duong-sa")["title"] = attack("chude")
    path.write_text(yaml.safe_dump(topics, allow_unicode=True), encoding="utf-8")
    source = {
        "name": "dien-dan",
        "title": attack("nguon"),
        "channel": "feed",
        "feeds": ["https://binhlu.example/tin.rss"],
    }
    (home.configs / "sources.yaml").write_text(
        yaml.safe_dump({"sources": [source]}, allow_unicode=True), encoding="utf-8"
    )


class _Office:
    """Fills the cases, through the desk as the pages do."""

    def __init__(self, desk: Desk, made: Cased) -> None:
        self.desk, self.made = desk, made

    def act(self, kind: CaseKind, case_id: str, *steps: tuple[object, Actor]) -> None:  # type: ignore[type-arg]
        for action, actor in steps:
            version = self.desk.get(kind, case_id, actor).version
            self.desk.act(kind, case_id, action, actor, version=version, why=attack("vi"))

    def review(self) -> None:
        flagged = {f"{number:032x}": (Reason.NEEDS_ANSWER,) for number in POSTS}
        bring_up_to_date(self.desk.cases, self.desk.clock, flagged, None)
        self.made.ids |= {f"muc{n}": f"needs_answer-{n:032x}" for n in POSTS}
        note = Confirm(FollowUp.ACKNOWLEDGE, note=attack("ghichu"))
        self.act(ITEM, self.made.ids["muc2"], (note, LAN))
        self.act(ITEM, self.made.ids["muc3"], (Dismiss(Dismissal.OTHER, attack("lydo")), LAN))

    def claim(self) -> None:
        posts = tuple(f"{number:032x}" for number in POSTS)
        new = NewClaim(attack("thongtin"), "duong-sa", posts)
        claim_id = self.desk.open_claim(new, LAN).state.id
        self.made.ids["thongtin"] = claim_id
        evidence = Evidence(
            attack("cancu"),
            date(2026, 1, 5),
            True,
            document_number="<b>15/TB</b>",
            quotation=attack("trichdan"),
        )
        parts = ("title", "truth", "circulating", "finding", "contact", "advice")
        text = CorrectionText(**{part: attack(f"bai{part}")[:150] for part in parts})
        self.act(
            CLAIM,
            claim_id,
            (claims.StartVerifying(), LAN),
            (claims.AddEvidence(evidence), LAN),
            (claims.ProposeVerdict(Verdict.FALSE), LAN),
            (claims.SendBack(attack("tralai")), CHI),
            (claims.ProposeVerdict(Verdict.FALSE), LAN),
            (claims.ApproveVerdict(), CHI),
            (claims.DraftCorrection(text), LAN),
            (claims.SubmitCorrection(), LAN),
            (claims.ApproveCorrection(), CHI),
            (claims.Reopen(attack("molai")), LAN),
        )

    def petition(self) -> None:
        new = NewPetition(Kind.PETITION, attack("phananh"), "duong-sa", posts=(f"{1:032x}",))
        code = self.desk.open_petition(new, LAN).state.id
        self.made.ids["phananh"] = code
        self.act(
            PETITION,
            code,
            (petitions.Classify(Kind.PETITION, "duong-sa"), LAN),
            (petitions.Forward(attack("donvi")), LAN),
            (petitions.DraftAnswer(attack("traloi"), attack("phaply")), LAN),
            (petitions.Submit(), LAN),
            (petitions.SendBack(attack("cansua")), CHI),
        )

    def report(self) -> None:
        form = reportform.Form(
            unit=attack("donvibaocao"),
            noted_at=self.desk.clock.now() - timedelta(hours=1),
            topic="duong-sa",
            content=attack("noidung"),
            origins=(reportform.Origin.DIRECT,),
            place="3390",
            groups=attack("nhom"),
            streams=(
                reportform.ReportedStream(
                    attack("luong"), reportform.Inclination.CONCERNED, reportform.Width.MANY
                ),
            ),
            intensity=reportform.Intensity.UPSET,
            causes=attack("nguyennhan"),
            proposals=attack("dexuat"),
        )
        report_id = self.desk.save_report("mot", form, HAO).state.id
        self.made.ids["phieu"] = report_id
        self.act(REPORT, report_id, (reports.Submit(), HAO))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Cased:
    home = Home(tmp_path_factory.mktemp("hostile") / "home")
    init_home(home)
    _configure(home)
    made = Cased(home)
    clock = SystemClock()
    with open_stores(home, clock) as stores, open_casework(home) as casebase:
        posts = [_post(number, *texts) for number, texts in POSTS.items()]
        stores.posts.put(posts)
        stores.posts.label(
            [Labels(post.id, "thu", reasons=(Reason.NEEDS_ANSWER,)) for post in posts]
        )
        with Cases(casebase).transaction(clock.now()) as work:
            for one in (LAN, CHI, HAO):
                add = Add(
                    one.account, attack(f"ten{one.account}")[:100], one.roles, None, password_hash()
                )
                change(work, casebase, add, COMMAND_LINE)
        office = _Office(open_desk(home, casebase, clock), made)
        office.review()
        office.claim()
        office.petition()
        office.report()
    return made


@pytest.fixture(scope="module")
def address(made: Cased) -> Iterator[str]:
    with dashboard_of(made.home) as address:
        yield address


@dataclass
class Watch:
    """What a browser did that it should not."""

    bad: list[str] = field(default_factory=list)

    def on(self, page: Page, address: str) -> None:
        page.on("dialog", self.dialog)
        page.on("pageerror", lambda error: self.bad.append(f"script error: {error}"))
        page.on("console", self.console)
        page.on("request", lambda request: self.request(request, address))

    def dialog(self, dialog: Dialog) -> None:
        self.bad.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def console(self, message: ConsoleMessage) -> None:
        # That one of the page's own files is missing is told elsewhere, and asks nobody else.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.bad.append(f"console: {message.text}")

    def request(self, request: Request, address: str) -> None:
        if not request.url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
            self.bad.append(f"request: {request.url}")


VISITS: Final = [
    (Role.EDITOR, "hang-cho", ["tieude"]),
    (Role.EDITOR, "hang-cho?ma={muc1}", ["baidang", "tieude", "nguon", "chude"]),
    (Role.EDITOR, "hang-cho?ma={muc4}", []),
    (Role.EDITOR, "hang-cho?ma={muc5}", ["tieudedai"]),
    (Role.EDITOR, "hang-cho?ma={muc2}", ["ghichu"]),
    (Role.EDITOR, "hang-cho?ma={muc3}", ["lydo"]),
    (Role.EDITOR, "thong-tin", ["thongtin"]),
    (Role.EDITOR, "thong-tin?ma={thongtin}", ["thongtin", "cancu", "trichdan", "baitruth"]),
    (Role.APPROVER, "thong-tin?ma={thongtin}", ["thongtin", "molai"]),
    (Role.EDITOR, "phan-anh", ["phananh", "donvi"]),
    (Role.EDITOR, "phan-anh?ma={phananh}", ["phananh", "donvi", "cansua", "baidang"]),
    (Role.APPROVER, "phan-anh?ma={phananh}", ["phananh", "traloi", "phaply"]),
    (Role.EDITOR, "phieu", ["noidung", "tenhao"]),
    (Role.EDITOR, "phieu?ma={phieu}", ["donvibaocao", "noidung", "luong", "nguyennhan"]),
    (Role.EDITOR, "tim-kiem", ["baidang", "nguon"]),
    (Role.ADMINISTRATOR, "nguon-tin", ["nguon"]),
    (Role.EDITOR, "chat-luong", []),
    (Role.ADMINISTRATOR, "quan-tri", ["tenlan"]),
    (Role.ADMINISTRATOR, "quan-tri?muc=Nguồn tin", ["nguon"]),
    (Role.ADMINISTRATOR, "quan-tri?muc=Chủ đề", ["chude"]),
    (Role.ADMINISTRATOR, "quan-tri?muc=Nhật ký hoạt động&hoso={thongtin}", ["vi"]),
]
"""Who looks at what, and the texts that have to stand there."""


@pytest.mark.parametrize(("role", "path", "tags"), VISITS, ids=[one[1] for one in VISITS])
def test_it_is_shown_as_text(
    page: Page, made: Cased, address: str, role: Role, path: str, tags: list[str]
) -> None:
    watch = Watch()
    watch.on(page, address)
    enter(page, made.home, role)
    page.goto(f"{address}/{path.format(**made.ids)}")
    drawn(page)
    told = everything(page)
    until = time.monotonic() + PATIENCE / 1000
    while (missing := [tag for tag in tags if seen(tag) not in told]) and time.monotonic() < until:
        # The last elements are drawn a moment after the script has ended.
        page.wait_for_timeout(500)
        told = everything(page)
    assert not missing, told
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(300)
        fits(page)
    assert page.evaluate("window.ran") is None
    for live in LIVE:
        assert page.locator(live).count() == 0, live
    assert len(told) < MOST_SHOWN
    assert watch.bad == []


LIVE: Final = (
    f"[href*='{ELSEWHERE}'], [src*='{ELSEWHERE}']",
    "[href^='javascript:']",
    "img[src='x'], [onerror]",
    # What Markdown would have made of it.
    "strong:text-is('dam'), .katex, span[style*='color']:text-is('do')",
)
"""Elements that must not be there."""


def everything(page: Page) -> str:
    """The text of the page, with what its tabs and folds hide."""
    tabs = page.get_by_role("tab").all()
    if not tabs:
        return _unfolded(page)
    told = ""
    # The first one too: a page remembers which was open last.
    for tab in tabs:
        click(tab)
        drawn(page)
        told += _unfolded(page)
    return told


def _unfolded(page: Page) -> str:
    folds = page.locator("details:not([open]) > summary:visible")
    for _ in range(MOST_FOLDS):
        if not folds.count():
            break
        unfold(folds.first)
        drawn(page)
    return page.get_by_test_id("stMain").text_content() or ""


def test_what_a_person_typed_comes_back_into_the_form_as_text(
    page: Page, made: Cased, address: str
) -> None:
    watch = Watch()
    watch.on(page, address)
    clock, name = SystemClock(), new_account(made.home, Role.COLLABORATOR)
    with open_casework(made.home) as casebase:
        _, token = log_in(casebase, name, PASSWORD, "", clock.now())
        desk = open_desk(made.home, casebase, clock)
        actor = Actor(name, frozenset({Role.COLLABORATOR}))
        form = reportform.Form(unit=attack("nhapdonvi"), content=attack("nhapnoidung"))
        desk.save_report("hai", form, actor)
        report_id = reports.report_id(name, "hai")
    page.context.add_cookies([{"name": SESSION, "value": token, "url": address}])
    page.goto(f"{address}/phieu?ma={report_id}")
    drawn(page)
    expect(page.get_by_text(seen("nhapdonvi")).first).to_be_visible()
    page.get_by_role("link", name="Viết tiếp").click()
    content = page.get_by_label("Nội dung vấn đề, sự việc")
    expect(content).to_have_value(attack("nhapnoidung"))
    assert page.evaluate("window.ran") is None
    assert watch.bad == []
